"""LoRAs, ControlNets and reference pictures of one loaded model; what is not asked for is not imported."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from backends.base import Device
from backends.images import ImageCall


class Joined:
    """Keeps what the last picture needed, so that the next one need not load it.

    Args:
        original: the unchanged copy of a placed weight, see `backends.slabs.Slabs.original`.
    """

    def __init__(self, device: Device, original: Callable[[Any], Any]) -> None:
        self._device, self._original = device, original
        self._held: dict[str, Any] = {}

    def loras(self, pipe: Any, call: ImageCall) -> list[str]:
        """Exactly the call's are active afterwards; what the caller should be told."""
        if "loras" not in self._held:
            if not call.loras:
                return []
            from backends.diffusion.loras import Loras

            self._held["loras"] = Loras(pipe, self._device, self._original)
        return list(self._held["loras"].use(call.loras))

    def controls(self, pipe: Any, call: ImageCall) -> Any:
        """The plan of what guides, or None."""
        if "controls" not in self._held:
            if not call.controls:
                return None
            from backends.diffusion.controls import Controls

            self._held["controls"] = Controls(pipe, self._device)
        return self._held["controls"].prepare(call.controls, call.image is not None)

    def references(self, pipe: Any, call: ImageCall) -> dict[str, Any]:
        """Arguments for what resembles through an IP-Adapter; pictures that the model reads itself are the pipeline's matter."""
        wanted = tuple(reference for reference in call.references if reference.path is not None)
        if "references" not in self._held:
            if not wanted:
                return {}
            from backends.diffusion.references import References

            self._held["references"] = References(pipe, self._device)
        return dict(self._held["references"].use(wanted, call.guidance > 1))

    def clear(self) -> None:
        """The model is as if nothing had ever joined it."""
        for held in self._held.values():
            held.clear()
        self._held = {}

"""Control maps for a pipeline: which ControlNets, with which arguments, through which kind of pipeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from backends.base import Device
from backends.control_branches import BRANCHES
from backends.diffusion.control_branch import branch_of
from backends.diffusion.control_nets import load_net, weights_file
from backends.diffusion.lora_read import FAMILY_TITLES, family_of
from backends.images import ControlInput
from configs.errors import BadInput, BadMedia

Key = tuple[str, int, int]


@dataclass(frozen=True)
class ControlPlan:
    """What a picture needs to be guided.

    Attributes:
        nets: the ``controlnet`` of the pipeline: one, several, or None.
        arguments: of the pipeline's call.
        pipeline: "" (no control), "controlnet" or "controlnet_union".
        notes: what the caller should be told.
    """

    nets: Any = None
    arguments: dict[str, Any] = field(default_factory=dict)
    pipeline: str = ""
    notes: tuple[str, ...] = ()


class Controls:
    """Keeps the ControlNets of the last picture, so that the next one need not load them."""

    def __init__(self, pipe: Any, device: Device) -> None:
        self._pipe, self._device = pipe, device
        self._nets: dict[Key, Any] = {}

    def prepare(self, controls: Sequence[ControlInput], from_picture: bool = False) -> ControlPlan:
        """Loads what is needed. A weight of 0 is as good as no control.

        Args:
            from_picture: the pipeline starts from a picture, whose argument has the name that the map's has otherwise.

        Raises:
            BadInput: a ControlNet of another family, a map of a kind that it does not know.
            BadMedia: damaged weights. `OutOfMemory`.
        """
        wanted = [control for control in controls if control.weight]
        if not wanted:
            self._keep(())
            return ControlPlan()
        family = family_of(self._pipe)
        if family not in ("sdxl", ""):
            title = FAMILY_TITLES.get(family, family)
            raise BadInput(f"ControlNets guide SDXL models here, and this one is of {title}.", "Choose an SDXL model.", "no_control")
        keys = [_key(control.path) for control in wanted]
        self._keep(keys)
        for key, control in zip(keys, wanted, strict=True):
            if key not in self._nets:
                self._nets[key] = load_net(control.path, self._pipe.unet, self._device.name)
        nets = [self._nets[key] for key in keys]
        union = [_types(net) > 0 for net in nets]
        if all(union):
            return _union_plan(wanted, nets)
        if any(union):  # beside others, each map goes through its branch as through a ControlNet of its own
            nets = [branch_of(net, _branch(one, _types(net))) if _types(net) else net for net, one in zip(nets, wanted, strict=True)]
        return _plain_plan(wanted, nets, "control_image" if from_picture else "image")

    def clear(self) -> None:
        """Frees the ControlNets."""
        self._keep(())

    def _keep(self, keys: Sequence[Key]) -> None:
        self._nets = {key: net for key, net in self._nets.items() if key in keys}


def _types(net: Any) -> int:
    """Branches of a Union model; 0 for one that is none."""
    return int(getattr(net.config, "num_control_type", 0)) if type(net).__name__ == "ControlNetUnionModel" else 0


def _plain_plan(wanted: Sequence[ControlInput], nets: list[Any], name: str) -> ControlPlan:
    maps = [control.image.convert("RGB") for control in wanted]
    single = len(nets) == 1
    arguments = {
        name: maps[0] if single else maps,
        "controlnet_conditioning_scale": float(wanted[0].weight) if single else [float(control.weight) for control in wanted],
        "control_guidance_start": wanted[0].start if single else [control.start for control in wanted],
        "control_guidance_end": wanted[0].end if single else [control.end for control in wanted],
    }
    return ControlPlan(nets[0] if single else nets, arguments, "controlnet")


def _union_plan(wanted: Sequence[ControlInput], nets: list[Any]) -> ControlPlan:
    """One pass for all maps where one model reads them at full weight from start to end (a shared pass knows neither weights nor ranges);
    else one pass for each, with its own."""
    modes = [_branch(control, _types(net)) for control, net in zip(wanted, nets, strict=True)]
    maps = [control.image.convert("RGB") for control in wanted]
    shared = len({id(net) for net in nets}) == 1 and all((one.weight, one.start, one.end) == (1.0, 0.0, 1.0) for one in wanted)
    if len(wanted) == 1 or (shared and len(set(modes)) == len(modes)):
        one = wanted[0]
        arguments = {
            "control_image": maps, "control_mode": modes, "controlnet_conditioning_scale": float(one.weight),
            "control_guidance_start": one.start, "control_guidance_end": one.end,
        }  # fmt: skip
        return ControlPlan(nets[0], arguments, "controlnet_union")
    arguments = {
        "control_image": maps, "control_mode": modes,  # the pipeline gives each model its own
        "controlnet_conditioning_scale": [float(control.weight) for control in wanted],
        "control_guidance_start": [control.start for control in wanted], "control_guidance_end": [control.end for control in wanted],
    }  # fmt: skip
    return ControlPlan(nets, arguments, "controlnet_union")


def _branch(control: ControlInput, types: int) -> int:
    branch = BRANCHES.get(control.kind)
    if branch is None or branch >= types:
        known = ", ".join(kind for kind, place in BRANCHES.items() if place < types)
        raise BadInput(f"The ControlNet {control.path.name} does not know {control.kind!r} maps.", f"It knows: {known}.", "control_kind")
    return branch


def _key(path: Path) -> Key:
    """The file as it is now: one that was replaced is another."""
    try:
        file = weights_file(path)
        stat = file.stat()
    except OSError as error:
        raise BadMedia(
            f"The ControlNet {path.name} cannot be read: {error.strerror or error}.", "Install it again, or choose another."
        ) from None
    return str(file), stat.st_size, stat.st_mtime_ns

"""The part that all engines on torch modules share: their weights lie in slabs, are placed on the device, dropped and freed."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from backends.base import Device, Footprint, Installed
from backends.slabs import Slabs

if TYPE_CHECKING:
    from torch import nn


class SlabEngine:
    """Keeps a model from parked to freed; an engine adds loading and what it is for.

    Attributes:
        state: "installed", "parked" or "resident".
    """

    def __init__(self, installed: Installed, device: Device) -> None:
        self.installed, self.device = installed, device
        self.state = "installed"
        self._model: Any = None
        self._slabs: Slabs | None = None

    def modules(self) -> Mapping[str, nn.Module]:
        """The torch modules whose weights are moved."""
        return {"model": self._model}

    def activate(self) -> None:
        """Host memory to the device; raises `OutOfMemory`."""
        assert self._slabs is not None, "load comes first"
        self._slabs.place()
        self.state = "resident"

    def deactivate(self) -> None:
        """Drops the device copy."""
        if self._slabs is not None:
            self._slabs.drop()
            self.state = "parked"

    def close(self) -> None:
        """Frees everything."""
        if self._slabs is not None:
            self._slabs.close()
        self._model = self._slabs = None
        self.forget()
        self.state = "installed"
        gc.collect()

    def forget(self) -> None:
        """What else an engine holds of a loaded model."""

    def park(self) -> Footprint:
        """The end of loading: the weights go into slabs."""
        self._slabs, self.state = Slabs(self.modules(), self.device), "parked"
        return self._slabs.footprint

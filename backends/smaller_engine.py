"""Engines that look at a smaller picture when memory is short."""

from __future__ import annotations

from backends.base import Device, Installed
from backends.slab_engine import SlabEngine


class SmallerEngine(SlabEngine):
    """One model that has a smaller size to look at, and no less than that."""

    def __init__(self, installed: Installed, device: Device) -> None:
        super().__init__(installed, device)
        self._small = False

    def relieve(self, level: int) -> bool:
        """Looks at a smaller picture."""
        if level > 1 or self._small:
            return False
        self._small = True
        return True

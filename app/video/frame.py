"""What every analyser sees of a frame: small planes, made once, shared by all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import numpy as np

    Plane = np.ndarray[Any, np.dtype[np.uint8]]

T = TypeVar("T")

LONG_SIDE_PX = 320  # luma; colour planes have half of it


@dataclass
class Frame:
    """One frame, upright, scaled down by area to 320 px on its long side.

    Attributes:
        index: number of the frame, from 0.
        time_s: when it is shown, seconds from frame 0.
        y: (H, W) uint8 luma, full range: 0 black, 255 white.
        u, v: (H/2, W/2) uint8 colour difference, 128 neutral.
        shared: what analysers have made of it for each other, by name; see `once`.
    """

    index: int
    time_s: float
    y: Plane
    u: Plane
    v: Plane
    shared: dict[str, Any] = field(default_factory=dict)

    def once(self, name: str, make: Callable[[], T]) -> T:
        """``make()``, computed for the first analyser that asks and handed to the others."""
        if name not in self.shared:
            self.shared[name] = make()
        found: T = self.shared[name]
        return found

    def half(self) -> Plane:
        """(H/2, W/2) luma."""

        def make() -> Plane:
            import cv2

            height, width = self.y.shape
            smaller: Plane = cv2.resize(self.y, (max(1, width // 2), max(1, height // 2)), interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
            return smaller

        return self.once("half", make)

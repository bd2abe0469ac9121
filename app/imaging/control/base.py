"""What every preprocessor gets and gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Pixels = np.ndarray[Any, np.dtype[Any]]
    Plane = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class MapSettings:
    """How a map is drawn.

    Attributes:
        detail: 0 to 1, how much of the picture's detail is kept: more lines, more and smaller regions.
        low, high: thresholds of the gradient for canny, 0 to 1000; None: from the picture.
        model: the installed model that measures depth; None: one of those that the studio knows.
    """

    detail: float = 0.5
    low: float | None = None
    high: float | None = None
    model: str | None = None


@dataclass(frozen=True)
class Material:
    """What a map is drawn from: uint8 RGB [H, W, 3], and float32 depth [H, W] from 0 far to 1 near where a model measured it."""

    rgb: Pixels
    settings: MapSettings
    depth: Plane | None = None
    depth_engine: str = ""


@dataclass(frozen=True)
class Drawn:
    """A map: uint8 [H, W] or [H, W, 3]; who made it, in words; and what should be known of it."""

    pixels: Pixels
    engine: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Preprocessor:
    """One row of the table.

    Attributes:
        draw: makes the map; raises BadInput with what to install where nothing built in would be honest.
        measures_depth: an installed depth model is asked first.
        blank: the colour of a map where there is nothing.
    """

    kind: str
    title: str
    draw: Callable[[Material], Drawn]
    measures_depth: bool = False
    blank: tuple[int, int, int] = (0, 0, 0)
    options: tuple[str, ...] = field(default=("detail",))


def luma(rgb: Pixels) -> Pixels:
    """uint8 [H, W]."""
    import cv2

    grey: Pixels = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    return grey


def steepness(rgb: Pixels, sigma: float) -> tuple[Plane, Plane]:
    """The gradient (x, y) of the channel that changes most, after a Gaussian of ``sigma`` px; per px, 0..255 a channel.

    Edges between colours of the same brightness show as well as others.
    """
    import cv2
    import numpy as np

    smooth = cv2.GaussianBlur(rgb.astype(np.float32), (0, 0), sigma) if sigma > 0 else rgb.astype(np.float32)
    across = cv2.Sobel(smooth, cv2.CV_32F, 1, 0, ksize=3) / 8
    down = cv2.Sobel(smooth, cv2.CV_32F, 0, 1, ksize=3) / 8
    most = np.argmax(across**2 + down**2, axis=2)[..., None]
    return np.take_along_axis(across, most, 2)[..., 0], np.take_along_axis(down, most, 2)[..., 0]

"""Ink lines: extended difference of Gaussians (Winnemoeller, Kyprianidis, Olsen 2012)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.imaging.control.base import Drawn, Material, luma

if TYPE_CHECKING:
    from app.imaging.control.base import Pixels, Plane

RATIO = 1.6  # of the two Gaussians: close to the Laplacian (Marr and Hildreth 1980)
ENGINE = "difference of Gaussians, built in (no neural network)"


def draw(material: Material) -> Drawn:
    """White lines on black: a line is what is darker than its surroundings, and the dark side of an edge."""
    import numpy as np

    return Drawn((ink(luma(material.rgb), material.settings.detail) * 255 + 0.5).astype(np.uint8), ENGINE)


def ink(grey: Pixels, detail: float) -> Plane:
    """float32 [H, W], 1 where a pen would have drawn; ``detail`` makes lines finer and more."""
    import cv2
    import numpy as np

    values = grey.astype(np.float32)
    sigma = 1.8 - 1.1 * detail
    centre = cv2.GaussianBlur(values, (0, 0), sigma)
    around = cv2.GaussianBlur(values, (0, 0), sigma * RATIO)
    dark = around - centre
    needed = 4.0 - 3.2 * detail
    drawn: Plane = np.tanh(np.maximum(dark - needed, 0) / 3).astype(np.float32)
    return drawn

"""Thin outlines: Canny's edges (Canny 1986), with thresholds from the picture where none are given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.imaging.control.base import Drawn, Material, steepness

if TYPE_CHECKING:
    from app.imaging.control.base import Plane

LEAST = 12.0  # of the gradient: noise of a flat picture stays below
SCALE = 4  # of the gradient before it is rounded to whole numbers


def draw(material: Material) -> Drawn:
    """White lines, one px wide, on black."""
    import cv2
    import numpy as np

    across, down = (np.clip(SCALE * plane, -32000, 32000).astype(np.int16) for plane in steepness(material.rgb, 1.0))
    low, high = thresholds(np.hypot(across.astype(np.float32), down.astype(np.float32)), material.settings.detail)
    low = low if material.settings.low is None else material.settings.low
    high = high if material.settings.high is None else material.settings.high
    low, high = min(low, high), max(low, high)
    edges = cv2.Canny(across, down, low, high, L2gradient=True)
    return Drawn(edges, f"Canny, built in (thresholds {low:.0f} and {high:.0f})")


def thresholds(gradient: Plane, detail: float) -> tuple[float, float]:
    """(low, high) of a gradient's length: of what rises above noise, the steepest share counts as edge, the larger the more detail.

    The low one is 0.4 of the high one; Canny advises a third to a half.
    """
    import numpy as np

    rises = gradient[gradient > LEAST]
    if rises.size == 0:
        return LEAST, 2 * LEAST
    high = max(2 * LEAST, float(np.quantile(rises, 0.95 - 0.6 * detail)))
    return 0.4 * high, high

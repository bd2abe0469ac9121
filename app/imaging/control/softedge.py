"""Soft outlines: how likely a person would draw an edge here, from gradients at several widths."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.imaging.control.base import Drawn, Material, steepness

if TYPE_CHECKING:
    from app.imaging.control.base import Pixels, Plane

WIDTHS_PX = (1.0, 2.0, 4.0)
ENGINE = "gradients at three widths, built in (no neural network)"


def draw(material: Material) -> Drawn:
    """Grey lines on black, the brighter the surer."""
    import numpy as np

    strength = edges(material.rgb, material.settings.detail)
    return Drawn((strength * 255 + 0.5).astype(np.uint8), ENGINE)


def edges(rgb: Pixels, detail: float) -> Plane:
    """float32 [H, W] 0..1. An edge that stands at every width is an outline; one that only fine widths see is texture.

    The widths are joined by their geometric mean, weighted towards the fine ones the more detail is wanted; what is less steep
    than everything around it is thinned away across the edge, and the rest is set against the steepest edges of the picture.
    """
    import cv2
    import numpy as np

    weights = np.array([0.2 + 0.8 * detail, 0.5, 1.0 - 0.8 * detail], np.float32)
    joined = np.zeros(rgb.shape[:2], np.float32)
    slopes: list[Plane] = []
    for width, weight in zip(WIDTHS_PX, weights, strict=True):
        across, down = steepness(rgb, width)
        slopes += [across, down] if width == WIDTHS_PX[1] else []
        joined += weight * np.log(np.hypot(across, down) * width + 0.5)
    strength = np.maximum(np.exp(joined / weights.sum()) - 0.5, 0)
    strength = cv2.GaussianBlur(ridge(strength, slopes[0], slopes[1]), (0, 0), 0.8)
    largest = max(4.0, float(np.quantile(strength, 0.995)))
    sure: Plane = np.clip(strength / largest, 0, 1) ** np.float32(1.2 - 0.5 * detail)
    return sure


def ridge(strength: Plane, across: Plane, down: Plane) -> Plane:
    """Softly thinned: what lies below its neighbours along the gradient fades, so that a wide slope becomes one line."""
    import cv2
    import numpy as np

    height, width = strength.shape
    length = np.maximum(np.hypot(across, down), 1e-6)
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    step_x, step_y = (2 * across / length).astype(np.float32), (2 * down / length).astype(np.float32)
    ahead = cv2.remap(strength, x + step_x, y + step_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    behind = cv2.remap(strength, x - step_x, y - step_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    beside = np.maximum(ahead, behind)
    thinned: Plane = strength * np.clip(2 * strength / np.maximum(strength + beside, 1e-6) - 0.6, 0, 1)
    return thinned

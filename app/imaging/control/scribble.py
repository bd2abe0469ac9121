"""Thick strokes as of a quick sketch: the strongest soft edges, thinned to lines and drawn again with a broad pen."""

from __future__ import annotations

from app.imaging.control.base import Drawn, Material
from app.imaging.control.softedge import ENGINE, edges

SHORTEST = 0.02  # of the longer side: strokes below are noise


def draw(material: Material) -> Drawn:
    """White strokes on black; little detail leaves only the great outlines."""
    import cv2
    import numpy as np

    detail = material.settings.detail
    height, width = material.rgb.shape[:2]
    strength = edges(cv2.GaussianBlur(material.rgb, (0, 0), 1.0 + 2.0 * (1 - detail)), 0.3)
    strokes = (strength > 0.45 - 0.3 * detail).astype(np.uint8)
    count, labels, facts, _ = cv2.connectedComponentsWithStats(strokes, connectivity=8)
    long = np.maximum(facts[:, cv2.CC_STAT_WIDTH], facts[:, cv2.CC_STAT_HEIGHT]) >= SHORTEST * max(height, width)
    long[0] = False  # what is no stroke at all
    kept = long[labels].astype(np.uint8) * 255 if count > 1 else strokes * 255
    pen = max(2, round(max(height, width) / 256))
    broad = cv2.dilate(kept, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (pen, pen)))
    smooth = cv2.GaussianBlur(broad, (0, 0), pen / 2)
    return Drawn(((smooth > 110) * 255).astype(np.uint8), f"strokes from {ENGINE}")

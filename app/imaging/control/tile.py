"""The picture without its fine detail: a ControlNet for tiles puts new detail into it."""

from __future__ import annotations

from app.imaging.control.base import Drawn, Material

ENGINE = "the picture made smaller and enlarged again, built in"


def draw(material: Material) -> Drawn:
    """uint8 RGB [H, W, 3]; ``detail`` 1 leaves the picture as it is, 0 keeps an eighth of its width."""
    import cv2

    factor = 8 ** (1 - material.settings.detail)
    if factor < 1.01:
        return Drawn(material.rgb.copy(), "the picture itself")
    height, width = material.rgb.shape[:2]
    size = (max(1, round(width / factor)), max(1, round(height / factor)))
    small = cv2.resize(material.rgb, size, interpolation=cv2.INTER_AREA)
    return Drawn(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC), ENGINE)

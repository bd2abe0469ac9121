"""Which way surfaces face: from measured depth, or, so labelled, from brightness taken for height."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.imaging.control.base import Drawn, Material, luma

if TYPE_CHECKING:
    from app.imaging.control.base import Plane

FROM_BRIGHTNESS = "brightness taken for height, built in (a relief of the drawing, not of the scene)"
NOTE = "These normals take what is bright for high. Install Depth Anything V2 for normals of the scene."
STEEP = 24.0  # how much height the whole range stands for, in hundredths of the picture's side


def draw(material: Material) -> Drawn:
    """uint8 RGB [H, W, 3]: red to the right, green up, blue towards the viewer, as ControlNets have learned them."""
    import cv2

    if material.depth is not None:
        return Drawn(normals(cv2.GaussianBlur(material.depth, (0, 0), 1.0), 2 * STEEP), f"slopes of {material.depth_engine}")
    sigma = 1.0 + 4.0 * (1 - material.settings.detail)
    height = cv2.GaussianBlur(luma(material.rgb).astype("float32") / 255, (0, 0), sigma)
    return Drawn(normals(height, STEEP / 8), FROM_BRIGHTNESS, (NOTE,))


def normals(height: Plane, steep: float) -> Plane:
    """Unit vectors across the surface ``z = height``, packed into RGB; ``steep``: px of height of the range, a hundredth of the side."""
    import cv2
    import numpy as np

    scale = steep * max(height.shape) / 100
    across = cv2.Sobel(height, cv2.CV_32F, 1, 0, ksize=3, borderType=cv2.BORDER_REPLICATE) / 8 * scale
    down = cv2.Sobel(height, cv2.CV_32F, 0, 1, ksize=3, borderType=cv2.BORDER_REPLICATE) / 8 * scale
    vectors = np.dstack([-across, down, np.ones_like(height)])
    vectors /= np.linalg.norm(vectors, axis=2, keepdims=True)
    packed: Plane = np.clip((vectors * 0.5 + 0.5) * 255 + 0.5, 0, 255).astype(np.uint8)
    return packed

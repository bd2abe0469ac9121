"""Layers of depth, told by how sharp each part of the picture is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:
    import numpy as np

    from app.video.frame import Plane

    Map = np.ndarray[Any, np.dtype[np.float32]]

LayerName = Literal["foreground", "middle", "background"]
LAYERS: tuple[LayerName, ...] = get_args(LayerName)
GRID_WIDTH = 20
_TEXTURE = 1.5  # levels of detail below which a place says nothing about its sharpness
_ROUNDS = 5


def softness(luma: Plane) -> Map:
    """(h, 20) float32: how soft each part is, in about pixels of blur at 320 px; NaN where it has no detail to judge by.

    The gradient's energy before and after a further blur of 1.2 px: a sharp edge loses much, a soft one little, whatever its
    contrast (Zhuo and Sim, "Defocus map estimation from a single image", Pattern Recognition 44, 2011, over blocks).
    """
    import cv2
    import numpy as np

    rows = max(4, round(GRID_WIDTH * luma.shape[0] / luma.shape[1]))
    level = luma.astype(np.float32)
    near = _energy(level, (GRID_WIDTH, rows))
    blurred: Any = cv2.GaussianBlur(level, (0, 0), 1.2)
    far = _energy(blurred, (GRID_WIDTH, rows))
    ratio = np.sqrt(near / np.maximum(far, 1e-6))
    soft = 1.2 / np.sqrt(np.maximum(ratio * ratio - 1, 0.02))
    return np.where(near < _TEXTURE, np.nan, soft).astype(np.float32)


def layers(soft: Map) -> tuple[Map, tuple[float, ...]]:
    """Assigns each part to a layer: (h, w) of 0 sharpest, 1, 2 softest, NaN unknown; and the three layers' mean softness.

    Three groups of log softness by Lloyd's algorithm, started at its 10th, 50th and 90th percentile.
    """
    import numpy as np

    known = ~np.isnan(soft)
    if known.sum() < len(LAYERS):
        return np.full(soft.shape, np.nan, np.float32), (0.0, 0.0, 0.0)
    values = np.log(soft[known])
    centres = np.percentile(values, [10, 50, 90])
    for _ in range(_ROUNDS):
        nearest = np.abs(values[:, None] - centres).argmin(axis=1)
        centres = np.array([values[nearest == k].mean() if (nearest == k).any() else centres[k] for k in range(len(LAYERS))])
    picture = np.full(soft.shape, np.nan, np.float32)
    picture[known] = nearest
    return picture, tuple(float(v) for v in np.exp(centres))


def _energy(level: Map, size: tuple[int, int]) -> Map:
    """Mean squared gradient per block."""
    import cv2
    import numpy as np

    x = cv2.Sobel(level, cv2.CV_32F, 1, 0, ksize=1)
    y = cv2.Sobel(level, cv2.CV_32F, 0, 1, ksize=1)
    return np.asarray(cv2.resize(x * x + y * y, size, interpolation=cv2.INTER_AREA), np.float32)

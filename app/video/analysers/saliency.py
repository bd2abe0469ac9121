"""Where the eye goes in a picture, and the box of the subject found there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    from app.video.frame import Frame

    Map = np.ndarray[Any, np.dtype[np.float32]]

WIDTH = 96  # saliency maps are this wide
_SPECTRAL_SIDE = 64
_BORDER_SHARE = 0.08
_CENTRE_WEIGHT = 0.35
_LEAST_SHARE = 0.002
R0, F0, K, TW, DS = 0.35, 0.1, 4.0, 8.0, 4.0


@dataclass(frozen=True)
class Subject:
    """Box and centre of mass in shares of the frame; ``confidence`` 0 (nothing stands out) .. 1."""

    left: float
    top: float
    width: float
    height: float
    x: float
    y: float
    confidence: float


def saliency(frame: Frame) -> Map:
    """(H, 96) float32, 0..1: spectral residual times contrast with the picture's border, weighed towards the centre.

    Spectral residual: Hou and Zhang, "Saliency detection: a spectral residual approach" (CVPR 2007), a 64 x 64 Fourier
    transform. Border contrast: the colour distance from each of the four border strips by their own covariance, as in
    Zhang et al., "Minimum barrier salient object detection at 80 FPS" (ICCV 2015): what is unlike all of the frame's edges
    is the subject. The second finds whole shapes, the first small ones.
    """
    import cv2
    import numpy as np

    height = max(16, round(WIDTH * frame.y.shape[0] / frame.y.shape[1]))
    planes = [cv2.resize(p, (WIDTH, height), interpolation=cv2.INTER_AREA) for p in (frame.y, frame.u, frame.v)]
    detail = _detail(frame.y, height)
    colour = cv2.GaussianBlur(cv2.merge(planes), (3, 3), 0).astype(np.float32)
    look = np.dstack([colour, TW * np.log1p(detail)]) if TW else colour
    contrast = _border_contrast(look)
    residual = cv2.resize(_spectral_residual(frame.y), (WIDTH, height), interpolation=cv2.INTER_LINEAR)
    focus = _focus(detail)
    both = contrast * (R0 + (1 - R0) * residual) * focus * ((1 - _CENTRE_WEIGHT) + _CENTRE_WEIGHT * _centre(height))
    smooth = cv2.GaussianBlur(both, (0, 0), 1.2)
    top = float(smooth.max())
    result: Map = smooth / top if top > 1e-6 else np.zeros_like(smooth)
    return result


def find_subject(picture: Map) -> Subject:
    """The strongest connected region of a saliency map, as much of it as Otsu's threshold leaves."""
    import cv2
    import numpy as np

    height, width = picture.shape
    if float(picture.max()) <= 0:
        return Subject(0.0, 0.0, 1.0, 1.0, 0.5, 0.5, 0.0)
    levels = np.round(picture * 255).astype(np.uint8)
    _, mask = cv2.threshold(levels, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    mass = np.bincount(labels.ravel(), weights=picture.ravel(), minlength=count)
    mass[0] = 0
    mass[boxes[:, cv2.CC_STAT_AREA] < _LEAST_SHARE * picture.size] *= 0.25
    best = int(np.argmax(mass))
    x, y, w, h = (int(boxes[best, i]) for i in range(4))
    region = np.where(labels == best, picture, 0)
    total = float(region.sum())
    rows, columns = np.arange(height) + 0.5, np.arange(width) + 0.5
    return Subject(
        left=x / width, top=y / height, width=w / width, height=h / height,
        x=float(region.sum(axis=0) @ columns) / total / width,
        y=float(region.sum(axis=1) @ rows) / total / height,
        confidence=_confidence(picture, labels == best, float(mass[best] / mass.sum())),
    )  # fmt: skip


def _confidence(picture: Map, inside: Any, dominance: float) -> float:
    """How much brighter the region is than the rest of the map, and how much of all regions' mass it holds."""
    within = float(picture[inside].mean())
    without = float(picture[~inside].mean()) if not inside.all() else within
    share = float(inside.mean())
    compact = 1.0 if share < 0.5 else max(0.0, 2 - 2 * share)
    return max(0.0, (within - without) / max(within, 1e-6)) * dominance * compact


def _border_contrast(colour: Map) -> Map:
    """Distance of every pixel from the four border strips' colours, the least of them counting twice; 0..1."""
    import numpy as np

    height, width, _ = colour.shape
    deep, wide = max(2, round(height * _BORDER_SHARE)), max(2, round(width * _BORDER_SHARE))
    strips = (colour[:deep], colour[-deep:], colour[:, :wide], colour[:, -wide:])
    distances = np.stack([_distance(colour, strip.reshape(-1, strip.shape[2])) for strip in strips])
    distances /= np.maximum(distances.max(axis=(1, 2), keepdims=True), 1e-6)
    ordered = np.sort(distances, axis=0)
    total = ordered[0] * 2 + ordered[1] + ordered[2] + 0.5 * ordered[3]
    return np.asarray(total / max(float(total.max()), 1e-6), np.float32)


def _distance(colour: Map, strip: Map) -> Map:
    """Mahalanobis distance from the strip's mean; a little variance is added, for strips of one colour."""
    import numpy as np

    mean = strip.mean(axis=0)
    spread = np.cov(strip.T).astype(np.float32) + np.eye(strip.shape[1], dtype=np.float32) * 20
    off = colour - mean
    return np.asarray(np.sqrt(np.maximum(0, ((off @ np.linalg.inv(spread)) * off).sum(axis=2))), np.float32)


def _detail(luma: Any, height: int) -> Map:
    """Mean size of the Laplacian around each place, levels."""
    import cv2
    import numpy as np

    fine = cv2.convertScaleAbs(cv2.Laplacian(luma, cv2.CV_16S))
    small = cv2.resize(fine, (WIDTH, height), interpolation=cv2.INTER_AREA).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(small, (0, 0), DS), np.float32)


def _focus(detail: Map) -> Map:
    """Detail as a weight, 0..1; all 1 where the picture's border is as detailed as its middle and sharpness tells nothing."""
    import numpy as np

    border = np.concatenate([detail[:4].ravel(), detail[-4:].ravel(), detail[:, :4].ravel(), detail[:, -4:].ravel()])
    most = max(float(detail.max()), 1e-6)
    weight = min(1.0, max(0.0, 1.0 - K * float(np.mean(border)) / most)) * (1 - F0)
    return np.asarray((1 - weight) + weight * np.minimum(1, detail / most), np.float32)


def _spectral_residual(luma: Any) -> Map:
    """(64, 64) float32, 0..1."""
    import cv2
    import numpy as np

    small = cv2.resize(luma, (_SPECTRAL_SIDE, _SPECTRAL_SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    spectrum = np.fft.rfft2(small)
    amplitude = np.maximum(np.abs(spectrum), 1e-6)
    log = np.log(amplitude).astype(np.float32)
    residual = log - cv2.blur(log, (3, 3), borderType=cv2.BORDER_REFLECT)
    back = np.fft.irfft2(np.exp(residual) * spectrum / amplitude, s=small.shape)
    picture = cv2.GaussianBlur((back * back).astype(np.float32), (0, 0), 2.5)
    return np.asarray(picture / max(float(picture.max()), 1e-9), np.float32)


@lru_cache(maxsize=8)
def _centre(height: int) -> Any:
    import numpy as np

    y, x = np.mgrid[0:height, 0:WIDTH].astype(np.float32)
    return np.exp(-(((x - WIDTH / 2) / (0.45 * WIDTH)) ** 2) - ((y - height / 2) / (0.45 * height)) ** 2)

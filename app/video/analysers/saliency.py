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
_BORDER_SHARE, _LEAST_VARIANCE, _CLEAR_LEVELS = 0.08, 20.0, 25.0
_CENTRE_WEIGHT, _RESIDUAL_FLOOR, _DETAIL_WEIGHT = 0.35, 0.35, 8.0
_LEAST_SHARE, _LIFT = 0.002, 1.3


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
    """(H, 96) float32, greatest 1, less where hardly anything differs: spectral residual times border contrast, weighed to the centre.

    Spectral residual: Hou and Zhang, "Saliency detection: a spectral residual approach" (CVPR 2007), a 64 x 64 Fourier
    transform. Border contrast: the distance in colour and in fineness of detail from each of the four border strips, by
    their own covariance, as in Zhang et al., "Minimum barrier salient object detection at 80 FPS" (ICCV 2015): what is
    unlike all of the frame's edges is the subject. The second finds whole shapes, the first small ones.
    """
    import cv2
    import numpy as np

    height = max(16, round(WIDTH * frame.y.shape[0] / frame.y.shape[1]))
    planes = [cv2.resize(p, (WIDTH, height), interpolation=cv2.INTER_AREA) for p in (frame.y, frame.u, frame.v)]
    colour = cv2.GaussianBlur(cv2.merge(planes), (3, 3), 0).astype(np.float32)
    contrast = _border_contrast(np.dstack([colour, _DETAIL_WEIGHT * np.log1p(_detail(frame.y, height))]))
    residual = cv2.resize(_spectral_residual(frame.y), (WIDTH, height), interpolation=cv2.INTER_LINEAR)
    residual = _RESIDUAL_FLOOR + (1 - _RESIDUAL_FLOOR) * residual
    both = contrast * residual * ((1 - _CENTRE_WEIGHT) + _CENTRE_WEIGHT * _centre(height))
    smooth: Any = cv2.GaussianBlur(both, (0, 0), 1.2)
    top = float(smooth.max())
    return np.asarray(smooth * (_strength(colour) / top) if top > 1e-6 else smooth * 0, np.float32)


def find_subject(picture: Map) -> Subject:
    """The strongest connected region of a saliency map, what lies well above Otsu's threshold."""
    import cv2
    import numpy as np

    height, width = picture.shape
    greatest = float(picture.max())
    if greatest <= 0:
        return Subject(0.0, 0.0, 1.0, 1.0, 0.5, 0.5, 0.0)
    levels = np.round(picture * (255 / greatest)).astype(np.uint8)
    otsu, _ = cv2.threshold(levels, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    mask = cv2.threshold(levels, min(250.0, _LIFT * otsu), 255, cv2.THRESH_BINARY)[1]
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    mass: Any = np.bincount(labels.ravel(), weights=picture.ravel(), minlength=count)
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
        confidence=greatest * _confidence(picture, labels == best, float(mass[best] / mass.sum())),
    )  # fmt: skip


def _confidence(picture: Map, inside: Any, dominance: float) -> float:
    """How much brighter the region is than the rest of the map, and how much of all regions' mass it holds."""
    within = float(picture[inside].mean())
    without = float(picture[~inside].mean()) if not inside.all() else within
    share = float(inside.mean())
    compact = 1.0 if share < 0.5 else max(0.0, 2 - 2 * share)
    return max(0.0, (within - without) / max(within, 1e-6)) * dominance * compact


def _strength(colour: Map) -> float:
    """0..1: how far, in levels, the most different place is from the border's mean colour; grain alone comes to nothing."""
    import cv2
    import numpy as np

    border = np.concatenate([colour[0], colour[-1], colour[:, 0], colour[:, -1]]).mean(axis=0)
    off = cv2.split(colour - border)
    return min(1.0, float(np.sqrt((off[0] * off[0] + off[1] * off[1] + off[2] * off[2]).max())) / _CLEAR_LEVELS)


def _border_contrast(look: Map) -> Map:
    """Distance of every pixel of (H, W, P) from the four border strips, the least counting twice, the greatest half; 0..1."""
    import numpy as np

    height, width, planes = look.shape
    deep, wide = max(2, round(height * _BORDER_SHARE)), max(2, round(width * _BORDER_SHARE))
    strips = (look[:deep], look[-deep:], look[:, :wide], look[:, -wide:])
    flat = np.ascontiguousarray(look.reshape(-1, planes).T)  # planes first: every step below runs along the pixels
    distances = [_distance(flat, strip.reshape(-1, planes).T) for strip in strips]
    least, most = np.minimum.reduce(distances), np.maximum.reduce(distances)
    total = distances[0] + distances[1] + distances[2] + distances[3] + least - most / 2
    return np.asarray(total.reshape(height, width) / max(float(total.max()), 1e-6), np.float32)


def _distance(look: Map, strip: Map) -> Map:
    """Mahalanobis distance of (P, N) pixels from the strip's mean, 0..1; a little variance is added, for strips of one colour."""
    import numpy as np

    planes = len(strip)
    spread = np.cov(strip) + np.eye(planes) * _LEAST_VARIANCE
    whitening = np.linalg.cholesky(np.linalg.inv(spread)).astype(np.float32).T
    off = whitening @ (look - strip.mean(axis=1)[:, None])
    off *= off
    distance = np.sqrt(off.sum(axis=0))
    return np.asarray(distance / max(float(distance.max()), 1e-6), np.float32)


def _detail(luma: Any, height: int) -> Map:
    """Mean size of the Laplacian around each place, levels."""
    import cv2
    import numpy as np

    fine = cv2.convertScaleAbs(cv2.Laplacian(luma, cv2.CV_16S))
    small = cv2.resize(fine, (WIDTH, height), interpolation=cv2.INTER_AREA).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(small, (0, 0), 4), np.float32)


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

"""How good a picture is, measured without a reference: sharpness, light, contrast, noise, clipping."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, cast

from app.video.models import Quality

if TYPE_CHECKING:
    import numpy as np

    Image = np.ndarray[Any, np.dtype[np.uint8]]

LONG_SIDE_PX = 640  # sharpness depends on scale, so every picture is measured at this size; smaller ones as they are
NOISE_CROP_PX = 512
SAMPLES_PER_S = 4.0
_BLACK_LEVEL, _WHITE_LEVEL = 2, 253

BLURRED_BELOW = 12.0
DARK_BELOW, BRIGHT_ABOVE = 40.0, 215.0
FLAT_BELOW = 18.0
NOISY_ABOVE = 9.0
CLIPPED_ABOVE = 0.25


@dataclass(frozen=True)
class FrameQuality:
    """One frame's figures; units as in `Quality`."""

    sharpness: float
    brightness: float
    contrast: float
    noise: float
    shadows_clipped: float
    highlights_clipped: float


def measure(image: Image) -> FrameQuality:
    """Measures one BGR picture of any size.

    Sharpness is the variance of the Laplacian (Pech-Pacheco et al., "Diatom autofocusing in brightfield microscopy",
    ICPR 2000) of luma scaled to 640 px; noise is Immerkaer's estimate ("Fast noise variance estimation", CVIU 64,
    1996) on the unscaled middle, since scaling would average it away.
    """
    import cv2

    luma = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    height, width = luma.shape
    factor = LONG_SIDE_PX / max(height, width)
    small = luma
    if factor < 1:
        size = (max(1, round(width * factor)), max(1, round(height * factor)))
        small = cv2.resize(luma, size, interpolation=cv2.INTER_AREA)
    mean, deviation = cv2.meanStdDev(small)
    levels = cv2.calcHist([small], [0], None, [256], [0, 256]).ravel()
    return FrameQuality(
        sharpness=_variance(cv2.Laplacian(small, cv2.CV_16S)),
        brightness=float(mean[0, 0]),
        contrast=float(deviation[0, 0]),
        noise=immerkaer(_middle(cast("Image", luma))),
        shadows_clipped=float(levels[: _BLACK_LEVEL + 1].sum() / small.size),
        highlights_clipped=float(levels[_WHITE_LEVEL:].sum() / small.size),
    )


def immerkaer(luma: Image) -> float:
    """Standard deviation of additive noise in levels, 0 for pictures smaller than 3 x 3."""
    import cv2
    import numpy as np

    height, width = int(luma.shape[0]), int(luma.shape[1])
    if height < 3 or width < 3:
        return 0.0
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], dtype=np.float32)
    response = cv2.filter2D(luma, cv2.CV_16S, kernel)[1:-1, 1:-1]
    total = float(cv2.norm(response, cv2.NORM_L1))
    return math.sqrt(math.pi / 2.0) * total / (6 * (width - 2) * (height - 2))


def summarize(samples: Sequence[FrameQuality]) -> Quality:
    """Means over at least one sample, with remarks in plain words."""
    means = {f.name: sum(getattr(s, f.name) for s in samples) / len(samples) for f in fields(FrameQuality)}
    return _quality(len(samples), round(min(s.sharpness for s in samples), 2), means)


def overall(parts: Sequence[Quality]) -> Quality:
    """Several scenes' quality as one, each weighing as many samples as it has."""
    total = sum(p.sampled_frames for p in parts)
    means = {f.name: sum(getattr(p, f.name) * p.sampled_frames for p in parts) / total for f in fields(FrameQuality)}
    return _quality(total, min(p.sharpness_min for p in parts), means)


def remarks(quality: Quality) -> list[str]:
    """What stands out, in words; an empty list for an ordinary picture."""
    if quality.contrast < 1.0:
        return ["black" if quality.brightness < DARK_BELOW else "one flat tone"]
    rules = (
        (quality.sharpness < BLURRED_BELOW, "soft or blurred"),
        (quality.brightness < DARK_BELOW, "dark"),
        (quality.brightness > BRIGHT_ABOVE, "bright"),
        (quality.contrast < FLAT_BELOW, "low contrast"),
        (quality.noise > NOISY_ABOVE, "noisy"),
        (quality.shadows_clipped > CLIPPED_ABOVE, "crushed blacks"),
        (quality.highlights_clipped > CLIPPED_ABOVE, "blown-out whites"),
    )
    return [word for applies, word in rules if applies]


def _variance(response: Any) -> float:
    import cv2

    _, deviation = cv2.meanStdDev(response)
    spread = float(deviation[0, 0])
    return spread * spread


def _middle(luma: Image) -> Image:
    height, width = luma.shape
    h, w = min(height, NOISE_CROP_PX), min(width, NOISE_CROP_PX)
    top, left = (height - h) // 2, (width - w) // 2
    return luma[top : top + h, left : left + w]


def _quality(count: int, sharpness_min: float, means: dict[str, float]) -> Quality:
    rounded: dict[str, Any] = {name: round(value, 4 if name.endswith("clipped") else 2) for name, value in means.items()}
    quality = Quality(sampled_frames=count, sharpness_min=sharpness_min, **rounded)
    return quality.model_copy(update={"remarks": remarks(quality)})

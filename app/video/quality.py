"""How good a picture is, measured without a reference: sharpness, light, contrast, noise, clipping."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, cast

from app.video.models import Quality
from app.video.planes import plane_of, scaled

if TYPE_CHECKING:
    import numpy as np
    from av.video.frame import VideoFrame

    Image = np.ndarray[Any, np.dtype[np.uint8]]

LONG_SIDE_PX = 640  # sharpness depends on scale, so every picture is measured at this size; smaller ones as they are
NOISE_CROP_PX = 512
SAMPLES_PER_S = 6.0
_BLACK_LEVEL, _WHITE_LEVEL = 2, 253
_FULL_RANGE = 2  # of `AVColorRange`
_LUMA_IN_BYTES = ("yuv420p", "yuv422p", "yuv444p", "yuvj420p", "yuvj422p", "yuvj444p", "nv12", "nv21", "gray")

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


def sampling_step(fps: float) -> int:
    """Every how many frames one is measured at full size."""
    return max(1, round(fps / SAMPLES_PER_S))


def measure(image: Image) -> FrameQuality:
    """Measures one BGR picture of any size; see `measure_luma`."""
    import cv2

    luma = cast("Image", cv2.cvtColor(image, cv2.COLOR_BGR2GRAY))
    height, width = luma.shape
    small = luma
    if (size := _measured_size(width, height)) != (width, height):
        small = cast("Image", cv2.resize(luma, size, interpolation=cv2.INTER_AREA))
    return measure_luma(small, _middle(luma))


def measure_frame(raw: VideoFrame) -> FrameQuality:
    """Measures a decoded frame by its luma alone, which is scaled once and never turned into colours; see `measure_luma`."""
    width, height = _measured_size(raw.width, raw.height)
    small = plane_of(scaled(raw, width=width, height=height, format="gray", interpolation="AREA", dst_color_range=_FULL_RANGE).planes[0])
    return measure_luma(small, _middle_luma(raw))


def measure_luma(small: Image, middle: Image) -> FrameQuality:
    """From full-range luma, at 640 px and of the unscaled middle.

    Sharpness is the variance of the Laplacian (Pech-Pacheco et al., "Diatom autofocusing in brightfield microscopy",
    ICPR 2000) of luma scaled to 640 px; noise is Immerkaer's estimate ("Fast noise variance estimation", CVIU 64,
    1996) on the unscaled middle, since scaling would average it away.
    """
    import cv2

    mean, deviation = cv2.meanStdDev(small)
    lit = cv2.countNonZero(cv2.threshold(small, _BLACK_LEVEL, 255, cv2.THRESH_BINARY)[1])
    white = cv2.countNonZero(cv2.threshold(small, _WHITE_LEVEL - 1, 255, cv2.THRESH_BINARY)[1])
    return FrameQuality(
        sharpness=_variance(cv2.Laplacian(small, cv2.CV_16S)),
        brightness=float(mean[0, 0]),
        contrast=float(deviation[0, 0]),
        noise=immerkaer(middle),
        shadows_clipped=(small.size - lit) / small.size,
        highlights_clipped=white / small.size,
    )


def immerkaer(luma: Image) -> float:
    """Standard deviation of additive noise in levels, 0 for pictures smaller than 3 x 3."""
    import cv2
    import numpy as np

    height, width = int(luma.shape[0]), int(luma.shape[1])
    if height < 3 or width < 3:
        return 0.0
    kernel = np.array([1, -2, 1], dtype=np.float32)  # once along and once across: Immerkaer's mask
    response = cv2.sepFilter2D(luma, cv2.CV_16S, kernel, kernel)[1:-1, 1:-1]
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

    around = cv2.mean(response)[0]
    spread = cv2.norm(response, cv2.NORM_L2) ** 2 / response.size - around * around  # meanStdDev takes twenty times as long
    return max(0.0, float(spread))


def _measured_size(width: int, height: int) -> tuple[int, int]:
    factor = min(1.0, LONG_SIDE_PX / max(width, height))
    return max(1, round(width * factor)), max(1, round(height * factor))


def _middle_luma(raw: VideoFrame) -> Image:
    """Full-range luma of the unscaled middle."""
    if raw.format.name not in _LUMA_IN_BYTES:
        return _middle(plane_of(scaled(raw, format="gray", dst_color_range=_FULL_RANGE).planes[0]))
    middle = _middle(plane_of(raw.planes[0]))
    full = raw.color_range == _FULL_RANGE or raw.format.name.startswith(("yuvj", "gray"))
    return middle if full else stretched(middle)


def stretched(luma: Image) -> Image:
    """Studio range 16..235 to 0..255, to the nearest level; a table of the 256 values takes longer."""
    import cv2

    above: Any = cv2.subtract(luma, cast("Any", 16.0))
    return cast("Image", cv2.convertScaleAbs(above, alpha=255 / 219))


def _middle(luma: Image) -> Image:
    height, width = luma.shape
    h, w = min(height, NOISE_CROP_PX), min(width, NOISE_CROP_PX)
    top, left = (height - h) // 2, (width - w) // 2
    return luma[top : top + h, left : left + w]


def _quality(count: int, sharpness_min: float, means: dict[str, float]) -> Quality:
    rounded: dict[str, Any] = {name: round(value, 4 if name.endswith("clipped") else 2) for name, value in means.items()}
    quality = Quality(sampled_frames=count, sharpness_min=sharpness_min, **rounded)
    return quality.model_copy(update={"remarks": remarks(quality)})

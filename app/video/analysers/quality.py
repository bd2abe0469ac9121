"""Picture quality, frame by frame: light, contrast, sharpness, clipping; noise and banding now and then; the best frames of each shot.

`app.video.quality` measures a few full-size pictures for keyframes; this measures every frame at 320 px. ``brightness``,
``contrast`` and the clipped shares mean the same in both. Sharpness depends on scale and what is left of noise after scaling
does too, so those two carry other names here: ``sharpness_320px`` and ``noise_320px``.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from app.video.analysers.banding import banding
from app.video.analysers.base import Analyser, Findings
from app.video.curves import Curves, Shot
from app.video.quality import BRIGHT_ABOVE, CLIPPED_ABOVE, DARK_BELOW, FLAT_BELOW, immerkaer

if TYPE_CHECKING:
    import numpy as np

    from app.video.frame import Frame

    Array = np.ndarray[Any, np.dtype[Any]]

BEST_FRAMES = 3
BLURRED_BELOW = 25.0  # variance of the Laplacian at 320 px
NOISY_ABOVE = 5.0
BANDING = "banding"
BANDED_ABOVE = 0.5  # levels; steps of 4 over an eighth of the picture
_BLACK_LEVEL, _WHITE_LEVEL = 2, 253
_EDGE_SHARE, _EDGE_FRAMES = 0.1, 3

Share = partial(Field, ge=0, le=1)


class ShotQuality(BaseModel):
    """Means over a shot or the film. Luma levels run from 0 (black) to 255 (white); everything at 320 px."""

    model_config = ConfigDict(extra="forbid")

    sharpness_320px: float = Field(ge=0, description="Variance of the Laplacian of luma, levels squared; low is blurred.")
    sharpness_320px_min: float = Field(ge=0, description="The most blurred frame.")
    brightness: float = Field(ge=0, le=255, description="Mean luma, levels.")
    brightness_min: float = Field(ge=0, le=255, description="The darkest frame.")
    brightness_max: float = Field(ge=0, le=255, description="The brightest frame.")
    contrast: float = Field(ge=0, description="RMS contrast: standard deviation of luma, levels.")
    shadows_clipped: float = Share(description="Share of pixels at or near black.")
    highlights_clipped: float = Share(description="Share of pixels at or near white.")
    noise_320px: float | None = Field(default=None, ge=0, description="Noise left after scaling, levels; None without a sample.")
    banding: float | None = Share(
        default=None, description="Share of the picture on the stairs of gradients that have come apart into visible steps."
    )
    banding_levels: float | None = Field(default=None, ge=0, description="Height of those steps, meaned over the whole picture, levels.")
    remarks: list[str] = Field(default=[], description="Plain words for what stands out: blurred, dark, banding ...")


class QualityOfShot(ShotQuality):
    """One shot's figures and the frames that show it best."""

    start_frame: int = Field(ge=0)
    end_frame: int = Field(ge=1, description="First frame of the next shot.")
    best_frames: list[int] = Field(description="Up to three frame numbers, spread over the shot, the best one first.")


class FilmQuality(BaseModel):
    """Picture quality of the film and of each of its shots."""

    model_config = ConfigDict(extra="forbid")

    overall: ShotQuality
    shots: list[QualityOfShot]


class QualityMeasure:
    """Per frame: mean and standard deviation of luma, sharpness, shares of clipped pixels.

    Sharpness is the variance of the Laplacian (Pech-Pacheco et al., "Diatom autofocusing in brightfield microscopy",
    ICPR 2000) of luma at 320 px.
    """

    columns: tuple[str, ...] = ("luma_mean", "luma_std", "sharpness", "shadows_clipped", "highlights_clipped")
    memory = 0

    def __init__(self) -> None:
        self._laplacian: Any = None

    def measure(self, frame: Frame) -> Sequence[float]:
        """One number per column; levels, levels, levels squared, shares."""
        import cv2

        mean, deviation = cv2.meanStdDev(frame.y)
        self._laplacian = cv2.Laplacian(frame.y, cv2.CV_16S, self._laplacian)
        size = frame.y.size
        around = cv2.mean(self._laplacian)[0]
        sharpness = cv2.norm(self._laplacian, cv2.NORM_L2) ** 2 / size - around * around  # meanStdDev takes twenty times as long
        black = size - cv2.countNonZero(cv2.threshold(frame.y, _BLACK_LEVEL, 255, cv2.THRESH_BINARY)[1])
        white = cv2.countNonZero(cv2.threshold(frame.y, _WHITE_LEVEL - 1, 255, cv2.THRESH_BINARY)[1])
        return (float(mean[0, 0]), float(deviation[0, 0]), max(0.0, sharpness), black / size, white / size)


class QualitySampler:
    """Per sampled frame: noise (Immerkaer, "Fast noise variance estimation", CVIU 64, 1996) and `banding`."""

    columns: tuple[str, ...] = ("noise", "banding", "banding_levels")

    def sample(self, frame: Frame) -> Sequence[float]:
        """Levels; share of the picture; levels."""
        return (immerkaer(frame.y), *banding(frame.y))


def decide(findings: Findings) -> FilmQuality:
    """Means per shot and over the film, and each shot's best frames."""
    shots = [_shot(findings, shot) for shot in findings.shots]
    return FilmQuality(overall=ShotQuality(**_figures(findings.curves, findings.samples)), shots=shots)


def best_frames(curves: Curves, shot: Shot, wanted: int = BEST_FRAMES) -> list[int]:
    """Up to ``wanted`` frame numbers: the shot without its edges in equal parts, the most appealing frame of each, best first."""
    import numpy as np

    length = shot.end - shot.start
    edge = min(_EDGE_FRAMES, int(length * _EDGE_SHARE) + (1 if length > 4 else 0))
    first, last = shot.start + edge, shot.end - edge
    appeal = _appeal(curves.part(first, last))
    bounds = np.linspace(0, last - first, min(wanted, last - first) + 1).astype(int)
    found: list[tuple[float, int]] = []
    for low, high in pairwise(bounds):
        off = (np.arange(low, high) - (low + high - 1) / 2) / max(1.0, (high - low) / 2)
        values = appeal[low:high] * (1 - 0.5 * off * off)
        place = int(np.argmax(values))
        found.append((float(values[place]), first + int(low) + place))
    return [frame for _, frame in sorted(found, key=lambda pair: (-pair[0], pair[1]))]


def remarks(quality: ShotQuality) -> list[str]:
    """What stands out, in words; an empty list for an ordinary picture."""
    if quality.contrast < 1.0:
        return ["black" if quality.brightness < DARK_BELOW else "one flat tone"]
    rules = (
        (quality.sharpness_320px < BLURRED_BELOW, "soft or blurred"),
        (quality.brightness < DARK_BELOW, "dark"),
        (quality.brightness > BRIGHT_ABOVE, "bright"),
        (quality.contrast < FLAT_BELOW, "low contrast"),
        ((quality.noise_320px or 0) > NOISY_ABOVE, "noisy"),
        ((quality.banding_levels or 0) > BANDED_ABOVE, BANDING),
        (quality.shadows_clipped > CLIPPED_ABOVE, "crushed blacks"),
        (quality.highlights_clipped > CLIPPED_ABOVE, "blown-out whites"),
    )
    return [word for applies, word in rules if applies]


def _shot(findings: Findings, shot: Shot) -> QualityOfShot:
    import numpy as np

    frames = findings.samples["frame"]
    low, high = np.searchsorted(frames, [shot.start, shot.end])
    figures = _figures(findings.curves.part(shot.start, shot.end), findings.samples.part(int(low), int(high)))
    best = best_frames(findings.curves, shot)
    return QualityOfShot(start_frame=shot.start, end_frame=shot.end, best_frames=best, **figures)


def _figures(curves: Curves, samples: Curves) -> dict[str, Any]:
    import numpy as np

    def mean(name: str, digits: int = 2) -> float:
        return round(float(np.mean(curves[name], dtype=np.float64)), digits)

    sampled = len(samples) > 0
    figures: dict[str, Any] = {
        "sharpness_320px": mean("sharpness"),
        "sharpness_320px_min": round(float(np.min(curves["sharpness"])), 2),
        "brightness": mean("luma_mean"),
        "brightness_min": round(float(np.min(curves["luma_mean"])), 2),
        "brightness_max": round(float(np.max(curves["luma_mean"])), 2),
        "contrast": mean("luma_std"),
        "shadows_clipped": mean("shadows_clipped", 4),
        "highlights_clipped": mean("highlights_clipped", 4),
        "noise_320px": round(float(np.median(samples["noise"])), 2) if sampled else None,
        "banding": round(float(np.median(samples["banding"])), 4) if sampled else None,
        "banding_levels": round(float(np.median(samples["banding_levels"])), 3) if sampled else None,
    }
    return {**figures, "remarks": remarks(ShotQuality(**figures))}


def _appeal(curves: Curves) -> Array:
    """As `app.video.keyframes.appeal`, for many frames at once: sharpness, marked down for bad exposure and clipping."""
    import numpy as np

    exposure = 1.0 - np.minimum(1.0, np.abs(curves["luma_mean"] - 118.0) / 118.0) ** 2
    clipped = np.minimum(1.0, curves["shadows_clipped"] + curves["highlights_clipped"])
    contrast = np.minimum(1.0, 0.2 + curves["luma_std"] / 40.0)
    appeal: Array = (curves["sharpness"] + 1.0) * (0.1 + 0.9 * exposure) * (1.0 - 0.8 * clipped) * contrast
    return appeal


ANALYSER = Analyser(name="picture", result=FilmQuality, decide=decide, measure=QualityMeasure, sampler=QualitySampler)

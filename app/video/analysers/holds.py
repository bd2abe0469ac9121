"""Drawn on ones, twos, threes or fours: how long every drawing is held, shot by shot."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.video.analysers.base import Analyser, Findings
from app.video.analysers.blocks import block_change, unexplained_change
from app.video.analysers.camera_tracking import REFRESH_EVERY
from app.video.analysers.hold_pattern import Pattern, camera_steps, pattern, steps, subject_rhythm
from app.video.curves import Curves, Shot

if TYPE_CHECKING:
    from app.video.frame import Frame

Exposure = Literal["ones", "twos", "threes", "fours", "mixed", "still"]

NAMES: dict[int, Exposure] = {1: "ones", 2: "twos", 3: "threes", 4: "fours"}
LISTED_FRAMES = 5  # a drawing held longer than fours is a hold worth listing
LISTED_HOLDS = 200


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Hold(_Model):
    """A picture that stands for several frames."""

    start_frame: int = Field(ge=0)
    end_frame: int = Field(ge=1, description="First frame with a new picture.")
    frames: int = Field(ge=2)


class ShotHolds(_Model):
    """How long drawings are held in one shot."""

    start_frame: int = Field(ge=0)
    end_frame: int = Field(ge=1)
    exposure: Exposure = Field(description="The subject's where it can be told from the camera's, else the whole picture's.")
    picture: Exposure = Field(description="How often anything changes: a pan on ones makes this ones.")
    camera: Exposure = Field(description="How often the camera moves; still when it does not.")
    subject: Exposure = Field(description="How often what moves on its own changes; still when nothing does.")
    certainty: float = Field(ge=0, le=1, description="Share of the moving frames that keep to the exposure named.")
    new_pictures: int = Field(ge=1, description="Different pictures in the shot.")
    repeated_share: float = Field(ge=0, le=1, description="Share of the frames that repeat the one before.")
    holds: list[Hold] = Field(description="Pictures that stand for five frames or longer.")


class FilmHolds(_Model):
    """The share of time of each exposure, and every shot."""

    exposures: dict[str, float]
    repeated_share: float = Field(ge=0, le=1)
    shots: list[ShotHolds]


class HoldMeasure:
    """Per frame: the change since the frame before in 16 x 9 blocks, as mean absolute luma difference in levels.

    ``hold_most``: the block that changed most, so that a small figure before a still background counts; ``hold_usual``: the
    median block; ``hold_rest``: the block at half size that changed most in what neither standing still nor moving with the
    camera explains.
    """

    columns: tuple[str, ...] = ("hold_most", "hold_usual", "hold_rest")
    memory = REFRESH_EVERY

    def __init__(self) -> None:
        self._before: Frame | None = None

    def measure(self, frame: Frame) -> Sequence[float]:
        """One number per column; 0 at the first frame."""
        before, self._before = self._before, frame
        if before is None or before.y.shape != frame.y.shape:
            return 0.0, 0.0, 0.0
        most, usual = block_change(before, frame)
        if most == 0:
            return 0.0, 0.0, 0.0
        return most, usual, unexplained_change(before, frame)


def decide(findings: Findings) -> FilmHolds:
    """Every shot's exposure, from the stored changes alone."""
    shots = [_shot(findings.curves, shot) for shot in findings.shots]
    total = sum(s.end_frame - s.start_frame for s in shots) or 1
    shares: dict[str, float] = {}
    for shot in shots:
        shares[shot.exposure] = shares.get(shot.exposure, 0.0) + (shot.end_frame - shot.start_frame) / total
    ordered = sorted(shares.items(), key=lambda item: (-item[1], item[0]))
    repeated = sum(s.repeated_share * (s.end_frame - s.start_frame) for s in shots) / total
    return FilmHolds(exposures={k: round(v, 4) for k, v in ordered}, repeated_share=round(repeated, 4), shots=shots)


def _shot(curves: Curves, shot: Shot) -> ShotHolds:
    part = curves.part(shot.start, shot.end)
    changed = steps(part)
    picture, camera, subject = pattern(changed), pattern(camera_steps(part)), subject_rhythm(part)
    chosen = subject if camera.period != 0 and subject.period > 1 else picture
    count = len(part)
    news = 1 + int(changed.sum())
    return ShotHolds(
        start_frame=shot.start,
        end_frame=shot.end,
        exposure=_name(chosen),
        picture=_name(picture),
        camera=_name(camera),
        subject=_name(subject if camera.period != 0 else picture),
        certainty=round(chosen.share, 4),
        new_pictures=news,
        repeated_share=round((count - news) / count, 4),
        holds=_holds(shot, changed.tolist()),
    )


def _name(found: Pattern) -> Exposure:
    return "still" if found.period == 0 else NAMES.get(found.period, "mixed")


def _holds(shot: Shot, changed: Sequence[bool]) -> list[Hold]:
    """``changed[i]``: frame i + 1 of the shot shows a new picture."""
    news = [0, *(i + 1 for i, new in enumerate(changed) if new), len(changed) + 1]
    spans = [(a, b) for a, b in pairwise(news) if b - a >= LISTED_FRAMES]
    return [Hold(start_frame=shot.start + a, end_frame=shot.start + b, frames=b - a) for a, b in spans[:LISTED_HOLDS]]


ANALYSER = Analyser(name="holds", result=FilmHolds, decide=decide, measure=HoldMeasure)

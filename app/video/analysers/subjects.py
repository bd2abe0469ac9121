"""Where the subject is all through a shot: the track that a crop to another shape of picture can follow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from app.video.analysers.base import Analyser, Findings
from app.video.analysers.residual_motion import Trail, find_mover, own_motion
from app.video.analysers.subject_join import FIGURES, Source, sightings
from app.video.curves import Curves, Shot, round_all

if TYPE_CHECKING:
    from app.video.frame import Frame


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SubjectTrack(_Model):
    """The subject's box in the sampled frames of one shot, two a second; all lists are of one length.

    Boxes are in shares of the frame's width and height, from the top left. Between two samples the subject may be taken to
    go straight. A sampled frame in which nothing stands out or moves is left out.
    """

    start_frame: int = Field(ge=0)
    end_frame: int = Field(ge=1, description="First frame of the next shot.")
    frames: list[int] = Field(description="The sampled frames; empty where nothing was found or the shot is too short for a sample.")
    x: list[float] = Field(description="Left edges.")
    y: list[float] = Field(description="Upper edges.")
    w: list[float] = Field(description="Widths.")
    h: list[float] = Field(description="Heights.")
    confidence: list[float] = Field(description="0.2 to 1; from 0.35 on it is taken for a subject.")
    source: list[Source] = Field(description="What speaks for it: it looks different, it moves on its own, or both.")


class FilmSubjects(_Model):
    """The subject of every shot."""

    sources: dict[Source, float] = Field(default={}, description="The share of each kind of evidence.")
    shots: list[SubjectTrack] = []


class MoverSampler:
    """Per sampled frame: the box and centre of what moves on its own, in shares of the frame, and how sure it is, 0 to 1."""

    columns: tuple[str, ...] = tuple(f"mover_{name}" for name in FIGURES)

    def sample(self, frame: Frame) -> Sequence[float]:
        """Seven numbers; all of the picture with confidence 0 where nothing moves or nothing can be compared."""
        motion = own_motion(frame)
        if motion is None:
            return (0.0, 0.0, 1.0, 1.0, 0.5, 0.5, 0.0)
        mover = find_mover(motion)
        return tuple(getattr(mover, name) for name in FIGURES)


def decide(findings: Findings) -> FilmSubjects:
    """Every shot's track, from the stored candidates alone."""
    shots = [track(findings.samples, shot) for shot in findings.shots]
    told = [source for shot in shots for source in shot.source]
    counts = sorted(((told.count(source), source) for source in set(told)), reverse=True)
    return FilmSubjects(sources={source: round(count / len(told), 4) for count, source in counts}, shots=shots)


def track(samples: Curves, shot: Shot) -> SubjectTrack:
    """The subject through one shot."""
    seen = sightings(samples, shot)
    x, y, w, h, confidence = (
        round_all([min(1.0, getattr(s.subject, name)) for s in seen], 4) for name in ("left", "top", "width", "height", "confidence")
    )
    return SubjectTrack(
        start_frame=shot.start, end_frame=shot.end, frames=[s.frame for s in seen],
        x=x, y=y, w=w, h=h, confidence=confidence, source=[s.source for s in seen],
    )  # fmt: skip


def box_at(track: SubjectTrack, frame: int) -> tuple[float, float, float, float, float, Source] | None:
    """(x, y, w, h, confidence, source) at any frame of the shot: straight from sample to sample; None for an empty track."""
    import numpy as np

    if not track.frames:
        return None
    x, y, w, h, sure = (float(np.interp(frame, track.frames, part)) for part in (track.x, track.y, track.w, track.h, track.confidence))
    nearest = min(range(len(track.frames)), key=lambda place: abs(track.frames[place] - frame))
    return x, y, w, h, sure, track.source[nearest]


ANALYSER = Analyser(name="subjects", result=FilmSubjects, decide=decide, measure=Trail, sampler=MoverSampler)

"""Shots decided anew from what an analysis stored: other thresholds, a person's review. Pure, no picture is decoded.

Shots that stay as they were keep everything. Of the others, times and light come from the per-frame table, keyframes are
those that lie inside, and what the table does not hold (noise, sharpness at 640 px) is carried over from the shots they
are made of, each weighing as many frames as it gives; sharpness follows the table's own, measured at 320 px.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from pydantic import Field

from app.video import quality
from app.video.analysers.transitions import Transition, find_transitions
from app.video.clock import FilmClock
from app.video.curve_finder import boundaries_of
from app.video.models import MediaInfo, Quality, Scene
from configs.errors import BadInput

if TYPE_CHECKING:
    from app.video.curves import Curves

_SAME_IN_BOTH = {"brightness": "luma_mean", "contrast": "luma_std", "shadows_clipped": "shadows_clipped",
                 "highlights_clipped": "highlights_clipped"}  # fmt: skip
_DIGITS = {"shadows_clipped": 4, "highlights_clipped": 4}
_LONGEST_MINIMUM = 10_000  # frames


class ReviewedShot(Scene):
    """A scene, and whether a person's hand shows in where it begins or ends."""

    edited: bool = Field(default=False, description="A person made, moved or removed a boundary of it.")


@dataclass(frozen=True)
class Detection:
    """The settings that can be changed without a new analysis. None: as analysed."""

    sensitivity: float | None = None
    min_shot_s: float | None = None


@dataclass(frozen=True)
class Film:
    """What shots are made from: the analysed scenes in order, the per-frame table, and how the scenes were found."""

    clip_id: str
    info: MediaInfo
    frame_count: int
    duration_s: float
    scenes: Sequence[Scene]
    detected: tuple[int, ...]
    curves: Curves
    detector: str
    threshold: float
    shortest: int

    def sensitivity(self, wanted: Detection) -> float:
        """The sensitivity in force; detectors other than the studio's have none of their own to change."""
        return wanted.sensitivity or (self.threshold if self.detector == "studio" else 1.0)

    def shortest_shot(self, wanted: Detection) -> int:
        """The shortest shot in force, frames."""
        if wanted.min_shot_s is None:
            return self.shortest
        return min(_LONGEST_MINIMUM, max(1, round(wanted.min_shot_s * self.info.video.fps)))


def changes(film: Film, wanted: Detection) -> list[Transition]:
    """What interrupts the shots at the sensitivity that is wanted."""
    return find_transitions(film.curves, film.sensitivity(wanted))


def detected(film: Film, wanted: Detection, found: Sequence[Transition]) -> tuple[int, ...]:
    """First frames of all shots but the first, by detection alone.

    Raises:
        BadInput: other settings are wanted of an analysis whose detector left no curves to decide from.
    """
    if wanted == Detection():
        return film.detected
    if film.detector != "studio":
        raise BadInput(
            f"This analysis found its scenes with {film.detector}, which keeps no curves to decide from again.",
            "Analyse the clip with the detector studio, or leave the settings out.",
        )
    shortest, last, kept = film.shortest_shot(wanted), 0, []
    for frame in boundaries_of(list(found)):
        if frame - last >= shortest and frame < film.frame_count:  # as `CurveFinder` does while the film runs
            kept.append(frame)
            last = frame
    return tuple(kept)


def scenes_of(film: Film, boundaries: Sequence[int]) -> list[Scene]:
    """The scenes that ``boundaries`` (ascending, inside the film) make."""
    clock = FilmClock.of(film.info.video)
    known = {(scene.start_frame, scene.end_frame): scene for scene in film.scenes}
    scenes, first = [], 0
    for index, (start, end) in enumerate(pairwise([0, *boundaries, film.frame_count])):
        while film.scenes[first].end_frame <= start:
            first += 1
        same = known.get((start, end))
        if same is None:
            parts = _overlapping(film.scenes, first, end)
            scenes.append(_scene(film, clock, index, (start, end), parts))
        else:
            scenes.append(same if same.index == index else same.model_copy(update={"index": index}))
    return scenes


def _overlapping(scenes: Sequence[Scene], first: int, end: int) -> list[Scene]:
    last = first
    while last < len(scenes) and scenes[last].start_frame < end:
        last += 1
    return list(scenes[first:last])


def _scene(film: Film, clock: FilmClock, index: int, span: tuple[int, int], parts: Sequence[Scene]) -> Scene:
    start, end = span
    start_s = float(film.curves.times_s[start])
    end_s = film.duration_s if end == film.frame_count else float(film.curves.times_s[end])
    return Scene(
        index=index,
        start_frame=start,
        end_frame=end,
        start_s=start_s,
        end_s=end_s,
        start_timecode=clock.timecode(start, start_s),
        end_timecode=clock.timecode(end, end_s),
        keyframes=[k for part in parts for k in part.keyframes if start <= k.frame < end],
        quality=_quality(film.curves, span, parts),
    )


def _quality(curves: Curves, span: tuple[int, int], parts: Sequence[Scene]) -> Quality:
    start, end = span
    shares = [(part, max(start, part.start_frame), min(end, part.end_frame)) for part in parts]
    frames = end - start
    sharpness, lowest = 0.0, float("inf")
    for part, low, high in shares:
        whole = float(curves["sharpness"][part.start_frame : part.end_frame].mean())
        here = curves["sharpness"][low:high]
        scale = part.quality.sharpness / whole if whole > 0 else 0.0
        sharpness += scale * float(here.mean()) * (high - low) / frames
        entire = high - low == part.frame_count
        lowest = min(lowest, part.quality.sharpness_min if entire else scale * float(here.min()))
    measured: dict[str, Any] = {
        name: round(float(curves[column][start:end].mean(dtype="float64")), _DIGITS.get(name, 2)) for name, column in _SAME_IN_BOTH.items()
    }
    found = Quality(
        sampled_frames=max(1, round(sum(p.quality.sampled_frames * (high - low) / p.frame_count for p, low, high in shares))),
        sharpness=round(sharpness, 2),
        sharpness_min=round(min(lowest, sharpness), 2),
        noise=round(sum(p.quality.noise * (high - low) for p, low, high in shares) / frames, 2),
        **measured,
    )
    return found.model_copy(update={"remarks": quality.remarks(found)})

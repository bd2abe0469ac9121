"""Takes in their order: ties, differences between the takes, remarks. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TypeVar

from app.video.document import VideoAnalysis
from app.video.rank_models import RankedTake, Ranking, RefusedTake
from app.video.rank_score import METHOD, Scored, fewest_cuts, level_runs, score

TIE = 0.002
_STILL = 0.4  # of the usual change from frame to frame: less and a take scores well by doing little
T = TypeVar("T", bound=Hashable)


@dataclass(frozen=True)
class Take:
    """One take as it was given, with its analysis or the reason why there is none."""

    index: int
    name: str
    artifact_id: str
    analysis: VideoAnalysis | None = None
    failed: str | None = None


# In what order level takes are told apart: (what the better one has, its value; larger is better).
_DECIDERS: tuple[tuple[str, Callable[[Scored], float]], ...] = (
    ("fewer faults", lambda s: -(s.parts.jumps + s.parts.extra_cuts + s.parts.frozen_frames + s.parts.repeated_frames)),
    ("a better worst frame", lambda s: s.worst.coherence),
    ("less flicker", lambda s: -round(s.parts.flicker_levels, 1)),
    ("smoother motion", lambda s: s.parts.motion_smoothness),
    ("frames that are more alike", lambda s: s.parts.ssim),
)


def rank(takes: Sequence[Take], refused: Sequence[RefusedTake] = ()) -> Ranking:
    """Best first; level takes (scores within 0.002) by faults, worst frame, flicker, smoothness, SSIM, then as given.

    Takes without an analysis come last in the order given, those that could not even be opened behind them.
    """
    sound = [take for take in takes if take.analysis is not None]
    shared = fewest_cuts([take.analysis for take in sound if take.analysis])
    scored = {take.index: score(take.analysis, shared) for take in sound if take.analysis}
    order = sorted(sound, key=lambda take: (-scored[take.index].score, take.index))
    ranked: list[RankedTake] = []
    for start, end in level_runs([scored[take.index].score for take in order], TIE):
        level = sorted(order[start:end], key=lambda take: (*(-value(scored[take.index]) for _, value in _DECIDERS), take.index))
        for place, take in enumerate(level):
            above = level[place - 1] if place else None
            tie = None if above is None else _tie(above, scored[above.index], scored[take.index])
            ranked.append(_entry(len(ranked) + 1, take, scored[take.index], tie, _remarks(take, sound, scored)))
    for take in takes:
        if take.analysis is None:
            ranked.append(_without(len(ranked) + 1, take.index, take.name, take.artifact_id, take.failed or "It could not be analysed."))
    for lost in refused:
        ranked.append(_without(len(ranked) + 1, None, lost.name, None, lost.reason))
    return Ranking(method=METHOD, takes=ranked, remarks=_about_all(sound))


def _tie(above: Take, better: Scored, this: Scored) -> str:
    head = f"Level with {above.name} ({this.score:.3f} and {better.score:.3f})"
    for words, value in _DECIDERS:
        if value(better) != value(this):
            return f"{head}; that one has {words}."
    return f"{head} in everything that is measured; kept in the order given."


def _entry(place: int, take: Take, found: Scored, tie: str | None, remarks: list[str]) -> RankedTake:
    assert take.analysis is not None
    info = take.analysis.media.info
    return RankedTake(
        place=place, take=take.index, name=take.name, artifact_id=take.artifact_id, score=found.score, parts=found.parts,
        worst=found.worst, tie=tie, remarks=remarks, width=info.video.width, height=info.video.height, fps=round(info.video.fps, 4),
        frame_count=take.analysis.frame_count, duration_s=round(take.analysis.duration_s, 4), has_sound=bool(info.audio),
    )  # fmt: skip


def _without(place: int, index: int | None, name: str, artifact_id: str | None, reason: str) -> RankedTake:
    return RankedTake(place=place, take=index, name=name, artifact_id=artifact_id, score=None, failed=reason)


def _usual(values: Sequence[T]) -> T:
    """The most common value; of equally common ones the first given."""
    return Counter(values).most_common(1)[0][0]


def _remarks(take: Take, takes: Sequence[Take], scored: dict[int, Scored]) -> list[str]:
    assert take.analysis is not None
    found, analysis, info = [], take.analysis, take.analysis.media.info
    all_of = [t.analysis for t in takes if t.analysis]
    size = _usual([(a.media.info.video.width, a.media.info.video.height) for a in all_of])
    if (info.video.width, info.video.height) != size:
        found.append(f"{info.video.width} x {info.video.height}, where most takes are {size[0]} x {size[1]}.")
    fps = _usual([round(a.media.info.video.fps, 3) for a in all_of])
    if round(info.video.fps, 3) != fps:
        found.append(f"{info.video.fps:g} frames a second, where most takes have {fps:g}.")
    frames = _usual([a.frame_count for a in all_of])
    if analysis.frame_count != frames:
        more = "longer" if analysis.frame_count > frames else "shorter"
        gap = abs(analysis.frame_count - frames)
        found.append(f"{analysis.frame_count} frames, {gap} {more} than most takes.")
    if bool(info.audio) != (heard := _usual([bool(a.media.info.audio) for a in all_of])):
        found.append("It has no sound; most takes have." if heard else "It has sound; most takes have none.")
    others = [scored[t.index].change for t in takes if t.index != take.index]
    if len(others) >= 2 and scored[take.index].change < _STILL * median(others):
        found.append("It moves much less than the other takes; a still picture holds together by itself.")
    return [*found, *analysis.warnings]


def _about_all(takes: Sequence[Take]) -> list[str]:
    analyses = [take.analysis for take in takes if take.analysis]
    rates = sorted({round(a.media.info.video.fps, 3) for a in analyses})
    sizes = sorted({(a.media.info.video.width, a.media.info.video.height) for a in analyses})
    found = []
    if len(rates) > 1:
        listed = ", ".join(f"{rate:g}" for rate in rates)
        found.append(f"The frame rates differ ({listed}): figures are per frame, so takes of different rates compare only roughly.")
    if len(sizes) > 1:
        listed = ", ".join(f"{width} x {height}" for width, height in sizes)
        found.append(f"The sizes differ ({listed}): coherence is measured at 320 px on the long side, so size itself is not judged.")
    if len(analyses) == 1:
        found.append("Only one take could be analysed, so there is nothing to compare it with.")
    return found

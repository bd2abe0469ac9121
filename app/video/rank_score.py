"""How a take is scored: pure functions of its analysis. The ranking is in `rank_order`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.video.analysers.coherence import ShotCoherence
from app.video.analysers.coherence_rules import SWING_ABOVE
from app.video.document import VideoAnalysis
from app.video.rank_models import TakeParts, WorstFrame
from app.video.stills import timecode_of

WORST_SHARE = 0.15  # of the score hangs on the worst frame
SAME_CUT_S = 0.25  # two takes are cut at the same place when their cuts lie no farther apart
QUIET = "nothing stands out"
_UNSTEADY_LEVELS = 2.0  # mean departure of a frame from its neighbours worth telling: takes a seventh off the score
METHOD = (
    "Score = mean coherence of the frames x (0.85 + 0.15 x coherence of the worst frame); "
    "a cut that the take with the fewest cuts lacks counts as a frame of coherence 0."
)


@dataclass(frozen=True)
class Scored:
    """A take with its figures; ``change`` is the mean difference of consecutive frames, luma levels."""

    score: float
    parts: TakeParts
    worst: WorstFrame
    change: float


def cuts_s(analysis: VideoAnalysis) -> list[float]:
    """When the take is cut, seconds."""
    return [scene.start_s for scene in analysis.scenes[1:]]


def fewest_cuts(analyses: Sequence[VideoAnalysis]) -> list[float]:
    """The cuts of the first take among those with the fewest: what belongs to the shot rather than to a take's faults."""
    return min((cuts_s(analysis) for analysis in analyses), key=len, default=[])


def score(analysis: VideoAnalysis, shared_cuts: Sequence[float]) -> Scored:
    """The score of one take and what it is made of.

    A take is judged by the mean coherence of its frames, as everywhere in the studio, and by its worst frame, which a viewer
    remembers and which the mean of a long take hides; pooling the worst with the mean follows Moorthy and Bovik (2009).

    Args:
        shared_cuts: cuts that all takes have, seconds (`fewest_cuts`); others count as faults.
    """
    film, count = analysis.coherence, analysis.frame_count
    extra = extra_cuts(analysis, shared_cuts)
    mean = film.score * (count - len(extra)) / count
    worst = _worst(analysis, extra)
    shots, lengths = film.shots, [shot.end_frame - shot.start_frame for shot in film.shots]

    def average(name: str) -> float:
        return sum(float(getattr(shot, name)) * n for shot, n in zip(shots, lengths, strict=True)) / max(1, sum(lengths))

    strongest = max(shots, key=lambda shot: shot.flicker_levels)
    flickering = sum(span.end_frame - span.start_frame for shot in shots for span in shot.flickers)
    parts = TakeParts(
        mean_coherence=round(mean, 4),
        worst_coherence=worst.coherence,
        flicker_levels=strongest.flicker_levels,
        flicker_hz=strongest.flicker_hz,
        flicker_share=round(min(1.0, flickering / count), 4),
        colour_swing_levels=max(shot.colour_swing_levels for shot in shots),
        jumps=sum(len(shot.jumps) for shot in shots),
        extra_cuts=len(extra),
        frozen_frames=sum(span.end_frame - span.start_frame - 1 for shot in shots for span in shot.frozen),
        repeated_frames=sum(span.end_frame - span.start_frame - 1 for shot in shots for span in shot.repeated),
        motion_smoothness=round(average("motion_smoothness"), 5),
        ssim=round(average("ssim"), 4),
        temporal_flickering=round(average("temporal_flickering"), 5),
        hsv_stability=round(average("hsv_stability"), 4),
    )
    total = mean * (1 - WORST_SHARE + WORST_SHARE * worst.coherence)
    return Scored(round(total, 4), parts, worst, 255 * (1 - average("temporal_flickering")))


def extra_cuts(analysis: VideoAnalysis, shared_cuts: Sequence[float]) -> list[int]:
    """First frames of shots that begin where the other takes go through."""
    return [scene.start_frame for scene in analysis.scenes[1:] if all(abs(scene.start_s - shared) > SAME_CUT_S for shared in shared_cuts)]


def _worst(analysis: VideoAnalysis, extra: Sequence[int]) -> WorstFrame:
    film = analysis.coherence
    if extra:
        scene = next(scene for scene in analysis.scenes if scene.start_frame == extra[0])
        return _frame(analysis, extra[0], scene.start_s, 0.0, "the picture is cut here, where another take goes through")
    if film.worst:
        moment = film.worst[0]
        shot = next(s for s in film.shots if s.start_frame <= moment.frame < s.end_frame)
        return _frame(analysis, moment.frame, moment.time_s, moment.coherence, in_words(moment.why, moment.frame, shot))
    shot = min(film.shots, key=lambda s: s.worst_coherence)
    frame = shot.worst_frame if shot.worst_coherence < 1 else analysis.frame_count // 2
    return _frame(analysis, frame, frame * analysis.duration_s / analysis.frame_count, shot.worst_coherence, QUIET)


def _frame(analysis: VideoAnalysis, frame: int, time_s: float, coherence: float, why: str) -> WorstFrame:
    timecode = timecode_of(frame, analysis.media.info)
    return WorstFrame(frame=frame, time_s=round(time_s, 4), timecode=timecode, coherence=round(coherence, 4), why=why)


def in_words(why: str, frame: int, shot: ShotCoherence) -> str:
    """What is wrong at a frame, with its size where one was measured."""
    if why == "the light flickers":
        near = [f for f in shot.flickers if f.start_frame <= frame < f.end_frame]
        levels = max((f.amplitude_levels for f in near), default=shot.flicker_levels)
        hz = next((f.frequency_hz for f in near if f.frequency_hz), shot.flicker_hz)
        return f"{why}, ±{levels:.1f} levels" + (f" at {hz:.0f} Hz" if hz else "")
    if why == "the colour swings":
        return f"{why}, ±{shot.colour_swing_levels:.1f} levels"
    for words, spans in (("frames are repeated", shot.repeated), ("the picture freezes", shot.frozen)):
        span = next((s for s in spans if s.start_frame <= frame < s.end_frame), None)
        if why == words and span is not None:
            still = span.end_frame - span.start_frame - 1
            if spans is shot.repeated:
                return f"{still} frame{'s are' if still != 1 else ' is'} repeated"
            return f"{why}, {still} frame{'s' if still != 1 else ''}"
    return why


def neighbours(frame: int, frame_count: int) -> list[int]:
    """The frame before, the frame itself and the frame behind, where there are such."""
    return [n for n in (frame - 1, frame, frame + 1) if 0 <= n < frame_count]


def faults(parts: TakeParts) -> list[str]:
    """What was found, each as a few words; empty for a clean take."""

    def many(count: int, one: str, more: str) -> str:
        return f"{count} {one if count == 1 else more}" if count else ""

    departure = 255 * (1 - parts.motion_smoothness)
    unsteady = departure >= _UNSTEADY_LEVELS and not parts.flicker_share
    found = (
        f"grain or shimmer throughout, {departure:.1f} levels" if unsteady else "",
        f"flicker ±{parts.flicker_levels:.1f}" if parts.flicker_share else "",
        f"colour swings ±{parts.colour_swing_levels:.1f}" if parts.colour_swing_levels > SWING_ABOVE else "",
        many(parts.extra_cuts, "extra cut", "extra cuts"),
        many(parts.jumps, "jump", "jumps"),
        many(parts.frozen_frames, "frozen frame", "frozen frames"),
        many(parts.repeated_frames, "repeated frame", "repeated frames"),
    )
    return [words for words in found if words]


def level_runs(scores: Sequence[float], within: float) -> list[tuple[int, int]]:
    """Stretches (start, end) of falling scores whose first and last differ by no more than ``within``."""
    edges = [0]
    for place, value in enumerate(scores):
        if scores[edges[-1]] - value > within + 1e-9:
            edges.append(place)
    return list(pairwise([*edges, len(scores)])) if scores else []

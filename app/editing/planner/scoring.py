"""How good a stretch of the clip is for a part of the film: named components from 0 to 1, so that every choice can be explained."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from app.editing.planner.footage import Footage, ShotView

CANDIDATES = 1200  # stretches that are weighed for one choice, however long the clip is
JITTER = 0.12  # how far chance may lift a stretch over a better one

WIDE = ("wide shot", "extreme wide shot", "full shot")
COMPONENTS = ("sound", "action", "subject", "picture", "hit", "calm", "wide", "speech")


@dataclass(frozen=True)
class Stretch:
    """A stretch of one shot and what speaks for it."""

    shot: int
    start_s: float
    end_s: float
    score: float = 0.0
    parts: Mapping[str, float] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        """Its length in the clip."""
        return self.end_s - self.start_s


@dataclass
class Used:
    """What of the clip is in the film already."""

    spans: list[tuple[float, float]] = field(default_factory=list)
    shots: dict[int, int] = field(default_factory=dict)

    def add(self, start_s: float, end_s: float, shot: int = 0) -> None:
        """Notes a stretch."""
        self.spans.append((start_s, end_s))
        self.shots[shot] = self.shots.get(shot, 0) + 1

    def share(self, start_s: float, end_s: float) -> float:
        """How much of a stretch has been seen, each showing counting: 2 where all of it has been seen twice."""
        seen = sum(min(end, end_s) - max(start, start_s) for start, end in self.spans if start < end_s and end > start_s)
        return seen / max(end_s - start_s, 1e-6)

    def seen_once(self, duration_s: float, step_s: float = 0.1) -> float:
        """Seconds of the clip that are in the film at least once."""
        cells = {cell for start, end in self.spans for cell in range(int(start / step_s), int(end / step_s))}
        return min(len(cells) * step_s, duration_s)


def parts_of(footage: Footage, shot: ShotView, start_s: float, end_s: float) -> dict[str, float]:
    """Every component of a stretch."""
    action = footage.action.mean(start_s, end_s)
    most = footage.action.highest(start_s, end_s)[1]
    heard = 0.5 * footage.sound.mean(start_s, end_s) + 0.5 * footage.sound.highest(start_s, end_s)[1]
    hits = footage.hits_in(start_s, end_s)
    return {
        "sound": heard,
        "action": 0.5 * action + 0.5 * most,
        "subject": min(1.0, footage.subject_over(start_s, end_s)),
        "picture": min(1.0, shot.picture),
        "hit": max((hit.strength for hit in hits), default=0.0),
        "calm": 1 - 0.6 * action - 0.4 * heard,
        "wide": 1.0 if shot.size in WIDE else 0.4 if shot.size is None else 0.0,
        "speech": min(1.0, footage.speech_in(start_s, end_s) / max(end_s - start_s, 1e-6)),
    }


def stretches(footage: Footage, seconds: float) -> Iterator[tuple[ShotView, float, float]]:
    """Candidates about ``seconds`` long; a shorter shot is one candidate as it is."""
    step = max(0.2, footage.usable_s / CANDIDATES)
    for shot in footage.shots:
        start, end = shot.start_s, shot.end_s
        if end - start <= seconds:
            yield shot, start, end
            continue
        for number in range(int((end - start - seconds) / step) + 1):
            yield shot, start + number * step, start + number * step + seconds


def choose(
    footage: Footage, seconds: float, weights: Mapping[str, float], used: Used, rng: Random, *,
    near_s: float | None = None, repeats: float = 0.9,
) -> Stretch | None:  # fmt: skip
    """The best stretch for a part of the film; None where the clip has nothing left there.

    ``weights``: how much each component counts, below 0 against. ``near_s``: a time that it should lie near, so that a film
    keeps the clip's order. ``repeats``: how much having been seen counts against a stretch, more with every showing.
    """
    best: Stretch | None = None
    familiar = 0.1 if len(footage.shots) > 1 else 0.0
    total = sum(abs(weight) for weight in weights.values()) or 1.0
    for shot, start, end in stretches(footage, seconds):
        parts = parts_of(footage, shot, start, end)
        score = sum(weight * parts[name] for name, weight in weights.items()) / total
        score -= repeats * min(used.share(start, end), 3.0) ** 1.5 + min(familiar, repeats / 9) * min(used.shots.get(shot.index, 0), 5)
        if near_s is not None:
            score -= 0.8 * min(1.0, abs((start + end) / 2 - near_s) / max(footage.duration_s * 0.5, 1e-6))
        score -= max(0.0, 1 - (end - start) / seconds) if seconds > 0 else 0.0  # a stretch that is too short
        score += JITTER * rng.random()
        if best is None or score > best.score:
            best = Stretch(shot.index, start, end, score, parts)
    return best


def leading(parts: Mapping[str, float], weights: Mapping[str, float], count: int = 2) -> Sequence[str]:
    """The components that spoke for a choice most."""
    told = sorted(((weight * parts.get(name, 0.0), name) for name, weight in weights.items() if weight > 0), reverse=True)
    return [name for _, name in told[:count]]

"""Saliency and motion joined: of what either says of a sampled frame, the path through a shot that is surest and steadiest."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

from app.video.analysers.saliency import Subject

if TYPE_CHECKING:
    import numpy as np

    from app.video.curves import Curves, Shot

    Array = np.ndarray[Any, np.dtype[Any]]

Source = Literal["saliency", "motion", "both"]
SOURCES: tuple[Source, ...] = get_args(Source)
FIGURES = ("left", "top", "width", "height", "x", "y", "confidence")
FAINT = 0.2  # a candidate less sure than this is none
_MOTION_COUNTS = 1.25  # what moves on its own draws the eye more surely than what merely looks different
_JUMP_COSTS = 1.2  # of confidence, for a jump across the whole picture
_MOTION_WEIGHS = 3.0  # in a common box: motion outlines the thing, saliency its most striking part
_OVERLAP = 0.25
_STRAY = 0.06  # of the width or height


@dataclass(frozen=True)
class Sighting:
    """The subject in one sampled frame."""

    frame: int
    subject: Subject
    source: Source


def sightings(samples: Curves, shot: Shot) -> list[Sighting]:
    """One for every sampled frame of the shot in which something is there to be followed, in order."""
    import numpy as np

    low, high = (int(v) for v in np.searchsorted(samples["frame"], [shot.start, shot.end]))
    seen = [(int(samples["frame"][row]), candidates(samples, row)) for row in range(low, high)]
    seen = [(frame, choices) for frame, choices in seen if choices]
    path = steadiest([[subject for subject, _ in choices] for _, choices in seen], [[_worth(*c) for c in choices] for _, choices in seen])
    return without_strays([Sighting(frame, *choices[place]) for (frame, choices), place in zip(seen, path, strict=True)])


def without_strays(seen: Sequence[Sighting]) -> list[Sighting]:
    """Where the subject of a shot moves, what only looks different, and stands off the way it goes, is not the subject."""
    moving = [s for s in seen if s.source != "saliency"]
    if 2 * len(moving) < len(seen):
        return list(seen)
    return [s for s in seen if s.source != "saliency" or _off_the_way(s, moving) <= _STRAY]


def _off_the_way(one: Sighting, moving: Sequence[Sighting]) -> float:
    """Distance from where the two moving sightings around, or the nearest two, put the subject if it goes straight."""
    if len(moving) == 1:
        x, y = moving[0].subject.x, moving[0].subject.y
    else:
        after = next((place for place, s in enumerate(moving) if s.frame > one.frame), len(moving))
        a, b = moving[min(max(after - 1, 0), len(moving) - 2) :][:2]
        part = (one.frame - a.frame) / (b.frame - a.frame)
        x, y = (getattr(a.subject, axis) + part * (getattr(b.subject, axis) - getattr(a.subject, axis)) for axis in ("x", "y"))
    return math.hypot(one.subject.x - x, one.subject.y - y)


def candidates(samples: Curves, row: int) -> list[tuple[Subject, Source]]:
    """What saliency and motion say of one sampled frame, and their common box where they agree; the faint ones left out."""
    looks, moves = _read(samples, row, "subject"), _read(samples, row, "mover")
    found: list[tuple[Subject, Source]] = []
    if looks is not None:
        found.append((looks, "saliency"))
    if moves is not None:
        found.append((moves, "motion"))
    if looks is not None and moves is not None and agree(looks, moves):
        found.append((common(looks, moves), "both"))
    return found


def agree(one: Subject, other: Subject) -> bool:
    """Whether the boxes share a quarter of what they cover together, or the smaller lies mostly within the greater."""
    wide = min(one.left + one.width, other.left + other.width) - max(one.left, other.left)
    high = min(one.top + one.height, other.top + other.height) - max(one.top, other.top)
    if wide <= 0 or high <= 0:
        return False
    areas = one.width * one.height, other.width * other.height
    return wide * high >= _OVERLAP * (sum(areas) - wide * high)


def common(looks: Subject, moves: Subject) -> Subject:
    """The mean box, motion weighing more; surer than either."""
    a, b = looks.confidence, _MOTION_WEIGHS * moves.confidence
    mean = {name: (a * getattr(looks, name) + b * getattr(moves, name)) / (a + b) for name in FIGURES[:-1]}
    return Subject(**mean, confidence=1 - (1 - looks.confidence) * (1 - moves.confidence))


def steadiest(subjects: Sequence[Sequence[Subject]], worth: Sequence[Sequence[float]]) -> list[int]:
    """Which candidate to take of each sample, so that worth less what jumps cost is greatest (Viterbi 1967)."""
    import numpy as np

    if not subjects:
        return []
    totals = np.asarray(worth[0], float)
    came_from: list[Array] = []
    for before, here, value in zip(subjects, subjects[1:], worth[1:], strict=False):
        jump = np.array([[np.hypot(p.x - q.x, p.y - q.y) for p in before] for q in here])
        reached = totals[None] - _JUMP_COSTS * jump
        came_from.append(reached.argmax(axis=1))
        totals = reached.max(axis=1) + np.asarray(value, float)
    path = [int(totals.argmax())]
    for back in reversed(came_from):
        path.append(int(back[path[-1]]))
    return path[::-1]


def joined(samples: Curves, shots: Sequence[Shot]) -> Curves:
    """The samples with saliency's subject replaced by the joined one; ``subject_source`` tells by its place in `SOURCES`."""
    import numpy as np

    columns = {name: column.copy() for name, column in samples.columns.items()}
    columns["subject_source"] = np.zeros(len(samples), np.float32)
    places = {int(frame): row for row, frame in enumerate(samples["frame"])}
    for shot in shots:
        for seen in sightings(samples, shot):
            row = places[seen.frame]
            columns["subject_source"][row] = SOURCES.index(seen.source)
            for name in FIGURES:
                columns[f"subject_{name}"][row] = getattr(seen.subject, name)
    return replace(samples, columns=columns)


def _worth(subject: Subject, source: Source) -> float:
    return subject.confidence * (1.0 if source == "saliency" else _MOTION_COUNTS)


def _read(samples: Curves, row: int, name: str) -> Subject | None:
    if f"{name}_confidence" not in samples.columns or samples[f"{name}_confidence"][row] < FAINT:
        return None
    return Subject(**{figure: float(samples[f"{name}_{figure}"][row]) for figure in FIGURES})

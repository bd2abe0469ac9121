"""The film in pieces that are rendered and kept by themselves: between transitions, and about ten seconds long at most."""

from __future__ import annotations

from itertools import pairwise

from app.editing.render.film import Span
from app.editing.timeline import Timeline

LONGEST_S = 10


def pieces_of(timeline: Timeline) -> list[Span]:
    """The pieces of a film in order, without gaps. A transition lies within one piece, and most begin where a clip does."""
    longest = max(1, round(LONGEST_S * timeline.rate))
    edges: list[int] = []
    for number, clip in enumerate(timeline.clips):
        after = timeline.clips[number + 1] if number + 1 < len(timeline.clips) else None
        free_from = clip.begins + clip.overlap
        free_to = after.begins if after is not None else timeline.frames
        if clip.overlap == 0:
            edges.append(clip.begins)
        marks = _marks(clip.begins, clip.begins + clip.frames, longest)
        edges += [at for at in marks if free_from <= at <= free_to and at not in edges[-1:]]
    return [Span(begin, end) for begin, end in pairwise([*edges, timeline.frames]) if begin < end]


def _marks(begin: int, end: int, longest: int) -> list[int]:
    """Where a long clip is divided; the rest at its end is at least a third of a piece."""
    return [at for at in range(begin + longest, end, longest) if end - at >= longest // 3]

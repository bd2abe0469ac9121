"""Where a film is divided."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from app.editing.facts import SourceFacts
from app.editing.render.pieces import LONGEST_S, pieces_of
from tests.app.editing.render.conftest import segment, timeline_of

Numbered = Callable[..., SourceFacts]


def test_cuts_divide_and_transitions_do_not(numbered: Numbered) -> None:
    fade = {"op": "transition", "duration_s": 0.25}
    timeline = timeline_of(numbered(), segment(0, 1), segment(1, 2, fade), segment(2, 3), segment(3, 4, fade))
    found = pieces_of(timeline)
    assert [(span.begin, span.end) for span in found] == [(0, 42), (42, 84)]


def test_long_clips_are_divided_evenly_and_no_rest_is_tiny(numbered: Numbered) -> None:
    slow = {"op": "speed", "factor": 0.1}
    timeline = timeline_of(numbered(), segment(0, 4, slow), segment(0, 1))
    lengths = [span.frames for span in pieces_of(timeline)]
    assert lengths == [240, 240, 240, 240, 24]
    timeline = timeline_of(numbered(), segment(0, 2.2, slow))
    assert [span.frames for span in pieces_of(timeline)] == [240, 290]


def test_a_transition_at_a_mark_stays_whole(numbered: Numbered) -> None:
    slow = {"op": "speed", "factor": 0.1}
    timeline = timeline_of(numbered(), segment(0, 1.05, slow), segment(0, 4, slow, {"op": "transition", "duration_s": 1}))
    inside = [edge for span in pieces_of(timeline) for edge in (span.begin, span.end)]
    overlap = timeline.clips[1]
    assert not [edge for edge in inside if overlap.begins < edge < overlap.begins + overlap.overlap]


def test_pieces_are_the_whole_film(numbered: Numbered) -> None:
    timeline = timeline_of(numbered(), *[segment(0, 4, {"op": "speed", "factor": 0.2}) for _ in range(3)], fps=29.97)
    found = pieces_of(timeline)
    assert found[0].begin == 0
    assert found[-1].end == timeline.frames
    assert all(before.end == after.begin for before, after in pairwise(found))
    assert all(span.frames <= LONGEST_S * timeline.rate * 4 / 3 + 1 for span in found)

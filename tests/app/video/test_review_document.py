"""A review on its way to a worker and into the document."""

from __future__ import annotations

import json
from fractions import Fraction

from app.video.clock import FilmClock
from app.video.review import Line, Review, fold
from app.video.review_document import applied, from_state, to_state

CLOCK = FilmClock(Fraction(24), False, 86400, False)
REVIEW = fold([
    Line(1, {"op": "split", "frame": 5}), Line(2, {"op": "merge", "frame": 9}),
    Line(3, {"op": "add_marker", "frame": 8, "end_frame": 10, "colour": "red", "note": "a\nb 👀"}, "Ada", 3.5),
    Line(4, {"op": "add_marker", "frame": 2, "end_frame": None, "colour": "sky", "note": ""}, "", 4.5),
])  # fmt: skip


def test_it_travels_as_json_and_comes_back_without_its_history() -> None:
    back = from_state(json.loads(json.dumps(to_state(REVIEW))))
    assert (back.revision, back.added, back.removed, back.markers) == (REVIEW.revision, REVIEW.added, REVIEW.removed, REVIEW.markers)
    assert back.done == ()
    assert from_state(None) == Review()


def test_the_document_has_times_and_timecodes() -> None:
    found = applied(REVIEW, [9], [n / 24 for n in range(10)], 10 / 24, CLOCK)
    assert (found.revision, found.detected, found.added, found.removed) == (4, [9], [5], [9])
    first, second = found.markers
    assert (first.frame, first.time_s, first.end_s, first.timecode) == (2, 2 / 24, None, "01:00:00:02")
    assert (second.time_s, second.end_s, second.note, second.author) == (8 / 24, 10 / 24, "a\nb 👀", "Ada")


def test_a_marker_behind_the_last_decoded_frame_is_left_out() -> None:
    assert [m.frame for m in applied(REVIEW, [], [0.0, 0.1, 0.2], 0.3, CLOCK).markers] == [2]

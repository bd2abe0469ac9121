"""Time maps."""

from __future__ import annotations

from bisect import bisect_right
from fractions import Fraction

import pytest

from app.editing.exports.layout import Row, rows
from app.editing.exports.points import time_points
from tests.app.editing.exports import films


def shown(row: Row, frame: int) -> int:
    """The source frame on the line at a film frame; backwards the frame that ends there."""
    points = time_points(row)
    number = min(max(bisect_right([at for at, _ in points], frame), 1), len(points) - 1)
    (low, value), (high, beyond) = points[number - 1], points[number]
    found = value + (beyond - value) * Fraction(frame - low, high - low)
    return int(-(-found // 1)) - 1 if beyond < value else int(found // 1)


@pytest.mark.parametrize("name", ["plain", "retimed", "drop_frame", "uneven", "joined"])
def test_the_line_goes_through_every_frame_that_is_shown(name: str) -> None:
    for row in rows(films.ALL[name]()):
        assert [shown(row, frame) for frame in range(row.clip.frames)] == [row.clip.source_frame(frame) for frame in range(row.clip.frames)]


def test_a_constant_speed_needs_two_points() -> None:
    fast, slow, backwards, frozen, ramp = rows(films.retimed())
    assert time_points(fast) == [(0, 0), (25, 50)]
    assert time_points(slow) == [(0, 50), (50, 75)]
    assert time_points(backwards) == [(0, 100), (25, 75)], "backwards the first frame shown ends where the line begins"
    assert time_points(frozen) == [(0, 100), (25, 125), (45, 125), (70, 150)]
    assert 3 < len(time_points(ramp)) <= 25


def test_freezes_side_by_side_are_two() -> None:
    first, second = ({"op": "freeze", "at_s": at, "duration_s": 0.4} for at in (0.04, 4))
    timeline = films.film(films.video("a"), segments=[films.cut(1, 5, {"op": "speed", "factor": 50}, first, second)])
    (row,) = rows(timeline)
    assert [shown(row, frame) for frame in range(row.clip.frames)] == [row.clip.source_frame(frame) for frame in range(row.clip.frames)]
    assert len({piece.first for piece in row.pieces if piece.held}) == 2


def test_backwards_at_other_speeds_it_stays_within_a_film_frame() -> None:
    """Programs sample a reversed clip where their frame begins, the studio where it would have begun forwards: in and out agree."""
    ramp = {"op": "ramp", "from_factor": 0.5, "to_factor": 3}
    timeline = films.film(
        films.video("a"), segments=[films.cut(1, 5, ramp, {"op": "reverse"}, {"op": "freeze", "at_s": 2, "duration_s": 1})]
    )
    (row,) = rows(timeline)
    steps = {abs(stretch.step) for stretch in row.clip.stretches}
    assert all(abs(shown(row, frame) - row.clip.source_frame(frame)) <= max(steps) for frame in range(row.clip.frames))
    points = time_points(row)
    assert abs(points[0][1] - 125) <= 1
    assert abs(points[-1][1] - 25) <= 1

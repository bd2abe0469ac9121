"""Rows in the making: their length on the film, and when a moment of the clip is on."""

from __future__ import annotations

from fractions import Fraction

import pytest

from app.editing.operations import AnyOperation
from app.editing.operations.joins import Transition
from app.editing.operations.time import Freeze, Ramp, Reverse, Speed
from app.editing.operations.words import Text
from app.editing.planner.rows import Row, film_frames, seconds_of


def row(first: int = 50, end: int = 100, *operations: AnyOperation, **changes: int) -> Row:
    made = Row(source="clip", first=first, end=end, rate=Fraction(25), operations=list(operations))
    for name, value in changes.items():
        setattr(made, name, value)
    return made


@pytest.mark.parametrize(
    ("operations", "frames"),
    [
        ((), 50),
        ((Speed(factor=2),), 25),
        ((Speed(factor=0.5),), 100),
        ((Freeze(at_s=1.0, duration_s=2.0),), 100),
        ((Reverse(),), 50),
        ((Ramp(from_factor=1, to_factor=3, easing="linear"),), 25),
        ((Text(text="hello"),), 50),
    ],
)
def test_length_on_the_film(operations: tuple[AnyOperation, ...], frames: int) -> None:
    assert row(50, 100, *operations).frames == frames


def test_when_a_moment_is_shown() -> None:
    assert row().seconds_at(3.0) == pytest.approx(1.0)
    assert row(50, 100, Speed(factor=0.5)).seconds_at(3.0) == pytest.approx(2.0)
    frozen = row(50, 100, Freeze(at_s=1.0, duration_s=2.0))
    assert frozen.seconds_at(3.0) == pytest.approx(1.0)
    assert frozen.seconds_at(3.4) == pytest.approx(3.4)
    assert row().seconds_at(0.0) == 0.0


def test_a_freeze_begins_where_it_is_said_at_any_rate() -> None:
    for first in range(0, 30, 7):
        made = Row(source="clip", first=first, end=first + 60, rate=Fraction(30))
        for frame in range(5, 40, 6):
            made.operations = [Freeze(at_s=round(frame / 30, 6), duration_s=1.5)]
            assert made.seconds_at(first / 30 + round(frame / 30, 6)) == pytest.approx(frame / 30, abs=0.04)


def test_transitions_make_the_film_shorter() -> None:
    rows = [row(), row(0, 50, Transition(duration_s=0.4))]
    assert rows[1].overlap == 10
    assert film_frames(rows) == 90
    assert seconds_of(rows) == 3.6
    rows[1].set_overlap(5)
    assert film_frames(rows) == 95
    assert seconds_of([]) == 0.0


def test_the_segment_of_a_row() -> None:
    made = row(50, 100, Speed(factor=2), offset=25)
    made.reason = "x" * 2000
    segment = made.segment(3)
    assert (segment.id, segment.start_s, segment.end_s) == ("s03", 1.0, 3.0)
    assert len(segment.reason) == 1000

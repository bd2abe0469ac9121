"""The subject's way: in order of time, calm, on the film's clock."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest

from app.editing.operations.time import Reverse, Speed
from app.editing.planner.rows import Row
from app.editing.planner.subjects import FASTEST, row_path, subject_path
from tests.app.editing.planner.footages import box, footage, shot


def test_the_way_goes_with_the_subject() -> None:
    points = subject_path(footage(), 4.0, 9.0)
    assert points[0].at_s == 0
    assert points[-1].at_s == pytest.approx(5.0)
    assert points[0].x < 0.4 < 0.6 < points[-1].x
    assert all(after.at_s > before.at_s for before, after in pairwise(points))


def test_it_is_never_faster_than_a_person_pans() -> None:
    leap = shot(0, 0.0, 24.0, track=((1.0, box(0.1)), (1.5, box(0.9)), (2.0, box(0.1))))
    points = subject_path(footage(shots=(leap,)), 0.0, 6.0)
    assert all(abs(b.x - a.x) / (b.at_s - a.at_s) <= FASTEST + 0.02 for a, b in pairwise(points))


def test_a_subject_that_stays_is_one_point_and_none_is_the_middle() -> None:
    stays = shot(0, 0.0, 24.0, track=((1.0, box(0.3)), (9.0, box(0.3))))
    assert len(subject_path(footage(shots=(stays,)), 0.0, 8.0)) == 1
    (point,) = subject_path(footage(shots=(shot(0, 0.0, 24.0, track=()),)), 0.0, 8.0)
    assert (point.x, point.y) == (0.5, 0.5)


def test_the_way_keeps_the_rows_speed_and_direction() -> None:
    slow = Row(source="clip", first=100, end=225, rate=Fraction(25), operations=[Speed(factor=0.5)])
    assert row_path(footage(), slow)[-1].at_s == pytest.approx(10.0, abs=0.1)
    back = Row(source="clip", first=100, end=225, rate=Fraction(25), operations=[Reverse()])
    points = row_path(footage(), back)
    assert points[0].x > points[-1].x
    assert points[0].at_s == 0


def test_a_long_stretch_has_no_more_points_than_may_be() -> None:
    film = footage(cuts=(), seconds=3600.0)
    assert len(subject_path(film, 0.0, 3600.0)) <= 2000

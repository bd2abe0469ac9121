"""The grid that cuts fall on, and rows of exactly its lengths."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest

from app.editing.operations.time import Speed
from app.editing.planner.beats import Bed, compose_on_beats, own_bed, set_frames
from app.editing.planner.film import cutting
from app.editing.planner.rows import Row, film_frames
from app.editing.planner.styles import read_styles
from app.editing.planner.wishes import Wishes
from tests.app.editing.planner.footages import RATE, footage, material, shot, silent


def beats(period: float, count: int = 200, start: float = 0.0) -> tuple[float, ...]:
    return tuple(start + period * number for number in range(count))


def test_slow_beats_are_all_kept_and_quick_ones_thinned() -> None:
    assert Bed("m", 0.0, beats(0.5), 60.0, 120.0).grid(5.0) == pytest.approx([0.5 * number for number in range(10)] + [5.0])
    quick = Bed("m", 0.0, beats(0.25), 60.0, 240.0).grid(5.0)
    assert all(after - before >= 0.4 for before, after in pairwise(quick))


def test_the_pulse_goes_on_where_nothing_was_heard() -> None:
    grid = Bed("m", 0.0, (2.0, 2.5, 3.0, 6.0, 6.5), 60.0, 120.0).grid(10.0)
    assert all(after - before <= 0.85 for before, after in pairwise(grid))
    assert grid[0] == 0.0
    assert grid[-1] == 10.0


def test_without_beats_there_are_a_hundred_and_twenty_a_minute() -> None:
    assert Bed("m", 0.0, (), 60.0).grid(3.0) == pytest.approx([0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0])


def test_the_clips_own_sound_is_taken_from_where_most_is_heard() -> None:
    bed = own_bed(footage(), 6.0, "clip")
    assert bed is not None
    assert bed.start_s <= 12.5 <= bed.start_s + 6.0
    assert own_bed(silent(), 6.0, "clip") is None


@pytest.mark.parametrize("seed", range(4))
def test_rows_have_exactly_the_lengths_of_the_grid(seed: int) -> None:
    cut = cutting(material(footage()), Wishes(seed=seed), read_styles()["beat"], [])
    grid = Bed("m", 0.0, beats(0.51), 60.0, 117.6).grid(12.0)
    rows = compose_on_beats(cut, 12.0, grid)
    assert film_frames(rows) == 12 * RATE
    at = 0
    for row in rows:
        at += row.frames
        assert min(abs(at / RATE - beat) for beat in grid) <= 0.021
        assert "beat" in row.reason


def test_a_shot_that_is_too_short_runs_slower() -> None:
    film = footage(shots=(shot(0, 0.0, 0.8), shot(1, 0.8, 24.0)))
    cut = cutting(material(film), Wishes(), read_styles()["beat"], [])
    row = Row(source="clip", first=0, end=10, rate=RATE, shot=0)
    set_frames(cut, row, 40)
    assert row.frames == 40
    assert next(one for one in row.operations if isinstance(one, Speed)).factor == pytest.approx(0.5)


def test_odd_speeds_come_out_even() -> None:
    cut = cutting(material(footage()), Wishes(), read_styles()["beat"], [])
    rng = Random(1)
    for _ in range(50):
        row = Row(source="clip", first=110, end=140, rate=RATE, shot=1, operations=[Speed(factor=round(rng.uniform(1.2, 3.5), 2))])
        frames = rng.randrange(8, 30)
        set_frames(cut, row, frames)
        assert abs(row.frames - frames) <= 1

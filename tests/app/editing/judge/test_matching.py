"""Finding a film's pictures in their source: place, rate, and when neither can be told."""

from __future__ import annotations

import numpy as np
import pytest

from app.editing.judge.matching import SHORTEST, distance_at, find, windows
from tests.app.editing.judge.synthetic import trace

SOURCE = trace(np.concatenate([np.arange(0, 200) * 0.5, 400 + np.arange(200) * -0.7]))


@pytest.mark.parametrize("at", [0, 37, 120, 240, 300])
def test_it_finds_the_place(at: int) -> None:
    made = trace(np.arange(0, 1))
    made = type(made)(**{**made.__dict__, "tiny": SOURCE.tiny[at : at + 30], "columns": SOURCE.columns[at : at + 30]})
    found = find(made, (0, 30), [SOURCE])
    assert found is not None
    assert found.found
    assert found.tells_place
    assert found.place == (at, 1.0)
    assert not found.off_rate


@pytest.mark.parametrize("rate", [0.5, 0.7, 1.35, 2.0, -1.0])
def test_it_finds_the_rate(rate: float) -> None:
    start = 20 if rate > 0 else 150
    shown = np.floor(start + np.arange(30) * rate).astype(int)
    made = trace(np.arange(1))
    made = type(made)(**{**made.__dict__, "tiny": SOURCE.tiny[shown], "columns": SOURCE.columns[shown]})
    found = find(made, (0, 30), [SOURCE])
    assert found is not None
    assert found.off_rate
    assert found.rate == pytest.approx(rate, rel=0.06)
    wanted = find(made, (0, 30), [SOURCE], usual=rate)
    assert wanted is not None
    assert not wanted.off_rate


def test_a_still_picture_tells_no_rate() -> None:
    still = trace(np.full(60, 12.0))
    found = find(still, (0, 30), [still])
    assert found is not None
    assert found.found
    assert not found.tells_rate
    assert not found.tells_place
    assert not found.off_rate


def test_another_picture_is_not_found() -> None:
    other = trace(np.arange(30) * 0.5, seed=9)
    found = find(other, (0, 30), [SOURCE])
    assert found is not None
    assert not found.found


def test_a_flat_picture_is_nothing_to_look_for() -> None:
    made = trace(np.arange(30))
    flat = type(made)(**{**made.__dict__, "tiny": np.full_like(made.tiny, 20)})
    assert find(flat, (0, 30), [SOURCE]) is None


def test_of_two_sources_the_right_one() -> None:
    other = trace(np.arange(300) * 0.5, seed=9)
    found = find(other, (100, 130), [SOURCE, other])
    assert found is not None
    assert (found.source, found.at) == (1, 100)


def test_windows_cover_shots_in_equal_parts() -> None:
    assert list(windows([(0, 30), (30, 35), (35, 110)])) == [(0, 30), (35, 60), (60, 85), (85, 110)]
    assert list(windows([(0, SHORTEST - 1)])) == []


def test_distance_of_the_same_pictures_is_nothing() -> None:
    assert distance_at(SOURCE, (10, 30), SOURCE, np.arange(10, 30)) == pytest.approx(0, abs=1e-5)
    assert distance_at(SOURCE, (10, 30), SOURCE, np.arange(100, 120)) > 0.2

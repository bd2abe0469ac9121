"""The lag of a film's sound behind its picture, from onsets."""

from __future__ import annotations

import numpy as np
import pytest

from app.editing.judge.sync import KNOWN_FROM, Run, lags
from tests.app.editing.judge.synthetic import sounds, trace

SOURCE_S = 12.0
LEVELS = sounds(SOURCE_S)
SOURCE = trace(np.arange(288), onsets=LEVELS)


def shifted(late_s: float, since_s: float = 2.0, seconds: float = 4.0) -> object:
    first = round((since_s - late_s) * 100)
    return trace(np.arange(round(seconds * 24)), onsets=LEVELS[first : first + round(seconds * 100)])


@pytest.mark.parametrize("late_s", [-0.4, -0.12, -0.05, 0.0, 0.08, 0.12, 0.33])
def test_it_measures_the_lag(late_s: float) -> None:
    found = lags(shifted(late_s), [SOURCE], [Run(0.0, 4.0, 0, 2.0)])  # type: ignore[arg-type]
    assert found is not None
    assert found.whole is not None
    assert found.whole.seconds == pytest.approx(late_s, abs=0.012)
    assert found.lone[0].seconds == pytest.approx(late_s, abs=0.012)


def test_louder_sound_changes_nothing() -> None:
    film = trace(np.arange(96), onsets=LEVELS[200:600] + 9)
    found = lags(film, [SOURCE], [Run(0.0, 4.0, 0, 2.0)])
    assert found is not None
    assert found.whole is not None
    assert found.whole.seconds == pytest.approx(0, abs=0.01)


def test_other_sound_is_not_taken_for_the_sources() -> None:
    film = trace(np.arange(96), onsets=sounds(4.0, seed=77))
    found = lags(film, [SOURCE], [Run(0.0, 4.0, 0, 2.0)])
    assert found is not None
    assert found.whole is None or found.whole.strength < KNOWN_FROM + 0.1


def test_sound_that_repeats_itself_is_believed_where_it_is() -> None:
    levels = np.full((1200, 7), -60.0)
    levels[::50] = levels[1::50] = -30  # a beat every half second, each like the others
    source = trace(np.arange(288), onsets=levels)
    film = trace(np.arange(96), onsets=levels[200:600])
    found = lags(film, [source], [Run(0.0, 4.0, 0, 2.0)])
    assert found is not None
    assert found.whole is not None
    assert found.whole.seconds == pytest.approx(0, abs=0.01)


def test_several_runs_are_taken_together() -> None:
    film = trace(
        np.arange(96), onsets=np.concatenate([LEVELS[200 - 10 : 300 - 10], LEVELS[700 - 10 : 800 - 10], LEVELS[500 - 10 : 700 - 10]])
    )
    runs = [Run(0.0, 1.0, 0, 2.0), Run(1.0, 1.0, 0, 7.0), Run(2.0, 2.0, 0, 5.0)]
    found = lags(film, [SOURCE], runs)
    assert found is not None
    assert found.whole is not None
    assert found.whole.seconds == pytest.approx(0.1, abs=0.02)


def test_nothing_to_compare() -> None:
    silent = trace(np.arange(96))
    assert lags(silent, [SOURCE], [Run(0.0, 4.0, 0, 2.0)]) is None
    assert lags(shifted(0.0), [silent], [Run(0.0, 4.0, 0, 2.0)]) is None  # type: ignore[arg-type]
    assert lags(shifted(0.0), [SOURCE], []) is None  # type: ignore[arg-type]

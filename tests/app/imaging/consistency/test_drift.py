"""Drift along a series, by hand."""

from __future__ import annotations

import pytest

from app.imaging.consistency.drift import drift_of, slope


@pytest.mark.parametrize(
    ("values", "wanted"),
    [([], 0.0), ([0.7], 0.0), ([0.9, 0.7], -0.2), ([1, 2, 3, 4], 1.0), ([1.0, 1.0, 0.0], -0.5), ([0.8, 0.6, 0.8], 0.0)],
)
def test_the_slope_is_that_of_least_squares(values: list[float], wanted: float) -> None:
    assert slope(values) == pytest.approx(wanted)


def test_a_falling_series_says_from_where_it_is_lost() -> None:
    found = drift_of([0.9, 0.8, 0.7, 0.6, 0.5], 0.65)
    assert found.change == pytest.approx(-0.4)
    assert (found.worst, found.first_low) == (4, 3)
    assert (
        found.words
        == "It drifts away: -0.40 over 5 pictures, and from picture 4 on it stays below 0.65; the least alike is picture 5 with 0.50."
    )


def test_a_falling_series_above_the_threshold_is_still_told() -> None:
    found = drift_of([0.95, 0.9, 0.8], 0.65)
    assert found.first_low is None
    assert found.words == "It drifts away: -0.15 over 3 pictures; the least alike is picture 3 with 0.80."


def test_a_steady_series_stays_itself() -> None:
    found = drift_of([0.8, 0.81, 0.79, 0.8], 0.65)
    assert found.words == "It stays itself: all 4 reach 0.65; the least alike is picture 3 with 0.79."


def test_an_outlier_is_no_drift() -> None:
    found = drift_of([0.9, 0.9, 0.3, 0.9, 0.9], 0.65)
    assert found.change == pytest.approx(0.0)
    assert found.first_low is None
    assert found.words == "No drift, but 1 of 5 is below 0.65; the least alike is picture 3 with 0.30."


def test_a_series_may_come_closer_or_never_arrive() -> None:
    assert drift_of([0.5, 0.7, 0.9], 0.65).words.startswith("It comes closer: +0.40 over 3 pictures")
    assert drift_of([0.1, 0.2], 0.65).words == "None of the 2 reaches 0.65; the least alike is picture 1 with 0.10."


def test_two_pictures_are_no_series() -> None:
    assert "drifts" not in drift_of([0.9, 0.7], 0.65).words


def test_the_first_picture_is_a_measure_too() -> None:
    found = drift_of([0.8, 0.8, 0.8], 0.65, [1.0, 0.7, 0.4])
    assert found.words.endswith("Picture 3 is the least like the first, with 0.40.")
    assert "the first" not in drift_of([0.8, 0.8], 0.65, [1.0, 0.9]).words

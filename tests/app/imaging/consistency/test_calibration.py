"""The map from measures to 0..1: hand-computed, rising, through 0.65 at the even point."""

from __future__ import annotations

import math

import pytest

from app.imaging.consistency.calibration import (
    COLOURS_WEIGHT,
    EVEN,
    OUTLINE_WEIGHT,
    THRESHOLD,
    Parts,
    built_in_similarity,
    interpolated,
    logistic,
    raw_score,
)


def test_the_score_is_the_weighted_sum() -> None:
    assert raw_score(Parts(0.25, 8.0)) == pytest.approx(0.25 * COLOURS_WEIGHT + 8 * OUTLINE_WEIGHT)
    assert COLOURS_WEIGHT < 0
    assert OUTLINE_WEIGHT < 0


def test_the_threshold_stands_at_the_even_point() -> None:
    outline = 6.0
    colours = (EVEN - OUTLINE_WEIGHT * outline) / COLOURS_WEIGHT
    assert built_in_similarity(Parts(colours, outline)) == pytest.approx(THRESHOLD)


def test_the_same_picture_is_near_one_and_nothing_in_common_near_none() -> None:
    assert built_in_similarity(Parts(0.0, 0.0)) > 0.97
    assert built_in_similarity(Parts(1.0, 20.0)) < 0.01


def test_it_falls_with_every_part() -> None:
    values = [built_in_similarity(Parts(part / 10, 8.0)) for part in range(11)]
    assert values == sorted(values, reverse=True)
    values = [built_in_similarity(Parts(0.3, float(part))) for part in range(20)]
    assert values == sorted(values, reverse=True)


def test_one_logit_above_the_even_point_is_e_times_the_odds() -> None:
    odds = THRESHOLD / (1 - THRESHOLD) * math.e
    parts = Parts((EVEN + 1 - OUTLINE_WEIGHT * 6) / COLOURS_WEIGHT, 6.0)
    assert built_in_similarity(parts) == pytest.approx(odds / (1 + odds))


@pytest.mark.parametrize(("value", "wanted"), [(0.0, 0.5), (math.log(3), 0.75), (-math.log(3), 0.25), (1e6, 1.0), (-1e6, 0.0)])
def test_logistic(value: float, wanted: float) -> None:
    assert logistic(value) == pytest.approx(wanted, abs=1e-12)


@pytest.mark.parametrize(("value", "wanted"), [(-1.0, 0.0), (0.2, 0.0), (0.4, 0.325), (0.6, 0.65), (0.7, 0.825), (0.8, 1.0), (5.0, 1.0)])
def test_anchors_are_joined_by_straight_lines(value: float, wanted: float) -> None:
    assert interpolated(value, ((0.2, 0.0), (0.6, 0.65), (0.8, 1.0))) == pytest.approx(wanted)

"""Earth mover's distance and signatures, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from app.imaging.consistency.fields import Fields
from app.imaging.consistency.signature import (
    CUT_COST,
    HALF_WAY,
    HEIGHT_WEIGHT,
    LIGHTNESS_WEIGHT,
    Signature,
    apart,
    earth_movers_distance,
    ground_distances,
    signature_of,
    upper,
)
from app.imaging.consistency.subject import Subject


def row(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def signature(*points: tuple[tuple[float, float, float], float, float]) -> Signature:
    return Signature(np.array([p[0] for p in points], np.float32), row(*(p[1] for p in points)), row(*(p[2] for p in points)))


def test_nothing_is_moved_between_equal_weights() -> None:
    assert earth_movers_distance(row(0.5, 0.5), row(0.5, 0.5), np.array([[0, 1], [1, 0]], np.float32)) == pytest.approx(0)


def test_the_work_is_amount_times_way() -> None:
    # Half of the first goes 3 far to the second place, the rest stays: 0.5 * 3.
    assert earth_movers_distance(row(1.0, 0.0001), row(0.5, 0.5001), np.array([[0, 3], [3, 0]], np.float32)) == pytest.approx(1.5, abs=0.01)


def test_the_cheapest_way_is_taken() -> None:
    # 0.4 -> 0.5 at cost 1 and 0.6 -> 0.5 at cost 0, the last 0.1 of it at cost 2: 0.4*1 + 0.5*0 + 0.1*2.
    distances = np.array([[1, 5], [2, 0]], np.float32)
    assert earth_movers_distance(row(0.4, 0.6), row(0.5, 0.5), distances) == pytest.approx(0.4 * 1 + 0.1 * 2)


def test_ground_distances_join_colour_and_height() -> None:
    one, other = signature(((50, 0, 0), 0.0, 1.0)), signature(((50, 3, 4), 0.0, 0.5), ((60, 0, 0), 0.3, 0.5))
    far = np.hypot(10 * LIGHTNESS_WEIGHT, 0.3 * HEIGHT_WEIGHT)
    assert ground_distances(one, other) == pytest.approx(np.array([[1 - np.exp(-5 / HALF_WAY), 1 - np.exp(-far / HALF_WAY)]]), abs=1e-5)


def test_a_subject_is_itself_and_never_another() -> None:
    red, blue = (50.0, 70.0, 50.0), (30.0, 60.0, -90.0)
    one = signature((red, 0.2, 0.5), (blue, 0.8, 0.5))
    assert apart(one, one) == pytest.approx(0, abs=1e-6)
    assert apart(one, signature(((90, -80, 80), 0.2, 1.0))) > 0.95


def test_the_same_colours_upside_down_are_apart() -> None:
    red, blue = (50.0, 70.0, 50.0), (30.0, 60.0, -90.0)
    one, turned = signature((red, 0.1, 0.5), (blue, 0.9, 0.5)), signature((blue, 0.1, 0.5), (red, 0.9, 0.5))
    assert apart(one, turned) > 0.7


def test_a_close_up_is_compared_with_the_upper_part() -> None:
    skin, shirt, trousers = (75.0, 15.0, 20.0), (40.0, -30.0, 30.0), (20.0, 20.0, -50.0)
    whole = signature((skin, 0.15, 0.3), (shirt, 0.42, 0.3), (trousers, 0.8, 0.4))
    close = signature((skin, 0.3, 0.5), (shirt, 0.84, 0.5))
    assert apart(close, whole) == pytest.approx(CUT_COST, abs=0.01)
    half = upper(whole, 0.5)
    assert half is not None
    assert half.weights == pytest.approx([0.5, 0.5])
    assert half.heights == pytest.approx([0.3, 0.84])
    assert upper(whole, 0.01) is None


def four_fields() -> Fields:
    """Four bars from top to bottom: ground, red, blue, ground."""
    labels = np.repeat(np.arange(4), 4)[:, None].repeat(8, 1)
    colours = np.array([[90, 0, 0], [50, 70, 50], [30, 60, -90], [90, 0, 0]], np.float32)
    subject = Subject(np.zeros((16, 8, 3), np.uint8), (labels == 1) | (labels == 2), True)
    return Fields(labels, colours, row(0.5, 0.5, 0.5, 0.5), row(0.125, 0.375, 0.625, 0.875), row(0.25, 0.25, 0.25, 0.25),
                  row(0.7, 0.1, 0.1, 0.1), row(0, 1, 1, 0), subject)  # fmt: skip


def test_a_signature_has_the_fields_that_belong() -> None:
    found = signature_of(four_fields(), row(0, 1, 0.5, 0))
    assert found.colours.tolist() == [[50, 70, 50], [30, 60, -90]]
    assert found.weights == pytest.approx([2 / 3, 1 / 3])
    assert found.heights == pytest.approx([0, 1])  # of the subject, not of the picture


def test_where_nothing_belongs_everything_counts() -> None:
    assert signature_of(four_fields(), row(0, 0, 0, 0)).weights == pytest.approx([0.25] * 4)

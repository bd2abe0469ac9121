"""New pictures and their rhythm, from changes that are written down."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from app.video.analysers.hold_pattern import Pattern, camera_steps, pattern, steps, subject_rhythm, threshold
from tests.app.video.analysers.moving import curves_of


def flags(text: str) -> Any:
    return np.array([c == "x" for c in text])


@pytest.mark.parametrize(
    ("text", "period"),
    [("xxxxxxxx", 1), ("x.x.x.x.x", 2), ("x..x..x..x", 3), ("x...x...x...x", 4), ("........", 0), ("x.......", 0), ("x.x..xx...x", -1)],
)
def test_the_rhythm(text: str, period: int) -> None:
    assert pattern(flags(text)).period == period


def test_a_pause_between_moves_is_no_exposure() -> None:
    assert pattern(flags("x.x.x.x" + "." * 30 + "x.x.x.x")) == Pattern(2, 1.0)


def test_a_few_slips_do_not_change_the_rhythm() -> None:
    found = pattern(flags("x.x.x.xx.x.x.x.x.x.x"))
    assert found.period == 2
    assert 0.8 < found.share < 1.0


def test_values_part_into_two_groups_or_not() -> None:
    split = threshold(np.array([0.3, 9, 0.2, 11, 0.3, 8, 0.4]), 2.2)
    assert split is not None
    assert 0.4 < split < 8
    assert threshold(np.array([5.0, 5.5, 6, 5.2, 6.1]), 2.2) is None
    assert threshold(np.array([5.0, 0.0]), 2.2) is None
    assert threshold(np.zeros(10), 2.2) is None


def test_coders_touching_up_a_still_picture_make_no_new_pictures() -> None:
    most = [0.0] + [0.51, 0.07, 0.06, 0.79] * 10
    assert not steps(curves_of(hold_most=most)).any()


def test_noise_everywhere_makes_no_new_pictures() -> None:
    rng = np.random.default_rng(0)
    assert not steps(curves_of(hold_most=3.7 + rng.normal(0, 0.05, 40), hold_usual=np.full(40, 3.4))).any()


def test_a_figure_above_noise_is_seen_at_its_new_drawings() -> None:
    most = np.where(np.arange(41) % 3 == 0, 9.0, 3.7)
    assert pattern(steps(curves_of(hold_most=most, hold_usual=np.full(41, 3.4)))).period == 3


def test_motion_that_speeds_up_is_on_ones() -> None:
    assert pattern(steps(curves_of(hold_most=np.linspace(2, 40, 41), hold_usual=np.full(41, 0.1)))).period == 1


def test_the_camera_steps_where_it_moves() -> None:
    speeds = np.where(np.arange(20) % 2 == 0, 0.5, 0.002)
    assert camera_steps(curves_of(cam_dx=speeds)).tolist() == [i % 2 == 0 for i in range(1, 20)]
    assert not camera_steps(curves_of(cam_dx=np.full(20, 0.005))).any()


def test_without_camera_columns_the_camera_stands_still() -> None:
    curves = curves_of(hold_most=np.zeros(5))
    bare = type(curves)(24.0, curves.times_s, {k: v for k, v in curves.columns.items() if not k.startswith("cam")})
    assert camera_steps(bare).tolist() == [False] * 4


@pytest.mark.parametrize("period", [2, 3, 4])
def test_the_beat_of_a_subject_is_heard_through_what_a_pan_leaves(period: int) -> None:
    rng = np.random.default_rng(period)
    rest = 10 + rng.normal(0, 1, 61) + np.where(np.arange(61) % period == 1, rng.uniform(3, 20, 61), 0)
    assert subject_rhythm(curves_of(hold_rest=rest)).period == period


def test_no_beat_is_heard_in_noise_nor_in_too_few_rounds() -> None:
    rng = np.random.default_rng(1)
    assert subject_rhythm(curves_of(hold_rest=rng.uniform(5, 20, 80))).period == 0
    assert subject_rhythm(curves_of(hold_rest=[0, 1, 9, 1, 9, 1, 9])).period == 0

"""Moves and style from motion that is written down rather than measured."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from app.video.analysers.camera_moves import Motion, even_out, kinds, runs, smooth, steadiness, turning_points
from app.video.curves import Shot
from tests.app.video.analysers.moving import curves_of


def motion(**columns: Any) -> Motion:
    curves = curves_of(**columns)
    return Motion.of(curves, Shot(0, len(curves)))


def pan(speeds: Any) -> Motion:
    return motion(cam_dx=np.concatenate([[0.0], np.asarray(speeds, float)]))


def test_velocity_is_per_second() -> None:
    found = pan([0.5] * 10)
    assert found.parts[0] == pytest.approx([12.0] * 10)
    assert len(found) == 10


def test_frames_that_could_not_be_measured_lie_between_their_neighbours() -> None:
    inliers = np.ones(11)
    inliers[5] = 0
    speeds = np.full(11, 0.5)
    speeds[5] = 0
    found = motion(cam_dx=speeds, cam_inliers=inliers)
    assert found.parts[0] == pytest.approx([12.0] * 10)
    assert found.followed == pytest.approx(0.9)


@pytest.mark.parametrize(("agree", "kept"), [(0.4, False), (0.6, True)])
def test_a_step_that_followed_the_foreground_lies_between_its_neighbours(agree: float, kept: bool) -> None:
    """A fast pan over mist: for two frames a textured thing in front has more corners than all the rest."""
    speeds, inliers = np.full(21, 2.9), np.full(21, 0.55)
    for frame in (11, 13):
        speeds[frame], inliers[frame] = -1.6, agree
    found = motion(cam_dx=speeds, cam_inliers=inliers)
    assert (found.parts[0].min() < 0) == kept
    assert (steadiness(found).style == "handheld") == kept


def test_uneven_frame_times_give_even_velocity() -> None:
    curves = curves_of(cam_dx=[0, 0.5, 1.0, 0.5, 1.0])
    times = np.cumsum([0.0, 1 / 24, 2 / 24, 1 / 24, 2 / 24])
    found = Motion.of(type(curves)(24.0, times, curves.columns), Shot(0, 5))
    assert found.parts[0] == pytest.approx([12.0] * 4, rel=1e-5)


@pytest.mark.parametrize("period", [2, 3, 4])
def test_a_pan_on_twos_threes_or_fours_is_as_smooth_as_on_ones(period: int) -> None:
    stepped = np.zeros(48)
    stepped[period - 1 :: period] = 0.4 * period
    parts = even_out([stepped, stepped * 0, stepped * 0, stepped * 0])
    assert parts[0] == pytest.approx([0.4] * 48)
    found = pan(stepped)
    steady = steadiness(found)
    assert steady.style == "smooth"
    assert steady.shake < 0.1
    assert [run.kind for run in runs(found, steady)] == ["pan_right"]


def test_a_start_after_a_long_rest_is_not_spread_over_it() -> None:
    speeds = np.concatenate([np.zeros(30), np.full(30, 0.5)])
    assert even_out([speeds] + [speeds * 0] * 3)[0] == pytest.approx(speeds)


@pytest.mark.parametrize(
    ("column", "value", "kind"),
    [
        ("cam_dx", 0.2, "pan_right"), ("cam_dx", -0.2, "pan_left"), ("cam_dy", 0.2, "tilt_down"), ("cam_dy", -0.2, "tilt_up"),
        ("cam_zoom", 0.4, "zoom_in"), ("cam_zoom", -0.4, "zoom_out"), ("cam_roll", 0.3, "roll_cw"), ("cam_roll", -0.3, "roll_ccw"),
        ("cam_dx", 0.0, "static"),
    ],
)  # fmt: skip
def test_every_kind_of_move(column: str, value: float, kind: str) -> None:
    found = motion(**{column: np.full(30, value)})
    steady = steadiness(found)
    assert steady.style == ("static" if kind == "static" else "smooth")
    assert [(run.kind, run.start, run.end) for run in runs(found, steady)] == [(kind, 0, 30)]


def test_two_moves_at_once_are_complex() -> None:
    assert kinds([np.array([5.0]), np.array([-4.0]), np.zeros(1), np.zeros(1)], 0.5).tolist() == ["complex"]
    assert kinds([np.array([5.0]), np.array([-1.0]), np.zeros(1), np.zeros(1)], 0.5).tolist() == ["pan_right"]


def test_rest_pan_rest_falls_into_three_stretches_at_the_right_frames() -> None:
    found = pan(np.concatenate([np.zeros(24), np.full(24, -0.5), np.zeros(24)]))
    stretches = runs(found, steadiness(found))
    assert [run.kind for run in stretches] == ["static", "pan_left", "static"]
    assert [run.start for run in stretches] == [0, 25, 49]
    assert stretches[-1].end == 73


def test_a_twitch_of_three_frames_is_no_move_of_its_own() -> None:
    speeds = np.zeros(60)
    speeds[30:33] = 0.3
    found = pan(speeds)
    assert [run.kind for run in runs(found, steadiness(found))] == ["static"]


@pytest.mark.parametrize("size", [0.25, 1.0])
def test_shake_is_handheld_also_on_top_of_a_pan(size: float) -> None:
    times = np.arange(72) / 24
    shake = size * (np.sin(2 * np.pi * 2.3 * times) + 0.5 * np.sin(2 * np.pi * 4.9 * times + 1))
    for drift in (0.0, 0.3):
        found = motion(cam_dx=shake + drift, cam_dy=shake[::-1])
        assert steadiness(found).style == "handheld"
    assert [run.kind for run in runs(pan(shake), steadiness(pan(shake)))] == ["static"]


def test_noise_of_measurement_is_static() -> None:
    rng = np.random.default_rng(0)
    assert steadiness(motion(cam_dx=rng.normal(0, 0.006, 60), cam_dy=rng.normal(0, 0.006, 60))).style == "static"


def test_a_whip_pan_is_dynamic() -> None:
    found = pan(np.concatenate([np.zeros(20), 4 * np.sin(np.linspace(0, np.pi, 14)), np.zeros(20)]))
    assert steadiness(found).style == "dynamic"


def test_a_gentle_start_and_stop_is_smooth() -> None:
    found = pan(0.5 * np.sin(np.linspace(0, np.pi, 72)) ** 2)
    assert steadiness(found).style == "smooth"


def test_turning_points_count_only_turns_that_matter() -> None:
    assert turning_points(np.array([0.0, 1, 2, 3]), 0.5) == 0
    assert turning_points(np.array([0.0, 2, 0, 2, 0]), 0.5) == 3
    assert turning_points(np.array([0.0, 0.2, 0, 0.2, 0]), 0.5) == 0


def test_smoothing_keeps_a_ramp() -> None:
    ramp = np.linspace(0, 9, 40)
    assert smooth(ramp, 4.0) == pytest.approx(ramp)
    assert smooth(np.array([3.0]), 4.0).tolist() == [3.0]
    assert smooth(np.array([1.0, 2.0]), 0.0).tolist() == [1.0, 2.0]


@pytest.mark.parametrize("frames", [1, 2, 3])
def test_the_shortest_shots_are_taken(frames: int) -> None:
    found = motion(cam_dx=np.full(frames, 0.5))
    stretches = runs(found, steadiness(found))
    assert (stretches[0].start, stretches[-1].end) == (0, frames)

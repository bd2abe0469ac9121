"""Faults found in numbers that are written down."""

from __future__ import annotations

import numpy as np
import pytest

from app.video.analysers.coherence_rules import Stretch, examine, find_repeats, flicker_strength, spikes, swing_strength
from tests.app.video.analysers.moving import curves_of

RNG = np.random.default_rng(0)
MOVING = RNG.uniform(8, 12, 72)


def gains(level: np.ndarray) -> np.ndarray:
    return np.diff(level, prepend=level[0])


@pytest.mark.parametrize("hz", [3.0, 6.0, 10.0])
def test_flicker_has_the_strength_and_frequency_it_was_made_with(hz: float) -> None:
    level = 3 * np.sin(2 * np.pi * hz * np.arange(96) / 24 + 0.3)
    faults = examine(curves_of(coh_gain=gains(level)))
    assert faults.flicker_levels == pytest.approx(3.0, rel=0.35)
    assert faults.flicker_hz == pytest.approx(hz, abs=0.6)
    assert len(faults.flickers) == 1


def test_random_flicker_has_no_frequency_but_strength() -> None:
    level = 3 * np.random.default_rng(4).choice([-1.0, 1.0], 200)
    faults = examine(curves_of(coh_gain=gains(level)))
    assert faults.flicker_levels > 2
    assert faults.coherence[20:-20].mean() < 0.8


def test_a_fade_a_flash_and_a_drift_of_exposure_are_no_flicker() -> None:
    count = 96
    flash = np.zeros(count)
    flash[40:42] = 60
    drift = 8 * np.sin(2 * np.pi * 0.3 * np.arange(count) / 24)
    for level in (np.linspace(0, 90, count), flash, drift):
        faults = examine(curves_of(coh_gain=gains(level)))
        assert faults.flicker_levels < 0.8
        assert not faults.flickers


def test_flicker_in_one_second_of_five_is_found_where_it_is() -> None:
    level = np.zeros(120)
    level[48:84] = 3 * (-1.0) ** np.arange(36)
    faults = examine(curves_of(coh_gain=gains(level)))
    assert len(faults.flickers) == 1
    assert 40 <= faults.flickers[0].start <= 60
    assert 72 <= faults.flickers[0].end <= 92


def test_the_strength_has_a_value_for_every_step() -> None:
    for count in (2, 5, 24, 100):
        assert len(flicker_strength(np.zeros(count), 24.0)) == count


def test_an_abrupt_change_is_a_jump() -> None:
    rest = np.full(60, 1.0)
    rest[30] = 25.0
    faults = examine(curves_of(coh_rest=rest, coh_most=MOVING[:60]))
    assert faults.jumps == [30]
    assert faults.coherence.argmin() == 30
    assert faults.reasons[30] == "the picture changes abruptly"


def test_missing_frames_in_a_pan_are_a_jump_of_the_motion() -> None:
    speeds = np.full(60, 0.5)
    speeds[25] = 2.5
    faults = examine(curves_of(cam_dx=speeds, coh_rest=np.full(60, 1.0), coh_most=MOVING[:60]))
    assert faults.jumps == [25]
    assert faults.reasons[25] == "the motion jumps"


def test_frames_missing_while_a_movement_dies_away_are_a_jump() -> None:
    rest = np.concatenate([np.linspace(4.0, 1.6, 30), [6.7], np.linspace(0.9, 0.1, 29)])
    assert examine(curves_of(coh_rest=rest, coh_most=MOVING[:60])).jumps == [30]
    gentle = np.concatenate([np.linspace(4.0, 0.4, 30), np.linspace(0.4, 4.0, 30)])
    assert examine(curves_of(coh_rest=gentle, coh_most=MOVING[:60])).jumps == []


def test_a_step_among_steps_of_its_size_is_no_jump() -> None:
    every_fourth = np.where(np.arange(60) % 4 == 0, 9.0, 4.0)
    assert examine(curves_of(coh_rest=every_fourth, coh_most=MOVING[:60])).jumps == []


@pytest.mark.parametrize("hz", [1.2, 2.0, 5.0])
def test_colour_that_comes_and_goes_swings(hz: float) -> None:
    turn = 12 * np.sin(2 * np.pi * hz * np.arange(96) / 24)
    faults = examine(curves_of(coh_u=128 + turn, coh_v=128 - turn / 2, coh_rest=np.full(96, 1.0)))
    assert faults.swing_levels == pytest.approx(np.hypot(12, 6), rel=0.35)
    assert "the colour swings" in faults.reasons.values()
    assert faults.coherence[20:-20].mean() < 0.6


def test_colour_that_turns_to_something_else_does_not_swing() -> None:
    slow = 128 + 20 * np.sin(2 * np.pi * 0.2 * np.arange(120) / 24)
    step = np.where(np.arange(120) < 60, 110.0, 150.0)
    for u in (np.linspace(90, 160, 120), slow, step, np.full(120, 128.0)):
        assert examine(curves_of(coh_u=u)).swing_levels < 2.0


def test_the_swing_has_a_value_for_every_step() -> None:
    for count in (3, 5, 24, 100):
        assert len(swing_strength(np.zeros(count), np.zeros(count), 24.0)) == count - 1


def test_a_pan_on_twos_a_shake_and_a_quick_start_do_not_jump() -> None:
    twos = np.where(np.arange(60) % 2 == 0, 1.0, 0.0)
    shake = np.sin(2 * np.pi * 4 * np.arange(60) / 24)
    start = np.concatenate([np.zeros(30), np.linspace(0.2, 2, 6), np.full(24, 2.0)])
    for speeds in (twos, shake, start):
        assert examine(curves_of(cam_dx=speeds, coh_most=MOVING[:60])).jumps == []


def test_a_freeze_in_the_midst_of_motion() -> None:
    most = MOVING.copy()
    most[30:38] = 0.0
    assert find_repeats(most) == ([Stretch(30, 39)], [])
    faults = examine(curves_of(coh_most=np.concatenate([[0.0], most])))
    assert (faults.frozen[0].start, faults.frozen[0].end) == (30, 39)
    assert faults.reasons[33] == "the picture freezes"


def test_one_repeated_frame_on_ones() -> None:
    most = MOVING.copy()
    most[30] = 0.0
    assert find_repeats(most) == ([], [Stretch(30, 32)])


def test_twos_are_no_repeats_but_a_third_frame_is() -> None:
    most = np.where(np.arange(72) % 2 == 0, MOVING, 0.0)
    assert find_repeats(most) == ([], [])
    longer = np.insert(most, 31, 0.0)
    assert find_repeats(longer) == ([], [Stretch(31, 34)])


def test_a_pause_that_eases_in_and_out_is_no_freeze() -> None:
    most = MOVING.copy()
    most[26:46] = [7, 5, 3, 2, 1.2, *[0.0] * 10, 1.2, 2, 3, 5, 7]
    assert find_repeats(most) == ([], [])


def test_rest_at_either_end_and_a_still_shot_are_no_freeze() -> None:
    most = MOVING.copy()
    most[:10] = most[-10:] = 0.0
    assert find_repeats(most) == ([], [])
    assert find_repeats(np.zeros(30)) == ([], [])


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_the_shortest_shots_are_coherent(count: int) -> None:
    faults = examine(curves_of(coh_rest=np.zeros(count)))
    assert faults.coherence.tolist() == [1.0] * count


def test_even_motion_is_coherent_throughout() -> None:
    faults = examine(curves_of(coh_rest=MOVING / 4, coh_most=MOVING, coh_local=MOVING / 20))
    assert faults.coherence.min() > 0.7
    assert not faults.reasons or max(faults.reasons) < len(MOVING)


def test_spikes_stand_out_from_their_neighbours_only() -> None:
    values = np.linspace(1, 30, 50)
    assert spikes(values).max() < 3
    values[20] += 60
    assert spikes(values).argmax() == 20
    assert spikes(values)[20] > 8

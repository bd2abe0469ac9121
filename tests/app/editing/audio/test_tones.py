"""What effects are made of."""

from __future__ import annotations

import numpy as np

from app.editing.audio.tones import clock, decay, glide, noise, placed, room, tone
from tests.app.editing.audio.recordings import RATE


def test_a_clock_and_a_glide_have_a_value_per_sample():
    assert len(clock(0.5)) == len(glide(0.5, [(0, 1.0)])) == RATE // 2
    assert glide(1.0, [(0, 100), (1, 200)])[RATE // 2] == 150


def test_a_tone_has_its_pitch_and_no_harmonic_above_what_is_heard():
    spectrum = np.abs(np.fft.rfft(tone(glide(1.0, [(0, 5000)]), (1, 1, 1, 1, 1))))
    assert set(np.flatnonzero(spectrum > 1000)) == {5000, 10_000, 15_000}


def test_a_decay_halves():
    envelope = decay(1.0, 0.1, 0.01)
    at = round(0.01 * RATE)
    assert envelope[0] == 0
    assert abs(envelope[at + round(0.1 * RATE)] / envelope[at] - 0.5) < 0.01


def test_noise_lies_between_its_bounds():
    sound = noise(np.random.default_rng(1), glide(1.0, [(0, 1000)]), glide(1.0, [(0, 2000)]))
    power = np.abs(np.fft.rfft(sound)) ** 2
    assert len(sound) == RATE
    assert power[900:2200].sum() > 0.9 * power.sum()


def test_a_room_is_stereo_as_long_as_the_sound_and_rings_on():
    dry = np.zeros(RATE)
    dry[100] = 1
    wet = room(np.random.default_rng(1), dry, 0.5, 0.5)
    assert wet.shape == (RATE, 2)
    assert np.abs(wet[2000:10_000]).max() > 0
    assert not np.allclose(wet[:, 0], wet[:, 1])
    assert not np.any(wet[:99] > 1e-9)


def test_placed_sounds_end_in_silence_and_are_cut_at_the_end():
    made = placed(0.5, [(0.1, np.ones(4800)), (0.45, np.ones(48_000))])
    assert len(made) == RATE // 2
    assert made[4799] == 0
    assert made[4800] == 1
    assert made[4800 + 4799] == 0
    assert made[-1] == 1

"""Sound along a course: exact length, kept pitch, attacks in their places, nothing doubled."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.editing.audio.stretch import MARGIN, attacks, resampled, stretched
from tests.app.editing.audio.recordings import RATE, clicks, level_db, onsets_s, tone


def padded(sound: np.ndarray) -> np.ndarray:
    return np.pad(sound, ((MARGIN, MARGIN), (0, 0)))


@pytest.mark.parametrize("factor", [0.3, 0.7, 1.3, 2.5, 4.0])
def test_a_tone_keeps_its_pitch_its_level_and_has_no_breaks(factor):
    sound = tone(3.0, 440)
    length = round(3.0 * RATE / factor)
    made = stretched(padded(sound), [(0, 0.0), (length, 3.0 * RATE)])
    assert len(made) == length
    middle = made[length // 4 : length // 4 + RATE // 4]
    spectrum = np.abs(np.fft.rfft(middle[:, 0] * np.hanning(len(middle)), 8 * len(middle)))
    assert abs(np.argmax(spectrum) / (8 * len(middle)) * RATE - 440) < 2
    assert abs(level_db(middle) - level_db(sound)) < 0.5
    assert np.abs(np.diff(middle[:, 0])).max() < 1.3 * 0.25 * 2 * np.pi * 440 / RATE


def test_at_its_own_speed_nothing_changes():
    sound = clicks(1.0, [0.3, 0.6])
    assert np.allclose(stretched(padded(sound), [(0, 0.0), (RATE, float(RATE))]), sound, atol=1e-6)
    assert np.allclose(resampled(padded(sound), [(0, 0.0), (RATE, float(RATE))]), sound, atol=5e-3)


def test_both_ends_are_exactly_those_of_the_sound():
    sound = (0.1 * np.random.default_rng(2).standard_normal((2 * RATE, 2))).astype(np.float32)
    made = stretched(padded(sound), [(0, 0.0), (RATE, 2.0 * RATE)])
    assert np.allclose(made[:20], sound[:20], atol=0.01)
    assert np.allclose(made[-20:], sound[-20:], atol=0.01)


@pytest.mark.parametrize("factor", [0.25, 0.4, 0.6, 1.7, 3.0, 4.0])
def test_attacks_stay_single_and_in_place_in_music(factor):
    moments = [0.31, 0.62, 1.05, 1.4]
    sound = clicks(2.0, moments) + tone(2.0, 180, 0.1)
    length = round(2.0 * RATE / factor)
    made = stretched(padded(sound), [(0, 0.0), (length, 2.0 * RATE)])
    found = onsets_s(made, 0.25, apart_s=0.015)
    assert len(found) == len(moments)
    assert np.abs(np.array(found) - np.array(moments) / factor).max() < 0.001


def test_a_tape_changes_pitch_and_does_not_fold():
    high = tone(1.0, 15_000)
    fast = resampled(padded(high), [(0, 0.0), (RATE // 2, float(RATE))])
    assert level_db(fast[1000:-1000]) < level_db(high) - 40  # 30 kHz does not exist any more
    slow = resampled(padded(tone(1.0, 1000)), [(0, 0.0), (2 * RATE, float(RATE))])
    assert abs(np.argmax(np.abs(np.fft.rfft(slow[:, 0]))) / 2 - 500) <= 1


def test_attacks_are_found_and_steady_sound_has_none():
    assert np.allclose(sorted(attacks(clicks(2.0, [0.5, 1.5])[:, 0])), [24_000, 72_000], atol=24)
    assert len(attacks(tone(1.0)[4800:, 0])) == 0
    assert len(attacks(np.zeros(10, np.float32))) == 0


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 9000), st.floats(0.25, 4.0)), min_size=1, max_size=6), st.integers(0, 2**16))
def test_any_course_has_its_length_and_is_finite(pieces, seed):
    knots = [(0, 0.0)]
    for count, speed in pieces:
        knots.append((knots[-1][0] + count, knots[-1][1] + count * speed))
    random = np.random.default_rng(seed)
    sound = random.standard_normal((round(knots[-1][1]) + 2 * MARGIN, 2)).astype(np.float32) * (random.random() > 0.3)
    for make in (stretched, resampled):
        made = make(sound, knots)
        assert made.shape == (knots[-1][0], 2)
        assert made.dtype == np.float32
        assert np.all(np.isfinite(made))
        assert np.abs(made).max(initial=0) <= 1.6 * np.abs(sound).max() + 1e-6

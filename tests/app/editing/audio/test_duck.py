"""Where the film is heard, and how music makes way."""

from __future__ import annotations

import numpy as np

from app.editing.audio.duck import BLOCK, curve, heard, levels
from tests.app.editing.audio.recordings import RATE, tone


def test_levels_are_mean_squares_of_ten_milliseconds():
    found = levels(tone(0.105, 1000, 0.5))
    assert len(found) == 11
    assert np.allclose(found[:10], 0.125, rtol=0.02)


def test_speech_with_short_pauses_is_one_stretch_and_slopes_lie_outside():
    powers = np.full(800, 1e-9, np.float32)
    powers[200:300] = powers[320:400] = 0.01
    share = heard(powers)
    assert np.all(share[200:400] == 1)
    assert share[150] == 0
    assert share[450] == 0
    assert 0 < share[190] < 1
    assert np.abs(np.diff(share)).max() < 0.05


def test_nothing_is_heard_in_silence_or_far_below_the_voice():
    assert not np.any(heard(np.full(300, 1e-12, np.float32)))
    powers = np.full(1000, 10**-4.9, np.float32)  # a hum 34 dB below
    powers[600:700] = 10**-1.5
    share = heard(powers)
    assert share[100] == 0
    assert share[650] == 1
    assert len(heard(np.zeros(0, np.float32))) == 0


def test_the_curve_is_the_depth_where_it_is_heard():
    share = np.zeros(100, np.float32)
    share[40:60] = 1
    factors = curve(share, 12.0, 0, 100 * BLOCK)
    assert len(factors) == RATE
    assert abs(20 * np.log10(factors[50 * BLOCK]) + 12) < 1e-3
    assert factors[0] == factors[-1] == 1
    assert np.array_equal(curve(share, 12.0, 1000, 500), factors[1000:1500])

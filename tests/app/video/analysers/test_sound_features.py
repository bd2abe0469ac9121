"""Band powers do not depend on how the sound was cut into pieces."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from app.video.analysers import sound_features
from app.video.analysers.sound_features import BANDS, BandPowers, band_centres_hz


def bands_of(sound: Any, rate: int, *cuts: int) -> Any:
    powers = BandPowers(rate)
    for part in np.split(sound, cuts):
        powers.add(part)
    return powers.finish()


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 44_100, 48_000])
def test_pieces_make_no_difference(rate: int) -> None:
    sound = np.random.default_rng(1).normal(0, 0.1, rate * 2 + 77).astype(np.float32)
    whole = bands_of(sound, rate)
    assert np.array_equal(whole, bands_of(sound, rate, 1, 2, 3, 500, 501, rate))
    assert whole.shape == (pytest.approx(201, abs=3), BANDS)


@pytest.mark.parametrize("hertz", [200.0, 1000.0, 3000.0, 6000.0])
def test_a_tone_falls_into_its_band(hertz: float) -> None:
    t = np.arange(48_000) / 48_000
    bands = bands_of(np.sin(2 * np.pi * hertz * t).astype(np.float32), 48_000)
    strongest = band_centres_hz()[int(bands[50].argmax())]
    assert strongest == pytest.approx(hertz, rel=0.15, abs=40)


def test_hops_are_centred_on_their_time() -> None:
    sound = np.zeros(48_000, np.float32)
    sound[24_000] = 1
    power = bands_of(sound, 48_000).sum(axis=1)
    assert int(power.argmax()) in (50, 51)


def test_nothing() -> None:
    assert BandPowers(48_000).finish().shape[1] == BANDS


def test_more_hops_than_one_block_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    sound = np.random.default_rng(2).normal(0, 0.1, 8_000 * 3).astype(np.float32)
    whole = bands_of(sound, 8_000)
    for size in (1, 7, len(whole) - 1, len(whole)):
        monkeypatch.setattr(sound_features, "_BLOCK_ROWS", size)
        assert np.array_equal(bands_of(sound, 8_000, 500, 9_000), whole)

"""Band powers do not depend on how the sound was cut into pieces."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from app.video.analysers import sound_features
from app.video.analysers.sound_features import BANDS, BandPowers, Bands, band_centres_hz, band_sum, stretches


def bands_of(sound: Any, rate: int, *cuts: int) -> Any:
    powers = BandPowers(rate)
    for part in np.split(sound, cuts):
        powers.add(part)
    return powers.finish()[:]


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
    assert BandPowers(48_000).finish().shape == (1, BANDS)


def test_more_hops_than_one_block_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    sound = np.random.default_rng(2).normal(0, 0.1, 8_000 * 3).astype(np.float32)
    whole = bands_of(sound, 8_000)
    for size in (1, 7, len(whole) - 1, len(whole)):
        monkeypatch.setattr(sound_features, "_BLOCK_ROWS", size)
        assert np.array_equal(bands_of(sound, 8_000, 500, 9_000), whole)


def test_powers_are_kept_to_a_thousandth_from_the_faintest_to_the_loudest() -> None:
    powers = np.geomspace(1e-9, 4.0, 28 * 50, dtype=np.float32).reshape(50, 28)
    bands = Bands()
    bands.append(powers[:20])
    bands.append(powers[20:])
    assert (len(bands), bands.shape) == (50, (50, 28))
    assert np.allclose(bands[:], powers, rtol=2e-3, atol=0)
    assert np.allclose(bands[7:31], powers[7:31], rtol=2e-3, atol=0)
    assert len(bands[50:60]) == 0


@pytest.mark.parametrize(("count", "around"), [(0, 3), (5, 0), (30_000, 4), (30_001, 4), (100_000, 250)])
def test_stretches_cover_every_hop_once_with_what_surrounds_it(count: int, around: int) -> None:
    hops = np.arange(count)
    parts = [(hops[outer], hops[outer][inner]) for outer, inner in stretches(count, around)]
    assert np.array_equal(np.concatenate([inner for _, inner in parts] or [hops]), hops)
    for outer, inner in parts:
        assert outer[0] == max(0, inner[0] - around)
        assert outer[-1] == min(count - 1, inner[-1] + around)


def test_sums_over_bands_do_not_depend_on_the_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    bands = np.random.default_rng(3).random((1000, BANDS)).astype(np.float32)
    wanted = band_centres_hz() > 500
    whole = band_sum(bands, wanted)
    assert whole == pytest.approx(bands[:, wanted].sum(axis=1), rel=1e-5)
    monkeypatch.setattr(sound_features, "_STRETCH", 70)
    assert band_sum(bands, wanted) == pytest.approx(whole, rel=1e-6)

"""Clicks at known times: onsets, tempo and beats; and cuts laid on them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from app.video.analysers.sound_features import BandPowers
from app.video.analysers.sound_rhythm import (
    SURE,
    Tempo,
    find_beats,
    find_tempo,
    onset_strength,
    pick_onsets,
    pulse_curve,
    sync,
)

RATE = 16_000


def clicks(times: Any, length_s: float, seed: int = 1, noise: float = 0.003) -> Any:
    rng = np.random.default_rng(seed)
    sound = rng.normal(0, noise, round(length_s * RATE)).astype(np.float32)
    burst = rng.uniform(-1, 1, RATE // 20) * np.exp(-np.arange(RATE // 20) / 80)
    for time in times:
        at = round(time * RATE)
        end = min(len(sound), at + len(burst))
        sound[at:end] += 0.6 * burst[: end - at].astype(np.float32)
    return sound


def strength_of(sound: Any) -> tuple[Any, float]:
    bands = BandPowers(RATE)
    bands.add(sound)
    return onset_strength(bands.finish()), bands.hop_s


def f1(found: list[float], truth: Any, tolerance_s: float = 0.05) -> float:
    hits = sum(any(abs(f - t) <= tolerance_s for f in found) for t in truth)
    right = sum(any(abs(f - t) <= tolerance_s for t in truth) for f in found)
    recall, precision = hits / len(truth), right / max(1, len(found))
    return 2 * recall * precision / max(1e-9, recall + precision)


def test_onsets_are_where_the_clicks_are() -> None:
    truth = np.cumsum(np.random.default_rng(3).uniform(0.15, 0.9, 30))
    strength, hop_s = strength_of(clicks(truth, float(truth[-1]) + 1))
    found = pick_onsets(strength, hop_s)
    assert f1(found, truth, 0.025) == 1
    assert len(found) == len(truth)


@pytest.mark.parametrize("bpm", [64.0, 90.0, 112.3, 120.0, 137.5, 174.0])
def test_tempo_and_beats(bpm: float) -> None:
    truth = np.arange(0.37, 24, 60 / bpm)
    strength, hop_s = strength_of(clicks(truth, 24))
    tempo = find_tempo(strength, hop_s)
    assert tempo.bpm == pytest.approx(bpm, rel=0.01)
    assert tempo.confidence > 0.6
    assert f1(find_beats(strength, hop_s, tempo), truth) > 0.95


def test_a_tempo_that_changes_between_parts() -> None:
    truth = np.concatenate((np.arange(0.2, 30, 0.5), np.arange(30.2, 60, 0.4)))
    strength, hop_s = strength_of(clicks(truth, 60))
    assert f1(find_beats(strength, hop_s, find_tempo(strength, hop_s)), truth) > 0.9


def test_no_pulse_in_noise_or_random_clicks() -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, RATE * 20).astype(np.float32)
    scattered = clicks(np.sort(np.random.default_rng(2).uniform(0, 20, 40)), 20)
    for sound in (noise, scattered):
        strength, hop_s = strength_of(sound)
        tempo = find_tempo(strength, hop_s)
        assert tempo.confidence < SURE
        assert find_beats(strength, hop_s, tempo) == []


def test_silence_and_next_to_nothing() -> None:
    for length in (0, 1, 2, 5, 200):
        strength = onset_strength(np.zeros((length, 28), np.float32))
        assert len(strength) == length
        assert pick_onsets(strength, 0.01) == []
        assert find_tempo(strength, 0.01) == Tempo(0, 0)
        assert find_beats(strength, 0.01, Tempo(120, 1)) == []
        assert len(pulse_curve(strength, 0.01)) == length


def test_pulse_tells_a_regular_part_from_an_irregular_one() -> None:
    truth = np.concatenate((np.arange(0, 20, 0.5), np.sort(np.random.default_rng(5).uniform(20, 40, 40))))
    strength, hop_s = strength_of(clicks(truth, 40))
    pulse = pulse_curve(strength, hop_s)
    assert pulse[500:1500].min() > 0.6 > 0.5 > pulse[2700:3700].max()


def test_sync_of_cuts_to_beats() -> None:
    beats = np.arange(0, 20, 0.5)
    exact = sync([1.0, 2.5, 7.0], beats.tolist(), 24)
    assert exact is not None
    assert (exact.cuts, exact.share_on_beat, exact.mean_offset_s) == (3, 1, 0)
    assert exact.share_by_chance == pytest.approx(2 * 1.5 / 24 / 0.5, abs=1e-4)
    late = sync([1.0 + 2 / 24, 2.5 + 1 / 24], beats.tolist(), 24)
    assert late is not None
    assert late.share_on_beat == 0.5
    assert late.mean_offset_s == pytest.approx(1.5 / 24, abs=1e-3)
    assert late.mean_distance_s == late.mean_offset_s


def test_sync_needs_cuts_and_beats() -> None:
    assert sync([], [0.0, 1.0], 24) is None
    assert sync([1.0], [1.0], 24) is None
    assert sync([90.0], [0.0, 0.5, 1.0], 24) is None

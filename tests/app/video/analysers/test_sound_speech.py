"""Something built like speech counts as speech; music, noise and clicks do not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from app.video.analysers import sound_features
from app.video.analysers.sound_features import BandPowers
from app.video.analysers.sound_rhythm import onset_strength, pulse_curve
from app.video.analysers.sound_speech import features, speech_score, speech_spans

RATE = 16_000


def resonance(source: Any, hertz: float, width: float) -> Any:
    """One formant: a bell in the spectrum."""
    frequencies = np.fft.rfftfreq(len(source), 1 / RATE)
    return np.fft.irfft(np.fft.rfft(source) / (1 + ((frequencies - hertz) / width) ** 2), len(source))


def spoken(length_s: float, seed: int = 1) -> Any:
    """Syllables of a buzzing vowel, often with a hiss before it, in words with pauses."""
    rng = np.random.default_rng(seed)
    sound, at = np.zeros(round((length_s + 1) * RATE)), 0.1
    while at < length_s:
        for _ in range(int(rng.integers(2, 7))):
            length = float(rng.uniform(0.09, 0.2))
            t = np.arange(round(length * RATE)) / RATE
            pitch = rng.uniform(95, 150) * (1 - 0.3 * t)
            vowel = np.sign(np.sin(2 * np.pi * np.cumsum(pitch) / RATE)) * np.hanning(len(t))
            vowel = resonance(vowel, rng.uniform(300, 800), 90) + 0.6 * resonance(vowel, rng.uniform(1000, 2300), 120)
            start = round(at * RATE)
            if rng.random() < 0.6:
                hiss = rng.normal(0, 0.1, round(0.07 * RATE))
                hiss = np.diff(hiss, prepend=0.0) * np.hanning(len(hiss))
                sound[start : start + len(hiss)] += hiss[: len(sound) - start]
                start += len(hiss)
                at += 0.07
            end = min(len(sound), start + len(vowel))
            sound[start:end] += 0.4 * vowel[: end - start]
            at += length + float(rng.uniform(0.02, 0.06))
            if at >= length_s:
                break
        at += float(rng.uniform(0.15, 0.4))
    return sound[: round(length_s * RATE)].astype(np.float32)


def chords(length_s: float) -> Any:
    t = np.arange(round(length_s * RATE)) / RATE
    step = np.floor(t / 0.5) % 5
    return (0.1 * sum(np.sin(2 * np.pi * f * 2 ** (step / 12) * t) for f in (220, 277, 330))).astype(np.float32)


def noise(length_s: float) -> Any:
    return np.random.default_rng(2).normal(0, 0.1, round(length_s * RATE)).astype(np.float32)


def drums(length_s: float) -> Any:
    t = np.arange(round(length_s * RATE)) / RATE
    return (noise(length_s) * 3 * np.exp(-(t % 0.25) / 0.03)).astype(np.float32)


def share(sound: Any) -> float:
    powers = BandPowers(RATE)
    powers.add(sound)
    bands = powers.finish()
    pulse = pulse_curve(onset_strength(bands), powers.hop_s)
    spans = speech_spans(speech_score(bands, powers.hop_s, pulse), powers.hop_s)
    return sum(b - a for a, b in spans) / (len(sound) / RATE)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_speech_like_sound(seed: int) -> None:
    assert share(spoken(12, seed)) > 0.75


@pytest.mark.parametrize("make", [chords, noise, drums])
def test_what_is_no_speech(make: Any) -> None:
    assert share(make(12)) < 0.1


def test_speech_between_music() -> None:
    powers = BandPowers(RATE)
    powers.add(np.concatenate([chords(10), spoken(10), chords(10)]))
    bands = powers.finish()
    spans = speech_spans(speech_score(bands, powers.hop_s), powers.hop_s)
    inside = sum(min(b, 20) - max(a, 10) for a, b in spans if b > 10 and a < 20)
    assert inside > 7
    assert sum(b - a for a, b in spans) - inside < 2.5


def test_silence_and_next_to_nothing() -> None:
    for length in (0, 5, 300):
        score = speech_score(np.zeros((length, 28), np.float32), 0.01)
        assert len(score) == length
        assert speech_spans(score, 0.01) == []


def test_short_gaps_close_and_short_bursts_go() -> None:
    score = np.zeros(1000, np.float32)
    score[100:200] = score[225:300] = 1
    score[600:605] = 1
    assert [(round(a, 1), round(b, 1)) for a, b in speech_spans(score, 0.01)] == [(1.0, 3.0)]


def test_features_are_per_hop() -> None:
    ((span, found),) = features(np.random.default_rng(1).uniform(0, 1, (400, 28)).astype(np.float32), 0.01)
    assert span == slice(0, 400)
    assert {len(v) for v in found.values()} == {400}
    assert all(np.isfinite(v).all() for v in found.values())


def test_a_long_sound_is_judged_as_in_one_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(2)
    bands = (rng.uniform(0, 1, (3000, 28)) * (1 + np.sin(np.arange(3000) / 17))[:, None] ** 4).astype(np.float32)
    whole = speech_score(bands, 0.01)
    monkeypatch.setattr(sound_features, "_STRETCH", 410)
    assert len(list(features(bands, 0.01))) == 8
    assert speech_score(bands, 0.01) == pytest.approx(whole, abs=1e-5)

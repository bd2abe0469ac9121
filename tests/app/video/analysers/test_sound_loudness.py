"""Loudness against the figures of EBU Tech 3341 and 3342, and against ffmpeg's own meter."""

from __future__ import annotations

import re
import subprocess
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.video.analysers.sound_loudness import (
    SILENT_LUFS,
    LoudnessMeter,
    channel_weights,
    integrated,
    loudness_range,
    momentary,
)
from app.video.ffmpeg import executable

RATE = 48_000


def sine(level_db: float, length_s: float, channels: int = 2, hertz: float = 1000.0, rate: int = RATE) -> Any:
    t = np.arange(round(length_s * rate)) / rate
    return np.tile((10 ** (level_db / 20) * np.sin(2 * np.pi * hertz * t)).astype(np.float32), (channels, 1))


def metered(sound: Any, rate: int = RATE, weights: tuple[float, ...] | None = None) -> LoudnessMeter:
    meter = LoudnessMeter(rate, weights or (1.0,) * len(sound))
    whole = sound.shape[1] // meter.block * meter.block
    half = whole // 2 // meter.block * meter.block
    meter.add(np.ascontiguousarray(sound[:, :half]))
    meter.add(np.ascontiguousarray(sound[:, half:whole]))
    return meter


def lufs(*parts: tuple[float, float]) -> float:
    return integrated(metered(np.concatenate([sine(level, length) for level, length in parts], axis=1)).energies())


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([(-23, 20)], -23.0),
        ([(-33, 20)], -33.0),
        ([(-36, 10), (-23, 60), (-36, 10)], -23.0),
        ([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23.0),
        ([(-26, 20), (-20, 20.1), (-26, 20)], -23.0),
    ],
)
def test_the_reference_tones_of_tech_3341(parts: list[tuple[float, float]], expected: float) -> None:
    assert lufs(*parts) == pytest.approx(expected, abs=0.1)


@pytest.mark.parametrize(("levels", "expected"), [((-20, -30), 10), ((-20, -15), 5), ((-40, -20), 20)])
def test_the_ranges_of_tech_3342(levels: tuple[float, float], expected: float) -> None:
    sound = np.concatenate([sine(level, 20) for level in levels], axis=1)
    assert loudness_range(metered(sound).energies()) == pytest.approx(expected, abs=1)


@pytest.mark.parametrize("rate", [8_000, 22_050, 44_100, 96_000])
def test_any_sample_rate(rate: int) -> None:
    assert integrated(metered(sine(-23, 10, rate=rate), rate).energies()) == pytest.approx(-23, abs=0.1)


def test_channels_are_weighed_by_their_place() -> None:
    assert channel_weights(["FL", "FR", "FC", "LFE", "SL", "BR"]) == [1, 1, 1, 0, 1.41, 1.41]
    sound = sine(-23, 5, channels=1)
    alone, behind = (integrated(metered(sound, weights=(w,)).energies()) for w in (1.0, 1.41))
    assert alone == pytest.approx(-26, abs=0.1)
    assert behind - alone == pytest.approx(10 * np.log10(1.41), abs=0.01)
    assert integrated(metered(sound, weights=(0.0,)).energies()) == SILENT_LUFS


def test_silence_and_nothing() -> None:
    quiet = metered(np.zeros((2, RATE), np.float32))
    assert integrated(quiet.energies()) == SILENT_LUFS
    assert loudness_range(quiet.energies()) == 0
    assert quiet.peak_db() == (SILENT_LUFS, SILENT_LUFS)
    empty = LoudnessMeter(RATE, [1.0])
    assert integrated(empty.energies()) == SILENT_LUFS
    assert empty.peak_db() == (SILENT_LUFS, SILENT_LUFS)


def test_the_momentary_curve_follows_a_step() -> None:
    curve = momentary(metered(np.concatenate([sine(-40, 2), sine(-20, 2)], axis=1)).energies())
    assert len(curve) == 40
    assert curve[19] == pytest.approx(-40, abs=0.2)
    assert curve[24] == pytest.approx(-20, abs=0.2)
    assert list(curve[19:24]) == sorted(curve[19:24])


def test_true_peak_lies_between_the_samples() -> None:
    t = np.arange(RATE)
    sound = (0.5 * np.sin(2 * np.pi * t / 4 + np.pi / 4)).astype(np.float32)[None]  # every sample 3 dB below the top
    sample, true = metered(sound).peak_db()
    assert sample == pytest.approx(-9.03, abs=0.02)
    assert true == pytest.approx(-6.02, abs=0.2)


@pytest.mark.parametrize("seed", [1, 2])
def test_beside_ffmpeg(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    envelope = np.repeat(10 ** (rng.uniform(-40, -6, 48) / 20), RATE // 4)
    noise = rng.normal(0, 0.3, (2, len(envelope))) * envelope
    noise[:, 1:] += 0.85 * noise[:, :-1] * (seed == 2)
    levels = np.clip(noise * 32767, -32768, 32767).astype("<i2")
    with wave.open(str(tmp_path / "noise.wav"), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(levels.T.tobytes())
    command = [executable(), "-hide_banner", "-nostats", "-i", str(tmp_path / "noise.wav"), "-af", "ebur128=peak=true", "-f", "null", "-"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    summary = said[said.rindex("Summary:") :]
    meter = metered(levels.astype(np.float32) / 32768)

    def figure(name: str) -> float:
        match = re.search(rf"{name}:\s+(-?[\d.]+)", summary)
        assert match is not None
        return float(match[1])

    assert integrated(meter.energies()) == pytest.approx(figure("I"), abs=0.15)
    assert loudness_range(meter.energies()) == pytest.approx(figure("LRA"), abs=0.6)
    assert meter.peak_db()[1] == pytest.approx(figure("Peak"), abs=0.3)

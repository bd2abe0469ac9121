"""Loudness and true peak, measured against ffmpeg's own meter."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import numpy as np
import pytest

from app.editing.audio.loud import CHUNK, Measured, bring_to, measure, tame
from app.video import ffmpeg
from tests.app.editing.audio.recordings import RATE, tone, write_wav


def lively(seconds: float, seed: int = 4) -> np.ndarray:
    random = np.random.default_rng(seed)
    loud = np.repeat(random.uniform(0.01, 1, round(seconds * 8)), RATE // 8)
    return (0.25 * loud[:, None] * random.standard_normal((len(loud), 2))).astype(np.float32)


def by_ffmpeg(path: Path) -> Measured:
    said = subprocess.run(
        [ffmpeg.executable(), "-hide_banner", "-nostats", "-i", str(path), "-af", "ebur128=peak=true", "-f", "null", "-"],
        capture_output=True, text=True, check=True,
    ).stderr  # fmt: skip
    summary = said[said.rindex("Summary") :]
    found = [float(re.search(rf"{name}:\s+(-?[\d.]+)", summary)[1]) for name in ("I", "Peak")]
    return Measured(*found)


def test_it_measures_what_ffmpeg_measures(tmp_path):
    sound = np.clip(lively(6.0), -0.99, 0.99)
    ours, theirs = measure(sound), by_ffmpeg(write_wav(tmp_path / "s.wav", sound))
    assert abs(ours.lufs - theirs.lufs) < 0.15
    assert abs(ours.peak_dbtp - theirs.peak_dbtp) < 0.3


@pytest.mark.parametrize(("target", "peak"), [(-30.0, -1.0), (-14.0, -1.0), (-11.0, -1.0), (-16.0, -9.0)])
def test_it_reaches_the_target_and_never_the_peak(target, peak, tmp_path):
    sound = lively(5.0)
    bring_to(sound, target, peak)
    found = measure(sound)
    assert abs(found.lufs - target) <= 0.5
    theirs = by_ffmpeg(write_wav(tmp_path / "t.wav", sound))
    assert theirs.peak_dbtp <= peak + 0.05
    assert abs(theirs.lufs - target) <= 0.5


def test_where_nothing_passes_the_peak_it_is_one_gain():
    sound = lively(2.0)
    before = sound.copy()
    bring_to(sound, -35.0, -1.0)
    ratio = sound[np.abs(before) > 0.01] / before[np.abs(before) > 0.01]
    assert np.ptp(ratio) < 1e-4


def test_silence_stays_silence_and_a_moment_is_enough():
    silence = np.zeros((RATE, 2), np.float32)
    bring_to(silence, -14.0, -1.0)
    assert not np.any(silence)
    for length in (0, 1, 100):
        bring_to(np.zeros((length, 2), np.float32), -14.0, -1.0)


def test_the_limiter_works_across_its_pieces():
    sound = tone(11.0, 997, 0.9)
    sound[CHUNK - 3000 : CHUNK + 3000] *= 1 + 2 * np.hanning(6000).astype(np.float32)[:, None]
    assert tame(sound)
    assert np.abs(sound).max() < 0.99
    steps = np.abs(np.diff(sound[:, 0]))
    assert steps.max() < 1.1 * 2 * np.pi * 997 / RATE
    assert np.allclose(sound[: 5 * RATE], tone(5.0, 997, 0.9), atol=1e-6)
    assert not tame(sound)

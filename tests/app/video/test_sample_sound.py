"""The sample clip's music."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from app.video.sample_sound import RATE_HZ, write_wav


def samples(path: Path) -> tuple[wave.Wave_read, np.ndarray]:
    with wave.open(str(path)) as file:
        return file, np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").reshape(-1, 2).astype(float)


def test_length_rate_and_level(tmp_path: Path) -> None:
    write_wav(tmp_path / "s.wav", (0, 12, 24), 1.5, 24)
    file, sound = samples(tmp_path / "s.wav")
    assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE_HZ, 2, 2)
    assert len(sound) == 1.5 * RATE_HZ
    assert 0.75 * 32767 < np.abs(sound).max() <= 0.81 * 32767


def test_silence_until_the_first_beat(tmp_path: Path) -> None:
    write_wav(tmp_path / "s.wav", (12,), 1.0, 24)
    _, sound = samples(tmp_path / "s.wav")
    assert np.abs(sound[: RATE_HZ // 2 - 1]).max() == 0
    assert np.abs(sound[RATE_HZ // 2 : RATE_HZ // 2 + 500]).max() > 3000


def test_beats_past_the_end_are_cut_off(tmp_path: Path) -> None:
    write_wav(tmp_path / "s.wav", (0, 23, 240), 1.0, 24)
    assert len(samples(tmp_path / "s.wav")[1]) == RATE_HZ


@pytest.mark.parametrize("beats", [(), (0,)])
def test_even_without_beats_there_is_a_file(tmp_path: Path, beats: tuple[int, ...]) -> None:
    write_wav(tmp_path / "s.wav", beats, 0.5, 24)
    assert len(samples(tmp_path / "s.wav")[1]) == RATE_HZ // 2

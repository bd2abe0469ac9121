"""Samples come out as they went in, piece by piece, with holes filled."""

from __future__ import annotations

import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from app.video.analysers.sound_decode import PIECE_S, _with_gap, pieces
from configs.errors import BadMedia


def write(path: Path, levels: np.ndarray, rate: int) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(levels.shape[0])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(levels.T.astype("<i2").tobytes())
    return path


def test_pcm_comes_back_exactly(tmp_path: Path) -> None:
    levels = np.random.default_rng(1).integers(-32768, 32767, (2, 200_000))
    found = list(pieces(write(tmp_path / "a.wav", levels, 8000)))
    assert len(found) == 3
    assert all(piece.samples.shape[1] >= PIECE_S * 8000 for piece in found[:-1])
    assert (found[0].rate_hz, found[0].channels, found[0].start_s) == (8000, ("1", "2"), 0)
    assert np.array_equal(np.round(np.concatenate([p.samples for p in found], axis=1) * 32768), levels)


def test_a_hole_between_time_stamps_is_silence() -> None:
    ones = np.ones((2, 100), np.float32)
    parts = list(_with_gap(ones, 3.5, 1.0, 100))
    joined = np.concatenate(parts, axis=1)
    assert joined.shape == (2, 350)
    assert joined[:, :250].max() == 0
    assert max(p.shape[1] for p in parts) <= 100
    for at_s in (None, 1.0, 1.05, 0.2):
        assert [p.shape[1] for p in _with_gap(ones, at_s, 1.0, 100)] == [100]


def test_a_track_that_starts_late(tmp_path: Path, run_ffmpeg: Callable[..., None]) -> None:
    tone = write(tmp_path / "tone.wav", np.full((1, 16_000), 9000), 8000)
    path = tmp_path / "late.mkv"
    run_ffmpeg(
        "-f", "lavfi", "-i", "color=s=64x64:r=10:d=3", "-itsoffset", "0.5", "-i", str(tone),
        "-map", "0:v", "-map", "1:a", "-c:a", "pcm_s16le", str(path),
    )  # fmt: skip
    found = list(pieces(path))
    assert found[0].start_s == pytest.approx(0.5, abs=0.01)
    assert found[0].samples.min() > 0.2


def test_a_file_without_sound_gives_nothing(clips: Callable[..., Path]) -> None:
    assert list(pieces(clips("mute.mp4", "-pix_fmt", "yuv420p"))) == []


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(BadMedia):
        list(pieces(tmp_path / "nothing.wav"))

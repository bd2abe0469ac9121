"""A long sound on disk."""

from __future__ import annotations

import errno
from pathlib import Path

import numpy as np
import pytest

from app.editing.audio import canvas as module
from app.editing.audio.canvas import BYTES_PER_SAMPLE, canvas
from configs.errors import Unavailable


def test_it_is_silence_that_can_be_written_and_goes_away(tmp_path):
    with canvas(tmp_path, 1000) as (path, sound):
        assert sound.shape == (1000, 2)
        assert not np.any(sound)
        sound[10] = 0.5
        assert path.stat().st_size == 1000 * BYTES_PER_SAMPLE
        assert np.fromfile(path, np.float32)[20:22].tolist() == [0.5, 0.5]
    assert list(tmp_path.iterdir()) == []


def test_no_samples_are_no_error(tmp_path):
    with canvas(tmp_path, 0) as (_, sound):
        assert sound.shape == (0, 2)


def test_a_full_disk_is_said_before_anything_is_mixed(tmp_path, monkeypatch):
    def full(path: Path, size: int) -> None:
        path.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module, "_reserve", full)
    with pytest.raises(Unavailable, match="full"), canvas(tmp_path, 10**6):
        pass
    assert list(tmp_path.iterdir()) == []


def test_without_the_systems_help_zeros_are_written(tmp_path, monkeypatch):
    monkeypatch.delattr(module.os, "posix_fallocate", raising=False)
    monkeypatch.setattr(module, "_PIECE", 1000)
    with canvas(tmp_path, 300) as (path, sound):
        assert path.stat().st_size == 2400
        assert not np.any(sound)

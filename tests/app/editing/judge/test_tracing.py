"""Measuring a clip: what stands in the columns is what is in the file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.editing.judge.forms import TraceVideo
from app.editing.judge.trace import read_trace
from app.editing.judge.tracing import measure, trace_video
from app.video.probe import probe_video
from tests.app.video.conftest import FakeStudio, ffmpeg
from tests.app.video.conftest import media_of as media_of  # a fixture
from tests.app.video.conftest import studio as studio  # a fixture


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second of black, one of white, one of red; a tone at full scale from 1 s to 2 s."""
    path = tmp_path_factory.mktemp("trace") / "clip.mp4"
    graph = "color=black:s=160x90:r=24:d=1[a];color=white:s=160x90:r=24:d=1[b];color=red:s=160x90:r=24:d=1[c];[a][b][c]concat=n=3:v=1[out0]"
    tone = "sine=f=440:r=48000:d=3,volume=30dB:enable='between(t,1,2)',volume=0.2:enable='not(between(t,1,2))'[out1]"
    ffmpeg("-f", "lavfi", "-i", f"{graph};{tone}", "-c:a", "pcm_s16le", "-f", "matroska", str(path))
    return path


def test_columns_say_what_is_seen(clip: Path) -> None:
    found = measure(clip, probe_video(clip), lambda fraction, message: None)
    assert len(found) == 72
    black, white, red = (slice(start + 4, start + 20) for start in (0, 24, 48))
    assert (found["dark"][black] > 0.99).all()
    assert (found["shadows"][black] > 0.99).all()
    assert (found["highlights"][white] > 0.99).all()
    assert (found["luma"][white] > 250).all()
    assert (found["v"][red] > 60).all()  # red is a positive difference from grey
    assert (np.abs(found["u"][white]) < 2).all()


def test_full_scale_is_seen_where_it_is(clip: Path) -> None:
    found = measure(clip, probe_video(clip), lambda fraction, message: None)
    at = np.arange(len(found.full)) * found.hop_s + found.sound_start_s
    assert found.full[(at > 1.1) & (at < 1.9)].mean() > 0.5
    assert found.full[(at < 0.9) | (at > 2.1)].max() == 0


def test_a_clip_without_sound_has_none(clip: Path, tmp_path: Path) -> None:
    silent = tmp_path / "silent.mp4"
    ffmpeg("-i", str(clip), "-an", "-c:v", "copy", str(silent))
    found = measure(silent, probe_video(silent), lambda fraction, message: None)
    assert not found.has_sound
    assert len(found.full) == 0


def test_it_is_kept_and_told(clip: Path, studio: FakeStudio, media_of: Callable[..., Any]) -> None:
    result = trace_video(TraceVideo(video="clip"), studio.context(media_of(clip)))
    assert (result.frames, result.seconds, result.has_sound) == (72, 3.0, True)
    assert len(read_trace(studio.artifacts["traces.npz"].path)) == 72
    assert studio.progress[-1][0] == 1.0


def test_cancelling_stops_it(clip: Path) -> None:
    def stop(fraction: float, message: str) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        measure(clip, probe_video(clip), stop)

"""The sound is heard beside the pictures, and no longer than they are looked at."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.video import sound_task
from app.video.analysers import sound
from app.video.probe import probe_video
from app.video.sound_task import SoundTask
from configs.errors import BadMedia

H264 = ("-c:v", "libx264", "-pix_fmt", "yuv420p")


def test_what_is_heard_is_the_result(clips: Callable[..., Path]) -> None:
    path = clips("tone.mp4", *H264, sound=True)
    with SoundTask(path, probe_video(path)) as task:
        heard = task.result()
    assert heard is not None
    assert heard.loudness.integrated_lufs > -40


def test_without_sound_nothing_is_heard(clips: Callable[..., Path]) -> None:
    path = clips("mute.mp4", *H264)
    with SoundTask(path, probe_video(path)) as task:
        assert task.result() is None


def test_leaving_early_stops_the_listening(clips: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    path = clips("tone.mp4", *H264, sound=True)
    began, stopped = threading.Event(), threading.Event()

    def listen(path: Path, info: Any, on_step: Callable[[float, str], None]) -> None:
        began.set()
        try:
            while True:
                on_step(0.5, "Listening")
        except sound_task.Stopped:
            stopped.set()
            raise

    monkeypatch.setattr(sound, "analyse_sound", listen)
    with SoundTask(path, probe_video(path)):
        assert began.wait(10)
    assert stopped.is_set()


@pytest.mark.parametrize(("error", "raised"), [(BadMedia("Damaged.", "Mend it."), False), (ZeroDivisionError(), True)])
def test_damaged_sound_is_no_sound_and_our_own_faults_are_not_hidden(
    clips: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, error: Exception, raised: bool
) -> None:
    path = clips("tone.mp4", *H264, sound=True)

    def fail(path: Path, info: Any, on_step: Callable[[float, str], None]) -> None:
        raise error

    monkeypatch.setattr(sound, "analyse_sound", fail)
    with SoundTask(path, probe_video(path)) as task:
        if raised:
            with pytest.raises(ZeroDivisionError):
                task.result()
        else:
            assert task.result() is None

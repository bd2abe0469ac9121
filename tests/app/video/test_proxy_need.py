"""What browsers play and scrub, and the words for what they do not."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.video.models import AudioStream, MediaInfo
from app.video.probe import probe_video
from app.video.proxy_need import proxy_reason


@pytest.fixture
def playable(clips: Callable[..., Path]) -> MediaInfo:
    return probe_video(clips("gop.mp4", "-pix_fmt", "yuv420p", "-g", "24"))


def changed(info: MediaInfo, container: str | None = None, audio: str | None = None, **video: Any) -> MediaInfo:
    streams = [AudioStream(codec=audio, channels=2, layout="stereo", sample_rate_hz=48_000)] if audio else info.audio
    picture = info.video.model_copy(update=video)
    return info.model_copy(update={"container": container or info.container, "audio": streams, "video": picture})


def test_a_plain_mp4_needs_none(playable: MediaInfo) -> None:
    assert proxy_reason(playable) is None
    assert not playable.needs_proxy
    assert playable.proxy_reason is None


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"container": "mkv"}, "do not play mkv"),
        ({"container": "avi"}, "do not play avi"),
        ({"codec": "hevc"}, "plays hevc in mp4"),
        ({"container": "mov", "codec": "prores"}, "plays prores in mov"),
        ({"pix_fmt": "yuv422p10le", "bit_depth": 10}, r"yuv422p10le pictures \(10 bit\)"),
        ({"audio": "ac3"}, "do not play ac3 sound"),
        ({"coded_width": 3840, "coded_height": 2160}, "3840 x 2160"),
        ({"fps": 120.0}, "120 frames per second"),
        ({"keyframe_interval_s": 10.0}, "up to 10.0 s apart"),
    ],
)
def test_the_reason_is_said_in_words(playable: MediaInfo, changes: dict[str, Any], says: str) -> None:
    reason = proxy_reason(changed(playable, **changes))
    assert reason is not None
    assert re.search(says, reason)
    assert reason.endswith(".")


@pytest.mark.parametrize(
    "changes",
    [
        {"container": "webm", "codec": "vp9"},
        {"container": "webm", "codec": "vp8", "audio": "vorbis"},
        {"codec": "av1", "audio": "opus"},
        {"audio": "aac"},
        {"coded_width": 1080, "coded_height": 1920},
    ],
)
def test_what_browsers_manage_is_left_alone(playable: MediaInfo, changes: dict[str, Any]) -> None:
    assert proxy_reason(changed(playable, **changes)) is None

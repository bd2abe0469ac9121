"""Which timecode a frame has."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from app.video.clock import FilmClock
from app.video.models import VideoStream
from app.video.probe import probe_video


def stream_of(clips: Callable[..., Path], **changes: object) -> VideoStream:
    return probe_video(clips("plain.mp4", "-pix_fmt", "yuv420p")).video.model_copy(update=changes)


def test_frame_zero_has_the_start_timecode(clips: Callable[..., Path]) -> None:
    clock = FilmClock.of(stream_of(clips, start_timecode="10:00:00:00"))
    assert clock.timecode(0, 0.0) == "10:00:00:00"
    assert clock.timecode(25, 25 / 24) == "10:00:01:01"


def test_without_one_it_is_midnight(clips: Callable[..., Path]) -> None:
    assert FilmClock.of(stream_of(clips)).timecode(24, 1.0) == "00:00:01:00"


def test_uneven_frames_are_placed_by_their_time(clips: Callable[..., Path]) -> None:
    clock = FilmClock.of(stream_of(clips, vfr=True))
    assert clock.position(3, 2.0) == 48
    assert clock.timecode(3, 2.0) == "00:00:02:00"


def test_even_frames_are_placed_by_their_number(clips: Callable[..., Path]) -> None:
    assert FilmClock.of(stream_of(clips)).position(3, 2.0) == 3


def test_drop_frame_follows_the_file(clips: Callable[..., Path]) -> None:
    video = probe_video(clips("df.mov", "-pix_fmt", "yuv420p", "-timecode", "00:00:59;28", rate="30000/1001")).video
    assert video.drop_frame
    assert FilmClock.of(video).timecode(2, 2 / 29.97) == "00:01:00;02"

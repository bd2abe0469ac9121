"""The timeline is read back by OpenTimelineIO itself, and through its EDL adapter, with the same cuts."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

import opentimelineio as otio
import pytest

from app.video.clock import FilmClock
from app.video.export_otio import METADATA_KEY, target_url, to_otio

H264 = ("-pix_fmt", "yuv420p")


def read(analysis: Any) -> Any:
    return otio.adapters.read_from_string(to_otio(analysis), "otio_json")


def check(analysis: Any) -> list[Any]:
    clock = FilmClock.of(analysis.media.info.video)
    clips = list(read(analysis).find_clips())
    assert len(clips) == len(analysis.scenes)
    for clip, scene in zip(clips, analysis.scenes, strict=True):
        first, last = (clock.position(f, t) for f, t in ((scene.start_frame, scene.start_s), (scene.end_frame, scene.end_s)))
        assert clip.source_range.start_time.value == clock.first + first
        assert clip.source_range.duration.value == last - first
        assert clip.source_range.start_time.rate == pytest.approx(float(clock.fps))
        available = clip.media_reference.available_range
        assert available.start_time.value == clock.first
        assert available.start_time <= clip.source_range.start_time
        assert clip.source_range.end_time_exclusive() <= available.end_time_exclusive()
        assert clip.metadata[METADATA_KEY]["start_frame"] == scene.start_frame
    return clips


def test_a_plain_film(clips: Callable[..., Path], analyse: Callable[..., Any]) -> None:
    path = clips("plain.mp4", *H264)
    analysis, _ = analyse(path)
    found = check(analysis)
    assert [c.name for c in found] == ["Scene 0001", "Scene 0002", "Scene 0003", "Scene 0004"]
    url = urlparse(found[0].media_reference.target_url)
    assert (url.scheme, unquote(url.path)) == ("file", str(path))
    timeline = read(analysis)
    assert timeline.name == "plain.mp4"
    assert timeline.duration() == otio.opentime.RationalTime(96, 24)
    assert timeline.metadata[METADATA_KEY]["settings"]["detector"] == "studio"


def test_start_timecode_and_drop_frame(clips: Callable[..., Path], analyse: Callable[..., Any]) -> None:
    analysis, _ = analyse(clips("df.mov", *H264, "-timecode", "01:00:00;00", rate="30000/1001"))
    found = check(analysis)
    start = found[0].source_range.start_time
    assert otio.opentime.to_timecode(start, 30_000 / 1001, drop_frame=True) == "01:00:00;00"
    assert read(analysis).global_start_time == start


def test_uneven_frame_rates(clips: Callable[..., Path], analyse: Callable[..., Any]) -> None:
    analysis, _ = analyse(clips("vfr.mkv", "-vf", "select='not(mod(n,3))+gt(n,48)'", "-fps_mode", "vfr", *H264))
    found = check(analysis)
    starts = [c.source_range.start_time.to_seconds() for c in found]
    assert starts == pytest.approx([s.start_s for s in analysis.scenes], abs=0.03)
    timeline = read(analysis)
    assert timeline.metadata[METADATA_KEY]["uneven_frame_rate"]


def test_the_same_cuts_as_the_edl(clips: Callable[..., Path], analyse: Callable[..., Any]) -> None:
    import pycmx

    from app.video.export_edl import to_edl

    analysis, _ = analyse(clips("tc.mov", *H264, "-timecode", "09:59:58:00"))
    edl = [event.edits[0] for event in pycmx.parse_cmx3600(io.StringIO(to_edl(analysis))).events]
    timeline = [otio.opentime.to_timecode(c.source_range.start_time, 24) for c in read(analysis).find_clips()]
    assert timeline == [edit.source_in for edit in edl]


def test_uploads_are_named_for_relinking(clips: Callable[..., Path], analyse: Callable[..., Any]) -> None:
    analysis, _ = analyse(clips("plain.mp4", *H264))
    upload = analysis.media.model_copy(update={"path": None, "name": "Mein Film 100 %.mp4"})
    assert target_url(upload) == "Mein Film 100 %.mp4"


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("/films/a b#1.mp4", "file:///films/a%20b%231.mp4"),
        ("C:\\films\\ä.mp4", "file:///C:/films/%C3%A4.mp4"),
        ("films/a.mp4", "films/a.mp4"),
    ],
)
def test_paths_become_urls(clips: Callable[..., Path], analyse: Callable[..., Any], path: str, url: str) -> None:
    analysis, _ = analyse(clips("plain.mp4", *H264))
    assert target_url(analysis.media.model_copy(update={"path": path})) == url

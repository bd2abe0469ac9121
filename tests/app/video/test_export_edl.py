"""The edit list is read back by an independent reader, with the same cuts."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pycmx
import pytest

from app.video.clock import FilmClock
from app.video.export_edl import one_line, reel, to_edl
from app.video.timecode import to_frame

H264 = ("-pix_fmt", "yuv420p")


def events(analysis: Any) -> list[Any]:
    parsed = pycmx.parse_cmx3600(io.StringIO(to_edl(analysis)))
    assert list(parsed.unrecognized_statements) == []
    return list(parsed.events)


def edits(analysis: Any) -> list[Any]:
    return [event.edits[0] for event in events(analysis)]


def check(analysis: Any) -> None:
    clock = FilmClock.of(analysis.media.info.video)
    read = edits(analysis)
    assert len(read) == len(analysis.scenes)
    record = to_frame("01:00:00;00" if clock.drop_frame else "01:00:00:00", clock.fps)
    for edit, scene in zip(read, analysis.scenes, strict=True):
        first, last = (clock.position(f, t) for f, t in ((scene.start_frame, scene.start_s), (scene.end_frame, scene.end_s)))
        assert to_frame(edit.source_in, clock.fps) == clock.first + first
        assert to_frame(edit.source_out, clock.fps) == clock.first + last
        assert to_frame(edit.record_in, clock.fps) == record + first
        assert to_frame(edit.record_out, clock.fps) == record + last
        assert edit.clip_name == analysis.media.name
        assert edit.channels.video


def test_a_plain_film(clips: Callable[..., Path], analyse: Callable[..., Any]) -> None:
    analysis, _ = analyse(clips("plain.mp4", *H264))
    check(analysis)
    assert [(e.source_in, e.source_out) for e in edits(analysis)][1] == ("00:00:01:00", "00:00:02:00")
    assert {e.source for e in events(analysis)[0].edits} == {"AX"}
    assert to_edl(analysis).startswith("TITLE: plain.mp4\nFCM: NON-DROP FRAME\n")


def test_start_timecode_and_reel(clips: Callable[..., Path], analyse: Callable[..., Any]) -> None:
    analysis, _ = analyse(clips("tc.mov", *H264, "-timecode", "09:59:58:00"))
    analysis.media.info.video.reel = "A001_C002-x"
    check(analysis)
    first = edits(analysis)[0]
    assert (first.source_in, first.source_out) == ("09:59:58:00", "09:59:59:00")
    assert first.source == "A001_C00"


def test_drop_frame(clips: Callable[..., Path], analyse: Callable[..., Any]) -> None:
    analysis, _ = analyse(clips("df.mov", *H264, "-timecode", "00:59:58;00", rate="30000/1001"))
    check(analysis)
    text = to_edl(analysis)
    assert "FCM: DROP FRAME" in text
    assert "00:59:58;00" in text
    assert "01:00:00;00" in text


def test_uneven_frame_rates_are_laid_on_the_nominal_grid(clips: Callable[..., Path], analyse: Callable[..., Any]) -> None:
    analysis, _ = analyse(clips("vfr.mkv", "-vf", "select='not(mod(n,3))+gt(n,48)'", "-fps_mode", "vfr", *H264))
    assert analysis.media.info.video.vfr
    check(analysis)
    starts = [to_frame(e.source_in, analysis.media.info.video.fps) / analysis.media.info.video.fps for e in edits(analysis)]
    assert starts == pytest.approx([s.start_s for s in analysis.scenes], abs=0.03)


def test_names_cannot_forge_lines(clips: Callable[..., Path], analyse: Callable[..., Any], tmp_path: Path) -> None:
    evil = tmp_path / "a\n999  AX       V     C        00:00:00:00 00:00:01:00 00:00:00:00 00:00:01:00\r\n* REEL b.mp4"
    evil.write_bytes(clips("plain.mp4", *H264).read_bytes())
    analysis, _ = analyse(evil)
    assert len(events(analysis)) == 4
    assert to_edl(analysis).count("999  AX") == sum(line.count("999  AX") for line in to_edl(analysis).splitlines() if line[:1] in "T*")


def test_more_than_999_scenes_are_still_numbered(clips: Callable[..., Path], analyse: Callable[..., Any]) -> None:
    analysis, _ = analyse(clips("plain.mp4", *H264))
    many = [analysis.scenes[0].model_copy(update={"index": n, "start_frame": n, "end_frame": n + 1}) for n in range(1200)]
    read = edits(analysis.model_copy(update={"scenes": many}))
    assert len(read) == 1200
    assert read[-1].source_in == "00:00:49:23"


@pytest.mark.parametrize(
    ("name", "expected"), [(None, "AX"), ("", "AX"), ("a001", "A001"), ("Ümläut-Rolle 7", "MLUTROLL"), ("/../", "AX"), ("B_12", "B_12")]
)
def test_reels_are_what_the_format_allows(name: str | None, expected: str) -> None:
    assert reel(name) == expected


def test_one_line() -> None:
    assert one_line("a\r\nb\u2028c\td ") == "a b c d"
    assert one_line("Müller 100 %.mov") == "Müller 100 %.mov"

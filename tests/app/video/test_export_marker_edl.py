"""Markers are read back by an independent EDL reader: the right frames, and nothing smuggled in by a note."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pycmx
import pytest

from app.video.clock import FilmClock
from app.video.export_marker_edl import COLOURS, Marker, to_marker_edl
from app.video.timecode import to_frame
from configs.errors import BadInput

H264 = ("-pix_fmt", "yuv420p")


@pytest.fixture
def film(clips: Callable[..., Path], analyse: Callable[..., Any]) -> Any:
    analysis, _ = analyse(clips("plain.mp4", *H264))
    return analysis


def frames(text: str, film: Any) -> list[int]:
    clock = FilmClock.of(film.media.info.video)
    first = to_frame("01:00:00;00" if clock.drop_frame else "01:00:00:00", clock.fps)
    edits = [event.edits[0] for event in pycmx.parse_cmx3600(io.StringIO(text)).events]
    assert [to_frame(e.record_out, clock.fps) - to_frame(e.record_in, clock.fps) for e in edits] == [1] * len(edits)
    return [to_frame(edit.record_in, clock.fps) - first for edit in edits]


def said(text: str) -> list[tuple[str, ...]]:
    """(note, colour, name, length) of every marker."""
    return [m.groups() for m in re.finditer(r"^(.*) \|C:ResolveColor(\w+) \|M:(.*) \|D:(\d+)$", text, re.MULTILINE)]


def test_the_exact_text(film: Any) -> None:
    text = to_marker_edl(film, [Marker(30, "red", "Fix the hand", "Mira", "Hand")])
    assert text == (
        "TITLE: plain.mp4\nFCM: NON-DROP FRAME\n\n"
        "001  001      V     C        01:00:01:06 01:00:01:07 01:00:01:06 01:00:01:07  \n"
        "Mira: Fix the hand |C:ResolveColorRed |M:Hand |D:1\n"
    )


def test_markers_come_in_the_order_of_frames(film: Any) -> None:
    text = to_marker_edl(film, [Marker(40, "Cyan"), Marker(0, "Green", "start"), Marker(7, note="x", frames=5)])
    assert frames(text, film) == [0, 7, 40]
    assert said(text) == [("start", "Green", "Marker 1", "1"), ("x", "Blue", "Marker 2", "5"), ("", "Cyan", "Marker 3", "1")]


def test_drop_frame(clips: Callable[..., Path], analyse: Callable[..., Any]) -> None:
    analysis, _ = analyse(clips("df.mov", *H264, "-timecode", "00:00:00;00", rate="30000/1001"))
    text = to_marker_edl(analysis, [Marker(31)])
    assert "FCM: DROP FRAME" in text
    assert "01:00:01;01" in text
    assert frames(text, analysis) == [31]


def test_a_note_cannot_start_a_field_or_a_line(film: Any) -> None:
    text = to_marker_edl(film, [Marker(1, "Pink", "a |C:ResolveColorRed\n002  001      V", "x|y", "n|m")])
    assert said(text) == [("x/y: a /C:ResolveColorRed 002  001      V", "Pink", "n/m", "1")]
    assert frames(text, film) == [1]


def test_uneven_frame_rates_go_by_time(film: Any) -> None:
    film.media.info.video.vfr = True
    assert frames(to_marker_edl(film, [Marker(3, time_s=1.0)]), film) == [24]
    assert frames(to_marker_edl(film, [Marker(3)]), film) == [3]


@pytest.mark.parametrize("frame", [-1, 96, 10_000])
def test_outside_the_film(film: Any, frame: int) -> None:
    with pytest.raises(BadInput, match="outside"):
        to_marker_edl(film, [Marker(frame)])


def test_colours(film: Any) -> None:
    text = to_marker_edl(film, [Marker(i, colour.upper()) for i, colour in enumerate(COLOURS)])
    assert [colour for _, colour, _, _ in said(text)] == list(COLOURS)
    with pytest.raises(BadInput, match="octarine") as caught:
        to_marker_edl(film, [Marker(0, "octarine")])
    assert "Lavender" in caught.value.remedy


def test_none(film: Any) -> None:
    assert to_marker_edl(film, []) == "TITLE: plain.mp4\nFCM: NON-DROP FRAME\n"

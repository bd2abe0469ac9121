"""Edit lists, read back by pycmx and by OpenTimelineIO's own adapter."""

from __future__ import annotations

import io
import re
from typing import Any

import pycmx
import pytest

from app.editing.exports import export
from app.editing.exports.edl import MOST_EVENTS, reel_of, write_edl
from app.editing.exports.layout import rows
from app.editing.timeline import Timeline
from tests.app.editing.exports import films


def read(timeline: Timeline) -> list[Any]:
    """Every edit of the list that is not the outgoing side of a transition."""
    edits = [edit for event in pycmx.parse_cmx3600(io.StringIO(export(timeline, "edl")[0].text)).events for edit in event.edits]
    return [edit for edit in edits if edit.record_in != edit.record_out]


def in_frames(timecode: str, nominal: int) -> int:
    """A second, plain way from timecode to frames: counts every label from midnight, leaving out those that drop-frame leaves out."""
    hours, minutes, seconds, frames = (int(part) for part in timecode.replace(";", ":").split(":"))
    total_minutes = hours * 60 + minutes
    dropped = sum(2 for minute in range(1, total_minutes + 1) if minute % 10) if ";" in timecode else 0
    return (total_minutes * 60 + seconds) * nominal + frames - dropped


@pytest.mark.parametrize("name", films.ALL)
def test_every_cut_is_where_the_timeline_has_it(name: str) -> None:
    timeline = films.ALL[name]()
    expected = [(row, piece) for row in rows(timeline) for piece in row.without_overlap()]
    found = read(timeline)
    assert len(found) == len(expected)
    nominal = round(timeline.rate)
    start = in_frames("01:00:00;00" if ";" in found[0].record_in else "01:00:00:00", nominal)
    for edit, (row, piece) in zip(found, expected, strict=True):
        source, first = round(row.clock.rate), row.clock.first
        assert edit.clip_name == row.clip.source.name
        assert (in_frames(edit.record_in, nominal) - start, in_frames(edit.record_out, nominal) - start) == (
            piece.begins, piece.begins + piece.frames,
        )  # fmt: skip
        shown = (0, piece.frames) if row.still else (piece.first, piece.end)
        assert (in_frames(edit.source_in, source) - first, in_frames(edit.source_out, source) - first) == shown
        assert edit.source == reel_of(row.clip.source.reel)
        assert edit.channels.video
        assert edit.channels.audio == (row.heard and not piece.held)


@pytest.mark.parametrize("name", ["plain", "drop_frame", "many_tracks"])
def test_a_film_of_plain_cuts_gives_exactly_the_clips_of_the_timeline(name: str) -> None:
    timeline = films.ALL[name]()
    nominal = round(timeline.rate)
    for edit, clip in zip(read(timeline), timeline.clips, strict=True):
        first = in_frames(edit.source_in, nominal) - rows(timeline)[0].clock.first
        assert first == clip.first
        assert in_frames(edit.source_out, nominal) - in_frames(edit.source_in, nominal) == clip.end - clip.first


def test_drop_frame_leaves_out_the_labels_of_the_minute() -> None:
    text = export(films.drop_frame(), "edl")[0].text
    assert "FCM: DROP FRAME" in text
    assert "01:00:59;15 01:01:03;02 01:00:02;00 01:00:05;15" in text, "105 frames over the minute: two labels are left out"
    assert "A001_C00 " in text
    assert "* REEL NAME: A001_C002" in text


def test_speeds_are_motion_memory() -> None:
    found = re.findall(r"^M2 +\S+ +(\S+) +(\S+)$", export(films.retimed(), "edl")[0].text, re.MULTILINE)
    assert found == [
        ("050.0", "00:00:00:00"), ("012.5", "00:00:02:00"), ("-025.0", "00:00:03:24"), ("000.0", "00:00:05:00"), ("049.3", "00:00:06:00"),
    ]  # fmt: skip
    uneven = export(films.uneven(), "edl")[0].text
    assert re.findall(r"^M2 +\S+ +(\S+)", uneven, re.MULTILINE) == ["030.0"], "thirty frames a second on a film of twenty-five"


def test_opentimelineio_reads_speeds_and_transitions_too() -> None:
    otio = pytest.importorskip("opentimelineio")
    pytest.importorskip("otio_cmx3600_adapter")
    read_back = otio.adapters.read_from_string(export(films.joined(), "edl")[0].text, "cmx_3600", rate=25)
    track = next(track for track in read_back.tracks if track.kind == "Video")
    clips = [item for item in track if isinstance(item, otio.schema.Clip)]
    joins = [item for item in track if isinstance(item, otio.schema.Transition)]
    assert [(c.name, c.source_range.start_time.value, c.source_range.duration.value) for c in clips] == [
        ("a.mp4", 0, 40), ("b.mp4", 75, 40), ("a.mp4", 125, 50), ("a.mp4", 0, 25),
    ]  # fmt: skip
    assert [(t.transition_type, t.in_offset.value, t.out_offset.value) for t in joins] == [("SMPTE_Dissolve", 0, 10), ("SMPTE_Wipe", 0, 10)]
    assert clips[2].effects[0].effect_name == "LinearTimeWarp"
    assert clips[2].effects[0].time_scalar == 2.0


def test_a_transition_has_both_sides() -> None:
    text = export(films.joined(), "edl")[0].text
    assert re.search(r"^002  AX       AA/V  C        (00:00:01:15) \1 (01:00:01:15) \2$", text, re.MULTILINE), "out of the first clip"
    assert re.search(r"^002  AX       AA/V  D    010 00:00:03:00 00:00:04:15 01:00:01:15 01:00:03:05$", text, re.MULTILINE)
    assert "003  AX       AA/V  W001 010" in text
    assert "* REVERSE WIPE\n" in text
    assert text.index("* FROM CLIP NAME: a.mp4\n* TO CLIP NAME: b.mp4") > 0


def test_a_transition_longer_than_its_first_speed_ends_with_it() -> None:
    timeline = films.film(
        films.video("a"), segments=[films.cut(0, 2), films.cut(4, 6, films.DISSOLVE, {"op": "freeze", "at_s": 0.2, "duration_s": 1})]
    )
    assert " D    005 " in export(timeline, "edl")[0].text
    assert [lost.what for lost in export(timeline, "edl")[0].lost] == ["Transition"]


def test_more_than_999_events_go_into_several_lists() -> None:
    timeline = films.film(films.video("a"), segments=[films.cut(0.2, 0.4) for _ in range(MOST_EVENTS + 3)])
    made = write_edl(timeline, {})
    assert [file.ending for file in made] == ["-1.edl", "-2.edl"]
    counts = [len(list(pycmx.parse_cmx3600(io.StringIO(file.text)).events)) for file in made]
    assert counts == [MOST_EVENTS, 3]
    assert "01:03:19:20 01:03:20:00" in made[1].text, "record times go on"


def test_words_of_people_start_no_statement() -> None:
    nasty = films.video("a", name="x\n001  BL       V     C        y.mp4", folder=None, reel="r\n2")
    timeline = films.film(nasty, segments=[films.cut(0, 1, reason="why\u2028M2   AX 1\nEND")], title="T\nFCM: DROP FRAME")
    text = export(timeline, "edl")[0].text
    assert len(list(pycmx.parse_cmx3600(io.StringIO(text)).events)) == 1
    assert text.count("FCM:") == 2
    assert text.splitlines()[1] == "FCM: NON-DROP FRAME"
    assert not any(line.startswith(("M2", "END")) for line in text.splitlines())


def test_a_grade_is_a_colour_decision() -> None:
    edits = read(films.everything())
    sop = edits[1].asc_sop
    assert sop is not None
    assert (round(sop.slope.red, 3), sop.offset.red, sop.power.red) == (1.414, 0.0, 1.0)
    assert edits[1].asc_sat == 0.8
    assert edits[0].asc_sop is None


@pytest.mark.parametrize(("reel", "written"), [(None, "AX"), ("tape 7/b", "TAPE7B"), ("A001_C002_1121", "A001_C00"), ("漢", "AX")])
def test_reels(reel: str | None, written: str) -> None:
    assert reel_of(reel) == written

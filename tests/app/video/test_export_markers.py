"""Markers that people set, in every file: Resolve's list, OpenTimelineIO, FCPXML, CSV and the report say the same."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from fractions import Fraction
from html import unescape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import opentimelineio as otio
import pycmx
import pytest

from app.video.export_fcpxml import to_fcpxml
from app.video.export_marker_edl import COLOURS as IN_RESOLVE
from app.video.export_marker_edl import to_marker_edl
from app.video.export_markers import COLUMNS, OTIO_COLOURS, RESOLVE_COLOURS, markers_csv, otio_colour, title_of
from app.video.export_otio import METADATA_KEY, to_otio
from app.video.outputs import all_markers
from app.video.report_notes import SWATCHES, section
from app.video.review import Line, Review, fold
from app.video.review_operations import COLOURS

H264 = ("-pix_fmt", "yuv420p")
HARD = "hand | melts\nsecond \"line\", <b>bold</b> & 'more' 👩‍🎨 = " + "long " * 380
VFR = ("-vf", "select='not(mod(n,3))+gt(n,48)'", "-fps_mode", "vfr", *H264)


def review_of(*markers: dict[str, Any]) -> Review:
    usual = {"op": "add_marker", "end_frame": None, "colour": "blue", "note": ""}
    return fold([Line(n, {**usual, **marker}, marker.pop("author", ""), 1.5e9 + n) for n, marker in enumerate(markers, start=1)])


MARKERS = ({"frame": 30, "end_frame": 40, "colour": "orange", "note": HARD.strip(), "author": "Ada"}, {"frame": 5, "colour": "mint"})


@pytest.fixture
def film(clips: Callable[..., Path], analyse: Callable[..., Any]) -> Any:
    """Cuts at 24, 48 and 72 of 96 frames, and two markers."""
    return analyse(clips("plain.mp4", *H264), review=review_of(*map(dict, MARKERS)))[0]


def test_the_document_has_them_in_order_with_their_times(film: Any) -> None:
    first, second = film.review.markers
    assert (first.frame, first.end_frame, first.colour, first.timecode, first.end_s) == (5, None, "mint", "00:00:00:05", None)
    assert (second.frame, second.end_frame, second.note, second.author) == (30, 40, HARD.strip(), "Ada")
    assert (second.time_s, second.end_s) == pytest.approx((30 / 24, 40 / 24))


def test_resolve_reads_them_with_colour_note_and_length(film: Any) -> None:
    text = to_marker_edl(film, all_markers(film))
    edl = pycmx.parse_cmx3600(io.StringIO(text))
    assert len(list(edl.events)) == len(all_markers(film))
    lines = [line for line in text.splitlines() if "|C:" in line]
    mine = next(line for line in lines if line.startswith("Ada: "))
    assert re.search(r"\|C:ResolveColorSand \|M:hand / melts \|D:10$", mine)
    assert "second \"line\", <b>bold</b> & 'more' 👩‍🎨 =" in mine
    assert any("|C:ResolveColorMint |M:Marker 1 |D:1" in line for line in lines)


def test_opentimelineio_reads_them(film: Any) -> None:
    timeline = otio.adapters.read_from_string(to_otio(film), "otio_json")
    first, second = timeline.tracks.markers
    assert (first.color, second.color) == ("GREEN", "ORANGE")
    assert second.comment == HARD.strip()
    assert second.name == "hand | melts"
    assert second.marked_range == otio.opentime.TimeRange(otio.opentime.RationalTime(30, 24), otio.opentime.RationalTime(10, 24))
    assert second.metadata[METADATA_KEY]["author"] == "Ada"
    assert first.marked_range.duration.value == 1


def test_fcpxml_has_each_in_the_clip_it_belongs_to(film: Any) -> None:
    clips = ET.fromstring(to_fcpxml(film)).findall(".//asset-clip")
    found = [(n, marker) for n, clip in enumerate(clips) for marker in clip.findall("marker")]
    assert [n for n, _ in found] == [0, 1]
    attributes = found[1][1].attrib
    assert Fraction(attributes["start"][:-1]) == Fraction(30, 24)
    assert Fraction(attributes["duration"][:-1]) == Fraction(10, 24)
    assert attributes["value"] == "hand | melts"
    assert attributes["note"] == f"Ada: {HARD.strip()} (orange)"
    assert [child.tag for child in clips[0]] == ["note", "marker"]  # in the order that the format demands


def test_the_csv_is_read_back(film: Any) -> None:
    rows = list(csv.DictReader(io.StringIO(markers_csv(film), newline="")))
    assert tuple(rows[0]) == COLUMNS
    assert (rows[0]["frame"], rows[0]["end_frame"], rows[0]["created_at"]) == ("5", "", "2017-07-14T02:40:02Z")
    assert (rows[1]["note"], rows[1]["author"], rows[1]["end_s"]) == (HARD.strip(), "Ada", "1.666667")


def test_the_report_has_a_section_that_nothing_breaks_out_of(film: Any) -> None:
    html = section(film)
    assert html.startswith("<h2>Notes</h2>")
    assert "<b>" not in html
    paragraphs = re.findall(r"<p>(.*?)</p>", html, re.DOTALL)
    assert unescape(paragraphs[1]) == HARD.strip()
    assert "frames 30 to 39, orange" in html


def test_a_film_nobody_marked_has_no_section_and_no_file(clips: Callable[..., Path], analyse: Callable[..., Any]) -> None:
    analysis, studio = analyse(clips("plain.mp4", *H264))
    assert analysis.review is None
    assert section(analysis) == ""
    assert "markers.csv" not in studio.artifacts
    assert markers_csv(analysis).count("\n") == 1


def test_uneven_frames_lie_on_the_even_grid(clips: Callable[..., Path], analyse: Callable[..., Any]) -> None:
    analysis, _ = analyse(clips("vfr.mkv", *VFR), review=review_of({"frame": 4, "end_frame": 8}))
    marker = analysis.review.markers[0]
    assert marker.time_s == pytest.approx(12 / 24, abs=0.01)
    timeline = otio.adapters.read_from_string(to_otio(analysis), "otio_json")
    rate = float(Fraction(analysis.media.info.video.fps_rational.num, analysis.media.info.video.fps_rational.den))
    assert timeline.tracks.markers[0].marked_range.start_time.value == round(marker.time_s * rate)
    assert timeline.tracks.markers[0].marked_range.duration.value == round(marker.end_s * rate) - round(marker.time_s * rate)


def test_every_colour_has_its_like_everywhere() -> None:
    resolve = {colour.lower() for colour in IN_RESOLVE}
    assert {RESOLVE_COLOURS.get(colour, colour).lower() for colour in COLOURS} <= resolve
    known = {name for name in vars(otio.schema.MarkerColor) if name.isupper()}
    assert {OTIO_COLOURS.get(colour, colour.upper()) for colour in COLOURS} <= known
    assert set(SWATCHES) == set(COLOURS)


def test_titles_are_short(film: Any) -> None:
    marker = film.review.markers[1]
    assert title_of(marker.model_copy(update={"note": "x" * 41})) == "x" * 37 + "..."
    assert title_of(marker.model_copy(update={"note": "x" * 40})) == "x" * 40
    assert title_of(marker.model_copy(update={"note": ""})) == ""
    assert otio_colour(marker) == "ORANGE"


def test_ten_thousand_markers(clips: Callable[..., Path], analyse: Callable[..., Any]) -> None:
    many = review_of(*({"frame": n % 96, "colour": COLOURS[n % len(COLOURS)], "note": f"note {n}\n{'x' * 60}"} for n in range(10_000)))
    analysis, studio = analyse(clips("plain.mp4", *H264), review=many)
    assert len(analysis.review.markers) == 10_000
    edl = studio.read("markers.edl")
    assert edl.count("|C:ResolveColor") >= 10_000
    timeline = otio.adapters.read_from_string(studio.read("scenes.otio"), "otio_json")
    assert len(timeline.tracks.markers) == 10_000
    assert len(ET.fromstring(studio.read("scenes.fcpxml")).findall(".//marker")) == 10_000
    assert studio.read("report.html").count("<li><i style=") == 10_000
    assert len(list(csv.reader(io.StringIO(studio.read("markers.csv"), newline="")))) == 10_001

"""XML of Final Cut Pro 7, read back by its rules and by OpenTimelineIO's adapter."""

from __future__ import annotations

from fractions import Fraction
from typing import Any
from xml.etree import ElementTree as ET

import opentimelineio as otio
import pytest

from app.editing.exports import export
from app.editing.timeline import Clip, Timeline
from tests.app.editing.exports import films

TICKS = 254_016_000_000


def document(timeline: Timeline) -> ET.Element:
    return ET.fromstring(export(timeline, "premiere")[0].text)


def number(element: ET.Element, path: str) -> int:
    found = element.findtext(path)
    assert found is not None, path
    return int(found)


def rate(element: ET.Element) -> Fraction:
    base = number(element, "rate/timebase")
    return Fraction(base * 1000, 1001) if element.findtext("rate/ntsc") == "TRUE" else Fraction(base)


class Item:
    """A clipitem as an editor reads it."""

    def __init__(self, element: ET.Element, before: ET.Element | None, after: ET.Element | None, film: Fraction) -> None:
        self.element, self.name, self.rate, self.film = element, str(element.findtext("name")), rate(element), film
        start, end = number(element, "start"), number(element, "end")
        self.begins = number(before, "start") if start == -1 and before is not None else start
        self.end = number(after, "end") if end == -1 and after is not None else end
        self.first = Fraction(number(element, "pproTicksIn"), TICKS) * self.rate
        self.out = Fraction(number(element, "pproTicksOut"), TICKS) * self.rate
        self.remap = next((f for f in element.iterfind("filter/effect") if f.findtext("effectid") == "timeremap"), None)

    def parameter(self, name: str) -> str | None:
        assert self.remap is not None
        return next((p.findtext("value") for p in self.remap.iterfind("parameter") if p.findtext("parameterid") == name), None)

    def keys(self) -> list[tuple[Fraction, Fraction]]:
        assert self.remap is not None
        graph = next((p for p in self.remap.iterfind("parameter") if p.findtext("parameterid") == "graphdict"), None)
        found = [] if graph is None else graph.findall("keyframe")
        return [(Fraction(str(key.findtext("when"))), Fraction(str(key.findtext("value")))) for key in found]

    def shows(self, frame: int, length: int) -> Fraction:
        """The source frame under the item's film frame; ``length``: of the source, frames."""
        at = self.first + frame * self.rate / self.film
        if self.element.findtext("stillframe") == "TRUE":
            return Fraction(0)
        if self.remap is None:
            return at
        if self.keys():
            low, high = next(((a, b) for a, b in zip(self.keys(), self.keys()[1:], strict=False) if a[0] <= at < b[0]), self.keys()[-2:])
            return low[1] + (high[1] - low[1]) * (at - low[0]) / (high[0] - low[0])
        speed = Fraction(str(self.parameter("speed"))) / 100
        return length - at * speed if self.parameter("reverse") == "TRUE" else at * speed


def items_of(track: ET.Element, film: Fraction) -> list[Item]:
    children = list(track)
    found = []
    for index, child in enumerate(children):
        if child.tag == "clipitem":
            before = children[index - 1] if index and children[index - 1].tag == "transitionitem" else None
            after = children[index + 1] if index + 1 < len(children) and children[index + 1].tag == "transitionitem" else None
            found.append(Item(child, before, after, film))
    return found


def pictures(timeline: Timeline) -> list[Item]:
    track = document(timeline).find("sequence/media/video/track")
    assert track is not None
    return items_of(track, timeline.rate)


@pytest.mark.parametrize("name", films.ALL)
def test_every_film_frame_shows_the_source_frame_that_the_timeline_shows(name: str) -> None:
    timeline = films.ALL[name]()
    items = pictures(timeline)
    for clip in timeline.clips:
        for item in _items_of_clip(items, clip):
            for frame in range(item.begins, item.end):
                found = item.shows(frame - item.begins, clip.source.frame_count)
                wanted = clip.source_frame(frame - clip.begins)
                exact = wanted if item.remap is None or item.parameter("reverse") != "TRUE" else wanted + 1
                assert abs(found - exact) < Fraction(101, 100), f"{name}: film frame {frame} shows {float(found):.2f} instead of {wanted}"


def _items_of_clip(items: list[Item], clip: Clip) -> list[Item]:
    found = [
        item for item in items if item.begins >= clip.begins and item.end <= clip.begins + clip.frames and item.name == clip.source.name
    ]
    assert found[0].begins == clip.begins
    assert found[-1].end == clip.begins + clip.frames
    return found


@pytest.mark.parametrize("name", films.ALL)
def test_in_and_out_are_as_far_apart_as_start_and_end(name: str) -> None:
    timeline = films.ALL[name]()
    for item in pictures(timeline):
        assert item.out - item.first == (item.end - item.begins) * item.rate / timeline.rate
        assert abs(number(item.element, "in") - item.first) <= Fraction(1, 2)
        assert number(item.element, "duration") >= number(item.element, "out")


@pytest.mark.parametrize("name", films.ALL)
def test_opentimelineio_finds_the_same_cuts(name: str) -> None:
    pytest.importorskip("otio_fcp_adapter")
    timeline = films.ALL[name]()
    read: Any = otio.adapters.read_from_string(export(timeline, "premiere")[0].text, "fcp_xml")
    clips = [clip for clip in read.tracks[0] if isinstance(clip, otio.schema.Clip)]
    items = pictures(timeline)
    assert [clip.name for clip in clips] == [item.name for item in items]
    cut = [item.begins if item.element.findtext("start") != "-1" else item.begins + 5 for item in items]
    begins = [round(clip.trimmed_range_in_parent().start_time.to_seconds() * timeline.rate) for clip in clips]
    assert begins == cut, "a transition of ten frames is cut in its middle"
    source = clips[0].media_reference
    assert source.target_url.startswith("file://localhost/films/")
    assert source.available_range.start_time.value == (109_602 if name == "drop_frame" else 900_000 if name == "many_tracks" else 0)


def test_speeds_are_time_remap_filters() -> None:
    fast, slow, backwards, *frozen, ramp = pictures(films.retimed())
    assert [(item.parameter("speed"), item.parameter("reverse")) for item in (fast, slow, backwards)] == [
        ("200", "FALSE"), ("50", "FALSE"), ("100", "TRUE"),
    ]  # fmt: skip
    assert (slow.first, backwards.first) == (100, 150), "counted at the clip's speed; backwards from the file's end"
    assert [None if item.remap is None else item.parameter("speed") for item in frozen] == [None, "0", None]
    assert ramp.parameter("variablespeed") == "1"
    assert len(ramp.keys()) > 3


def test_the_file_is_told_of_once() -> None:
    root = document(films.joined())
    full = [file for file in root.iter("file") if len(file)]
    assert [file.findtext("name") for file in full] == ["a.mp4", "b.mp4"]
    assert {file.get("id") for file in root.iter("file")} == {"file-1", "file-2"}
    timecode = document(films.drop_frame()).find(".//file/timecode")
    assert timecode is not None
    assert (timecode.findtext("string"), timecode.findtext("displayformat"), timecode.findtext("reel/name")) == (
        "01:00:57;00", "DF", "A001_C002",
    )  # fmt: skip


def test_the_chosen_track_of_several() -> None:
    tracks = document(films.many_tracks()).findall("sequence/media/audio/track")
    found = [[number(item, "sourcetrack/trackindex") for item in track.findall("clipitem")] for track in tracks]
    assert found == [[3], [4]], "left and right of the second stereo track; the muted row is not there"
    level = next(p for p in tracks[0].iter("parameter") if p.findtext("parameterid") == "level")
    assert float(str(level.findtext("value"))) == pytest.approx(10 ** (-6 / 20), abs=1e-4)


def test_sound_crosses_where_both_are_heard() -> None:
    audio = document(films.joined()).findall("sequence/media/audio/track")
    assert [len(track.findall("transitionitem")) for track in audio] == [2, 2]
    half = films.film(
        films.video("a"), films.video("b", audio_tracks=0), segments=[films.cut(0, 2), films.cut(1, 3, films.DISSOLVE, source="b")]
    )
    (left, _) = document(half).findall("sequence/media/audio/track")
    assert left.findall("transitionitem") == []
    assert (number(left, "clipitem/start"), number(left, "clipitem/end")) == (0, 50), "an edge of its own where no sound follows"


def test_layers_words_and_music_lie_on_tracks_of_their_own() -> None:
    root = document(films.everything())
    tracks = root.findall("sequence/media/video/track")
    assert [item.tag for item in tracks[0]] == ["clipitem", "transitionitem", "clipitem", "clipitem"]
    assert [[item.findtext("name") for item in track] for track in tracks[1:]] == [["logo.png"], ["b.mp4"], ["Text"]]
    words = next(p for p in tracks[3].iter("parameter") if p.findtext("parameterid") == "str")
    assert words.findtext("value") == 'Hello <you> & "me"\nagain'
    assert tracks[2].findtext("clipitem/compositemode") == "normal"
    beds = root.findall("sequence/media/audio/track")[2]
    assert [(number(item, "start"), number(item, "end"), number(item, "in")) for item in beds] == [(0, 100, 0), (100, 190, 0)]


def test_reasons_are_markers() -> None:
    markers = document(films.plain()).findall("sequence/marker")
    assert [(marker.findtext("comment"), number(marker, "in")) for marker in markers] == [("The best moment.", 50)]


def test_several_speeds_under_a_transition_are_one_curve() -> None:
    frozen = films.cut(3, 5, films.DISSOLVE, {"op": "freeze", "at_s": 0.2, "duration_s": 1})
    first, second = pictures(films.film(films.video("a"), segments=[films.cut(0, 2), frozen]))
    assert second.parameter("variablespeed") == "1"
    assert (first.end, second.begins) == (50, 40)


def test_words_of_people_are_text() -> None:
    nasty = films.video("a", name="</clipitem>\x00.mp4")
    root = document(films.film(nasty, segments=[films.cut(0, 1, reason="<b>")], title="\x07T"))
    assert str(root.findtext("sequence/name")).strip() == "T"
    assert root.findtext("sequence/marker/comment") == "<b>"

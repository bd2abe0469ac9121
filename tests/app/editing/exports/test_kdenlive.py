"""Kdenlive projects, read back by the rules of MLT and by OpenTimelineIO's adapter."""

from __future__ import annotations

import contextlib
import io
import itertools
import json
from fractions import Fraction
from typing import Any
from xml.etree import ElementTree as ET

import opentimelineio as otio
import pytest

from app.editing.exports import export
from app.editing.exports.layout import rows
from app.editing.timeline import Timeline
from tests.app.editing.exports import films


def document(timeline: Timeline) -> ET.Element:
    return ET.fromstring(export(timeline, "kdenlive")[0].text)


def prop(element: ET.Element, name: str) -> str | None:
    return next((one.text for one in element.findall("property") if one.get("name") == name), None)


class Read:
    """MLT as it plays: what lies on a track at a frame."""

    def __init__(self, root: ET.Element) -> None:
        self.root = root
        self.ids = {one.get("id"): one for one in root.iter() if one.get("id")}
        profile = root.find("profile")
        assert profile is not None
        self.rate = Fraction(int(str(profile.get("frame_rate_num"))), int(str(profile.get("frame_rate_den"))))
        self.tracks = [self.ids[track.get("producer")] for track in self.ids["timeline"].findall("track")][1:]

    def entries(self, tractor: ET.Element) -> list[tuple[int, int, ET.Element]]:
        """(first film frame, end, entry) of both playlists of a track, in order."""
        found = []
        for one in tractor.findall("track"):
            at = 0
            for child in self.ids[one.get("producer")]:
                if child.tag == "blank":
                    at += int(str(child.get("length")))
                elif child.tag == "entry":
                    length = int(str(child.get("out"))) - int(str(child.get("in"))) + 1
                    found.append((at, at + length, child))
                    at += length
        return sorted(found, key=lambda row: row[0])

    def shows(self, entry: ET.Element, frame: int) -> Fraction:
        """Seconds of the source that the entry shows at its frame."""
        producer = self.ids[entry.get("producer")]
        at = int(str(entry.get("in"))) + frame
        assert 0 <= at <= int(str(producer.get("out"))), "within the producer"
        freeze = next((f for f in entry.findall("filter") if prop(f, "mlt_service") == "freeze"), None)
        if freeze is not None:
            at = int(str(entry.get("in"))) + int(str(prop(freeze, "frame")))  # the filter counts from where the entry begins
        link = producer.find("link")
        if link is not None:
            keys = [tuple(map(Fraction, key.split("="))) for key in str(prop(link, "time_map")).split(";")]
            low, high = next(((a, b) for a, b in itertools.pairwise(keys) if a[0] <= at < b[0]), (keys[-2], keys[-1]))
            return low[1] + (high[1] - low[1]) * (at - low[0]) / (high[0] - low[0])
        if prop(producer, "mlt_service") == "timewarp":
            speed = Fraction(str(prop(producer, "warp_speed")))
            length = int(str(producer.get("out"))) + 1
            return at * speed / self.rate if speed > 0 else (length - at) * abs(speed) / self.rate
        return Fraction(0) if prop(producer, "mlt_service") == "qimage" else at / self.rate

    def named(self, name: str) -> ET.Element:
        return next(track for track in self.tracks if prop(track, "kdenlive:track_name") == name)


@pytest.mark.parametrize("name", films.ALL)
def test_every_film_frame_shows_the_source_frame_that_the_timeline_shows(name: str) -> None:
    timeline = films.ALL[name]()
    read = Read(document(timeline))
    entries = read.entries(read.named("V1"))
    for row in rows(timeline):
        clip = row.clip
        mine = [e for e in entries if e[0] >= clip.begins and e[1] <= clip.begins + clip.frames and _names(read, e[2]) == clip.source.name]
        assert mine[0][0] == clip.begins
        assert mine[-1][1] == clip.begins + clip.frames
        backwards = any(stretch.step < 0 for stretch in clip.stretches)
        for begins, end, entry in mine:
            for frame in range(begins, end):
                found = read.shows(entry, frame - begins) * row.clock.rate
                wanted = clip.source_frame(frame - clip.begins) + (1 if backwards else 0)
                assert abs(found - wanted) < Fraction(101, 100), f"{name}: film frame {frame}"


def _names(read: Read, entry: ET.Element) -> str | None:
    return prop(read.ids[entry.get("producer")], "kdenlive:clipname")


@pytest.mark.parametrize("name", ["plain", "drop_frame", "uneven", "many_tracks", "stills"])
def test_opentimelineio_finds_the_same_cuts(name: str) -> None:
    pytest.importorskip("otio_kdenlive_adapter")
    timeline = films.ALL[name]()
    with contextlib.redirect_stdout(io.StringIO()):
        read: Any = otio.adapters.read_from_string(export(timeline, "kdenlive")[0].text, "kdenlive")
    track = next(track for track in read.tracks if track.name == "V1")
    clips = [clip for clip in track if isinstance(clip, otio.schema.Clip)]
    assert [
        (clip.name, clip.trimmed_range_in_parent().start_time.to_frames(), clip.source_range.duration.to_frames()) for clip in clips
    ] == [(clip.source.name, clip.begins, clip.frames) for clip in timeline.clips]
    starts = [
        clip.source_range.start_time.to_frames()
        for clip, own in zip(clips, timeline.clips, strict=True)
        if own.source.rate == timeline.rate
    ]
    if name in ("plain", "many_tracks"):
        assert starts == [clip.first for clip in timeline.clips]
    assert clips[0].media_reference.target_url == f"/films/{timeline.clips[0].source.name}"


def test_opentimelineio_sees_the_dissolves() -> None:
    pytest.importorskip("otio_kdenlive_adapter")
    with contextlib.redirect_stdout(io.StringIO()):
        read: Any = otio.adapters.read_from_string(export(films.joined(), "kdenlive")[0].text, "kdenlive")
    track = next(track for track in read.tracks if track.name == "V1")
    joins = [item for item in track if isinstance(item, otio.schema.Transition)]
    assert len(joins) == 2
    assert all(abs(join.in_offset.value + join.out_offset.value - 10) <= 1 for join in joins), "the adapter takes ends for exclusive"


def test_overlapping_clips_lie_on_two_playlists_with_a_mix_over_them() -> None:
    read = Read(document(films.joined()))
    track = read.named("V1")
    lists = [[(a, b) for a, b, e in read.entries(track) if e in list(read.ids[one.get("producer")])] for one in track.findall("track")]
    assert lists == [[(0, 50), (80, 130), (130, 155)], [(40, 90)]]
    mixes = [
        (int(str(m.get("in"))), int(str(m.get("out"))), prop(m, "mlt_service"), prop(m, "reverse")) for m in track.findall("transition")
    ]
    assert mixes == [(40, 49, "luma", "0"), (80, 89, "luma", "1")], "from the first list to the second, and back"
    assert [prop(m, "mlt_service") for m in read.named("A1").findall("transition")] == ["mix", "mix"]


def test_speeds_are_warped_producers_and_curves_time_maps() -> None:
    read = Read(document(films.retimed()))
    warped = {prop(one, "warp_speed"): prop(one, "resource") for one in read.root.iter("producer") if prop(one, "warp_speed")}
    assert warped == {"2": "2:/films/a.mp4", "0.5": "0.5:/films/a.mp4", "-1": "-1:/films/a.mp4"}
    chains = list(read.root.iter("chain"))
    assert [one.get("id") for one in chains] == ["chain5a", "chain5v"]
    keys = str(prop(next(chains[0].iter("link")), "time_map")).split(";")
    assert (keys[0], keys[-1].split("=")[0]) == ("0=6.00001", "38")


def test_every_entry_has_its_file_in_the_bin() -> None:
    for name in films.ALL:
        read = Read(document(films.ALL[name]()))
        numbers = {prop(read.ids[entry.get("producer")], "kdenlive:id") for entry in read.ids["main_bin"].findall("entry")}
        used = {prop(entry, "kdenlive:id") for track in read.tracks for _, _, entry in read.entries(track)}
        assert used <= numbers
        assert None not in used


def test_the_chosen_audio_track_and_its_gain() -> None:
    read = Read(document(films.many_tracks()))
    ((begins, end, entry),) = read.entries(read.named("A1"))
    assert (begins, end) == (0, 50)
    assert prop(read.ids[entry.get("producer")], "astream") == "1"
    assert [prop(one, "level") for one in entry.findall("filter")] == ["-6"]


def test_layers_titles_music_and_guides() -> None:
    read = Read(document(films.everything()))
    assert [prop(track, "kdenlive:track_name") for track in read.tracks] == ["A2", "A1", "V1", "V2", "V3", "Titles"]
    ((begins, end, title),) = read.entries(read.named("Titles"))
    assert (begins, end) == (13, 38)
    words = ET.fromstring(str(prop(read.ids[title.get("producer")], "xmldata")))
    assert words.findtext("item/content") == 'Hello <you> & "me"\nagain'
    assert [(a, b) for a, b, _ in read.entries(read.named("A2"))] == [(0, 100), (100, 190)]
    guides = json.loads(str(prop(read.ids["main_bin"], "kdenlive:docproperties.guides")))
    assert guides == [{"comment": "It opens = the film; #1", "pos": 0, "type": 0}]
    ((_, _, small),) = read.entries(read.named("V3"))
    assert prop(small.findall("filter")[0], "rect") == "50=435.2 237.6 179.2 100.8 1"


def test_words_of_people_are_text() -> None:
    nasty = films.video("a", name="<x>\x00&.mp4", folder=None)
    read = Read(document(films.film(nasty, segments=[films.cut(0, 1)], title="]]>\x01")))
    assert _names(read, read.entries(read.named("V1"))[0][2]) == "<x> &.mp4"

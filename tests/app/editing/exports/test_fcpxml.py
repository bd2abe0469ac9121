"""FCPXML, read back by its rules and by OpenTimelineIO's adapter."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from fractions import Fraction
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from app.editing.exports import export
from app.editing.exports.fcpxml import time_text
from app.editing.timeline import Timeline
from tests.app.editing.exports import films

# The order in which the document type wants what may stand in a clip.
ORDER = (
    "note", "conform-rate", "timeMap", "adjust-crop", "adjust-conform", "adjust-transform", "adjust-blend", "adjust-volume",
    "asset-clip", "video", "title", "marker", "audio-channel-source",
)  # fmt: skip
ANCHORED = ("asset-clip", "video", "title")


def document(timeline: Timeline) -> ET.Element:
    return ET.fromstring(export(timeline, "fcpxml")[0].text)


def seconds(text: str | None) -> Fraction:
    assert text is not None
    assert text.endswith("s")
    return Fraction(text[:-1])


class Read:
    """A reader of our own that knows nothing of the writer: what a player would show at a moment of the film."""

    def __init__(self, root: ET.Element) -> None:
        self.assets = {asset.get("id"): asset for asset in root.iter("asset")}
        formats = {one.get("id"): one for one in root.iter("format")}
        self.rates = {
            name: 1 / seconds(formats[asset.get("format")].get("frameDuration"))
            for name, asset in self.assets.items()
            if asset.get("format") and formats[asset.get("format")].get("frameDuration")
        }
        sequence = next(root.iter("sequence"))
        self.origin = seconds(sequence.get("tcStart"))
        self.frame = seconds(formats[sequence.get("format")].get("frameDuration"))
        spine = next(root.iter("spine"))
        self.clips = [child for child in spine if child.tag != "transition"]
        self.transitions = [child for child in spine if child.tag == "transition"]
        self.starts = [seconds(clip.get("offset")) - self.origin for clip in self.clips]

    def film_frames(self, clip: ET.Element) -> tuple[int, int]:
        begins = (seconds(clip.get("offset")) - self.origin) / self.frame
        length = seconds(clip.get("duration")) / self.frame
        assert begins.denominator == length.denominator == 1, "edges lie on the film's frames"
        return int(begins), int(begins + length)

    def shows(self, film_frame: int) -> tuple[str, int]:
        """(file, source frame) at a film frame."""
        at = film_frame * self.frame
        clip = self.clips[bisect_right(self.starts, at) - 1]
        asset = self.assets[clip.get("ref")]
        local = seconds(clip.get("start")) + at - (seconds(clip.get("offset")) - self.origin)
        points = [(seconds(p.get("time")), seconds(p.get("value"))) for p in clip.iterfind("timeMap/timept")]
        if asset.get("id") not in self.rates:
            return str(asset.get("name")), 0
        rate = self.rates[str(asset.get("id"))]
        if points:
            number = min(max(bisect_right([time for time, _ in points], local), 1), len(points) - 1)
            (low, value), (high, beyond) = points[number - 1], points[number]
            backwards = beyond < value
            local = value + (beyond - value) * (local - low) / (high - low)
            frame = (local - seconds(asset.get("start"))) * rate
            return str(asset.get("name")), int(-(-frame // 1)) - 1 if backwards else int(frame // 1)
        return str(asset.get("name")), int((local - seconds(asset.get("start"))) * rate // 1)


@pytest.mark.parametrize("name", films.ALL)
def test_every_film_frame_shows_the_source_frame_that_the_timeline_shows(name: str) -> None:
    """Ramps, freezes, reverse and other rates among them; within a transition the picture of the clip that lies there is compared."""
    timeline = films.ALL[name]()
    read = Read(document(timeline))
    for clip, element in zip(timeline.clips, read.clips, strict=True):
        begins, end = read.film_frames(element)
        for frame in range(begins, end):
            wanted = (clip.source.name, clip.source_frame(frame - clip.begins))
            assert read.shows(frame) == wanted, f"{name}: film frame {frame}"


@pytest.mark.parametrize("name", films.ALL)
def test_clips_lie_end_to_end_and_fill_the_film(name: str) -> None:
    timeline = films.ALL[name]()
    root = document(timeline)
    read = Read(root)
    spans = [read.film_frames(clip) for clip in read.clips]
    assert spans[0][0] == 0
    assert all(end == begins for (_, end), (begins, _) in itertools.pairwise(spans))
    assert spans[-1][1] == timeline.frames == seconds(next(root.iter("sequence")).get("duration")) / read.frame


@pytest.mark.parametrize("name", ["plain", "drop_frame", "uneven", "many_tracks", "joined"])
def test_opentimelineio_finds_the_same_cuts(name: str) -> None:
    otio = pytest.importorskip("opentimelineio")
    pytest.importorskip("otio_fcpx_xml_adapter")
    timeline = films.ALL[name]()
    found: Any = otio.adapters.read_from_string(export(timeline, "fcpxml")[0].text, "fcpx_xml")
    timelines = (
        [item for item in found if isinstance(item, otio.schema.Timeline)] if not isinstance(found, otio.schema.Timeline) else [found]
    )
    clips = [clip for clip in timelines[0].tracks[0] if isinstance(clip, otio.schema.Clip)]
    assert [clip.name for clip in clips] == [clip.source.name for clip in timeline.clips]
    expected = [
        (clip.frames - clip.overlap // 2 - (after.overlap - after.overlap // 2 if after else 0)) / float(timeline.rate)
        for clip, after in zip(timeline.clips, [*timeline.clips[1:], None], strict=True)
    ]
    lengths = [clip.source_range.duration.to_seconds() for clip in clips]
    assert lengths == pytest.approx(expected, abs=0.04 if timeline.rate == films.NTSC else 1e-9)  # the adapter takes 29.97 for 29


def test_transitions_lie_about_the_cut_with_the_length_of_the_overlap() -> None:
    read = Read(document(films.joined()))
    assert [read.film_frames(one) for one in read.transitions] == [(40, 50), (80, 90)]
    assert [read.film_frames(one) for one in read.clips] == [(0, 45), (45, 85), (85, 130), (130, 155)]


def test_stills_are_video_elements_of_an_asset_without_rate() -> None:
    root = document(films.stills())
    card = next(root.iter("video"))
    asset = next(one for one in root.iter("asset") if one.get("id") == card.get("ref"))
    assert (asset.get("duration"), asset.get("hasAudio")) == ("0s", None)
    shape = next(one for one in root.iter("format") if one.get("id") == asset.get("format"))
    assert (shape.get("name"), shape.get("frameDuration")) == ("FFVideoFormatRateUndefined", None)


def test_reels_go_with_their_asset() -> None:
    found = [(one.get("key"), one.get("value")) for one in document(films.drop_frame()).iterfind("resources/asset/metadata/md")]
    assert found == [("com.apple.proapps.studio.reel", "A001_C002")]
    assert document(films.plain()).find("resources/asset/metadata") is None


def test_only_the_chosen_track_is_heard() -> None:
    heard, muted = Read(document(films.many_tracks())).clips
    assert [(one.get("srcCh"), one.get("enabled")) for one in heard.iter("audio-channel-source")] == [
        ("1, 2", "0"), ("3, 4", "1"), ("5, 6", "0"),
    ]  # fmt: skip
    volume = heard.find("adjust-volume")
    assert volume is not None
    assert volume.get("amount") == "-6dB"
    assert muted.get("srcEnable") == "video"


@pytest.mark.parametrize("name", films.ALL)
def test_parts_stand_in_the_order_of_the_document_type(name: str) -> None:
    for clip in Read(document(films.ALL[name]())).clips:
        places = [
            min(ORDER.index(child.tag), ORDER.index("asset-clip")) if child.tag in ANCHORED else ORDER.index(child.tag) for child in clip
        ]
        assert places == sorted(places)


@pytest.mark.parametrize("name", films.ALL)
def test_every_reference_has_its_resource_and_every_name_is_one(name: str) -> None:
    root = document(films.ALL[name]())
    ids = [one.get("id") for one in next(root.iter("resources"))]
    assert len(ids) == len(set(ids))
    assert {one.get("ref") for one in root.iter() if one.get("ref") and one.tag != "text-style"} <= set(ids)
    styles = {one.get("id") for one in root.iter("text-style-def")}
    assert {one.get("ref") for one in root.iter("text-style") if one.get("ref")} == styles


def test_layers_hang_on_the_clip_under_their_first_frame() -> None:
    root = document(films.everything())
    read = Read(root)
    hung = {(child.get("name"), child.get("lane")): (clip, child) for clip in read.clips for child in clip if child.get("lane")}
    clip, small = hung["b.mp4", "2"]
    film = seconds(small.get("offset")) - seconds(clip.get("start")) + seconds(clip.get("offset")) - read.origin
    assert (film / read.frame, seconds(small.get("duration")) / read.frame, seconds(small.get("start"))) == (78, 25, 2)
    place = small.find("adjust-transform")
    assert place is not None
    assert place.get("scale") == "0.28 0.28"
    songs = [child for clip in read.clips for child in clip if child.get("name") == "song.wav"]
    assert [song.get("lane") for song in songs] == ["-1", "-1"]
    assert songs[0].find("adjust-volume/param/fadeIn") is not None


def test_titles_carry_their_words_and_colour() -> None:
    root = document(films.everything())
    title = next(root.iter("title"))
    style = title.find("text/text-style")
    assert style is not None
    assert style.text == 'Hello <you> & "me"\nagain'
    looks = title.find("text-style-def/text-style")
    assert looks is not None
    assert looks.get("fontColor") == "1 1 1 1"
    assert seconds(title.get("duration")) == 1


def test_a_zoom_is_keys_in_the_clips_own_time() -> None:
    timeline = films.film(
        films.video("a"), segments=[films.cut(2, 4, {"op": "zoom", "at_s": 0.4, "scale": 2, "in_s": 0, "x": 0.5, "y": 0.5})]
    )
    keys = [(key.get("time"), key.get("value")) for key in document(timeline).iterfind(".//param[@name='scale']//keyframe")]
    assert keys == [("2s", "1 1"), ("59/25s", "1 1"), ("12/5s", "2 2")]


def test_fades_are_opacity_and_level() -> None:
    last = Read(document(films.everything())).clips[-1]
    fade = last.find("adjust-blend/param/fadeOut")
    assert fade is not None
    assert fade.get("duration") == "13/25s", "half a second in whole frames"
    assert last.find("adjust-volume/param/fadeOut") is not None


def test_smoothing_and_pitch_are_said() -> None:
    timeline = films.film(
        films.video("a"), segments=[films.cut(0, 2, {"op": "speed", "factor": 0.5, "smooth": "motion", "keep_pitch": False})]
    )
    time_map = next(document(timeline).iter("timeMap"))
    assert (time_map.get("frameSampling"), time_map.get("preservesPitch")) == ("optical-flow", "0")


def test_words_of_people_are_text() -> None:
    nasty = films.video("a", name='</spine>"\x00&.mp4', folder=None)
    root = document(films.film(nasty, segments=[films.cut(0, 1, reason="a < b\x0b")], title="\x1b]T"))
    assert next(root.iter("note")).text == "a < b "
    assert len(Read(root).clips) == 1


def test_times_fit_into_what_the_format_can_hold() -> None:
    assert time_text(Fraction(1001, 30000)) == "1001/30000s"
    assert time_text(Fraction(5)) == "5s"
    odd = time_text(Fraction(1, 3_000_000_019) + 7)
    assert Fraction(odd[:-1]).denominator <= 2**31 - 1

"""FCPXML is read back by an independent reader, with the same cuts, and its times are exact."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse
from xml.etree import ElementTree as ET

import opentimelineio as otio
import pytest

from app.video.clock import FilmClock
from app.video.export_fcpxml import VERSION, seconds, to_fcpxml

H264 = ("-pix_fmt", "yuv420p")


def time(text: str) -> Fraction:
    assert text.endswith("s")
    return Fraction(text[:-1])


def tree(analysis: Any) -> ET.Element:
    return ET.fromstring(to_fcpxml(analysis))


def check(analysis: Any) -> None:
    """Every clip lies where its scene does, end to end, in whole frames."""
    root, clock = tree(analysis), FilmClock.of(analysis.media.info.video)
    clips = root.findall(".//asset-clip")
    assert len(clips) == len(analysis.scenes)
    sequence, asset = root.find(".//sequence"), root.find(".//asset")
    assert sequence is not None
    assert asset is not None
    at = time(sequence.attrib["tcStart"])
    assert at == time(asset.attrib["start"]) == Fraction(clock.first) / clock.fps
    for clip, scene in zip(clips, analysis.scenes, strict=True):
        first, last = (clock.position(f, t) for f, t in ((scene.start_frame, scene.start_s), (scene.end_frame, scene.end_s)))
        assert time(clip.attrib["offset"]) == time(clip.attrib["start"]) == at
        assert time(clip.attrib["duration"]) == Fraction(last - first) / clock.fps
        assert (at * clock.fps).denominator == 1
        at += time(clip.attrib["duration"])
    assert at == time(asset.attrib["start"]) + time(asset.attrib["duration"])
    assert time(sequence.attrib["duration"]) == time(asset.attrib["duration"])


def test_a_plain_film(clips: Callable[..., Path], analyse: Callable[..., Any]) -> None:
    path = clips("plain film.mp4", *H264)
    analysis, _ = analyse(path)
    check(analysis)
    text = to_fcpxml(analysis)
    assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n<fcpxml version="1.10">')
    root = ET.fromstring(text)
    frame_format = root.find(".//format")
    assert frame_format is not None
    assert frame_format.attrib == {"id": "r1", "frameDuration": "1/24s", "width": "160", "height": "90"}
    source = root.find(".//media-rep")
    assert source is not None
    assert Path(unquote(urlparse(source.attrib["src"]).path)) == path
    asset = root.find(".//asset")
    assert asset is not None
    assert "hasAudio" not in asset.attrib
    assert root.attrib["version"] == VERSION


def test_drop_frame_start_timecode(clips: Callable[..., Path], analyse: Callable[..., Any]) -> None:
    analysis, _ = analyse(clips("df.mov", *H264, "-timecode", "01:00:00;00", rate="30000/1001"))
    check(analysis)
    root = tree(analysis)
    sequence = root.find(".//sequence")
    assert sequence is not None
    assert sequence.attrib["tcFormat"] == "DF"
    assert sequence.attrib["tcStart"] == f"{107892 * 1001}/30000s"
    assert {clip.attrib["tcFormat"] for clip in root.findall(".//asset-clip")} == {"DF"}


@pytest.mark.parametrize("rate", ["25", "24000/1001", "60"])
def test_other_rates(clips: Callable[..., Path], analyse: Callable[..., Any], rate: str) -> None:
    analysis, _ = analyse(clips("rate.mp4", *H264, rate=rate))
    check(analysis)


def test_sound_and_a_name_that_needs_care(clips: Callable[..., Path], analyse: Callable[..., Any]) -> None:
    analysis, _ = analyse(clips("loud.mp4", *H264, sound=True))
    analysis.media.name, analysis.media.path = 'a <b> & "c" \u00fc\n.mp4', None
    root = tree(analysis)
    asset, source = root.find(".//asset"), root.find(".//media-rep")
    assert asset is not None
    assert source is not None
    assert asset.attrib["name"] == 'a <b> & "c" \u00fc .mp4'
    assert unquote(source.attrib["src"]) == asset.attrib["name"]
    assert (asset.attrib["hasAudio"], asset.attrib["audioSources"]) == ("1", "1")


def test_an_independent_reader_finds_the_same_cuts(clips: Callable[..., Path], analyse: Callable[..., Any]) -> None:
    pytest.importorskip("otio_fcpx_xml_adapter")
    analysis, _ = analyse(clips("plain.mp4", *H264))
    read = otio.adapters.read_from_string(to_fcpxml(analysis), "fcpx_xml")
    found = list(read.find_clips())
    assert [clip.name for clip in found] == [f"Scene {scene.index + 1:04d}" for scene in analysis.scenes]
    lengths = [clip.source_range.duration.rescaled_to(24).value for clip in found]
    assert lengths == [scene.frame_count for scene in analysis.scenes]
    starts = [clip.source_range.start_time.rescaled_to(24).value for clip in found]
    assert starts == [scene.start_frame for scene in analysis.scenes]


def test_seconds() -> None:
    clock = FilmClock(Fraction(30000, 1001), True, 0, False)
    assert [seconds(n, clock) for n in (0, 1, 30000)] == ["0s", "1001/30000s", "1001s"]

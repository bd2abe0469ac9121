"""Filters of Final Cut Pro 7's XML."""

from __future__ import annotations

from fractions import Fraction
from xml.etree import ElementTree as ET

import pytest

from app.editing.exports.extras import overlays, words
from app.editing.exports.keys import Key
from app.editing.exports.layout import rows
from app.editing.exports.premiere_filters import levels, motion, opacity, remap, still_motion, text
from tests.app.editing.exports import films


def value(root: ET.Element, name: str) -> str | None:
    return next((p.findtext("value") for p in root.iter("parameter") if p.findtext("parameterid") == name), None)


def keys(root: ET.Element, name: str) -> list[tuple[str | None, str | None]]:
    found = next(p for p in root.iter("parameter") if p.findtext("parameterid") == name)
    return [(key.findtext("when"), key.findtext("value")) for key in found.findall("keyframe")]


def test_speed_in_percent_and_which_way() -> None:
    root = ET.Element("clipitem")
    row = rows(films.retimed())[0]
    remap(root, row, Fraction(-3, 2), blend=True)
    assert [value(root, name) for name in ("speed", "reverse", "frameblending", "variablespeed", "graphdict")] == [
        "150",
        "TRUE",
        "TRUE",
        "0",
        None,
    ]


def test_a_held_frame_is_a_flat_curve() -> None:
    root = ET.Element("clipitem")
    remap(root, rows(films.retimed())[3], Fraction(0), blend=False, held=125)
    assert [frame for _, frame in keys(root, "graphdict")] == ["125", "125"]
    assert [tag.tag for tag in next(root.iter("keyframe"))][-2:] == ["speedkfstart", "speedkfin"]


@pytest.mark.parametrize(("size", "fit", "scale"), [((320, 180), "pad", None), ((640, 360), "pad", "50"), ((160, 160), "crop", "200")])
def test_sources_of_another_size_are_fitted(size: tuple[int, int], fit: str, scale: str | None) -> None:
    other = films.video("b", width=size[0], height=size[1])
    timeline = films.film(films.video("a"), other, segments=[films.cut(0, 1), films.cut(0, 1, source="b")], output={"fit": fit})
    root = ET.Element("clipitem")
    motion(root, [], Fraction(0), Fraction(1), other, timeline)
    assert value(root, "scale") == scale


def test_moves_are_keys_in_the_clips_own_frames() -> None:
    timeline = films.plain()
    root = ET.Element("clipitem")
    motion(root, [Key(0), Key(10, 2.0, 0.25, 0.5)], Fraction(100), Fraction(6, 5), timeline.clips[0].source, timeline)
    assert keys(root, "scale") == [("100", "100"), ("112", "200")]
    centre = next(p for p in root.iter("parameter") if p.findtext("parameterid") == "center").findall("keyframe")[1]
    assert (centre.findtext("value/horiz"), centre.findtext("value/vert")) == ("0.25", "0.5")


def test_opacity_and_levels_come_and_go() -> None:
    root = ET.Element("clipitem")
    opacity(root, Fraction(10), Fraction(110), (Fraction(5), Fraction(20)), 0.5)
    assert keys(root, "opacity") == [("10", "0"), ("15", "50"), ("90", "50"), ("110", "0")]
    sound = ET.Element("clipitem")
    levels(sound, 20, Fraction(0), Fraction(10), (Fraction(0), Fraction(0)))
    assert (value(sound, "level"), keys(sound, "level")) == ("3.98109", [])


def test_a_layer_has_its_place() -> None:
    timeline = films.everything()
    root = ET.Element("clipitem")
    still_motion(root, overlays(timeline)[0], timeline)
    assert value(root, "scale") == "56", "0.28 of 640 pixels is 0.56 of the source's 320"


def test_a_caption_is_a_generator() -> None:
    timeline = films.everything()
    root = ET.Element("generatoritem")
    text(root, words(timeline, {})[0], timeline)
    assert (root.findtext("start"), root.findtext("end"), root.findtext("effect/effectid")) == ("13", "38", "Text")
    assert value(root, "str") == 'Hello <you> & "me"\nagain'
    assert root.find(".//alpha") is not None

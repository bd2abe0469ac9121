"""The small parts that XML of Final Cut Pro 7 is made of: elements with text, rates, timecodes, effects with parameters."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from xml.etree import ElementTree as ET

from app.editing.exports.base import decimal, plain_xml, whole
from app.video.timecode import nominal_fps

Keys = Sequence[tuple[Fraction, str | tuple[float, float]]]  # frames of the clip -> value, or a pair across and down


def add(parent: ET.Element, tag: str, value: str | int | None = None) -> ET.Element:
    """A child element with text."""
    made = ET.SubElement(parent, tag)
    if value is not None:
        made.text = str(value)
    return made


def rate_of(parent: ET.Element, rate: Fraction) -> None:
    """A rate as a whole number and whether it is the NTSC one beside it."""
    made = add(parent, "rate")
    add(made, "timebase", nominal_fps(rate))
    add(made, "ntsc", "TRUE" if rate.denominator == 1001 else "FALSE")


def timecode_of(parent: ET.Element, rate: Fraction, text: str, frame: int, drop_frame: bool, reel: str | None = None) -> None:
    """The timecode of something's first frame."""
    made = add(parent, "timecode")
    rate_of(made, rate)
    add(made, "string", text)
    add(made, "frame", frame)
    add(made, "displayformat", "DF" if drop_frame else "NDF")
    if reel:
        add(add(made, "reel"), "name", plain_xml(reel))


def effect(parent: ET.Element, name: str, identity: str, category: str, kind: str, media: str) -> ET.Element:
    """A filter; returns its effect, to which `parameter` adds."""
    made = add(add(parent, "filter"), "effect")
    for tag, value in (("name", name), ("effectid", identity), ("effectcategory", category), ("effecttype", kind), ("mediatype", media)):
        add(made, tag, value)
    return made


def parameter(made: ET.Element, identity: str, value: str | tuple[float, float] | None, keys: Keys = (), name: str = "") -> ET.Element:
    """A parameter with a value that stays, or with keys."""
    found = add(made, "parameter")
    add(found, "parameterid", identity)
    add(found, "name", name or identity)
    if value is not None:
        _value(found, value)
    for when, said in keys:
        key = add(found, "keyframe")
        add(key, "when", whole(when))
        _value(key, said)
    return found


def _value(parent: ET.Element, value: str | tuple[float, float]) -> None:
    if isinstance(value, str):
        add(parent, "value", value)
        return
    pair = add(parent, "value")
    add(pair, "horiz", decimal(value[0]))
    add(pair, "vert", decimal(value[1]))

"""Elements of Final Cut Pro 7's XML."""

from __future__ import annotations

from fractions import Fraction
from xml.etree import ElementTree as ET

import pytest

from app.editing.exports.xmeml import add, effect, parameter, rate_of, timecode_of


@pytest.mark.parametrize(
    ("rate", "base", "ntsc"), [("25", "25", "FALSE"), ("30000/1001", "30", "TRUE"), ("24000/1001", "24", "TRUE"), ("60", "60", "FALSE")]
)
def test_rates(rate: str, base: str, ntsc: str) -> None:
    root = ET.Element("x")
    rate_of(root, Fraction(rate))
    assert (root.findtext("rate/timebase"), root.findtext("rate/ntsc")) == (base, ntsc)


def test_timecodes() -> None:
    root = ET.Element("x")
    timecode_of(root, Fraction(30000, 1001), "01:00:00;00", 107_892, True, "R\x001")
    assert [root.findtext(f"timecode/{name}") for name in ("string", "frame", "displayformat", "reel/name")] == [
        "01:00:00;00", "107892", "DF", "R 1",
    ]  # fmt: skip


def test_parameters_have_a_value_or_keys() -> None:
    root = ET.Element("x")
    one = effect(root, "Basic Motion", "basic", "motion", "motion", "video")
    parameter(one, "center", (0.25, -0.5))
    parameter(one, "scale", "100", [(Fraction(1, 2), "100"), (Fraction(9), "50")], "Scale")
    centre, scale = root.findall("filter/effect/parameter")
    assert (centre.findtext("value/horiz"), centre.findtext("value/vert"), centre.findtext("name")) == ("0.25", "-0.5", "center")
    assert [(key.findtext("when"), key.findtext("value")) for key in scale.findall("keyframe")] == [("1", "100"), ("9", "50")]
    assert add(root, "empty").text is None

"""Parts of Kdenlive's projects."""

from __future__ import annotations

from fractions import Fraction
from xml.etree import ElementTree as ET

from app.editing.exports.extras import overlays, words
from app.editing.exports.kdenlive_parts import faded, levels, moved, prop, remapped, title, warped
from app.editing.exports.keys import Key
from app.editing.exports.layout import rows
from tests.app.editing.exports import films


def read(element: ET.Element, name: str) -> str | None:
    return next((one.text for one in element.findall("property") if one.get("name") == name), None)


def test_warps_name_speed_and_file() -> None:
    made = ET.Element("producer")
    warped(made, "/films/a.mp4", Fraction(-3, 2), pitch=False)
    assert [read(made, name) for name in ("mlt_service", "resource", "warp_speed", "warp_resource", "warp_pitch")] == [
        "timewarp", "-1.5:/films/a.mp4", "-1.5", "/films/a.mp4", "0",
    ]  # fmt: skip


def test_a_time_map_counts_seconds_of_the_source() -> None:
    root = ET.Element("mlt")
    made = remapped(root, "chain1", rows(films.retimed())[3], "/films/a.mp4", pitch=True)
    link = made.find("link")
    assert link is not None
    assert read(link, "time_map") == "0=4.00001;25=5.00001;45=5.00001;70=6.00001", "a little beside the edges of frames"
    assert (made.get("out"), read(link, "image_mode"), read(link, "pitch")) == ("69", "nearest", "1")


def test_levels_and_fades_are_filters_at_the_edges() -> None:
    assert levels(0) == []
    assert read(levels(-4.5)[0], "level") == "-4.5"
    up, down = faded((10, 20), 100, 50, sound=False)
    assert [(one.get("in"), one.get("out"), read(one, "kdenlive_id")) for one in (up, down)] == [
        ("100", "109", "fade_from_black"), ("130", "149", "fade_to_black"),
    ]  # fmt: skip
    assert [read(one, "kdenlive_id") for one in faded((1, 1), 0, 9, sound=True)] == ["fadein", "fadeout"]
    assert faded((0, 0), 0, 9, sound=True) == []


def test_moves_are_rectangles_on_the_producers_frames() -> None:
    timeline = films.plain()
    assert moved([], 0, 50, timeline) == []
    (made,) = moved([Key(0), Key(10, 2.0, 0.25, 0.0, 15)], 100, 50, timeline)
    assert read(made, "rect") == "100=0 0 320 180 1;110=-80 -90 640 360 1"
    assert read(made, "rotation") == "100=0;110=15"


def test_a_layer_that_fills_the_canvas_needs_no_filter() -> None:
    timeline = films.film(films.video("a"), films.video("b"), segments=[films.cut(0, 2, {"op": "composite", "source": "b"})])
    (layer,) = overlays(timeline)
    assert moved([], 0, 50, timeline, None, layer) == []


def test_a_title_is_a_document_of_its_own() -> None:
    timeline = films.everything()
    root = ET.Element("mlt")
    made = title(root, "title1", words(timeline, {})[0], timeline)
    document = ET.fromstring(str(read(made, "xmldata")))
    content = document.find("item/content")
    assert content is not None
    assert content.text == 'Hello <you> & "me"\nagain'
    assert (content.get("font-color"), content.get("box-width"), document.get("out")) == ("255,255,255,255", "640", "24")
    prop(made, "extra", 5)
    assert read(made, "extra") == "5"

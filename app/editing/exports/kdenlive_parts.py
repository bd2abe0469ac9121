"""Properties, filters, warped producers and titles of MLT and Kdenlive."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from xml.etree import ElementTree as ET

from app.editing.exports.base import decimal, plain_xml
from app.editing.exports.extras import Overlay, Words, middle_of, style_of, text_colour, text_font, text_of, text_px
from app.editing.exports.keys import Key
from app.editing.exports.layout import Row
from app.editing.exports.points import time_points
from app.editing.operations.time import Ramp, Speed
from app.editing.timeline import Timeline

# MLT reckons a time map in floating point; exactly on the edge of a frame it would now and then show its neighbour.
_ASIDE_S = Fraction(1, 100_000)


def prop(parent: ET.Element, name: str, value: str | int) -> None:
    """A property."""
    ET.SubElement(parent, "property", name=name).text = str(value)


def _filter(service: str, identity: str, **values: str) -> ET.Element:
    made = ET.Element("filter")
    for name, value in {"mlt_service": service, "kdenlive_id": identity, **values}.items():
        prop(made, name, value)
    return made


def warped(made: ET.Element, path: str, speed: Fraction, pitch: bool) -> None:
    """A file at a constant speed; below 0 backwards."""
    said = decimal(speed, 8)
    prop(made, "mlt_service", "timewarp")
    prop(made, "resource", f"{said}:{path}")
    prop(made, "warp_speed", said)
    prop(made, "warp_resource", path)
    prop(made, "warp_pitch", 1 if pitch else 0)


def remapped(root: ET.Element, name: str, row: Row, path: str, pitch: bool) -> ET.Element:
    """A chain with a time map: film frame of the clip -> second of the source."""
    last = row.clip.frames - 1
    made = ET.SubElement(root, "chain", id=name, attrib={"in": "0", "out": str(last)})
    for key, value in (("length", str(last + 1)), ("eof", "pause"), ("mlt_service", "avformat-novalidate"), ("resource", path)):
        prop(made, key, value)
    prop(made, "kdenlive:originalurl", path)
    link = ET.SubElement(made, "link")
    smooth = next((o.smooth for o in row.clip.segment.operations if isinstance(o, Speed | Ramp)), "none")
    prop(link, "mlt_service", "timeremap")
    aside = _ASIDE_S if all(stretch.step >= 0 for stretch in row.clip.stretches) else -_ASIDE_S
    times = ";".join(f"{frame}={decimal(row.in_seconds(value) + aside, 6)}" for frame, value in time_points(row))
    for key in ("time_map", "map"):  # the second is what MLT before 7.14 calls it
        prop(link, key, times)
    prop(link, "image_mode", "nearest" if smooth == "none" else "blend")
    prop(link, "pitch", 1 if pitch else 0)
    return made


def frozen() -> ET.Element:
    """Holds the first frame of an entry: the filter counts from where the entry begins."""
    return _filter("freeze", "freeze", frame="0", freeze_after="0", freeze_before="0")


def levels(gain_db: float) -> list[ET.Element]:
    """A gain in decibels, where there is one."""
    return [_filter("volume", "volume", level=decimal(gain_db, 3))] if gain_db else []


def faded(fade: tuple[int, int], first: int, frames: int, *, sound: bool) -> list[ET.Element]:
    """Fades at the edges of an entry that shows frames ``first`` on of its producer."""
    found = []
    last = first + frames - 1
    if fade[0]:
        up = _filter("volume", "fadein", gain="0", end="1") if sound else _filter("brightness", "fade_from_black", start="0", end="1")
        up.attrib |= {"in": str(first), "out": str(first + fade[0] - 1)}
        found.append(up)
    if fade[1]:
        down = _filter("volume", "fadeout", gain="1", end="0") if sound else _filter("brightness", "fade_to_black", start="1", end="0")
        down.attrib |= {"in": str(last - fade[1] + 1), "out": str(last)}
        found.append(down)
    return found


def moved(
    keys: Sequence[Key], first: int, frames: int, timeline: Timeline, rect: tuple[float, float, float] | None = None,
    overlay: Overlay | None = None,
) -> list[ET.Element]:  # fmt: skip
    """Place, size and turn: of keys, or of a layer that lies at ``rect`` (x, y, width in shares of the canvas)."""
    if overlay is not None:
        if rect is None and overlay.opacity == 1:
            return []
        said = [(0, _layer(rect, overlay, timeline), 0.0)]
    else:
        said = [(key.frame, _rect(key, timeline), key.turn) for key in keys if len(keys) == 1 or -frames < key.frame < 2 * frames]
    if not said:
        return []
    made = _filter(
        "qtblend", "qtblend", rect=";".join(f"{max(0, frame) + first}={text}" for frame, text, _ in said),
        rotation=";".join(f"{max(0, frame) + first}={decimal(turn, 3)}" for frame, _, turn in said), rotate_center="1", compositing="0",
    )  # fmt: skip
    return [made]


def _rect(key: Key, timeline: Timeline) -> str:
    wide, high = timeline.width * key.scale, timeline.height * key.scale
    left, top = (timeline.width - wide) / 2 + key.x * timeline.width, (timeline.height - high) / 2 + key.y * timeline.height
    return f"{decimal(left, 2)} {decimal(top, 2)} {decimal(wide, 2)} {decimal(high, 2)} 1"


def _layer(rect: tuple[float, float, float] | None, overlay: Overlay, timeline: Timeline) -> str:
    if rect is None:
        return f"0 0 {timeline.width} {timeline.height} {decimal(overlay.opacity, 4)}"
    left, top, wide = rect[0] * timeline.width, rect[1] * timeline.height, rect[2] * timeline.width
    high = wide * overlay.source.height / overlay.source.width
    return f"{decimal(left, 2)} {decimal(top, 2)} {decimal(wide, 2)} {decimal(high, 2)} {decimal(overlay.opacity, 4)}"


def title(root: ET.Element, name: str, word: Words, timeline: Timeline) -> ET.Element:
    """A title clip; the words stand in its own small document."""
    caption, (x, y) = word.caption, middle_of(word.caption, timeline)
    size = round(text_px(caption, timeline))
    lines = text_of(caption).splitlines() or [""]
    high = round(size * 1.3 * len(lines))
    colour = ",".join(str(int(text_colour(caption)[at : at + 2], 16)) for at in (1, 3, 5))
    document = ET.Element(
        "kdenlivetitle", width=str(timeline.width), height=str(timeline.height), out=str(word.frames - 1), duration=str(word.frames)
    )
    item = ET.SubElement(document, "item", type="QGraphicsTextItem", attrib={"z-index": "0"})
    place = ET.SubElement(item, "position", x=decimal((x - 0.5) * timeline.width, 1), y=decimal(y * timeline.height - high / 2, 1))
    ET.SubElement(place, "transform").text = "1,0,0,0,1,0,0,0,1"
    content = ET.SubElement(item, "content", {
        "font": text_font(caption), "font-pixel-size": str(size), "font-color": f"{colour},255", "font-outline": "0",
        "font-weight": "75" if style_of(caption).bold else "50",
        "shadow": f"1;#c0000000;{max(1, size // 16)};{max(1, size // 20)};{max(1, size // 20)}",
        "alignment": "4", "box-width": str(timeline.width), "box-height": str(high),
    })  # fmt: skip
    content.text = "\n".join(lines)
    view = f"0,0,{timeline.width},{timeline.height}"
    ET.SubElement(document, "startviewport", rect=view)
    ET.SubElement(document, "endviewport", rect=view)
    ET.SubElement(document, "background", color="0,0,0,0")
    made = ET.SubElement(root, "producer", id=name, attrib={"in": "0", "out": str(word.frames - 1)})
    prop(made, "length", word.frames)
    prop(made, "eof", "pause")
    prop(made, "mlt_service", "kdenlivetitle")
    prop(made, "xmldata", ET.tostring(document, encoding="unicode"))
    prop(made, "kdenlive:clipname", plain_xml(" ".join(caption.text.split()))[:60] or "Title")
    return made

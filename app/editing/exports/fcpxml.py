"""The film as FCPXML 1.10, for Final Cut Pro, DaVinci Resolve and others: speeds as time maps, layers and titles as connected clips."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from xml.etree import ElementTree as ET

from app.editing.exports.base import File, decimal, fraction_text, plain_xml, url_of
from app.editing.exports.extras import (
    Bed,
    Files,
    Overlay,
    Words,
    beds,
    fades,
    in_lanes,
    middle_of,
    overlays,
    text_colour,
    text_font,
    text_of,
    text_px,
    words,
)
from app.editing.exports.keys import Key, moves_of
from app.editing.exports.layout import FilmClock, Row, SourceClock, rows, source_frames, title_of
from app.editing.exports.points import time_points
from app.editing.facts import SourceFacts
from app.editing.operations.time import Ramp, Speed
from app.editing.timeline import Timeline

VERSION = "1.10"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n'
_FILM = "r1"
_BASIC_TITLE = ".../Titles.localized/Bumper:Opener.localized/Basic Title.localized/Basic Title.moti"
_CROSS_DISSOLVE = "FxPlug:4731E73A-8DAC-4113-9A30-AE85B1761265"
_SAMPLING = {"none": "floor", "blend": "frame-blending", "motion": "optical-flow"}
_RATES = {Fraction(24000, 1001): "23.98", Fraction(30000, 1001): "29.97", Fraction(60000, 1001): "59.94"} | {
    Fraction(rate): str(rate) for rate in (24, 25, 30, 48, 50, 60)
}
_MOST = 2**31 - 1  # of a denominator in FCPXML


@dataclass
class _Document:
    """The resources so far, and what the film counts in."""

    timeline: Timeline
    clock: FilmClock
    resources: ET.Element
    ids: dict[str, str] = field(default_factory=dict)
    made: int = 1
    styles: int = 0

    def number(self) -> str:
        self.made += 1
        return f"r{self.made}"

    def seconds(self, frames: Fraction | int) -> str:
        return time_text(Fraction(frames) / self.timeline.rate)


@dataclass(frozen=True)
class _Placed:
    """A clip of the spine: film frames from ``begins`` to ``end``; ``start``: its local time there, in film frames."""

    row: Row
    begins: int
    end: int
    start: int
    element: ET.Element


def time_text(seconds: Fraction) -> str:
    """An exact number of seconds as FCPXML writes it; denominators that it cannot hold are rounded to a millionth of a frame."""
    return fraction_text(seconds if seconds.denominator <= _MOST else seconds.limit_denominator(_MOST))


def write_fcpxml(timeline: Timeline, files: Files) -> list[File]:
    """The document. Every time is an exact fraction of a second; the film begins at 01:00:00:00.

    A transition lies about the cut, as Final Cut Pro has it: the cut is at its middle frame.
    """
    root = ET.Element("fcpxml", version=VERSION)
    document = _Document(timeline, FilmClock.of(timeline), ET.SubElement(root, "resources"))
    ET.SubElement(
        document.resources, "format", id=_FILM, frameDuration=document.seconds(1), width=str(timeline.width), height=str(timeline.height)
    )
    name = plain_xml(title_of(timeline))
    event = ET.SubElement(ET.SubElement(root, "library"), "event", name=name)
    sequence = ET.SubElement(
        ET.SubElement(event, "project", name=name), "sequence", format=_FILM, duration=document.seconds(timeline.frames),
        tcStart=document.seconds(document.clock.first), tcFormat="DF" if document.clock.drop_frame else "NDF", audioRate="48k",
    )  # fmt: skip
    spine = ET.SubElement(sequence, "spine")
    placed = _spine(document, spine)
    _connect(document, placed, files)
    for one in placed:
        _finish(document, one)
    ET.indent(root)
    return [File(".fcpxml", _HEAD + ET.tostring(root, encoding="unicode") + "\n")]


def _asset(document: _Document, source: SourceFacts) -> str:
    if source.id in document.ids:
        return document.ids[source.id]
    clock = SourceClock.of(source, document.timeline.rate)
    made = document.ids[source.id] = document.number()
    facts = {
        "id": made, "name": plain_xml(source.name), "start": time_text(clock.first / clock.rate),
        "duration": "0s" if source.kind == "image" else time_text(source_frames(source, document.timeline.rate) / clock.rate),
    }  # fmt: skip
    if source.has_picture:
        frame = {} if source.kind == "image" else {"frameDuration": time_text(1 / clock.rate)}
        shape = {"id": document.number(), "width": str(source.width), "height": str(source.height), **frame}
        ET.SubElement(document.resources, "format", shape if frame else {**shape, "name": "FFVideoFormatRateUndefined"})
        facts |= {"hasVideo": "1", "videoSources": "1", "format": shape["id"]}
    if source.has_sound:
        facts |= {"hasAudio": "1", "audioSources": str(source.audio_tracks), "audioChannels": str(max(1, source.audio_channels)),
                  "audioRate": str(source.sample_rate_hz)}  # fmt: skip
    asset = ET.SubElement(document.resources, "asset", facts)
    ET.SubElement(asset, "media-rep", kind="original-media", src=url_of(source))
    if source.reel:
        ET.SubElement(ET.SubElement(asset, "metadata"), "md", key="com.apple.proapps.studio.reel", value=plain_xml(source.reel))
    return made


def _effect(document: _Document, name: str, uid: str) -> str:
    if uid not in document.ids:
        document.ids[uid] = document.number()
        ET.SubElement(document.resources, "effect", id=document.ids[uid], name=name, uid=uid)
    return document.ids[uid]


def _spine(document: _Document, spine: ET.Element) -> list[_Placed]:
    found = rows(document.timeline)
    placed = []
    for row in found:
        head, tail = row.clip.overlap // 2, row.leaves - row.leaves // 2
        if row.clip.overlap:
            _transition(document, spine, row)
        begins, end = row.clip.begins + head, row.clip.begins + row.clip.frames - tail
        placed.append(_Placed(row, begins, end, head, _clip(document, spine, row, begins, end - begins, head)))
    return placed


def _transition(document: _Document, spine: ET.Element, row: Row) -> None:
    made = ET.SubElement(
        spine, "transition", name="Cross Dissolve", offset=document.seconds(document.clock.first + row.clip.begins),
        duration=document.seconds(row.clip.overlap),
    )  # fmt: skip
    ET.SubElement(made, "filter-video", ref=_effect(document, "Cross Dissolve", _CROSS_DISSOLVE), name="Cross Dissolve")


def _clip(document: _Document, spine: ET.Element, row: Row, begins: int, frames: int, head: int) -> ET.Element:
    """``head``: film frames of the clip that come before ``begins``, under the transition."""
    source, ref = row.clip.source, _asset(document, row.clip.source)
    shared = {
        "ref": ref, "name": plain_xml(source.name), "offset": document.seconds(document.clock.first + begins),
        "duration": document.seconds(frames),
    }  # fmt: skip
    if row.still:
        made = ET.SubElement(spine, "video", {**shared, "start": document.seconds(head)})
        _note(made, row)
        return made
    start = document.seconds(head)
    if row.plain:
        start = time_text((row.clock.first + row.clip.first) / row.clock.rate + head / document.timeline.rate)
    sound = {} if row.heard or not source.has_sound else {"srcEnable": "video"}
    counting = "DF" if row.clock.drop_frame else "NDF"
    made = ET.SubElement(spine, "asset-clip", {**shared, "start": start, "tcFormat": counting, **sound})
    _note(made, row)
    if row.clock.rate != document.timeline.rate and row.clock.rate in _RATES:
        ET.SubElement(made, "conform-rate", scaleEnabled="0", srcFrameRate=_RATES[row.clock.rate])
    if not row.plain:
        _time_map(document, made, row)
    return made


def _note(made: ET.Element, row: Row) -> None:
    if row.clip.segment.reason:
        ET.SubElement(made, "note").text = plain_xml(row.clip.segment.reason)


def _time_map(document: _Document, made: ET.Element, row: Row) -> None:
    """``time``: seconds since the clip's first frame; ``value``: the source's time, by its timecode."""
    speed = next((o for o in row.clip.segment.operations if isinstance(o, Speed | Ramp)), None)
    about = {"frameSampling": _SAMPLING[speed.smooth], "preservesPitch": "1" if speed.keep_pitch else "0"} if speed else {}
    time_map = ET.SubElement(made, "timeMap", about)
    for frame, value in time_points(row):
        ET.SubElement(
            time_map, "timept", time=document.seconds(frame), value=time_text((row.clock.first + value) / row.clock.rate), interp="linear"
        )


def _finish(document: _Document, placed: _Placed) -> None:
    """What stands between the timing and the connected clips: picture and sound of the clip, then its audio channels."""
    made, row = placed.element, placed.row
    local = Fraction(0)
    if row.plain:
        local = (row.clock.first + row.clip.first) / row.clock.rate * document.timeline.rate
    adjusted = [*_picture(document, row, local), *_sound(document, row)]
    at = sum(child.tag in ("note", "conform-rate", "timeMap") for child in made)
    for number, element in enumerate(adjusted):
        made.insert(at + number, element)
    if row.heard and row.clip.source.audio_tracks > 1:
        _channels(made, row)


def _picture(document: _Document, row: Row, local: Fraction) -> list[ET.Element]:
    """``local``: the clip's own time at its first frame, in film frames."""
    found = []
    fit = document.timeline.plan.output.fit
    if fit == "crop":
        found.append(ET.Element("adjust-conform", type="fill"))
    keys = moves_of(document.timeline, row.clip)
    if keys:
        found.append(_transform(document, keys, local))
    fade = fades(document.timeline, row)
    if any(fade):
        found.append(_faded("adjust-blend", "1", document, fade))
    return found


def _transform(document: _Document, keys: Sequence[Key], local: Fraction = Fraction(0)) -> ET.Element:
    """Positions count in % of the film's height, upwards; turns against the clock."""
    frames, columns = [key.frame for key in keys], list(zip(*(_values(document, key) for key in keys), strict=True))
    made = ET.Element("adjust-transform")
    for name, values in zip(("position", "scale", "rotation"), columns, strict=True):
        if len(set(values)) == 1:
            made.set(name, values[0])
            continue
        animation = ET.SubElement(ET.SubElement(made, "param", name=name), "keyframeAnimation")
        for frame, value in zip(frames, values, strict=True):
            one = ET.SubElement(animation, "keyframe", time=document.seconds(local + frame), value=value, interp="linear")
            if name != "position":
                one.set("curve", "linear")
    return made


def _values(document: _Document, key: Key) -> tuple[str, str, str]:
    timeline = document.timeline
    across = 100 * key.x * timeline.width / timeline.height
    return f"{decimal(across, 4)} {decimal(-100 * key.y, 4)}", f"{decimal(key.scale, 5)} {decimal(key.scale, 5)}", decimal(-key.turn, 4)


def _faded(tag: str, amount: str, document: _Document, fade: tuple[int, int]) -> ET.Element:
    made = ET.Element(tag, amount=amount)
    param = ET.SubElement(made, "param", name="amount", value=amount)
    for name, frames in zip(("fadeIn", "fadeOut"), fade, strict=True):
        if frames:
            ET.SubElement(param, name, type="linear", duration=document.seconds(frames))
    return made


def _sound(document: _Document, row: Row) -> list[ET.Element]:
    if row.still or not row.heard:
        return []
    gain, fade = row.volume().gain_db, fades(document.timeline, row)
    if any(fade):
        return [_faded("adjust-volume", f"{decimal(gain, 3)}dB", document, fade)]
    return [ET.Element("adjust-volume", amount=f"{decimal(gain, 3)}dB")] if gain else []


def _channels(made: ET.Element, row: Row) -> None:
    """Only the track that the plan chose is heard."""
    each = max(1, row.clip.source.audio_channels)
    for track in range(row.clip.source.audio_tracks):
        channels = ", ".join(str(track * each + channel) for channel in range(1, each + 1))
        active = "1" if track == row.volume().track else "0"
        ET.SubElement(made, "audio-channel-source", srcCh=channels, enabled=active)


def _connect(document: _Document, placed: Sequence[_Placed], files: Files) -> None:
    """Layers and titles above the spine, music below it, each hung on the clip under its first frame."""
    above = 0
    for above, lane in enumerate(in_lanes(overlays(document.timeline)), 1):
        for overlay in lane:
            _overlay(document, _under(placed, overlay.begins), overlay, above)
    for number, title_lane in enumerate(in_lanes(words(document.timeline, files)), above + 1):
        for word in title_lane:
            _title(document, _under(placed, word.begins), word, number)
    for number, bed_lane in enumerate(in_lanes(beds(document.timeline)), 1):
        for bed in bed_lane:
            _bed(document, _under(placed, bed.begins), bed, -number)


def _under(placed: Sequence[_Placed], frame: int) -> _Placed:
    return next((one for one in placed if one.begins <= frame < one.end), placed[-1])


def _offset(document: _Document, parent: _Placed, frame: int) -> str:
    """A film frame in the local time of the clip that something hangs on."""
    local = Fraction(parent.start + frame - parent.begins)
    if parent.row.plain:
        first = (parent.row.clock.first + parent.row.clip.first) / parent.row.clock.rate
        return time_text(first + local / document.timeline.rate)
    return document.seconds(local)


def _overlay(document: _Document, parent: _Placed, overlay: Overlay, lane: int) -> None:
    source = overlay.source
    clock = SourceClock.of(source, document.timeline.rate)
    start = Fraction(0) if source.kind == "image" else clock.first / clock.rate + overlay.start_s
    silent = {"srcEnable": "video"} if source.has_sound else {}
    made = ET.SubElement(
        parent.element, "video" if source.kind == "image" else "asset-clip",
        {"ref": _asset(document, source), "lane": str(lane), "name": plain_xml(source.name),
         "offset": _offset(document, parent, overlay.begins), "start": time_text(start), "duration": document.seconds(overlay.frames),
         **silent},
    )  # fmt: skip
    if overlay.w is not None:
        made.append(_transform(document, [small(document.timeline, overlay)]))
    if overlay.opacity < 1:
        ET.SubElement(made, "adjust-blend", amount=decimal(overlay.opacity, 4))


def small(timeline: Timeline, overlay: Overlay) -> Key:
    """A layer's place as a key: editors first fit it to the canvas."""
    source = overlay.source
    fit = min(timeline.width / source.width, timeline.height / source.height)
    width = overlay.w or 1.0
    scale = width * timeline.width / (source.width * fit)
    height = width * timeline.width * source.height / source.width / timeline.height
    return Key(0, scale, overlay.x + width / 2 - 0.5, overlay.y + height / 2 - 0.5)


def _title(document: _Document, parent: _Placed, word: Words, lane: int) -> None:
    caption = word.caption
    document.styles += 1
    style = f"ts{document.styles}"
    made = ET.SubElement(
        parent.element, "title", ref=_effect(document, "Basic Title", _BASIC_TITLE), lane=str(lane),
        name=plain_xml(" ".join(caption.text.split()))[:60], offset=_offset(document, parent, word.begins), start="3600s",
        duration=document.seconds(word.frames),
    )  # fmt: skip
    ET.SubElement(ET.SubElement(made, "text"), "text-style", ref=style).text = text_of(caption)
    colour = " ".join(decimal(int(text_colour(caption)[at : at + 2], 16) / 255, 4) for at in (1, 3, 5))
    ET.SubElement(
        ET.SubElement(made, "text-style-def", id=style), "text-style", font=text_font(caption),
        fontSize=decimal(text_px(caption, document.timeline), 1), fontColor=f"{colour} 1", alignment="center",
    )  # fmt: skip
    x, y = middle_of(caption, document.timeline)
    made.append(_transform(document, [Key(0, 1.0, x - 0.5, y - 0.5)]))


def _bed(document: _Document, parent: _Placed, bed: Bed, lane: int) -> None:
    clock = SourceClock.of(bed.source, document.timeline.rate)
    only = {"srcEnable": "audio"} if bed.source.has_picture else {}
    made = ET.SubElement(
        parent.element, "asset-clip",
        {"ref": _asset(document, bed.source), "lane": str(lane), "name": plain_xml(bed.source.name),
         "offset": _offset(document, parent, bed.begins), "start": time_text(clock.first / clock.rate + bed.start_s),
         "duration": document.seconds(bed.frames), "audioRole": "music", **only},
    )  # fmt: skip
    made.append(_faded("adjust-volume", f"{decimal(bed.gain_db, 3)}dB", document, (bed.fade_in, bed.fade_out)))

"""The film as XML of Final Cut Pro 7 (xmeml 4), which Premiere Pro, DaVinci Resolve and others open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from xml.etree import ElementTree as ET

from app.editing.exports.base import File, plain_xml, url_of, whole
from app.editing.exports.extras import Bed, Files, Overlay, beds, fades, in_lanes, overlays, words
from app.editing.exports.keys import Key, moves_of
from app.editing.exports.layout import FilmClock, Piece, Row, SourceClock, rows, source_frames, title_of
from app.editing.exports.premiere_filters import levels, motion, opacity, remap, still_motion, text
from app.editing.exports.xmeml import add, rate_of, timecode_of
from app.editing.facts import SourceFacts
from app.editing.operations.time import Ramp, Speed
from app.editing.timeline import Timeline

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE xmeml>\n'
_TICKS_PER_S = 254_016_000_000
_COMPOSITE = {"over": "normal", "add": "add", "multiply": "multiply", "screen": "screen", "overlay": "overlay"}


@dataclass
class _Document:
    """Names given so far."""

    timeline: Timeline
    files: dict[str, str] = field(default_factory=dict)
    items: int = 0

    def item(self, track: ET.Element, tag: str = "clipitem") -> ET.Element:
        self.items += 1
        return ET.SubElement(track, tag, id=f"{tag}-{self.items}")


@dataclass(frozen=True)
class _Unit:
    """A clipitem: film frames, and the source's. ``into`` and ``out_of``: it begins, or ends, under a transition.

    ``graph``: its speed is a curve over the whole row.
    """

    row: Row
    pieces: tuple[Piece, ...]
    into: bool
    out_of: bool

    @property
    def begins(self) -> int:
        return self.pieces[0].begins

    @property
    def frames(self) -> int:
        return sum(piece.frames for piece in self.pieces)

    @property
    def graph(self) -> bool:
        return len(self.pieces) > 1 or not self.pieces[0].even

    @property
    def held(self) -> bool:
        return len(self.pieces) == 1 and self.pieces[0].held


def write_premiere(timeline: Timeline, files: Files) -> list[File]:
    """Times are whole frames: of the film for ``start`` and ``end``, of the source's rate at the clip's speed for ``in`` and ``out``,
    with ``pproTicks`` where a frame is not fine enough. A transition lies about the cut; its clips reach through it.
    """
    clock, document = FilmClock.of(timeline), _Document(timeline)
    root = ET.Element("xmeml", version="4")
    sequence = ET.SubElement(root, "sequence", id="sequence-1")
    add(sequence, "name", plain_xml(title_of(timeline)))
    add(sequence, "duration", timeline.frames)
    rate_of(sequence, timeline.rate)
    media = add(sequence, "media")
    found = rows(timeline)
    units = [unit for row in found for unit in _units(row)]
    _video(document, media, units, files)
    _audio(document, media, units)
    timecode_of(sequence, timeline.rate, clock.timecode(0), clock.first, clock.drop_frame)
    for row in found:
        if row.clip.segment.reason:
            marker = add(sequence, "marker")
            add(marker, "name", f"Row {row.number}")
            add(marker, "comment", plain_xml(row.clip.segment.reason))
            add(marker, "in", row.clip.begins)
            add(marker, "out", -1)
    ET.indent(root)
    return [File(".xml", _HEAD + ET.tostring(root, encoding="unicode") + "\n")]


def _units(row: Row) -> list[_Unit]:
    """A clipitem per speed; one with a curve where a transition might lie over several speeds."""
    into, out_of = row.clip.overlap > 0, row.leaves > 0
    if len(row.pieces) > 1 and (into or out_of):
        return [_Unit(row, row.pieces, into, out_of)]
    last = len(row.pieces) - 1
    return [_Unit(row, (piece,), into and number == 0, out_of and number == last) for number, piece in enumerate(row.pieces)]


def _video(document: _Document, media: ET.Element, units: Sequence[_Unit], files: Files) -> None:
    timeline = document.timeline
    video = add(media, "video")
    shape = add(add(video, "format"), "samplecharacteristics")
    rate_of(shape, timeline.rate)
    add(shape, "width", timeline.width)
    add(shape, "height", timeline.height)
    add(shape, "pixelaspectratio", "square")
    track = add(video, "track")
    for unit in units:
        if unit.into:
            _transition(track, unit.row, "video")
        _picture(document, track, unit)
    for lane in in_lanes(overlays(timeline)):
        track = add(video, "track")
        for overlay in lane:
            _overlay(document, track, overlay)
    for words_lane in in_lanes(words(timeline, files)):
        track = add(video, "track")
        for word in words_lane:
            made = document.item(track, "generatoritem")
            text(made, word, timeline)


def _times(made: ET.Element, unit: _Unit) -> tuple[Fraction, Fraction]:
    """Writes where a clip lies on the film and in its source; returns ``in`` and ``out``, in frames of the source's rate at its speed."""
    row = unit.row
    ratio = row.clock.rate / row.film_rate
    length = unit.frames * ratio
    first = Fraction(0) if unit.graph or unit.held or row.still else _speed_in(row, unit.pieces[0])
    add(made, "duration", whole(_media_length(row, unit)))
    rate_of(made, row.clock.rate)
    add(made, "start", -1 if unit.into else unit.begins)
    add(made, "end", -1 if unit.out_of else unit.begins + unit.frames)
    add(made, "in", whole(first))
    add(made, "out", whole(first + length))
    for name, at in (("pproTicksIn", first), ("pproTicksOut", first + length)):
        add(made, name, whole(at / row.clock.rate * _TICKS_PER_S))
    return first, first + length


def _speed_in(row: Row, piece: Piece) -> Fraction:
    """The in-point counted at the clip's speed; backwards it counts from the file's end."""
    speed = row.speed(piece)
    if speed < 0:
        return (source_frames(row.clip.source, row.film_rate) - piece.end) / abs(speed)
    return piece.first / speed


def _media_length(row: Row, unit: _Unit) -> Fraction:
    if unit.graph or unit.held or row.still:
        return unit.frames * row.clock.rate / row.film_rate
    return source_frames(row.clip.source, row.film_rate) / abs(row.speed(unit.pieces[0]))


def _picture(document: _Document, track: ET.Element, unit: _Unit) -> None:
    row, timeline = unit.row, document.timeline
    made = document.item(track)
    add(made, "name", plain_xml(row.clip.source.name))
    add(made, "enabled", "TRUE")
    first, _ = _times(made, unit)
    if row.still:
        add(made, "stillframe", "TRUE")
    _file(document, made, row.clip.source)
    _filter_speed(made, unit)
    ratio = row.clock.rate / row.film_rate
    at = unit.begins - row.clip.begins
    keys = [Key(key.frame - at, key.scale, key.x, key.y, key.turn) for key in moves_of(timeline, row.clip)]
    motion(made, keys, first, ratio, row.clip.source, timeline)
    fade = _fade_of(document, unit)
    if any(fade):
        opacity(made, first, first + unit.frames * ratio, (fade[0] * ratio, fade[1] * ratio))


def _fade_of(document: _Document, unit: _Unit) -> tuple[int, int]:
    """The row's fades, as far as they begin with its first and end with its last clipitem."""
    up, down = fades(document.timeline, unit.row)
    first, last = unit.pieces[0] is unit.row.pieces[0], unit.pieces[-1] is unit.row.pieces[-1]
    return min(up, unit.frames) if first else 0, min(down, unit.frames) if last else 0


def _filter_speed(made: ET.Element, unit: _Unit) -> None:
    row = unit.row
    smooth = next((o.smooth for o in row.clip.segment.operations if isinstance(o, Speed | Ramp)), "none")
    if unit.graph:
        remap(made, row, Fraction(1), blend=smooth != "none", curve=True)
    elif unit.held and not row.still:
        remap(made, row, Fraction(0), blend=False, held=unit.pieces[0].first)
    elif not row.still and row.speed(unit.pieces[0]) != 1:
        remap(made, row, row.speed(unit.pieces[0]), blend=smooth != "none")


def _transition(track: ET.Element, row: Row, media: str) -> None:
    made = add(track, "transitionitem")
    add(made, "start", row.clip.begins)
    add(made, "end", row.clip.begins + row.clip.overlap)
    add(made, "alignment", "center")
    rate_of(made, row.film_rate)
    effect = add(made, "effect")
    name = "Cross Dissolve" if media == "video" else "Cross Fade ( 0dB)"
    said = {"name": name, "effectid": name if media == "video" else "KGAudioTransCrossFade0dB", "effectcategory": "Dissolve",
            "effecttype": "transition", "mediatype": media, "wipecode": "0", "wipeaccuracy": "100", "startratio": "0", "endratio": "1",
            "reverse": "FALSE"}  # fmt: skip
    for tag, value in said.items():
        add(effect, tag, value)


def _file(document: _Document, made: ET.Element, source: SourceFacts) -> None:
    """All about a file where it is named first, its number from then on."""
    known = source.id in document.files
    number = document.files.setdefault(source.id, f"file-{len(document.files) + 1}")
    file = ET.SubElement(made, "file", id=number)
    if known:
        return
    film_rate = document.timeline.rate
    clock = SourceClock.of(source, film_rate)
    add(file, "name", plain_xml(source.name))
    add(file, "pathurl", url_of(source).replace("file:///", "file://localhost/", 1))
    rate_of(file, clock.rate)
    add(file, "duration", source_frames(source, film_rate))
    if source.kind == "video":
        timecode_of(file, clock.rate, clock.timecode(0), clock.first, clock.drop_frame, source.reel)
    media = add(file, "media")
    if source.has_picture:
        shape = add(add(media, "video"), "samplecharacteristics")
        add(shape, "width", source.width)
        add(shape, "height", source.height)
    for _ in range(source.audio_tracks):
        audio = add(media, "audio")
        shape = add(audio, "samplecharacteristics")
        add(shape, "depth", 16)
        add(shape, "samplerate", source.sample_rate_hz)
        add(audio, "channelcount", max(1, source.audio_channels))


def _overlay(document: _Document, track: ET.Element, overlay: Overlay) -> None:
    made = document.item(track)
    source, film_rate = overlay.source, document.timeline.rate
    add(made, "name", plain_xml(source.name))
    _layer_times(document, made, overlay)
    if source.kind == "image":
        add(made, "stillframe", "TRUE")
    _file(document, made, source)
    add(made, "compositemode", _COMPOSITE[overlay.mode])
    still_motion(made, overlay, document.timeline)
    if overlay.opacity < 1:
        length = overlay.frames * SourceClock.of(source, film_rate).rate / film_rate
        opacity(made, Fraction(0), length, (Fraction(0), Fraction(0)), overlay.opacity)


def _layer_times(document: _Document, made: ET.Element, layer: Overlay | Bed) -> Fraction:
    film_rate = document.timeline.rate
    clock = SourceClock.of(layer.source, film_rate)
    first, length = layer.start_s * clock.rate, layer.frames * clock.rate / film_rate
    add(made, "enabled", "TRUE")
    add(made, "duration", source_frames(layer.source, film_rate) if layer.source.kind != "image" else whole(length))
    rate_of(made, clock.rate)
    add(made, "start", layer.begins)
    add(made, "end", layer.begins + layer.frames)
    add(made, "in", whole(first))
    add(made, "out", whole(first + length))
    return first


def _audio(document: _Document, media: ET.Element, units: Sequence[_Unit]) -> None:
    """The clips' own sound on two tracks, left and right as one stereo pair; every lane of music on two more."""
    audio = add(media, "audio")
    add(audio, "numOutputChannels", 2)
    shape = add(add(audio, "format"), "samplecharacteristics")
    add(shape, "depth", 16)
    add(shape, "samplerate", 48000)
    heard = [unit for unit in units if unit.row.heard and not unit.held]
    gone_out = {unit.begins + unit.frames for unit in heard if unit.out_of}
    come_in = {unit.begins for unit in heard if unit.into}
    for channel in (0, 1) if heard else ():
        track = _stereo(audio, channel)
        for unit in heard:
            if channel < max(1, unit.row.clip.source.audio_channels):
                crossed = unit.into and unit.begins + unit.row.clip.overlap in gone_out
                if crossed:
                    _transition(track, unit.row, "audio")
                crosses = unit.out_of and unit.begins + unit.frames - unit.row.leaves in come_in
                _own_sound(document, track, _Unit(unit.row, unit.pieces, crossed, crosses), channel)
    for lane in in_lanes(beds(document.timeline)):
        for channel in (0, 1):
            track = _stereo(audio, channel)
            for bed in lane:
                if channel < max(1, bed.source.audio_channels):
                    _bed(document, track, bed, channel)


def _stereo(audio: ET.Element, channel: int) -> ET.Element:
    return ET.SubElement(audio, "track", currentExplodedTrackIndex=str(channel), totalExplodedTrackCount="2", premiereTrackType="Stereo")


def _own_sound(document: _Document, track: ET.Element, unit: _Unit, channel: int) -> None:
    """A clip's sound; where the neighbour under a transition is silent, it has an edge of its own."""
    row = unit.row
    made = document.item(track)
    add(made, "name", plain_xml(row.clip.source.name))
    add(made, "enabled", "TRUE")
    first, last = _times(made, unit)
    _file(document, made, row.clip.source)
    source = add(made, "sourcetrack")
    add(source, "mediatype", "audio")
    add(source, "trackindex", row.volume().track * max(1, row.clip.source.audio_channels) + channel + 1)
    _filter_speed(made, unit)
    ratio, fade = row.clock.rate / row.film_rate, _fade_of(document, unit)
    if row.volume().gain_db or any(fade):
        levels(made, row.volume().gain_db, first, last, (fade[0] * ratio, fade[1] * ratio))


def _bed(document: _Document, track: ET.Element, bed: Bed, channel: int) -> None:
    made = document.item(track)
    add(made, "name", plain_xml(bed.source.name))
    first = _layer_times(document, made, bed)
    _file(document, made, bed.source)
    source = add(made, "sourcetrack")
    add(source, "mediatype", "audio")
    add(source, "trackindex", channel + 1)
    ratio = SourceClock.of(bed.source, document.timeline.rate).rate / document.timeline.rate
    levels(made, bed.gain_db, first, first + bed.frames * ratio, (bed.fade_in * ratio, bed.fade_out * ratio))

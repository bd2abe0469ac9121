"""The film as a Kdenlive project (MLT XML): speeds as timewarp and timeremap, transitions as mixes on one track."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from xml.etree import ElementTree as ET

from app.editing.exports.base import File, decimal, path_of, plain_xml, whole
from app.editing.exports.extras import Bed, Files, Overlay, Words, beds, fades, in_lanes, overlays, words
from app.editing.exports.kdenlive_parts import faded, frozen, levels, moved, prop, remapped, title, warped
from app.editing.exports.keys import Key, moves_of
from app.editing.exports.layout import Piece, Row, rows, source_frames, title_of
from app.editing.facts import SourceFacts
from app.editing.operations.time import Ramp, Speed
from app.editing.timeline import Timeline

_DOCUMENT_VERSION = "1.04"


@dataclass
class _Document:
    """Producers made so far: (source, speed, pitch kept) -> its element's name; every source has its number in the bin."""

    timeline: Timeline
    root: ET.Element
    made: dict[tuple[object, ...], str] = field(default_factory=dict)
    bin: dict[str, tuple[int, str]] = field(default_factory=dict)
    titles: int = 0

    def frames_of(self, source: SourceFacts) -> int:
        """Length of a source in film frames; a still has no end, so it gets an hour."""
        if source.kind == "image":
            return max(self.timeline.frames, whole(3600 * self.timeline.rate))
        rate = self.timeline.rate if source.kind == "audio" else source.rate
        return max(1, whole(source_frames(source, self.timeline.rate) * self.timeline.rate / rate))


@dataclass(frozen=True)
class _Entry:
    """A clip on a track: film frames, and from which frame of its producer on (both at the film's rate)."""

    begins: int
    frames: int
    producer: str
    first: int
    filters: tuple[ET.Element, ...] = ()
    number: int = 0  # in the bin


@dataclass(frozen=True)
class _Mix:
    """A transition between two clips of one track."""

    begins: int
    frames: int


def write_kdenlive(timeline: Timeline, files: Files) -> list[File]:
    """Everything counts in film frames, ends inclusive, as MLT has it."""
    root = ET.Element("mlt", LC_NUMERIC="C", version="7.12.0", title=plain_xml(title_of(timeline)), producer="main_bin")
    _profile(root, timeline)
    document = _Document(timeline, root)
    found = rows(timeline)
    tracks: list[tuple[str, bool, Sequence[_Entry], Sequence[_Mix]]] = []
    for number, bed_lane in reversed(list(enumerate(in_lanes(beds(timeline)), 2))):
        tracks.append((f"A{number}", True, [_bed(document, bed) for bed in bed_lane], []))
    if any(row.heard for row in found):
        tracks.append(("A1", True, [entry for row in found for entry in _sound(document, row)], _mixes(found, heard=True)))
    tracks.append(("V1", False, [entry for row in found for entry in _picture(document, row)], _mixes(found, heard=False)))
    for number, lane in enumerate(in_lanes(overlays(timeline)), 2):
        tracks.append((f"V{number}", False, [_overlay(document, overlay) for overlay in lane], []))
    said = in_lanes(words(timeline, files))
    tracks += [("Titles", False, [_word(document, word) for word in lane], []) for lane in said]
    _bin(document, found)
    _black(document)
    for number, track in enumerate(tracks):
        _track(document, number, *track)
    _tractor(document, tracks)
    ET.indent(root)
    return [File(".kdenlive", '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n")]


def _profile(root: ET.Element, timeline: Timeline) -> None:
    shape = Fraction(timeline.width, timeline.height)
    ET.SubElement(
        root, "profile", description=f"{timeline.width}x{timeline.height} {decimal(timeline.rate, 2)} fps",
        width=str(timeline.width), height=str(timeline.height), progressive="1", sample_aspect_num="1", sample_aspect_den="1",
        display_aspect_num=str(shape.numerator), display_aspect_den=str(shape.denominator),
        frame_rate_num=str(timeline.rate.numerator), frame_rate_den=str(timeline.rate.denominator), colorspace="709",
    )  # fmt: skip


def _producer(document: _Document, source: SourceFacts, speed: Fraction = Fraction(1), pitch: bool = True, track: int = 0) -> str:
    """A file at a speed, with one of its audio tracks; every speed of a file is a producer of its own in Kdenlive."""
    key = (source.id, speed, pitch, track)
    if key in document.made:
        return document.made[key]
    number, _ = document.bin.setdefault(source.id, (len(document.bin) + 2, ""))
    name = document.made[key] = f"producer{len(document.made)}"
    length = max(1, whole(document.frames_of(source) / abs(speed)))
    made = ET.SubElement(document.root, "producer", id=name, attrib={"in": "0", "out": str(length - 1)})
    prop(made, "length", length)
    prop(made, "eof", "pause")
    if source.kind == "image":
        prop(made, "mlt_service", "qimage")
        prop(made, "resource", path_of(source))
        prop(made, "ttl", 25)
    elif speed != 1:
        warped(made, path_of(source), speed, pitch)
    else:
        prop(made, "mlt_service", "avformat-novalidate")
        prop(made, "resource", path_of(source))
    prop(made, "kdenlive:originalurl", path_of(source))
    prop(made, "kdenlive:clipname", plain_xml(source.name))
    prop(made, "kdenlive:id", number)
    if source.audio_tracks > 1:
        prop(made, "astream", track)
    if document.bin[source.id][1] == "" and speed == 1:
        document.bin[source.id] = (number, name)
    return name


def _place(row: Row, piece: Piece) -> Fraction:
    """The frame of the producer, at the film's rate and the piece's speed, with which a piece begins."""
    if row.still:
        return Fraction(0)
    speed = row.speed(piece)
    if speed < 0:
        length = source_frames(row.clip.source, row.film_rate)
        return (length - piece.end) * row.film_rate / row.clock.rate / abs(speed)
    return piece.first * row.film_rate / row.clock.rate / speed


def _mapped(row: Row) -> bool:
    """Whether only a time map says it: a ramp, several speeds under a transition, or an in-point between two frames of a warp."""
    if row.still:
        return False
    between = (row.speed(piece) != 1 and _place(row, piece).denominator != 1 for piece in row.pieces if not piece.held)
    joined = len(row.pieces) > 1 and (row.clip.overlap > 0 or row.leaves > 0)
    return joined or any(not piece.even for piece in row.pieces) or any(between)


def _entries(document: _Document, row: Row, *, heard: bool) -> list[_Entry]:
    """One entry per speed, or one with a time map for the row."""
    track = row.volume().track if heard else 0
    keep = next((o.keep_pitch for o in row.clip.segment.operations if isinstance(o, Speed | Ramp)), True)
    if _mapped(row):
        made = remapped(document.root, f"chain{row.number}{'a' if heard else 'v'}", row, path_of(row.clip.source), keep)
        _producer(document, row.clip.source)
        number = document.bin[row.clip.source.id][0]
        prop(made, "kdenlive:id", number)
        prop(made, "kdenlive:clipname", plain_xml(row.clip.source.name))
        return [_Entry(row.clip.begins, row.clip.frames, made.attrib["id"], 0, number=number)]
    found = []
    for piece in row.pieces:
        if piece.held and not row.still:
            if heard:
                continue
            name = _producer(document, row.clip.source)
            at = whole(Fraction(piece.first) * row.film_rate / row.clock.rate)
            found.append(_Entry(piece.begins, piece.frames, name, at, (frozen(),), document.bin[row.clip.source.id][0]))
            continue
        speed = Fraction(1) if row.still else row.speed(piece)
        name = _producer(document, row.clip.source, speed, keep, track)
        found.append(_Entry(piece.begins, piece.frames, name, whole(_place(row, piece)), number=document.bin[row.clip.source.id][0]))
    return found


def _picture(document: _Document, row: Row) -> list[_Entry]:
    keys, fade = moves_of(document.timeline, row.clip), fades(document.timeline, row)
    found = _entries(document, row, heard=False)
    dressed = []
    for number, entry in enumerate(found):
        at = entry.begins - row.clip.begins
        shifted = [Key(key.frame - at, key.scale, key.x, key.y, key.turn) for key in keys]
        filters = [*entry.filters, *moved(shifted, entry.first, entry.frames, document.timeline)]
        own = (fade[0] if number == 0 else 0, fade[1] if number == len(found) - 1 else 0)
        filters += faded(own, entry.first, entry.frames, sound=False)
        dressed.append(_Entry(entry.begins, entry.frames, entry.producer, entry.first, tuple(filters), entry.number))
    return dressed


def _sound(document: _Document, row: Row) -> list[_Entry]:
    if not row.heard:
        return []
    found, fade = _entries(document, row, heard=True), fades(document.timeline, row)
    dressed = []
    for number, entry in enumerate(found):
        own = (fade[0] if number == 0 else 0, fade[1] if number == len(found) - 1 else 0)
        filters = [*levels(row.volume().gain_db), *faded(own, entry.first, entry.frames, sound=True)]
        dressed.append(_Entry(entry.begins, entry.frames, entry.producer, entry.first, tuple(filters), entry.number))
    return dressed


def _mixes(found: Sequence[Row], *, heard: bool) -> list[_Mix]:
    pairs = pairwise(found)
    return [
        _Mix(row.clip.begins, row.clip.overlap) for before, row in pairs if row.clip.overlap and (not heard or (row.heard and before.heard))
    ]


def _overlay(document: _Document, overlay: Overlay) -> _Entry:
    name = _producer(document, overlay.source)
    first = 0 if overlay.source.kind == "image" else whole(overlay.start_s * document.timeline.rate)
    rect = None if overlay.w is None else (overlay.x, overlay.y, overlay.w)
    filters = moved([], first, overlay.frames, document.timeline, rect, overlay)
    return _Entry(overlay.begins, overlay.frames, name, first, tuple(filters), document.bin[overlay.source.id][0])


def _bed(document: _Document, bed: Bed) -> _Entry:
    name = _producer(document, bed.source)
    first = whole(bed.start_s * document.timeline.rate)
    filters = [*levels(bed.gain_db), *faded((bed.fade_in, bed.fade_out), first, bed.frames, sound=True)]
    return _Entry(bed.begins, bed.frames, name, first, tuple(filters), document.bin[bed.source.id][0])


def _word(document: _Document, word: Words) -> _Entry:
    document.titles += 1
    number = 10_000 + document.titles
    made = title(document.root, f"title{document.titles}", word, document.timeline)
    prop(made, "kdenlive:id", number)
    document.bin[f"title {document.titles}"] = (number, made.attrib["id"])
    return _Entry(word.begins, word.frames, made.attrib["id"], 0, number=number)


def _bin(document: _Document, found: Sequence[Row]) -> None:
    """The project's own list of files, the settings of the document, and the reasons of the rows as guides."""
    for source in document.timeline.sources.values():
        if source.id in document.bin and not document.bin[source.id][1]:
            _producer(document, source)
    made = ET.SubElement(document.root, "playlist", id="main_bin")
    prop(made, "kdenlive:docproperties.version", _DOCUMENT_VERSION)
    prop(made, "kdenlive:docproperties.kdenliveversion", "22.12.0")
    guides = [{"comment": row.clip.segment.reason, "pos": row.clip.begins, "type": 0} for row in found if row.clip.segment.reason]
    prop(made, "kdenlive:docproperties.guides", json.dumps(guides))
    prop(made, "xml_retain", 1)
    for _, name in document.bin.values():
        producer = next(one for one in document.root if one.attrib.get("id") == name)
        ET.SubElement(made, "entry", producer=name, attrib={"in": producer.attrib["in"], "out": producer.attrib["out"]})


def _black(document: _Document) -> None:
    last = str(max(0, document.timeline.frames - 1))
    made = ET.SubElement(document.root, "producer", id="black_track", attrib={"in": "0", "out": last})
    for name, value in (("resource", "black"), ("mlt_service", "color"), ("kdenlive:playlistid", "black_track"), ("set.test_audio", "0")):
        prop(made, name, value)


def _track(document: _Document, number: int, name: str, sound: bool, entries: Sequence[_Entry], mixes: Sequence[_Mix]) -> None:
    """Two playlists: clips that overlap in a mix lie on different ones."""
    lists = [ET.SubElement(document.root, "playlist", id=f"playlist{2 * number + half}") for half in (0, 1)]
    ends, side = [0, 0], 0
    mixed = {mix.begins: side for mix in mixes}
    for entry in entries:
        if entry.begins in mixed:
            side = 1 - side
            mixed[entry.begins] = side
        elif ends[side] > entry.begins:  # its neighbour reaches under it, but is not mixed with it
            side = 1 - side
        if entry.begins > ends[side]:
            ET.SubElement(lists[side], "blank", length=str(entry.begins - ends[side]))
        made = ET.SubElement(
            lists[side], "entry", producer=entry.producer, attrib={"in": str(entry.first), "out": str(entry.first + entry.frames - 1)}
        )
        prop(made, "kdenlive:id", entry.number)
        made.extend(entry.filters)
        ends[side] = entry.begins + entry.frames
    tractor = ET.SubElement(document.root, "tractor", id=f"tractor{number}", attrib={"in": "0", "out": str(max(0, max(ends) - 1))})
    if sound:
        prop(tractor, "kdenlive:audio_track", 1)
        for one in lists:
            prop(one, "kdenlive:audio_track", 1)
    prop(tractor, "kdenlive:track_name", name)
    for one in lists:
        ET.SubElement(tractor, "track", producer=one.attrib["id"], hide="video" if sound else "audio")
    for mix in mixes:
        _mix(tractor, mix, sound, backwards=mixed[mix.begins] == 0)


def _mix(tractor: ET.Element, mix: _Mix, sound: bool, *, backwards: bool) -> None:
    made = ET.SubElement(tractor, "transition", attrib={"in": str(mix.begins), "out": str(mix.begins + mix.frames - 1)})
    service = "mix" if sound else "luma"
    pairs = {"a_track": "0", "b_track": "1", "mlt_service": service, "kdenlive_id": service, "reverse": "1" if backwards else "0",
             "kdenlive:mixcut": str(mix.frames // 2), "factory": "loader"}  # fmt: skip
    for name, value in {**pairs, **({"start": "-1", "accepts_blanks": "1"} if sound else {"softness": "0"})}.items():
        prop(made, name, value)


def _tractor(document: _Document, tracks: Sequence[tuple[str, bool, Sequence[_Entry], Sequence[_Mix]]]) -> None:
    last = str(max(0, document.timeline.frames - 1))
    made = ET.SubElement(document.root, "tractor", id="timeline", global_feed="1", attrib={"in": "0", "out": last})
    ET.SubElement(made, "track", producer="black_track")
    for number in range(len(tracks)):
        ET.SubElement(made, "track", producer=f"tractor{number}")
    for number, (_, sound, _, _) in enumerate(tracks, 1):
        transition = ET.SubElement(made, "transition")
        about = {"mlt_service": "mix", "sum": "1"} if sound else {"mlt_service": "qtblend", "compositing": "0"}
        for name, value in {"a_track": "0", "b_track": str(number), **about, "always_active": "1", "internal_added": "237"}.items():
            prop(transition, name, value)

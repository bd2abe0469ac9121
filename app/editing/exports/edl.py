"""The film as an edit decision list in the CMX 3600 format."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from app.editing.exports.base import File, numbered, one_line, path_of
from app.editing.exports.extras import Files
from app.editing.exports.layout import FilmClock, Piece, Row, rows, title_of
from app.editing.operations.colour import Grade
from app.editing.timeline import Timeline

MOST_EVENTS = 999
# SMPTE 258M has bars that go right and down; the other way is the same wipe turned round.
WIPES = {"wipe_right": "W001", "wipe_left": "W001", "wipe_down": "W002", "wipe_up": "W002"}
REVERSED = frozenset({"wipe_left", "wipe_up"})


@dataclass(frozen=True)
class _Edit:
    """One event: a row's piece, and how it comes in. ``last``: what the transition comes from."""

    row: Row
    piece: Piece
    frames: int = 0  # of the transition
    last: tuple[Row, Piece] | None = None


def write_edl(timeline: Timeline, files: Files) -> list[File]:
    """One file, or several of at most 999 events each. Record times start at 01:00:00:00; source times carry the source's timecode.

    A clip of several speeds is an event per piece. Speeds are M2 lines: source frames per second of the film, 000.0 for a held
    frame, negative backwards. A transition is an event of its own, from where it begins.
    """
    clock = FilmClock.of(timeline)
    edits = list(_edits(rows(timeline)))
    parts = [edits[at : at + MOST_EVENTS] for at in range(0, len(edits), MOST_EVENTS)] or [[]]
    return [
        File(f"{ending}.edl", _list(part, clock, title_of(timeline) + ending))
        for part, ending in zip(parts, numbered(len(parts)), strict=True)
    ]


def _edits(found: Sequence[Row]) -> Iterator[_Edit]:
    before: tuple[Row, Piece] | None = None
    for row in found:
        for number, piece in enumerate(row.without_overlap()):
            joins = number == 0 and row.clip.overlap > 0 and before is not None
            yield _Edit(row, piece, min(row.clip.overlap, piece.frames) if joins else 0, before if joins else None)
            before = row, piece


def _list(edits: Sequence[_Edit], clock: FilmClock, title: str) -> str:
    lines = [f"TITLE: {one_line(title)[:70]}", f"FCM: {'DROP FRAME' if clock.drop_frame else 'NON-DROP FRAME'}", ""]
    for number, edit in enumerate(edits, 1):
        lines += [*_event(number, edit, clock), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _event(number: int, edit: _Edit, clock: FilmClock) -> Iterator[str]:
    row, piece = edit.row, edit.piece
    if edit.last is None:
        yield _line(number, row, piece, clock, "C", 0)
    else:
        yield _line(number, edit.last[0], _end_of(edit.last[1]), clock, "C", 0)
        kind = row.clip.transition.kind if row.clip.transition else "dissolve"
        yield _line(number, row, piece, clock, WIPES.get(kind, "D"), edit.frames)
        yield f"* FROM CLIP NAME: {one_line(edit.last[0].clip.source.name)}"
        if kind in REVERSED:
            yield "* REVERSE WIPE"
    yield from _speed(row, piece, clock)
    name = one_line(row.clip.source.name)
    yield f"* {'TO' if edit.last else 'FROM'} CLIP NAME: {name}"
    yield f"* SOURCE FILE: {path_of(row.clip.source)}"
    if row.clip.source.reel and reel_of(row.clip.source.reel) != row.clip.source.reel:
        yield f"* REEL NAME: {one_line(row.clip.source.reel)}"
    if row.still:
        yield "* STILL PICTURE"
    if row.clip.segment.reason:
        yield f"* COMMENT: {one_line(row.clip.segment.reason)[:200]}"
    yield from _colour(row)


def _end_of(piece: Piece) -> Piece:
    """The moment at which a piece ends, without length: where a transition goes out from."""
    at = piece.end if piece.step >= 0 else piece.first
    return replace(piece, begins=piece.begins + piece.frames, frames=0, first=at, end=at)


def _line(number: int, row: Row, piece: Piece, clock: FilmClock, way: str, frames: int) -> str:
    first, end = piece.first, piece.end
    if row.still:
        first, end = 0, piece.frames
    source = [row.clock.timecode(first), row.clock.timecode(end)]
    record = [clock.timecode(piece.begins), clock.timecode(piece.begins + piece.frames)]
    length = f"{frames:03d}" if frames else "   "
    channels = "AA/V" if row.heard and not piece.held else "V"
    return f"{number:03d}  {reel_of(row.clip.source.reel):<8} {channels:<5} {way:<4} {length} {' '.join([*source, *record])}"


def _speed(row: Row, piece: Piece, clock: FilmClock) -> Iterator[str]:
    """M2: frames of the source that pass in a second of the film; none where the film takes frame for frame."""
    if row.still or piece.step == 1:
        return
    per_second = Fraction(0) if piece.held else piece.step * clock.nominal
    first = piece.end - 1 if piece.step < 0 else piece.first
    sign = "-" if per_second < 0 else ""
    yield f"M2   {reel_of(row.clip.source.reel):<8}       {sign}{abs(float(per_second)):05.1f}                {row.clock.timecode(first)}"


def reel_of(name: str | None) -> str:
    """CMX 3600 allows eight letters and digits; AX is its word for a source without a reel."""
    return re.sub(r"[^A-Z0-9_]", "", (name or "").upper())[:8] or "AX"


def _colour(row: Row) -> Iterator[str]:
    """Exposure, contrast and gamma as slope, offset and power (ASC CDL), and saturation."""
    grade = next((operation for operation in row.clip.segment.operations if isinstance(operation, Grade)), None)
    if grade is None:
        return
    slope, offset, power = 2**grade.exposure_ev * grade.contrast, 0.5 * (1 - grade.contrast), 1 / grade.gamma
    yield "* ASC_SOP " + "".join(f"({value:.4f} {value:.4f} {value:.4f})" for value in (slope, offset, power))
    yield f"* ASC_SAT {grade.saturation:.4f}"

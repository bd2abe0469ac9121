"""The film as a table of cuts (CSV, RFC 4180): one line per row and speed."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from app.editing.exports.base import File, decimal, path_of
from app.editing.exports.extras import Files, Words, words
from app.editing.exports.layout import FilmClock, Piece, Row, rows
from app.editing.operations import OPERATIONS
from app.editing.timeline import Timeline

COLUMNS = (
    "row", "segment", "source", "path", "reel", "source_in_frame", "source_out_frame", "source_in", "source_out", "source_fps",
    "film_in_frame", "film_out_frame", "film_in", "film_out", "film_in_s", "film_out_s", "speed", "transition", "transition_frames",
    "operations", "words", "reason",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_csv(timeline: Timeline, files: Files) -> list[File]:
    """Out points are exclusive. ``speed``: 1 as shot, 0 held, below 0 backwards, the mean of a ramp. Rows that overlap in a
    transition both count it. Text that a spreadsheet would take for a formula has an apostrophe before it."""
    clock, said = FilmClock.of(timeline), words(timeline, files)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for row in rows(timeline):
        for number, piece in enumerate(row.pieces):
            writer.writerow([_safe(value) for value in _line(row, piece, clock, said if number == 0 else ())])
    return [File(".csv", text.getvalue())]


def _line(row: Row, piece: Piece, clock: FilmClock, said: Sequence[Words]) -> list[object]:
    clip, end = row.clip, piece.begins + piece.frames
    first, out = (0, piece.frames) if row.still else (piece.first, piece.end)
    joins = clip.overlap > 0 and clip.transition is not None and piece is row.pieces[0]
    here = [word.caption.text for word in said if clip.begins <= word.begins < clip.begins + clip.frames - row.leaves]
    return [
        row.number, clip.segment.id, clip.source.name, path_of(clip.source), clip.source.reel or "", first, out,
        row.clock.timecode(first), row.clock.timecode(out), decimal(row.clock.rate, 3), piece.begins, end, clock.timecode(piece.begins),
        clock.timecode(end), decimal(piece.begins / clock.rate), decimal(end / clock.rate),
        1 if row.still else _number(decimal(row.speed(piece), 4)), clip.transition.kind if joins and clip.transition else "",
        clip.overlap if joins else "", "; ".join(OPERATIONS[operation.op].TITLE for operation in clip.segment.operations),
        " / ".join(" ".join(text.split()) for text in here), clip.segment.reason,
    ]  # fmt: skip


def _number(text: str) -> float | int:
    return float(text) if "." in text else int(text)


def _safe(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value

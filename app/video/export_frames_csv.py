"""Every measured quantity of every frame as CSV (RFC 4180), for spreadsheets and scripts."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from app.video.clock import FilmClock
from app.video.curves import Curves
from app.video.models import VideoStream

_ROWS = 2000


def frames_csv(curves: Curves, video: VideoStream) -> Iterator[str]:
    """Pieces of text: a heading, then one row per frame with its number, time, timecode and every column of the table.

    Numbers have six significant digits; what was not measured is left empty.
    """
    clock, names = FilmClock.of(video), list(curves.columns)
    yield _lines([["frame", "time_s", "timecode", *names]])
    for start in range(0, len(curves), _ROWS):
        part = curves.part(start, min(len(curves), start + _ROWS))
        columns = [part[name].tolist() for name in names]
        rows = []
        for row, time_s in enumerate(part.times_s.tolist()):
            frame = start + row
            rows.append([frame, f"{time_s:.6f}", clock.timecode(frame, time_s), *(_number(column[row]) for column in columns)])
        yield _lines(rows)


def _number(value: float) -> str:
    return "" if value != value else f"{value:.6g}"  # NaN alone differs from itself


def _lines(rows: list[list[object]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()

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
    heading = io.StringIO()
    csv.writer(heading).writerow(["frame", "time_s", "timecode", *names])
    yield heading.getvalue()
    pattern = ",%.6g" * len(names)
    for start in range(0, len(curves), _ROWS):
        part = curves.part(start, min(len(curves), start + _ROWS))
        numbers = zip(*(part[name].tolist() for name in names), strict=True) if names else iter([()] * len(part))
        yield "".join(
            f"{frame},{time_s:.6f},{clock.timecode(frame, time_s)}{(pattern % row).replace('nan', '')}\r\n"
            for frame, (time_s, row) in enumerate(zip(part.times_s.tolist(), numbers, strict=True), start=start)
        )

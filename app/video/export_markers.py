"""The markers that people set, for other programs: titles, colours, times, and the list of them as CSV."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timezone

from app.video.clock import FilmClock
from app.video.document import VideoAnalysis
from app.video.export_edl import one_line
from app.video.review_document import AppliedMarker

TITLE_LENGTH = 40
# Resolve's nearest to the colours that it does not have; the others bear the same names there.
RESOLVE_COLOURS = {"orange": "Sand", "magenta": "Fuchsia", "black": "Cocoa", "white": "Cream"}
OTIO_COLOURS = {
    "fuchsia": "MAGENTA", "rose": "PINK", "lavender": "PURPLE", "sky": "CYAN", "mint": "GREEN", "lemon": "YELLOW", "sand": "ORANGE",
    "cocoa": "ORANGE", "cream": "WHITE",
}  # fmt: skip
COLUMNS = ("marker", "frame", "end_frame", "timecode", "start_s", "end_s", "colour", "author", "note", "created_at")


def title_of(marker: AppliedMarker) -> str:
    """The beginning of the note's first line, for lists that have no room for all of it."""
    first = one_line(marker.note.split("\n", 1)[0])
    return first if len(first) <= TITLE_LENGTH else first[: TITLE_LENGTH - 3].rstrip() + "..."


def otio_colour(marker: AppliedMarker) -> str:
    """OpenTimelineIO's nearest."""
    return OTIO_COLOURS.get(marker.colour, marker.colour.upper())


def place_of(marker: AppliedMarker, clock: FilmClock) -> tuple[int, int]:
    """(first frame, number of frames) on the even grid that edit lists use; at least one frame long."""
    first = clock.position(marker.frame, marker.time_s)
    if marker.end_frame is None or marker.end_s is None:
        return first, 1
    return first, max(1, clock.position(marker.end_frame, marker.end_s) - first)


def markers_csv(analysis: VideoAnalysis) -> str:
    """One row per marker (RFC 4180); ``end_frame`` and ``end_s`` are exclusive, empty for a single frame."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for number, marker in enumerate(analysis.review.markers if analysis.review else (), start=1):
        made = datetime.fromtimestamp(marker.created_at, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        end_s = "" if marker.end_s is None else f"{marker.end_s:.6f}"
        writer.writerow([
            number, marker.frame, marker.end_frame, marker.timecode, f"{marker.time_s:.6f}", end_s, marker.colour, marker.author,
            marker.note, made,
        ])  # fmt: skip
    return text.getvalue()

"""Markers as the edit decision list that DaVinci Resolve imports (Timelines, Import, Timeline Markers from EDL)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.video.clock import FilmClock
from app.video.document import VideoAnalysis
from app.video.export_edl import one_line
from app.video.timecode import to_frame, to_timecode
from configs.errors import BadInput

COLOURS = (
    "Blue", "Cyan", "Green", "Yellow", "Red", "Pink", "Purple", "Fuchsia",
    "Rose", "Lavender", "Sky", "Mint", "Lemon", "Sand", "Cocoa", "Cream",
)  # fmt: skip


@dataclass(frozen=True)
class Marker:
    """A note on a frame. ``colour``: one of `COLOURS`, in any case; ``time_s``: the frame's time, for uneven frame rates."""

    frame: int
    colour: str = "Blue"
    note: str = ""
    author: str = ""
    name: str = ""
    time_s: float | None = None
    frames: int = 1


def to_marker_edl(analysis: VideoAnalysis, markers: Sequence[Marker]) -> str:
    """One event per marker, in the order of their frames, on a timeline that starts at 01:00:00:00 as `to_edl`'s does.

    Raises:
        BadInput: a colour that Resolve does not have, or a marker before the first or behind the last frame.
    """
    clock = FilmClock.of(analysis.media.info.video)
    first = to_frame("01:00:00;00" if clock.drop_frame else "01:00:00:00", clock.fps)
    lines = [f"TITLE: {one_line(analysis.media.name)}", f"FCM: {'DROP FRAME' if clock.drop_frame else 'NON-DROP FRAME'}", ""]
    for number, marker in enumerate(sorted(markers, key=lambda m: m.frame), start=1):
        if not 0 <= marker.frame < analysis.frame_count:
            raise BadInput(f"Marker {marker.frame} lies outside the film.", f"Give a frame from 0 to {analysis.frame_count - 1}.")
        at = first + clock.position(marker.frame, _time_s(marker, clock))
        start, end = (to_timecode(frame, clock.fps, clock.drop_frame) for frame in (at, at + 1))
        lines.append(f"{number:03d}  001      V     C        {start} {end} {start} {end}  ")
        name = _text(marker.name) or f"Marker {number}"
        lines += [f"{_said(marker)} |C:ResolveColor{_colour(marker)} |M:{name} |D:{max(1, marker.frames)}", ""]
    return "\n".join(lines)


def _time_s(marker: Marker, clock: FilmClock) -> float:
    return float(marker.frame / clock.fps) if marker.time_s is None else marker.time_s


def _said(marker: Marker) -> str:
    note, author = _text(marker.note), _text(marker.author)
    return f"{author}: {note}" if author and note else note or author


def _text(text: str) -> str:
    """A bar would begin the next field."""
    return one_line(text).replace("|", "/")


def _colour(marker: Marker) -> str:
    found = next((c for c in COLOURS if c.lower() == marker.colour.strip().lower()), None)
    if found is None:
        raise BadInput(f"{marker.colour!r} is not a colour for markers.", f"Use one of {', '.join(COLOURS)}.")
    return found

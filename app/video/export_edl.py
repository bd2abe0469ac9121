"""The scenes as an edit decision list in the CMX 3600 format, for any editing program."""

from __future__ import annotations

import re

from app.video.clock import FilmClock
from app.video.document import VideoAnalysis
from app.video.timecode import to_frame, to_timecode

_RECORD_START = "01:00:00:00"


def to_edl(analysis: VideoAnalysis) -> str:
    """One cut per scene; source times carry the film's start timecode, record times start at 01:00:00:00.

    Films with an uneven frame rate are laid on the even grid of their nominal rate, as editing programs do.
    """
    media, clock = analysis.media, FilmClock.of(analysis.media.info.video)
    record = to_frame(_RECORD_START.replace("0:00:00", "0:00;00") if clock.drop_frame else _RECORD_START, clock.fps)
    name = one_line(media.name)
    lines = [f"TITLE: {name}", f"FCM: {'DROP FRAME' if clock.drop_frame else 'NON-DROP FRAME'}"]
    for number, scene in enumerate(analysis.scenes, start=1):
        first = clock.position(scene.start_frame, scene.start_s)
        last = max(first + 1, clock.position(scene.end_frame, scene.end_s))
        times = (clock.first + first, clock.first + last, record + first, record + last)
        text = " ".join(to_timecode(time, clock.fps, clock.drop_frame) for time in times)
        lines.append(f"{number:03d}  {reel(media.info.video.reel):<8} V     C        {text}")
        lines.append(f"* FROM CLIP NAME: {name}")
        if media.path:
            lines.append(f"* SOURCE FILE: {one_line(media.path)}")
    return "\n".join(lines) + "\n"


def reel(name: str | None) -> str:
    """CMX 3600 allows eight letters and digits; AX is its word for a source without a reel."""
    return re.sub(r"[^A-Z0-9_]", "", (name or "").upper())[:8] or "AX"


def one_line(text: str) -> str:
    """Control characters, line breaks among them, become spaces: each would start a new statement."""
    return re.sub(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+", " ", text).strip()

"""Where the rows begin, as chapters: for ffmpeg, and as the list that goes under a film on YouTube."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from app.editing.exports.base import File, one_line, whole
from app.editing.exports.extras import Files
from app.editing.exports.layout import rows, title_of
from app.editing.timeline import Timeline

_YOUTUBE_SHORTEST_S = 10


@dataclass(frozen=True)
class _Chapter:
    title: str
    start_s: Fraction
    end_s: Fraction


def write_chapters(timeline: Timeline, files: Files) -> list[File]:
    """``.ffmeta`` for ``ffmpeg -i film -i chapters -map_metadata 1 -map_chapters 1 -codec copy``, and ``.chapters.txt`` for YouTube."""
    found = list(_chapters(timeline))
    return [File(".ffmeta", _ffmetadata(found, title_of(timeline))), File(".chapters.txt", _youtube(found, timeline.seconds))]


def _chapters(timeline: Timeline) -> Iterator[_Chapter]:
    """One per row, from where it begins to where the next does; its reason is its title."""
    all_rows = rows(timeline)
    for row, following in zip(all_rows, [*all_rows[1:], None], strict=True):
        end = following.clip.begins if following else timeline.frames
        title = one_line(row.clip.segment.reason)[:80] or f"{row.number}. {one_line(row.clip.source.name)}"
        yield _Chapter(title, row.clip.begins / timeline.rate, end / timeline.rate)


def _ffmetadata(chapters: list[_Chapter], title: str) -> str:
    lines = [";FFMETADATA1", f"title={_escaped(title)}"]
    for chapter in chapters:
        lines += [
            "[CHAPTER]", "TIMEBASE=1/1000000", f"START={whole(chapter.start_s * 1_000_000)}", f"END={whole(chapter.end_s * 1_000_000)}",
            f"title={_escaped(chapter.title)}",
        ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _youtube(chapters: list[_Chapter], seconds: float) -> str:
    """YouTube wants the first at 0:00 and each ten seconds or longer; shorter ones join the chapter before."""
    kept: list[tuple[int, str]] = []
    for chapter in chapters:
        start = int(chapter.start_s)
        if not kept:
            kept.append((0, chapter.title))
        elif start - kept[-1][0] >= _YOUTUBE_SHORTEST_S:
            kept.append((start, chapter.title))
    if len(kept) > 1 and seconds - kept[-1][0] < _YOUTUBE_SHORTEST_S:
        kept.pop()
    return "".join(f"{_clock(start, seconds >= 3600)} {title}\n" for start, title in kept)


def _clock(start: int, hours: bool) -> str:
    minutes, seconds = divmod(start, 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def _escaped(text: str) -> str:
    return re.sub(r"([=;#\\])", r"\\\1", one_line(text))

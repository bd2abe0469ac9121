"""The film's words as SubRip subtitles."""

from __future__ import annotations

import re
from fractions import Fraction

from app.editing.exports.base import File, whole
from app.editing.exports.extras import Files, words
from app.editing.timeline import Timeline


def write_srt(timeline: Timeline, files: Files) -> list[File]:
    """Every caption in order of time; a film without words gives an empty file."""
    blocks = []
    for number, word in enumerate(words(timeline, files), 1):
        begin, end = (_clock(frame / timeline.rate) for frame in (word.begins, word.begins + word.frames))
        blocks.append(f"{number}\n{begin} --> {end}\n{_lines(word.caption.text)}\n")
    return [File(".srt", "\n".join(blocks))]


def _clock(seconds: Fraction) -> str:
    minutes, thousandths = divmod(whole(seconds * 1000), 60_000)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{thousandths // 1000:02d},{thousandths % 1000:03d}"


def _lines(text: str) -> str:
    """An empty line would end the subtitle, and an arrow would be taken for times."""
    lines = [re.sub(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+", " ", line).strip() for line in re.split(r"\r\n?|\n|\u2028|\u2029", text)]
    return "\n".join(line.replace("-->", "→") for line in lines if line)

"""Subtitle files (.srt, .vtt, .ass and what else pysubs2 reads) as plain cues."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from configs.errors import BadMedia

MOST_BYTES, MOST_CUES, MOST_LETTERS = 8 << 20, 20_000, 2000
_ENCODINGS = ("utf-8-sig", "utf-16", "cp1252")
_TAGS = re.compile(r"</?[a-zA-Z][^<>\n]{0,80}>|\{\\[^{}\n]{0,400}\}")
_GIVE = "Give an .srt, .vtt or .ass file."


class FileCue(NamedTuple):
    """One subtitle, in seconds of the file's own clock."""

    start_s: float
    end_s: float
    text: str


def read_cues(path: Path) -> tuple[FileCue, ...]:
    """The file's cues in order, their formatting taken off; those without text or length left out.

    Raises:
        BadMedia: it is missing, too large, or holds no subtitles that can be read.
    """
    import pysubs2

    text = _decoded(path)
    try:
        found = pysubs2.SSAFile.from_string(text)
    except (pysubs2.exceptions.Pysubs2Error, ValueError, KeyError, IndexError) as error:
        raise BadMedia(f"{path.name!r} is not a subtitle file that can be read.", _GIVE) from error
    cues = [
        FileCue(max(0, event.start) / 1000, event.end / 1000, _TAGS.sub("", event.plaintext).strip()[:MOST_LETTERS])
        for event in found
        if not event.is_comment and not event.is_drawing and event.end > max(0, event.start)
    ]
    kept = sorted(cue for cue in cues if cue.text)
    if not kept:
        raise BadMedia(f"{path.name!r} holds no subtitle.", _GIVE)
    if len(kept) > MOST_CUES:
        raise BadMedia(f"{path.name!r} holds {len(kept)} subtitles; {MOST_CUES} are the most.", "Split it.")
    return tuple(kept)


def _decoded(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadMedia(f"{path.name!r} is {path.stat().st_size / 1e6:.0f} MB, too large for subtitles.", _GIVE)
        data = path.read_bytes()
    except OSError as error:
        raise BadMedia(f"{path.name!r} cannot be read.", "Add the file again.") from error
    for encoding in _ENCODINGS:
        if encoding == "utf-16" and data[:2] not in (b"\xff\xfe", b"\xfe\xff"):
            continue
        try:
            return data.decode(encoding).replace("\x00", "")
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1").replace("\x00", "")

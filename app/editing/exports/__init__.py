"""THE table of interchange formats. To add one: write its writer in this folder, name it here and in `carried.py`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from app.editing.exports.base import Exported, File, FormatName
from app.editing.exports.chapters import write_chapters
from app.editing.exports.cut_list import write_csv
from app.editing.exports.edl import write_edl
from app.editing.exports.fcpxml import write_fcpxml
from app.editing.exports.kdenlive import write_kdenlive
from app.editing.exports.layout import title_of
from app.editing.exports.losses import losses
from app.editing.exports.otio_timeline import write_otio
from app.editing.exports.premiere import write_premiere
from app.editing.exports.srt import write_srt
from app.editing.timeline import Timeline

_NO_FILES: Mapping[str, Path] = MappingProxyType({})


@dataclass(frozen=True)
class Format:
    """A format: what people call it, what opens it, and who writes it."""

    title: str
    media_type: str
    write: Callable[[Timeline, Mapping[str, Path]], list[File]]


FORMATS: dict[FormatName, Format] = {
    "otio": Format("OpenTimelineIO", "application/vnd.pixar.opentimelineio+json", write_otio),
    "edl": Format("Edit list (CMX 3600)", "text/plain", write_edl),
    "fcpxml": Format("FCPXML 1.10 (Final Cut Pro, Resolve)", "application/xml", write_fcpxml),
    "premiere": Format("Final Cut Pro 7 XML (Premiere Pro, Resolve)", "application/xml", write_premiere),
    "kdenlive": Format("Kdenlive project (MLT)", "application/x-kdenlive", write_kdenlive),
    "srt": Format("Subtitles (SubRip)", "application/x-subrip", write_srt),
    "chapters": Format("Chapters", "text/plain", write_chapters),
    "csv": Format("Table of cuts", "text/csv", write_csv),
}


def export(timeline: Timeline, format: FormatName, *, name: str = "", files: Mapping[str, Path] = _NO_FILES) -> tuple[Exported, ...]:
    """The film in a format; several files where the format needs them.

    Args:
        name: of the files, without ending; left out: the film's title.
        files: artifact id -> path of what operations read besides sources, such as subtitles.
    """
    row, stem = FORMATS[format], file_stem(name or title_of(timeline))
    lost = losses(timeline, format)
    return tuple(Exported(stem + made.ending, row.media_type, made.text, lost) for made in row.write(timeline, files))


def file_stem(title: str) -> str:
    """A title as the beginning of a file's name on any system."""
    plain = re.sub(r'[\x00-\x1f\x7f<>:"/\\|?*]+', " ", title)
    return re.sub(r"\s+", " ", plain).strip(" .")[:80].strip() or "film"


__all__ = ["FORMATS", "Exported", "Format", "FormatName", "export", "file_stem"]

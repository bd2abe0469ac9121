"""What every writer of interchange files gives back, and how it says what its format cannot carry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import PurePosixPath, PureWindowsPath
from typing import Literal
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field

from app.editing.facts import SourceFacts

FormatName = Literal["otio", "edl", "fcpxml", "premiere", "kdenlive", "srt", "chapters", "csv"]
Degree = Literal["approximated", "lost"]
GENERATOR = "Animation AI Studio"


class Lost(BaseModel):
    """One thing that a file does not carry as the studio would render it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    what: str = Field(description="The operation or the property, in a person's words.")
    degree: Degree = Field(description="approximated: something near it stands in the file; lost: nothing does.")
    path: str = Field(description="JSON path in the plan.")
    row: int | None = Field(default=None, description="Row of the plan, from 1; none for the whole film.")
    segment: str | None = None
    why: str
    instead: str = Field(description="What stands in the file, or what to do in the other program.")


@dataclass(frozen=True)
class File:
    """A text that a writer made. ``ending``: what follows the film's name, with its dot."""

    ending: str
    text: str


@dataclass(frozen=True)
class Exported:
    """A file to keep: its name, its media type, its text, and all that it does not carry."""

    name: str
    media_type: str
    text: str
    lost: tuple[Lost, ...]


def one_line(text: str) -> str:
    """Control characters, line breaks among them, become spaces: each would start a new statement."""
    return re.sub(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+", " ", text).strip()


def plain_xml(text: str) -> str:
    """Without the characters that XML 1.0 forbids; line breaks stay."""
    return re.sub(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", " ", text)


def path_of(source: SourceFacts) -> str:
    """The original's full path, or its bare name where it was uploaded."""
    if not source.folder:
        return one_line(source.name)
    windows = source.folder[1:2] == ":" or source.folder.startswith("\\\\")
    return str((PureWindowsPath if windows else PurePosixPath)(source.folder) / source.name)


def url_of(source: SourceFacts) -> str:
    """A file URL of the original, or its bare name as a relative one, for the editor to relink."""
    text = path_of(source)
    path = PureWindowsPath(text) if text[1:2] == ":" or text.startswith("\\\\") else PurePosixPath(text)
    return path.as_uri() if source.folder and path.is_absolute() else quote(text)


def fraction_text(value: Fraction) -> str:
    """Seconds as FCPXML and people write an exact number: ``1001/30000s``, ``5s``."""
    return f"{value.numerator}s" if value.denominator == 1 else f"{value.numerator}/{value.denominator}s"


def decimal(value: Fraction | float, digits: int = 6) -> str:
    """A number without an exponent and without trailing zeros."""
    text = f"{float(value):.{digits}f}".rstrip("0").rstrip(".") if digits else f"{float(value):.0f}"
    return "0" if text in ("", "-0") else text


def whole(value: Fraction) -> int:
    """The nearest whole number; halves go up, so that the same halves always go the same way."""
    return int((value + Fraction(1, 2)) // 1)


def numbered(count: int) -> Iterator[str]:
    """Endings of the parts of a file that had to be split: nothing for a single one, else ``-1``, ``-2`` ..."""
    return iter([""] if count == 1 else [f"-{number}" for number in range(1, count + 1)])

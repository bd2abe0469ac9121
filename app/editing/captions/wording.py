"""Text made fit for a picture: nothing in it can be taken for a command, and every character has a font."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from app.editing.captions.fonts import coverage, face_with
from app.editing.captions.sfnt import Face

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

_MEASURED_PX = 96
_PICTURES = "emoji"
_STAND_IN = "\u25a1"
_JOINER = "\u2060"  # invisible; libass never draws it
_INVISIBLE = frozenset((0x200C, 0x200D, *range(0x1F3FB, 0x1F400), *range(0xE0020, 0xE0080)))
_STEERING = frozenset(
    (0x061C, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFE0E, 0xFE0F, 0x20E3, 0xFEFF, 0x00AD, 0x034F)
)


@dataclass(frozen=True)
class Run:
    """Neighbouring characters of one font."""

    face: Face
    text: str


def cleaned(text: str) -> str:
    """The text with its line breaks as ``\\n``, without control characters, marks that are never drawn, and lone surrogates."""
    text = unicodedata.normalize("NFC", text.encode("utf-8", "ignore").decode("utf-8"))
    kept = []
    for character in text.replace("\r\n", "\n"):
        category = unicodedata.category(character)
        if character in "\n\r\v\f\x85\u2028\u2029":
            kept.append("\n")
        elif character == "\t" or category == "Zs":
            kept.append(" ")
        elif category in ("Cc", "Cs", "Cn", "Co") or ord(character) in _STEERING:
            continue
        else:
            kept.append(character)
    return "\n".join(" ".join(line.split(" ")).strip() for line in "".join(kept).split("\n")).strip("\n")


def escaped(text: str) -> str:
    """The text as it stands in an ASS event: braces open no commands, and no backslash has a meaning."""
    return text.replace("\\", f"\\{_JOINER}").replace("{", "\\{").replace("}", "\\}").replace("\n", " ")


def runs(text: str, face: Face) -> list[Run]:
    """A line in runs of one font each; an empty square, or a question mark, stands for a character that no font here has."""
    made: list[Run] = []
    for one in text:
        character, chosen = _chosen(one, made[-1].face if made else face, face)
        if made and made[-1].face == chosen:
            made[-1] = Run(chosen, made[-1].text + character)
        else:
            made.append(Run(chosen, character))
    return made


def missing(text: str, face: Face) -> str:
    """The characters of a text that no font here has, each once."""
    lacking = (one for one in cleaned(text) if not one.isspace() and ord(one) not in _INVISIBLE and face_with(one, face) is None)
    return "".join(dict.fromkeys(lacking))


def width(text: str, face: Face) -> float:
    """How wide a line is, in shares of the em."""
    return sum(_length(str(run.face.path), run.text) for run in runs(text, face)) / _MEASURED_PX


def right_to_left(text: str, *, anywhere: bool = False) -> bool:
    """Whether the first letter that has a direction, or any letter, is one of a script written from the right."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in ("R", "AL"):
            return True
        if direction == "L" and not anywhere:
            return False
    return False


def colour(hexadecimal: str) -> str:
    """#rrggbb as ASS writes it."""
    return f"&H{hexadecimal[5:7]}{hexadecimal[3:5]}{hexadecimal[1:3]}&".upper()


def _chosen(character: str, current: Face, first: Face) -> tuple[str, Face]:
    if ord(character) in _INVISIBLE:
        return character, current  # it belongs to what it follows
    if character == " ":
        keeps = ord(character) in coverage(current.path) and _PICTURES not in current.family.casefold()
        return character, current if keeps else first  # blanks among pictures are as wide as pictures
    for one in (character, _STAND_IN, "?"):
        face = face_with(one, first)
        if face is not None:
            return one, face
    return character, first


@lru_cache(maxsize=16_384)
def _length(path: str, text: str) -> float:
    drawn = "".join(one for one in text if ord(one) in coverage_of(path) or ord(one) not in _INVISIBLE)
    return float(_font(path).getlength(drawn))


def coverage_of(path: str) -> frozenset[int]:
    """As `coverage`, by the name of the file."""
    from pathlib import Path

    return coverage(Path(path))


@lru_cache(maxsize=64)
def _font(path: str) -> FreeTypeFont:
    from PIL import ImageFont

    return ImageFont.truetype(path, _MEASURED_PX)

"""What a font file says of itself: its family, its weight, its measures and which characters it has (TrueType and OpenType)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_COLLECTION, _FACES = b"ttcf", (b"\x00\x01\x00\x00", b"OTTO", b"true")
_MOST_TABLE = 8 << 20


class NotAFont(ValueError):
    """The file is no font that can be read."""


@dataclass(frozen=True)
class Face:
    """One font. In shares of the em: ``height``, what ASS means by a font's size; ``descent``, how much of that is below the baseline;
    ``capital``, the height of its capitals."""

    path: Path
    family: str
    weight: int
    italic: bool
    height: float
    descent: float
    capital: float
    width: int = 5  # 1 ultra-condensed to 9; 5 is normal


def read_face(path: Path) -> Face:
    """The first face of a file.

    Raises:
        NotAFont: it is none, or it is damaged.
        OSError: the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            tables = _tables(file)
            head, os2 = _table(file, tables, b"head"), _table(file, tables, b"OS/2")
            hhea, names = _table(file, tables, b"hhea"), _table(file, tables, b"name")
        em = struct.unpack_from(">H", head, 18)[0] or 1000
        style = struct.unpack_from(">H", head, 44)[0]
        weight, width, height, descent, capital = _measures(os2, hhea, em)
        return Face(path, _family(names), weight or (700 if style & 1 else 400), bool(style & 2), height, descent, capital, width)
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise NotAFont(f"{path.name} is a damaged font") from error


def read_coverage(path: Path) -> frozenset[int]:
    """The characters a font has.

    Raises:
        NotAFont: as `read_face`.
        OSError: the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            data = _table(file, _tables(file), b"cmap")
        best: tuple[int, int] = (0, 0)
        for number in range(struct.unpack_from(">H", data, 2)[0]):
            platform, encoding, offset = struct.unpack_from(">HHI", data, 4 + 8 * number)
            kind = struct.unpack_from(">H", data, offset)[0]
            if kind in (4, 12) and (platform == 0 or (platform == 3 and encoding in (1, 10))):
                best = max(best, (kind, offset))
        if best[0] == 12:
            return frozenset(_groups(data, best[1]))
        return frozenset(_segments(data, best[1])) if best[0] == 4 else frozenset()
    except (struct.error, IndexError) as error:
        raise NotAFont(f"{path.name} is a damaged font") from error


def _tables(file: BinaryIO) -> dict[bytes, tuple[int, int]]:
    start = file.read(16)
    base = 0
    if start[:4] == _COLLECTION:
        base = struct.unpack_from(">I", start, 12)[0]
        file.seek(base)
        start = file.read(12)
    if start[:4] not in _FACES:
        raise NotAFont("no font")
    file.seek(base + 12)
    rows = file.read(16 * struct.unpack_from(">H", start, 4)[0])
    return {rows[at : at + 4]: struct.unpack_from(">II", rows, at + 8) for at in range(0, len(rows) - 15, 16)}


def _table(file: BinaryIO, tables: dict[bytes, tuple[int, int]], name: bytes) -> bytes:
    offset, length = tables.get(name, (0, 0))
    if not length:
        return b""
    file.seek(offset)
    return file.read(min(length, _MOST_TABLE))


def _measures(os2: bytes, hhea: bytes, em: int) -> tuple[int, int, float, float, float]:
    """(weight, width class, height, what is below the baseline, height of capitals)."""
    ascent, descent = struct.unpack_from(">hh", hhea, 4)
    if len(os2) < 78:
        return 0, 5, (ascent - descent) / em, -descent / em, 0.7
    version, _, weight, width = struct.unpack_from(">HhHH", os2, 0)
    above, below = struct.unpack_from(">HH", os2, 74)
    capital = struct.unpack_from(">h", os2, 88)[0] if version >= 2 and len(os2) >= 90 else 0
    if not above + below:
        above, below = ascent, -descent
    return weight, width, (above + below) / em, below / em, capital / em if 0.3 * em < capital < 1.2 * em else 0.7


def _family(names: bytes) -> str:
    """The family's English name, from Windows' records before the others'."""
    count, storage = struct.unpack_from(">HH", names, 2)
    found: dict[tuple[int, int], str] = {}
    for number in range(count):
        platform, _, language, name, length, offset = struct.unpack_from(">HHHHHH", names, 6 + 12 * number)
        if name != 1:
            continue
        raw = names[storage + offset : storage + offset + length]
        text = raw.decode("utf-16-be" if platform in (0, 3) else "latin-1", "replace")
        found[(platform != 3, language not in (0, 0x409))] = text
    if not found:
        raise NotAFont("a font without a name")
    return found[min(found)].strip()


def _groups(data: bytes, at: int) -> list[int]:
    characters: list[int] = []
    for number in range(min(struct.unpack_from(">I", data, at + 12)[0], 100_000)):
        first, last, glyph = struct.unpack_from(">III", data, at + 16 + 12 * number)
        if last <= 0x10FFFF:
            characters += range(first + (glyph == 0), last + 1)
    return characters


def _segments(data: bytes, at: int) -> list[int]:
    count = struct.unpack_from(">H", data, at + 6)[0] // 2
    ends, starts = at + 14, at + 16 + 2 * count
    characters: list[int] = []
    for number in range(count):
        end = struct.unpack_from(">H", data, ends + 2 * number)[0]
        start = struct.unpack_from(">H", data, starts + 2 * number)[0]
        offset = struct.unpack_from(">H", data, starts + 4 * count + 2 * number)[0]
        place = starts + 4 * count + 2 * number
        characters += (
            code
            for code in range(start, min(end, 0xFFFE) + 1)
            if not offset or struct.unpack_from(">H", data, place + offset + 2 * (code - start))[0]
        )
    return characters

"""Colour tables: .cube files read strictly, mixed with no change, and written anew, so that ffmpeg reads only what we wrote."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from configs.errors import BadMedia

LARGEST_3D, LARGEST_1D = 129, 65_536
MOST_BYTES = 128 << 20
_REMEDY = "Export it again as a .cube file (Adobe, Resolve), or choose another."

Triple = tuple[float, float, float]


@dataclass(frozen=True)
class Cube:
    """``rows``: red, green and blue; of a 3D table red changes quickest. ``low`` and ``high``: what its first and last row stand for."""

    size: int
    flat: bool
    rows: tuple[Triple, ...]
    low: Triple = (0.0, 0.0, 0.0)
    high: Triple = (1.0, 1.0, 1.0)

    def mixed(self, strength: float) -> Cube:
        """Only so much of it (0 to 1)."""
        if strength == 1:
            return self
        rows = []
        for number, row in enumerate(self.rows):
            same = self.unchanged(number)
            red, green, blue = (a + strength * (b - a) for a, b in zip(same, row, strict=True))
            rows.append((red, green, blue))
        return Cube(self.size, self.flat, tuple(rows), self.low, self.high)

    def unchanged(self, number: int) -> Triple:
        """What a row holds in a table that changes nothing."""
        at = (number,) * 3 if self.flat else (number % self.size, number // self.size % self.size, number // self.size**2)
        red, green, blue = (a + place / (self.size - 1) * (b - a) for place, a, b in zip(at, self.low, self.high, strict=True))
        return red, green, blue

    def text(self) -> str:
        """As a .cube file."""
        lines = [f"LUT_{'1' if self.flat else '3'}D_SIZE {self.size}", f"DOMAIN_MIN {_words(self.low)}", f"DOMAIN_MAX {_words(self.high)}"]
        return "\n".join([*lines, *map(_words, self.rows), ""])


def read_cube(path: Path) -> Cube:
    """Reads a table.

    Raises:
        BadMedia: it is no .cube file, or its rows do not fit its size.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadMedia(f"{path.name} is larger than any colour table.", _REMEDY)
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise BadMedia(f"{path.name} cannot be read ({error.strerror}).", _REMEDY) from error
    return _parsed(path.name, text)


def _parsed(name: str, text: str) -> Cube:
    size, flat = 0, False
    domain: dict[str, Triple] = {"DOMAIN_MIN": (0.0, 0.0, 0.0), "DOMAIN_MAX": (1.0, 1.0, 1.0)}
    rows: list[Triple] = []
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), 1):
        words = line.split("#")[0].split()
        if not words or words[0] == "TITLE":
            continue
        if words[0] in ("LUT_1D_SIZE", "LUT_3D_SIZE"):
            flat = words[0] == "LUT_1D_SIZE"
            size = int(words[1]) if len(words) == 2 and words[1].isdecimal() else 0
        elif words[0] in domain:
            domain[words[0]] = _triple(name, number, words[1:])
        elif words[0] in ("LUT_1D_INPUT_RANGE", "LUT_3D_INPUT_RANGE"):
            low, high, _ = _triple(name, number, [*words[1:], "0"])
            domain = {"DOMAIN_MIN": (low,) * 3, "DOMAIN_MAX": (high,) * 3}
        else:
            rows.append(_triple(name, number, words))
    _check(name, size, flat, len(rows), domain)
    return Cube(size, flat, tuple(rows), domain["DOMAIN_MIN"], domain["DOMAIN_MAX"])


def _check(name: str, size: int, flat: bool, rows: int, domain: dict[str, Triple]) -> None:
    most = LARGEST_1D if flat else LARGEST_3D
    if not 2 <= size <= most:
        raise BadMedia(f"{name} names no size of its table from 2 to {most}.", _REMEDY)
    if rows != (size if flat else size**3):
        raise BadMedia(f"{name} has {rows} rows of colours; a table of size {size} has {size if flat else size**3}.", _REMEDY)
    if any(low >= high for low, high in zip(domain["DOMAIN_MIN"], domain["DOMAIN_MAX"], strict=True)):
        raise BadMedia(f"{name} has a domain that is empty.", _REMEDY)


def _triple(name: str, number: int, words: list[str]) -> Triple:
    try:
        red, green, blue = map(float, words)
    except ValueError:
        raise BadMedia(f"Line {number} of {name} is not three numbers.", _REMEDY) from None
    if not all(map(math.isfinite, (red, green, blue))):
        raise BadMedia(f"Line {number} of {name} is not three numbers.", _REMEDY)
    return red, green, blue


def _words(values: Triple) -> str:
    return " ".join(f"{min(max(value, -1e4), 1e4):.6f}" for value in values)

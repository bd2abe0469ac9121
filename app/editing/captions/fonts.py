"""The fonts that captions may use: those of the studio, and those of this machine."""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from app.editing.captions.sfnt import Face, NotAFont, read_coverage, read_face
from configs.captions_file import FONTS_DIR

_SUFFIXES = (".ttf", ".otf", ".ttc")
_MOST_FILES = 6000
_BOLD = 600
PLAIN = "Inter"
_CLOSE = 0.6


def known(family: str) -> bool:
    """Whether captions can be set in a family."""
    return bool(_faces(family))


def close(family: str, most: int = 3) -> tuple[str, ...]:
    """Families whose names are like one that is not there; ours where none is."""
    names = {_folded(name): faces[0].family for name, faces in _by_family().items()}
    wanted = _folded(family)
    within = [name for name in names if wanted and (wanted in name or name in wanted)]
    alike = difflib.get_close_matches(wanted, names, n=most, cutoff=_CLOSE)
    found = tuple(dict.fromkeys(names[name] for name in [*alike, *sorted(within, key=len)]))
    return found[:most] or tuple(dict.fromkeys(face.family for face in bundled()))[:2]


def families() -> tuple[str, ...]:
    """Every family, ours first, then the machine's by name."""
    ours = tuple(dict.fromkeys(face.family for face in bundled()))
    others = sorted({faces[0].family for faces in _by_family().values()} - set(ours), key=str.casefold)
    return (*ours, *others)


def face_of(family: str, bold: bool) -> Face:
    """The upright face of a family that is nearest in weight; ours where the family is not there."""
    faces = _faces(family) or _ours()[_folded(PLAIN)]
    weight = 700 if bold else 400
    return min(faces, key=lambda face: (face.italic, abs(face.width - 5), abs(face.weight - weight)))


def is_bold(face: Face) -> bool:
    """Whether ASS must be asked for the bold one of its family."""
    return face.weight >= _BOLD


def face_with(character: str, first: Face) -> Face | None:
    """A face that has a character: the one given, one of ours, then one of the machine's, nearest in weight; None: there is none."""
    code = ord(character)
    if code in coverage(first.path):
        return first
    for face in bundled():
        if code in coverage(face.path):
            return face
    return _elsewhere(code, is_bold(first))


@lru_cache(maxsize=4096)
def _elsewhere(code: int, bold: bool) -> Face | None:
    having = [face for face in installed() if not face.italic and code in coverage(face.path)]
    return min(having, key=lambda face: (abs(face.weight - (700 if bold else 400)), abs(face.width - 5), str(face.path)), default=None)


@lru_cache(maxsize=512)
def coverage(path: Path) -> frozenset[int]:
    """The characters a font file has; none where it cannot be read."""
    try:
        return read_coverage(path)
    except (NotAFont, OSError):
        return frozenset()


@lru_cache(maxsize=1)
def bundled() -> tuple[Face, ...]:
    """The studio's own fonts."""
    return tuple(face for path in sorted(FONTS_DIR.glob("*.ttf")) if (face := _readable(path)) is not None)


@lru_cache(maxsize=1)
def installed() -> tuple[Face, ...]:
    """The machine's fonts; looked for once."""
    found = (_readable(path) for path in _files(font_folders(sys.platform, Path.home())))
    return tuple(face for face in found if face is not None)


def font_folders(platform: str, home: Path) -> tuple[Path, ...]:
    """Where a system keeps its fonts."""
    if platform == "darwin":
        return (Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library/Fonts")
    if platform == "win32":
        return (Path("C:/Windows/Fonts"), home / "AppData/Local/Microsoft/Windows/Fonts")
    return (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), home / ".local/share/fonts", home / ".fonts")


def _files(folders: Sequence[Path]) -> Iterator[Path]:
    count = 0
    for folder in folders:
        for place, _, names in os.walk(folder):
            for name in sorted(names):
                if name.lower().endswith(_SUFFIXES) and count < _MOST_FILES:
                    count += 1
                    yield Path(place) / name


def _readable(path: Path) -> Face | None:
    try:
        face = read_face(path)
    except (NotAFont, OSError):
        return None
    return None if set(face.family) & set(",{}\\") or not face.family.isprintable() else face


def _faces(family: str) -> tuple[Face, ...]:
    """Those of a family; the machine's fonts are looked at only for what is none of ours."""
    name = _folded(family)
    return _ours().get(name) or _by_family().get(name, ())


@lru_cache(maxsize=1)
def _ours() -> dict[str, tuple[Face, ...]]:
    return _grouped(bundled())


@lru_cache(maxsize=1)
def _by_family() -> dict[str, tuple[Face, ...]]:
    return {**_grouped(installed()), **_ours()}


def _grouped(found: Sequence[Face]) -> dict[str, tuple[Face, ...]]:
    faces: dict[str, tuple[Face, ...]] = {}
    for face in found:
        name = _folded(face.family)
        faces[name] = (*faces.get(name, ()), face)
    return faces


def _folded(family: str) -> str:
    return " ".join(family.split()).casefold()

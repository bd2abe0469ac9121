"""A character as one file: a zip of a manifest, pictures and LoRAs, read without trusting any of it."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Literal, Protocol

from pydantic import Field, ValidationError

from app.cast import HANDLE, Strict
from app.characters.pack import Pack
from app.validation import as_bad_input
from configs.errors import BadMedia

SUFFIX = ".character"
MEDIA_TYPE = "application/vnd.animation-studio.character+zip"
FORMAT: Literal["animation-studio-character"] = "animation-studio-character"
VERSION = 1
MANIFEST = "manifest.json"
MOST_ENTRIES = 64
LARGEST_MANIFEST = 1 << 20
LARGEST_PICTURE = 64 << 20
LARGEST_LORA = 8 << 30
LARGEST_DIRECTORY = 1 << 20  # bytes of the zip's own table of contents
PIECE = 1 << 20
ENCRYPTED = 1  # a flag of an entry
_PICTURE = re.compile(r"pictures/[0-9a-f]{16}\.[a-z0-9]{2,5}\Z")
_LORA = re.compile(r"loras/[0-9a-f]{16}\.safetensors\Z")
_REMEDY = "Export the character anew."
_UNREADABLE = (OSError, ValueError, RuntimeError, EOFError, zipfile.BadZipFile, zlib.error)
Sha256 = Field(pattern=r"^[0-9a-f]{64}$")


class FileEntry(Strict):
    """A picture in the file."""

    path: str
    name: str = Field(max_length=200, description="What it is called in the library.")
    sha256: str = Sha256
    size_bytes: int = Field(ge=0)


class LoraEntry(Strict):
    """A LoRA that the pack uses; ``path`` is null where the file itself was left out."""

    name: str = Field(min_length=1, max_length=200)
    sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    size_bytes: int | None = Field(default=None, ge=0)
    path: str | None = None


class Manifest(Strict):
    """What is in the file. In ``pack``, pictures are named by their paths in it."""

    format: Literal["animation-studio-character"] = FORMAT
    schema_version: int = VERSION
    program: str = Field(default="", max_length=200)
    handle: str = Field(pattern=rf"^{HANDLE}$")
    pack: Pack
    pictures: list[FileEntry] = Field(default=[], max_length=MOST_ENTRIES)
    loras: list[LoraEntry] = Field(default=[], max_length=MOST_ENTRIES)

    def paths(self) -> list[str]:
        """Every file that must be there, as often as it is named."""
        return [one.path for one in self.pictures] + [one.path for one in self.loras if one.path is not None]


class Sink(Protocol):
    """Where bytes go."""

    def write(self, data: bytes) -> object: ...


class Bundle:
    """A file that has been checked; get one from `open_bundle`."""

    def __init__(self, archive: zipfile.ZipFile, manifest: Manifest, name: str) -> None:
        self.manifest = manifest
        self._archive, self._name = archive, name

    def copy(self, path: str, sha256: str | None, sink: Sink) -> None:
        """Writes one of its files; raises `BadMedia` when it is damaged or is not what the manifest says."""
        found = hashlib.sha256()
        try:
            with self._archive.open(path) as entry:
                while piece := entry.read(PIECE):
                    found.update(piece)
                    sink.write(piece)
        except _UNREADABLE as error:
            raise BadMedia(f"{self._name} is damaged at {path}: {error}.", _REMEDY) from None
        if found.hexdigest() != sha256:
            raise BadMedia(f"{path} in {self._name} is not the file that its manifest speaks of.", _REMEDY)


@contextlib.contextmanager
def open_bundle(path: Path, name: str, limit_bytes: int) -> Iterator[Bundle]:
    """Opens and checks a file; nothing of it is written anywhere.

    Args:
        name: what a person calls the file.
        limit_bytes: the most that all of it may be, unpacked.

    Raises:
        BadMedia: it is no such file, from a newer version, damaged, too large when unpacked, or holds what it should not.
    """
    try:
        file = _Bounded(path.open("rb"))
        archive = zipfile.ZipFile(file)
    except _UNREADABLE:
        raise BadMedia(
            f"{name} is no {SUFFIX} file, or it is damaged.", f"Give a file that a character was exported to ({SUFFIX})."
        ) from None
    with file, archive:
        file.limit = None
        entries = _checked(archive.infolist(), name, limit_bytes)
        manifest = _manifest(archive, entries, name)
        _compare(manifest, entries, name)
        yield Bundle(archive, manifest, name)


class _Bounded(io.BufferedReader):
    """Refuses to hand out more at once than a sane table of contents has, while there is a limit."""

    limit: int | None = LARGEST_DIRECTORY

    def __init__(self, raw: IO[bytes]) -> None:
        super().__init__(raw)  # type: ignore[arg-type]

    def read(self, size: int | None = -1, /) -> bytes:
        if self.limit is not None and size is not None and size > self.limit:
            raise ValueError("its table of contents is too large")
        return super().read(size)


def _checked(entries: list[zipfile.ZipInfo], name: str, limit_bytes: int) -> dict[str, zipfile.ZipInfo]:
    if len(entries) > MOST_ENTRIES:
        raise BadMedia(f"{name} holds {len(entries)} files, more than a character has ({MOST_ENTRIES}).", _REMEDY)
    found: dict[str, zipfile.ZipInfo] = {}
    for entry in entries:
        shown = repr(entry.filename[:60])
        largest = _largest(entry.filename)
        if largest is None:
            raise BadMedia(f"{name} holds {shown}, which has no place in a character.", _REMEDY)
        if entry.filename in found:
            raise BadMedia(f"{name} holds {shown} twice.", _REMEDY)
        if entry.flag_bits & ENCRYPTED or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise BadMedia(f"{shown} in {name} is encrypted or packed in a way that characters are not.", _REMEDY)
        if entry.file_size > largest:
            raise BadMedia(f"{shown} in {name} unpacks to {entry.file_size:,} bytes; {largest:,} are the most.", _REMEDY)
        found[entry.filename] = entry
    total = sum(entry.file_size for entry in entries)
    if total > limit_bytes:
        raise BadMedia(f"{name} unpacks to {total:,} bytes; this studio takes {limit_bytes:,}.", "Export it without its LoRAs.")
    return found


def _largest(path: str) -> int | None:
    """The most bytes that a file of this name may have; None where no such file may be."""
    if path == MANIFEST:
        return LARGEST_MANIFEST
    if _PICTURE.match(path):
        return LARGEST_PICTURE
    return LARGEST_LORA if _LORA.match(path) else None


def _manifest(archive: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo], name: str) -> Manifest:
    if MANIFEST not in entries:
        raise BadMedia(f"{name} has no {MANIFEST}, so it is no character.", f"Give a file that a character was exported to ({SUFFIX}).")
    try:
        data: Any = json.loads(archive.read(MANIFEST).decode("utf-8"))
    except (*_UNREADABLE, RecursionError):
        raise BadMedia(f"The {MANIFEST} of {name} cannot be read.", _REMEDY) from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise BadMedia(f"The {MANIFEST} of {name} does not describe a character.", f"Give a {SUFFIX} file.")
    version = data.get("schema_version")
    if not isinstance(version, int) or version < 1 or version > VERSION:
        raise BadMedia(f"{name} is of version {str(version)[:20]}; this studio reads version {VERSION}.", "Update the studio.", "too_new")
    try:
        return Manifest.model_validate(data)
    except ValidationError as error:
        wrong = as_bad_input(error.errors(), "manifest")
        raise BadMedia(f"The {MANIFEST} of {name} is wrong. {wrong.message}", _REMEDY) from None


def _compare(manifest: Manifest, entries: dict[str, zipfile.ZipInfo], name: str) -> None:
    """What the manifest speaks of must be there, once, of the size it says; and nothing else."""
    named = manifest.paths()
    sizes: dict[str | None, int | None] = {one.path: one.size_bytes for one in manifest.pictures}
    sizes |= {one.path: one.size_bytes for one in manifest.loras}
    used = [*manifest.pack.references, *([manifest.pack.sheet] if manifest.pack.sheet else [])]
    pictures = {one.path for one in manifest.pictures}
    for path in named:
        if path not in entries or sizes[path] != entries[path].file_size or path == MANIFEST:
            raise BadMedia(f"{name} lacks {path[:60]!r}, of which its manifest speaks, or has another in its place.", _REMEDY)
    for path in set(entries) - {MANIFEST}:
        if named.count(path) != 1 or (path in pictures) != path.startswith("pictures/"):
            raise BadMedia(f"{name} holds {path[:60]!r}, which its manifest does not speak of as what it is.", _REMEDY)
    for path in used:
        if path not in pictures:
            raise BadMedia(f"The pack in {name} uses {path[:60]!r}, which is no picture of it.", _REMEDY)

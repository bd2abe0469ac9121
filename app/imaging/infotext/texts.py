"""The texts that a picture's file carries: PNG text chunks, and what JPEG, WebP and AVIF keep in EXIF. Never decodes pixels."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from app.imaging.infotext.pngs import SIGNATURE, Chunk, chunks_of
from configs.errors import BadMedia

LARGEST_FILE = 256 << 20
LARGEST_TEXT, LARGEST_ALL = 8 << 20, 24 << 20  # bytes, unpacked: a few kilobytes can claim to be gigabytes
MOST_TEXTS = 64
_USER_COMMENT, _MAKER_NOTE, _EXIF_IFD = 0x9286, 0x927C, 0x8769
_NAMED = re.compile(r"(prompt|workflow|parameters)\s*:\s*(?=[\[{])", re.IGNORECASE)  # as ComfyUI's WebP files begin a tag


@dataclass
class Texts:
    """Keyword -> text; JPEG's and WebP's user comment is ``parameters``, as A1111 uses it. ``notes``: what could not be read."""

    found: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    size: tuple[int, int] | None = None


def texts_of(path: Path) -> Texts:
    """Every text of a file.

    Raises:
        BadMedia: the file is too large, or no picture.
    """
    if path.stat().st_size > LARGEST_FILE:
        raise BadMedia(f"{path.name!r} has more than {LARGEST_FILE:,} bytes.", "Settings are read from pictures below that.")
    with path.open("rb") as file:
        start = file.read(len(SIGNATURE))
    return _of_png(path.read_bytes()) if start == SIGNATURE else _of_exif(path)


def _of_png(data: bytes) -> Texts:
    texts, left = Texts(), LARGEST_ALL
    for chunk in chunks_of(data):
        if chunk.kind == b"IHDR" and len(chunk.data) >= 8:
            texts.size = (int.from_bytes(chunk.data[:4], "big"), int.from_bytes(chunk.data[4:8], "big"))
        if chunk.kind not in (b"tEXt", b"zTXt", b"iTXt") or len(texts.found) >= MOST_TEXTS:
            continue
        keyword = chunk.data.partition(b"\0")[0][:79].decode("latin-1")
        try:
            text = _decoded(chunk, min(left, LARGEST_TEXT))
        except (ValueError, zlib.error) as error:
            texts.notes.append(f"The text {keyword!r} of the file cannot be read: {error}.")
            continue
        left -= len(text)
        texts.found.setdefault(keyword, text)
    if not texts.found and not texts.notes and not data.rstrip(b"\0").endswith(b"IEND\xaeB`\x82"):
        texts.notes.append("The file is cut off; what stood behind the break is lost.")
    return texts


def _decoded(chunk: Chunk, room: int) -> str:
    """The text of a chunk; raises ValueError saying what is wrong with it."""
    if not chunk.whole:
        raise ValueError("its check sum is wrong")
    _, found, rest = chunk.data.partition(b"\0")
    if not found:
        raise ValueError("it has no keyword")
    if chunk.kind == b"tEXt":
        raw, coding = rest, "latin-1"
    elif chunk.kind == b"zTXt":
        raw, coding = _unpacked(rest[1:], room), "latin-1"
    else:
        packed = rest[:1] == b"\1"
        parts = rest[2:].split(b"\0", 2)
        if len(parts) != 3:
            raise ValueError("it is not of the form that iTXt has")
        raw, coding = (_unpacked(parts[2], room) if packed else parts[2]), "utf-8"
    if len(raw) > room:
        raise ValueError(f"it has more than {room:,} bytes")
    if coding == "latin-1":  # several programs write UTF-8 here, against the specification
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            return raw.decode("latin-1")
    return raw.decode(coding, "replace")


def _unpacked(data: bytes, room: int) -> bytes:
    engine = zlib.decompressobj()
    raw = engine.decompress(data, room + 1)
    if len(raw) > room:
        raise ValueError(f"it unpacks to more than {room:,} bytes")
    return raw


def _of_exif(path: Path) -> Texts:
    from PIL import Image

    texts = Texts()
    try:
        with Image.open(path) as image:
            texts.size = image.size
            exif = image.getexif()
            tags = {**dict(exif), **dict(exif.get_ifd(_EXIF_IFD))}
            comment = image.info.get("comment")
    except Image.DecompressionBombError as error:
        raise BadMedia(f"{path.name!r} has too many pixels: {error}.", "Give a smaller picture.") from error
    except Exception as error:  # each format's plugin raises what it likes about a damaged file
        raise BadMedia(f"{path.name!r} is not a picture that can be read.", "Give a PNG, JPEG or WebP.") from error
    _take(texts, tags, comment)
    return texts


def _take(texts: Texts, tags: Mapping[int, object], comment: object) -> None:
    for tag, value in tags.items():
        if not isinstance(value, str | bytes) or len(value) > LARGEST_TEXT or not value:
            continue
        if tag == _USER_COMMENT:
            texts.found.setdefault("parameters", user_comment(value))
        elif tag == _MAKER_NOTE:
            texts.found.setdefault("fooocus_scheme", _text(value))
        else:
            text = _text(value)
            named = _NAMED.match(text)
            if named:
                texts.found.setdefault(named[1].lower(), text[named.end() :])
    if isinstance(comment, bytes | str) and 0 < len(comment) <= LARGEST_TEXT:
        texts.found.setdefault("parameters", _text(comment))


def user_comment(value: str | bytes) -> str:
    """EXIF's UserComment (Exif 2.32, 4.6.5): eight bytes name the coding; "UNICODE" is UTF-16, of either byte order in the wild."""
    if isinstance(value, str):
        value = value.encode("latin-1", "replace")
    head, body = value[:8], value[8:]
    if head == b"UNICODE\0":
        if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return body.decode("utf-16", "replace").strip("\0")
        big = body[0::2].count(0) >= body[1::2].count(0)
        return body.decode("utf-16-be" if big else "utf-16-le", "replace").strip("\0")
    return _text(body if head in (b"ASCII\0\0\0", b"\0" * 8, b"JIS\0\0\0\0\0") else value)


def _text(value: str | bytes) -> str:
    if isinstance(value, str):
        return value.strip("\0")
    try:
        return value.decode("utf-8").strip("\0")
    except UnicodeDecodeError:
        return value.decode("latin-1").strip("\0")

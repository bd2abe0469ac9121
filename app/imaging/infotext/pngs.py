"""The chunks of a PNG, read and written without decoding its pixels (PNG specification, third edition, sections 5 and 11.3)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

SIGNATURE = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Chunk:
    """One chunk; ``whole``: its check sum is right."""

    kind: bytes
    data: bytes
    whole: bool = True


def chunks_of(data: bytes) -> Iterator[Chunk]:
    """The chunks of a file's bytes, in order; ends where they break off. Nothing at all for what is no PNG."""
    if not data.startswith(SIGNATURE):
        return
    at = len(SIGNATURE)
    while at + 12 <= len(data):
        length = struct.unpack_from(">I", data, at)[0]
        end = at + 8 + length
        if end + 4 > len(data):
            return
        kind, body = data[at + 4 : at + 8], data[at + 8 : end]
        yield Chunk(kind, body, zlib.crc32(data[at + 4 : end]) == struct.unpack_from(">I", data, end)[0])
        at = end + 4
        if kind == b"IEND":
            return


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk's bytes."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def text_chunk(keyword: str, text: str) -> tuple[bytes, bytes]:
    """Kind and body: tEXt where Latin-1 will do, as A1111 writes it, else iTXt in UTF-8, uncompressed."""
    try:
        return b"tEXt", keyword.encode("latin-1") + b"\0" + text.encode("latin-1")
    except UnicodeEncodeError:
        return b"iTXt", keyword.encode("latin-1") + b"\0\0\0\0\0" + text.encode("utf-8", "replace")

"""Chunks are read as they were written, and where a file breaks off reading ends."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from app.imaging.infotext.pngs import SIGNATURE, Chunk, chunk, chunks_of, text_chunk
from tests.app.imaging.infotext.files import png


def test_the_chunks_of_a_real_file(tmp_path: Path) -> None:
    found = list(chunks_of(png(tmp_path / "a.png", parameters="a cat").read_bytes()))
    assert [one.kind for one in found] == [b"IHDR", b"tEXt", b"IDAT", b"IEND"]
    assert found[1] == Chunk(b"tEXt", b"parameters\0a cat", True)


def test_what_is_no_png_has_none() -> None:
    assert list(chunks_of(b"GIF89a...")) == []
    assert list(chunks_of(b"")) == []


def test_a_file_that_breaks_off_ends_before_the_break(tmp_path: Path) -> None:
    data = png(tmp_path / "a.png", parameters="a cat").read_bytes()
    for end in range(len(SIGNATURE), len(data)):
        kinds = [one.kind for one in chunks_of(data[:end])]
        assert kinds == [b"IHDR", b"tEXt", b"IDAT", b"IEND"][: len(kinds)]
        assert b"IEND" not in kinds


def test_a_wrong_check_sum_is_told() -> None:
    data = bytearray(SIGNATURE + chunk(b"tEXt", b"a\0b"))
    data[-1] ^= 1
    assert [one.whole for one in chunks_of(bytes(data))] == [False]


def test_texts_beyond_latin_1_become_utf_8(tmp_path: Path) -> None:
    assert text_chunk("k", "café") == (b"tEXt", b"k\0caf\xe9")
    kind, body = text_chunk("k", "狐 🦊")
    assert kind == b"iTXt"
    raw = png(tmp_path / "a.png").read_bytes()
    head = next(chunks_of(raw))
    at = raw.index(chunk(head.kind, head.data)) + len(chunk(head.kind, head.data))
    (tmp_path / "b.png").write_bytes(raw[:at] + chunk(kind, body) + raw[at:])
    with Image.open(tmp_path / "b.png") as image:
        image.load()
        assert image.text == {"k": "狐 🦊"}  # type: ignore[attr-defined]

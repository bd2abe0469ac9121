"""Texts of files: all three kinds of chunk, EXIF, and what would do harm."""

from __future__ import annotations

import zlib
from pathlib import Path
from random import Random
from typing import Any

import pytest
from PIL import Image

from app.imaging.infotext import texts
from app.imaging.infotext.pngs import chunk
from app.imaging.infotext.reading import read_settings
from app.imaging.infotext.texts import texts_of, user_comment
from configs.errors import BadMedia
from tests.app.imaging.infotext.files import A1111, png, with_chunks

FUZZED = 300


def itxt(keyword: bytes, text: bytes, packed: bool = False) -> bytes:
    return chunk(b"iTXt", keyword + b"\0" + (b"\1" if packed else b"\0") + b"\0en\0word\0" + (zlib.compress(text) if packed else text))


def test_all_three_kinds(tmp_path: Path) -> None:
    path = with_chunks(
        tmp_path / "a.png", chunk(b"tEXt", b"one\0caf\xe9"), chunk(b"zTXt", b"two\0\0" + zlib.compress(b"packed")),
        itxt(b"three", "狐".encode()), itxt(b"four", "🦊".encode(), packed=True),
    )  # fmt: skip
    found = texts_of(path)
    assert found.found == {"one": "café", "two": "packed", "three": "狐", "four": "🦊"}
    assert (found.notes, found.size) == ([], (1, 1))


def test_utf_8_where_latin_1_should_be(tmp_path: Path) -> None:
    assert texts_of(with_chunks(tmp_path / "a.png", chunk(b"tEXt", "parameters\0狐".encode()))).found == {"parameters": "狐"}


@pytest.mark.parametrize("kind", [b"zTXt", b"iTXt"])
def test_a_bomb_is_a_note(tmp_path: Path, kind: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "LARGEST_TEXT", 1 << 16)
    bomb = zlib.compress(b"a" * (1 << 22), 9)
    body = b"parameters\0\0" + bomb if kind == b"zTXt" else b"parameters\0\1\0\0\0" + bomb
    found = texts_of(with_chunks(tmp_path / "a.png", chunk(kind, body)))
    assert found.found == {}
    assert "unpacks to more than 65,536 bytes" in found.notes[0]


def test_many_texts_share_one_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "LARGEST_ALL", 1000)
    rows = [chunk(b"zTXt", f"k{number}".encode() + b"\0\0" + zlib.compress(b"x" * 400)) for number in range(5)]
    found = texts_of(with_chunks(tmp_path / "a.png", *rows))
    assert (len(found.found), len(found.notes)) == (2, 3)


def test_so_many_chunks_that_they_are_no_settings(tmp_path: Path) -> None:
    rows = [chunk(b"tEXt", f"k{number}".encode() + b"\0x") for number in range(500)]
    assert len(texts_of(with_chunks(tmp_path / "a.png", *rows)).found) == texts.MOST_TEXTS


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (chunk(b"tEXt", b"no separator"), "no keyword"),
        (chunk(b"iTXt", b"parameters\0\0\0broken"), "form that iTXt has"),
        (chunk(b"zTXt", b"parameters\0\0not zlib"), "cannot be read"),
        (chunk(b"tEXt", b"parameters\0x")[:-1] + b"\0", "check sum"),
    ],
)
def test_a_malformed_chunk_is_a_note(tmp_path: Path, body: bytes, said: str) -> None:
    found = texts_of(with_chunks(tmp_path / "a.png", body))
    assert found.found == {}
    assert said in found.notes[0]


def test_a_file_that_is_cut_off_says_so(tmp_path: Path) -> None:
    path = with_chunks(tmp_path / "a.png")
    path.write_bytes(path.read_bytes()[:40])
    assert "cut off" in texts_of(path).notes[0]


@pytest.mark.parametrize("ending", ["jpg", "webp"])
@pytest.mark.parametrize("coding", ["utf-16-be", "utf-16-le"])
def test_the_user_comment_of_jpeg_and_webp(tmp_path: Path, ending: str, coding: str) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + A1111.encode(coding)
    Image.new("RGB", (32, 16)).save(tmp_path / f"a.{ending}", exif=exif)
    found = texts_of(tmp_path / f"a.{ending}")
    assert found.found["parameters"] == A1111
    assert found.size == (32, 16)


def test_comfyui_s_webp(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0110] = 'prompt:{"1": {}}'
    exif[0x010F] = 'workflow:{"nodes": []}'
    Image.new("RGB", (8, 8)).save(tmp_path / "a.webp", exif=exif)
    assert texts_of(tmp_path / "a.webp").found == {"prompt": '{"1": {}}', "workflow": '{"nodes": []}'}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b"ASCII\0\0\0a cat", "a cat"), (b"\0" * 8 + b"a cat", "a cat"), (b"UNICODE\0" + "a cat".encode("utf-16"), "a cat"),
        ("UNICODE\0" + "a cat".encode("utf-16-be").decode("latin-1"), "a cat"), (b"a plain cat", "a plain cat"), (b"", ""),
    ],
)  # fmt: skip
def test_codings_of_the_user_comment(value: Any, text: str) -> None:
    assert user_comment(value) == text


def test_what_is_no_picture_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"nothing at all")
    with pytest.raises(BadMedia, match=r"a\.jpg"):
        texts_of(tmp_path / "a.jpg")


def test_too_large_a_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "LARGEST_FILE", 100)
    with pytest.raises(BadMedia, match="100 bytes"):
        texts_of(png(tmp_path / "a.png", parameters="x" * 200))


def test_no_damage_to_a_file_is_more_than_a_note_or_a_refusal(tmp_path: Path) -> None:
    """Bytes changed, left out, put in and repeated, anywhere in files of both kinds."""
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + A1111.encode("utf-16-be")
    Image.new("RGB", (16, 16)).save(tmp_path / "b.jpg", exif=exif)
    sources = [png(tmp_path / "a.png", parameters=A1111, prompt="{}").read_bytes(), (tmp_path / "b.jpg").read_bytes()]
    rng = Random(1)
    for number in range(FUZZED):
        data = bytearray(sources[number % 2])
        for _ in range(rng.randrange(1, 6)):
            at = rng.randrange(len(data))
            match rng.randrange(4):
                case 0:
                    data[at] = rng.randrange(256)
                case 1:
                    del data[at : at + rng.randrange(1, 40)]
                case 2:
                    data[at:at] = bytes(rng.randrange(256) for _ in range(rng.randrange(1, 20)))
                case _:
                    data[at:at] = data[at : at + 50]
            data = data or bytearray(b"\0")
        path = tmp_path / "fuzzed"
        path.write_bytes(bytes(data))
        try:
            read_settings(path)
        except BadMedia:
            continue

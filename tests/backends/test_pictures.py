"""Pictures of a conversation."""

from __future__ import annotations

import base64
import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from backends.chat import ChatCall, ImagePart, Message, TextPart
from backends.pictures import bytes_of, pictures_of
from configs.errors import BadInput, BadMedia


def encoded(picture: Image.Image, kind: str = "PNG", **options: object) -> str:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return base64.b64encode(out.getvalue()).decode()


def call(*parts: ImagePart) -> ChatCall:
    return ChatCall(messages=(Message(role="user", parts=(TextPart(text="What?"), *parts)),))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_every_usual_format_is_read(kind: str) -> None:
    (picture,) = pictures_of(call(ImagePart(base64=encoded(Image.new("RGB", (20, 10), "red"), kind))))
    assert picture.size == (20, 10)
    assert picture.mode == "RGB"
    red, green, blue = picture.getpixel((5, 5))  # type: ignore[misc]
    assert red > 240
    assert max(green, blue) < 20


def test_pictures_come_in_their_order() -> None:
    made = pictures_of(call(*(ImagePart(base64=encoded(Image.new("RGB", (size, 8)))) for size in (8, 9, 10))))
    assert [picture.width for picture in made] == [8, 9, 10]


def test_a_path_is_read(tmp_path: Path) -> None:
    Image.new("L", (6, 4), 200).save(tmp_path / "grey.png")
    (picture,) = pictures_of(call(ImagePart(path=str(tmp_path / "grey.png"))))
    assert picture.getpixel((0, 0)) == (200, 200, 200)


def test_what_is_clear_is_white() -> None:
    (picture,) = pictures_of(call(ImagePart(base64=encoded(Image.new("RGBA", (4, 4), (0, 0, 0, 0))))))
    assert picture.getpixel((0, 0)) == (255, 255, 255)


def test_a_photo_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    (picture,) = pictures_of(call(ImagePart(base64=encoded(Image.new("RGB", (20, 10)), "JPEG", exif=exif))))
    assert picture.size == (10, 20)


def test_large_ones_are_scaled_down() -> None:
    (picture,) = pictures_of(call(ImagePart(base64=encoded(Image.new("RGB", (400, 200))))), max_pixels=20_000)
    assert picture.size == (200, 100)


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    header = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 0, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    with pytest.raises(BadMedia):
        pictures_of(call(ImagePart(base64=base64.b64encode(bomb).decode())))


@pytest.mark.parametrize(
    ("part", "said"),
    [
        (ImagePart(base64="AAAA"), "Picture 1 .* no picture"),
        (ImagePart(base64="not base64!"), "not valid base64"),
        (ImagePart(path="/nowhere/a.png"), "cannot be read from /nowhere/a.png"),
    ],
)
def test_what_is_no_picture_is_said(part: ImagePart, said: str) -> None:
    with pytest.raises(BadMedia, match=said):
        pictures_of(call(part))


def test_a_damaged_picture_is_said() -> None:
    whole = base64.b64decode(encoded(Image.effect_noise((64, 64), 50)))
    with pytest.raises(BadMedia, match="no picture that can be read"):
        pictures_of(call(ImagePart(base64=base64.b64encode(whole[: len(whole) // 2]).decode())))


@pytest.mark.parametrize(("part", "said"), [(ImagePart(), "neither"), (ImagePart(base64="AA", path="/x"), "both")])
def test_a_part_is_one_of_two(part: ImagePart, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        bytes_of(part, "It")

"""Pictures are opened as they are to be seen, whatever file they come in; what programs wrote into them is found again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from app.imaging.opening import has_alpha, open_picture, png_texts, settings_texts
from configs.errors import BadMedia
from tests.app.imaging.made import disc


def kept(folder: Path, image: Image.Image, name: str = "a.png", **save: object) -> Path:
    image.save(folder / name, **save)  # type: ignore[arg-type]
    return folder / name


def test_turned_pictures_stand_upright(tmp_path: Path) -> None:
    image = Image.new("RGB", (20, 10), (255, 0, 0))
    exif = Image.Exif()
    exif[0x0112] = 6
    found = open_picture(kept(tmp_path, image, "a.jpg", exif=exif.tobytes()))
    assert (found.size, found.mode) == ((10, 20), "RGB")


@pytest.mark.parametrize(
    ("mode", "expected"), [("L", "RGB"), ("1", "RGB"), ("P", "RGB"), ("LA", "RGBA"), ("RGBA", "RGBA"), ("CMYK", "RGB"), ("I;16", "RGB")]
)
def test_every_kind_of_pixel_becomes_rgb_or_rgba(tmp_path: Path, mode: str, expected: str) -> None:
    image = Image.new(mode, (4, 4)) if mode == "I;16" else Image.new("RGB", (4, 4), (200, 100, 50)).convert(mode)
    found = open_picture(kept(tmp_path, image, "a.tif"))
    assert found.mode == expected


def test_sixteen_bits_keep_their_range(tmp_path: Path) -> None:
    ramp = Image.fromarray(np.linspace(0, 65535, 256, dtype=np.uint16)[None].repeat(4, 0))
    found = np.asarray(open_picture(kept(tmp_path, ramp)))[0, :, 0]
    assert np.abs(found.astype(int) - np.arange(256)).max() <= 1


def test_a_palette_with_a_transparent_colour_has_alpha(tmp_path: Path) -> None:
    image = Image.new("P", (4, 4), 0)
    image.putpalette([0, 0, 0, 255, 255, 255])
    found = open_picture(kept(tmp_path, image, "a.png", transparency=0))
    assert found.mode == "RGBA"
    assert has_alpha(found)


def test_alpha_counts_only_where_something_shines_through() -> None:
    assert has_alpha(disc(clear=True))
    assert not has_alpha(disc())
    assert not has_alpha(disc().convert("RGBA"))


def test_another_profile_is_converted(tmp_path: Path) -> None:
    image = Image.new("RGB", (4, 4), (180, 60, 60))
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB", 6500))
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    assert open_picture(kept(tmp_path, image, "s.png", icc_profile=srgb.tobytes())).getpixel((0, 0)) == (180, 60, 60)
    assert open_picture(kept(tmp_path, image, "l.png", icc_profile=lab.tobytes())).getpixel((0, 0)) == (180, 60, 60), "of other channels"
    assert open_picture(kept(tmp_path, image, "b.png", icc_profile=b"no profile at all")).getpixel((0, 0)) == (180, 60, 60)


@pytest.mark.parametrize("data", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 40])
def test_what_cannot_be_read_is_one_sentence(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.png").write_bytes(data)
    with pytest.raises(BadMedia, match=r"'a\.png' is not a picture that can be read"):
        open_picture(tmp_path / "a.png")
    assert settings_texts(tmp_path / "a.png") == {}


def test_settings_of_other_programs_are_carried(tmp_path: Path) -> None:
    texts = {"parameters": "a fox\nSteps: 20", "workflow": '{"é": 1, "日": 2}'}
    path = kept(tmp_path, disc(), pnginfo=png_texts({**texts, "Software": "something"}))
    assert settings_texts(path) == texts
    assert settings_texts(kept(tmp_path, disc(), "a.jpg")) == {}

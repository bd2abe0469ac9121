"""Reading font files, against what FreeType says of the same files."""

from __future__ import annotations

import random

import pytest
from PIL import ImageFont

from app.editing.captions.sfnt import NotAFont, read_coverage, read_face
from configs.captions_file import FONTS_DIR

FILES = sorted(FONTS_DIR.glob("*.ttf"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_family_weight_and_measures(path):
    face = read_face(path)
    assert face.family == ImageFont.truetype(str(path), 20).getname()[0]
    assert face.weight == (400 if "Regular" in path.stem else 700)
    assert not face.italic
    assert 0.9 < face.height < 2.5
    assert 0 < face.descent < face.height / 2
    assert 0.6 < face.capital < 1.0


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_characters_it_has_are_drawn_unlike_the_missing_one(path):
    font, characters = ImageFont.truetype(str(path), 40), sorted(read_coverage(path))
    absent = bytes(font.getmask("\U0010fff0"))
    assert len(characters) > 20
    picked = random.Random(1).sample(characters, 20)
    same = [code for code in picked if bytes(font.getmask(chr(code))) == absent]
    assert len(same) <= 2


def test_letters_that_are_expected():
    inter = read_coverage(FONTS_DIR / "Inter-Bold.ttf")
    assert all(ord(one) in inter for one in "Aé€жΩ")
    assert ord("ש") not in inter
    assert 0x1F602 in read_coverage(FONTS_DIR / "NotoEmoji-Bold.ttf")


def test_anything_else_is_refused(tmp_path):
    good = FILES[0].read_bytes()
    dice = random.Random(2)
    for number in range(60):
        path = tmp_path / f"{number}.ttf"
        cut = bytearray(good[: dice.randrange(4, 400)] if number % 2 else good)
        for _ in range(20):
            cut[dice.randrange(len(cut))] = dice.randrange(256)
        path.write_bytes(bytes(cut))
        for read in (read_face, read_coverage):
            try:
                read(path)
            except NotAFont:
                continue
    text = tmp_path / "text.ttf"
    text.write_text("hello there, no font")
    with pytest.raises(NotAFont):
        read_face(text)

"""The colours of pictures: flat areas come out as they are, backgrounds and transparent parts do not count."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw

from app.imaging.palette import ENGINE, oklab, palette_of

RED, BLUE, SAND, WHITE = "#c83232", "#2846b4", "#e6c88c", "#ffffff"


def bands(*parts: tuple[str, int], height: int = 60) -> Image.Image:
    image = Image.new("RGB", (sum(width for _, width in parts), height))
    draw, left = ImageDraw.Draw(image), 0
    for colour, width in parts:
        draw.rectangle([left, 0, left + width - 1, height], fill=colour)
        left += width
    return image


def on_white(colour: str) -> Image.Image:
    image = Image.new("RGB", (100, 100), WHITE)
    ImageDraw.Draw(image).ellipse([20, 20, 79, 79], fill=colour)
    return image


def near(found: str, wanted: str, within: int = 3) -> bool:
    pairs = zip(bytes.fromhex(found[1:]), bytes.fromhex(wanted[1:]), strict=True)
    return all(abs(a - b) <= within for a, b in pairs)


def test_flat_colours_come_out_as_they_are_the_most_frequent_first() -> None:
    found = palette_of(bands((RED, 60), (BLUE, 36), (SAND, 24)), 6).colours
    assert [near(one.hex, wanted) for one, wanted in zip(found, (RED, BLUE, SAND), strict=True)] == [True] * 3
    assert [one.share for one in found] == pytest.approx([0.5, 0.3, 0.2], abs=0.02)


def test_the_same_picture_gives_the_same_colours() -> None:
    image = Image.effect_mandelbrot((96, 96), (-2, -1.5, 1, 1.5), 60).convert("RGB")
    assert palette_of(image, 5) == palette_of(image, 5)


def test_a_plain_background_is_left_out_and_named() -> None:
    found = palette_of(on_white(RED), 4)
    assert found.background == WHITE
    assert near(found.colours[0].hex, RED)
    assert found.colours[0].share > 0.85
    kept = palette_of(on_white(RED), 4, drop_background=False)
    assert kept.background is None
    assert near(kept.colours[0].hex, WHITE)


def test_a_picture_of_one_colour_is_not_left_out_whole() -> None:
    found = palette_of(Image.new("RGB", (40, 40), SAND), 6)
    assert [near(one.hex, SAND) for one in found.colours] == [True]


def test_transparent_parts_do_not_count() -> None:
    image = Image.new("RGBA", (60, 60), (0, 255, 0, 0))
    ImageDraw.Draw(image).rectangle([20, 20, 39, 39], fill=BLUE)
    assert [near(one.hex, BLUE) for one in palette_of(image, 6).colours] == [True]
    assert palette_of(Image.new("RGBA", (8, 8), (0, 0, 0, 0))).colours == []


def test_shades_that_nobody_tells_apart_are_one_colour() -> None:
    assert len(palette_of(bands(("#c83232", 40), ("#c93433", 40), (BLUE, 40)), 6).colours) == 2


def test_oklab_of_white_grey_and_red_as_published() -> None:
    import numpy as np

    found = oklab(np.array([[1.0, 1.0, 1.0], [0.5, 0.5, 0.5], [1.0, 0.0, 0.0]]))
    assert found[0] == pytest.approx([1, 0, 0], abs=1e-4)
    assert found[1][1:] == pytest.approx([0, 0], abs=1e-4)
    assert found[2] == pytest.approx([0.62796, 0.22486, 0.12585], abs=1e-4)


def test_it_says_what_found_them() -> None:
    assert "built in" in ENGINE
    assert palette_of(Image.new("RGB", (4, 4))).engine == ENGINE

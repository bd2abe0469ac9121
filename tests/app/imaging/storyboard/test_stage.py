"""The strokes that every painter uses."""

from __future__ import annotations

from random import Random

import pytest
from PIL import Image, ImageDraw

from app.imaging.storyboard.stage import capsule, disc, glow, gradient, range_of, ridge, spot
from tests.app.imaging.storyboard.stages import stage, untouched


def test_a_gradient_goes_from_one_colour_to_the_other() -> None:
    image = gradient((8, 50), [(0, (0, 0, 0)), (0.5, (100, 0, 0)), (1, (200, 250, 0))])
    assert image.size == (8, 50)
    assert max(image.getpixel((3, 0))) <= 1  # type: ignore[type-var, arg-type]
    assert image.getpixel((3, 25)) == pytest.approx((102, 5, 0), abs=4)
    assert image.getpixel((3, 49)) == pytest.approx((200, 250, 0), abs=1)
    assert gradient((1, 1), [(0, (9, 9, 9)), (1, (9, 9, 9))]).size == (1, 1)


def test_a_spot_is_brightest_in_its_middle() -> None:
    mask = spot((160, 80), (80, 40), 20, 0.5)
    assert mask.getpixel((10, 5)) == pytest.approx(110, abs=12)
    assert mask.getpixel((0, 0)) == 0


def test_a_glow_lightens() -> None:
    made = stage()
    glow(made, (96, 54), 40, (255, 255, 255), 0.8)
    assert made.image.getpixel((96, 54))[0] > 200  # type: ignore[index]
    assert made.image.getpixel((0, 0)) == (128, 128, 128)


def test_ridges_are_the_same_for_a_seed_and_stay_near_one() -> None:
    assert ridge(Random(1), 50, 0.5) == ridge(Random(1), 50, 0.5)
    assert max(abs(height) for seed in range(20) for height in ridge(Random(seed), 200, 1.0)) < 2.6


def test_a_range_fills_to_its_foot() -> None:
    made = stage()
    outline = range_of(made, 60, 20, 0.3, (10, 20, 30), bottom=80)
    assert outline[0][0] == 0
    assert outline[-1][0] == made.width
    assert made.image.getpixel((50, 78)) == (10, 20, 30)
    assert made.image.getpixel((50, 100)) == (128, 128, 128)
    assert 0.3 < untouched(made.image) < 0.9


def test_capsules_and_discs() -> None:
    image = Image.new("L", (60, 40), 0)
    draw = ImageDraw.Draw(image)
    capsule(draw, (10, 20), (50, 20), 10, 255)
    assert image.getbbox() == pytest.approx((5, 15, 56, 26), abs=1)
    tall = Image.new("L", (60, 60), 0)
    disc(ImageDraw.Draw(tall), (30, 30), 10, 255, 2.0)
    assert tall.getbbox() == pytest.approx((20, 10, 41, 51), abs=1)

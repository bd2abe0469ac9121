"""Palettes follow time, place and mood; seeds differ a little; monochrome styles have no hue."""

from __future__ import annotations

import colorsys
from random import Random

import pytest

from app.imaging.storyboard.colours import Palette, luminance, mixed, palette_of, parsed, shifted
from app.imaging.storyboard.reading import read_prompt


def palette(prompt: str, style: str = "", seed: int = 1) -> Palette:
    return palette_of(read_prompt(prompt), style, Random(seed))


def test_night_is_darker_than_day() -> None:
    assert luminance(palette("a field at night").sky_top) < luminance(palette("a field at noon").sky_top) - 0.3


def test_a_colour_word_is_the_accent() -> None:
    hue, _, _ = colorsys.rgb_to_hsv(*(part / 255 for part in palette("a teal boat").accent))
    assert 0.42 < hue < 0.58


def test_snow_whitens_the_ground() -> None:
    assert luminance(palette("a snowy field").ground_near) > luminance(palette("a field").ground_near) + 0.15


def test_moods_change_saturation() -> None:
    def vivid(prompt: str) -> float:
        return max(palette(prompt).sky_top) - min(palette(prompt).sky_top)

    assert vivid("a sad field") < vivid("a field") < vivid("a cheerful field")


@pytest.mark.parametrize("style", ["noir", "line_art", "manga"])
def test_monochrome_styles_have_no_hue(style: str) -> None:
    assert all(len(set(colour)) == 1 for colour in vars(palette("a red boat at sunset", style)).values())


def test_the_same_seed_is_the_same_palette_and_another_differs() -> None:
    assert palette("a field", seed=3) == palette("a field", seed=3)
    assert palette("a field", seed=3) != palette("a field", seed=9)


def test_reckoning() -> None:
    assert parsed("#0080ff") == (0, 128, 255)
    assert mixed((0, 0, 0), (100, 200, 50), 0.5) == (50, 100, 25)
    assert shifted((200, 100, 50), 0, 1, 1) == (200, 100, 50)
    assert shifted((200, 100, 50), 0, 0, 1) == (200, 200, 200)
    assert luminance((255, 255, 255)) == pytest.approx(1)
    assert len(palette("a field").shown()) == 5

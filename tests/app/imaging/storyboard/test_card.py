"""Cards: of exactly the size asked for, the same bits for the same card, whatever the words."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from app.imaging.storyboard.card import ENGINE, CardCharacter, StoryCard, draw, numbered
from app.imaging.storyboard.colours import PAPER

LUCA = CardCharacter("Luca", ("#d9442f", "#2b1d16", "#27324f"))


def card(prompt: str = "Luca waves on the beach at sunset", size: tuple[int, int] = (320, 240), **more: Any) -> Image.Image:
    return draw(StoryCard(prompt=prompt, width=size[0], height=size[1], **more))


@pytest.mark.parametrize("size", [(64, 64), (72, 256), (256, 144), (240, 240), (256, 512), (512, 224), (64, 512)])
def test_the_size_is_the_one_asked_for(size: tuple[int, int]) -> None:
    image = card(size=size)
    assert (image.size, image.mode) == (size, "RGB")


def test_the_same_card_is_the_same_bits_and_another_seed_another_card() -> None:
    first, second, other = (hashlib.sha256(card(seed=seed, cast=(LUCA,)).tobytes()).digest() for seed in (1, 1, 2))
    assert first == second != other


def test_it_says_what_it_is() -> None:
    assert ENGINE == "Storyboard card, no AI image"


def test_the_character_wears_its_colours() -> None:
    red = [colour for _, colour in card("medium shot of Luca at noon", cast=(LUCA,), size=(480, 270)).getcolors(1 << 20) or ()]
    assert any(colour[0] > 170 and colour[1] < 100 and colour[2] < 80 for colour in red)  # type: ignore[index]


def test_a_picture_to_start_from_stands_in_the_frame() -> None:
    picture = Image.new("RGB", (300, 100), (10, 200, 30))
    image = card("push in", picture=picture)
    assert image.getpixel((100, 60)) == pytest.approx((10, 200, 30), abs=60)
    assert image.getpixel((2, 2)) == PAPER


def test_a_caption_of_its_own_and_a_number() -> None:
    plain = card()
    assert card(caption="Something else").tobytes() != plain.tobytes()
    one = StoryCard(prompt="a hill", width=640, height=360)
    assert draw(numbered(one, 3)).tobytes() != draw(one).tobytes()


def test_styles_only_tone() -> None:
    noir = card("a red boat at sunset", style="noir", size=(256, 144))
    frame = noir.crop((30, 30, 60, 60))
    assert all(max(colour) - min(colour) < 70 for _, colour in frame.getcolors(1 << 12) or ())  # type: ignore[arg-type, type-var]


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(prompt=st.text(max_size=300), seed=st.integers(0, 2**32 - 1))
def test_no_words_can_break_it(prompt: str, seed: int) -> None:
    assert card(prompt, (96, 64), seed=seed).size == (96, 64)
    assert card(prompt, (240, 224), seed=seed).size == (240, 224)


@pytest.mark.parametrize(
    "prompt",
    [
        "close-up", "wide shot, dutch angle, handheld, storm at sea", "bird's-eye view of a crowd in the city",
        "worm's-eye view of a robot",
        "extreme close-up of a dragon", "over the shoulder of a fish", "a zither", "", "orbit around a rocket in space",
        "שתי דמויות הולכות ביער", "رجل يمشي في المطر", "雨の街を歩く少女", "x" * 8000,
    ],
)  # fmt: skip
def test_odd_shots_are_drawn_too(prompt: str) -> None:
    assert len(card(prompt, (256, 224)).getcolors(1 << 20) or ()) > 100

"""Looks are found by name or title, put into prompts, and go into requests."""

from __future__ import annotations

import pytest

from app.imaging.requests import GenerateImage, Styling
from app.imaging.styles import joined, put_into, style_named, style_to_json, with_style
from configs.errors import NotFound
from configs.image_styles_file import ImageStyle, image_styles
from tests.app.imaging.easel import Surrounded

INK = ImageStyle(title="Ink and wash", prompt="ink of {prompt}, wet", negative="colour")


@pytest.mark.parametrize("name", ["ink", "INK", "Ink and Wash", " ink "])
def test_by_name_or_title(name: str) -> None:
    assert style_named({"ink": INK}, name) is INK


def test_the_nearest_are_named() -> None:
    with pytest.raises(NotFound, match="anime") as caught:
        style_named(image_styles(), "animee")
    assert caught.value.code == "no_style"


def test_braces_in_a_prompt_mean_nothing() -> None:
    assert put_into(INK.prompt, "a {prompt} {x}") == "ink of a {prompt} {x}, wet"


def test_negatives_are_joined_without_repeating() -> None:
    assert joined("fog, people", "", "people, text ", ",") == "fog, people, text"


def test_a_request_takes_the_words_with_it() -> None:
    request = GenerateImage(prompt="a fox", style="ink")
    made = with_style(request, Surrounded())
    assert made.styling == Styling(title="Ink", prompt="ink drawing of {prompt}", negative="colour")
    assert with_style(made, Surrounded()) is made
    assert with_style(GenerateImage(prompt="a fox"), Surrounded()).styling is None
    with pytest.raises(NotFound):
        with_style(GenerateImage(prompt="a fox", style="nothing"), Surrounded())


def test_as_it_is_sent() -> None:
    assert style_to_json("ink", INK) == {
        "name": "ink", "title": "Ink and wash", "group": "Your own", "prompt": "ink of {prompt}, wet", "negative": "colour",
        "steps": None, "guidance": None,
    }  # fmt: skip

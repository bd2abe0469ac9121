"""Weather lies over the scene; fog lies at the horizon."""

from __future__ import annotations

import pytest

from app.imaging.storyboard.weather import paint_far_weather, paint_near_weather
from tests.app.imaging.storyboard.stages import stage, untouched


@pytest.mark.parametrize("words", ["in the rain", "in the snow", "with falling leaves", "in fog", "at noon"])
def test_it_is_painted_and_is_the_same_for_a_seed(words: str) -> None:
    made = []
    for _ in range(2):
        one = stage(f"a field {words}")
        paint_far_weather(one)
        paint_near_weather(one)
        made.append(one.image.tobytes())
    assert made[0] == made[1]


def test_fog_is_thickest_at_the_horizon() -> None:
    made = stage("a field in fog")
    paint_far_weather(made)
    changed = [abs(made.image.getpixel((96, y))[0] - 128) for y in (2, 57, 106)]  # type: ignore[index]
    assert changed[1] > changed[0]
    assert changed[1] > changed[2]


def test_corners_are_darker_than_the_middle() -> None:
    made = stage("a scary field")
    paint_near_weather(made)
    assert made.image.getpixel((1, 1))[0] < made.image.getpixel((96, 54))[0]  # type: ignore[index]


def test_without_weather_nothing_lies_behind_the_figures() -> None:
    made = stage("a field at noon")
    paint_far_weather(made)
    assert untouched(made.image) == 1

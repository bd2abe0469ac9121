"""The floor plan shows the camera, who is there, and the lamp on its side."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw

from app.imaging.storyboard.colours import INK, PAPER, RED
from app.imaging.storyboard.plan import draw_plan
from app.imaging.storyboard.vocabulary import SHOT_TITLES


def plan(shot: str = "MS", light: float = 1.0, people: tuple[float, ...] = (0.5,)) -> Image.Image:
    image = Image.new("RGB", (160, 160), PAPER)
    draw_plan(ImageDraw.Draw(image), (10, 10, 150, 150), shot, [(across, (1, 200, 3)) for across in people], light)
    return image


def places(image: Image.Image, colour: tuple[int, int, int]) -> list[tuple[int, int]]:
    return [(x, y) for x in range(160) for y in range(160) if image.getpixel((x, y)) == colour]


@pytest.mark.parametrize("shot", SHOT_TITLES)
def test_everybody_is_in_it_and_nothing_leaves_the_square(shot: str) -> None:
    image = plan(shot, people=(0.1, 0.9))
    dots = places(image, (1, 200, 3))
    assert min(x for x, _ in dots) < 80 < max(x for x, _ in dots)
    assert places(image, INK)
    outside = [colour for _, colour in image.crop((0, 0, 160, 9)).getcolors(99) or ()]
    assert outside == [PAPER]


def test_a_wider_shot_stands_farther_back() -> None:
    def distance(shot: str) -> int:
        return 150 - min(y for _, y in places(plan(shot), (1, 200, 3)))

    assert distance("CU") < distance("MS") < distance("WS") < distance("EWS")


def test_the_lamp_stands_on_the_side_of_the_light() -> None:
    assert max(x for x, _ in places(plan(light=-1.0), RED)) < 80
    assert min(x for x, _ in places(plan(light=1.0), RED)) > 80

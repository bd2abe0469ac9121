"""The built-in descriptor as a whole: near for the same, far for others, the nearest reference first."""

from __future__ import annotations

from functools import lru_cache

import pytest
from PIL import Image, ImageDraw

from app.imaging.consistency.calibration import Parts
from app.imaging.consistency.fields import fields_of
from app.imaging.consistency.outline import FARTHEST
from app.imaging.consistency.scoring import Reference, compared, described

SKIN, RED, BLUE, GREEN = (240, 200, 170), (200, 30, 40), (30, 50, 190), (40, 150, 60)


def figure(
    shirt: tuple[int, int, int], ground: str = "white", left: int = 0, size: int = 96, trousers: tuple[int, int, int] = BLUE
) -> Image.Image:
    picture = Image.new("RGB", (size, size), ground)
    draw = ImageDraw.Draw(picture)
    draw.ellipse((36 + left, 8, 60 + left, 32), fill=SKIN)
    draw.rectangle((32 + left, 32, 64 + left, 62), fill=shirt)
    draw.rectangle((36 + left, 62, 60 + left, 88), fill=trousers)
    return picture


@lru_cache
def red() -> Reference:
    return described(figure(RED))


def parts(picture: Image.Image) -> Parts:
    return compared(fields_of(picture), [red()])[0]


def test_the_same_picture_is_at_no_distance() -> None:
    found = parts(figure(RED))
    assert found.colours == pytest.approx(0, abs=0.03)
    assert found.outline < 4


@pytest.mark.parametrize("ground", ["black", "darkgreen", "orange"])
def test_another_ground_and_place_change_little(ground: str) -> None:
    assert parts(figure(RED, ground, left=18)).colours < 0.15


@pytest.mark.parametrize("other", [{"shirt": GREEN}, {"shirt": BLUE, "trousers": RED}, {"shirt": SKIN}])
def test_other_clothes_are_farther_than_any_change_of_scene(other: dict[str, tuple[int, int, int]]) -> None:
    scene = max(parts(figure(RED, ground, left=18)).colours for ground in ("black", "darkgreen"))
    assert parts(figure(**other)).colours > scene + 0.1  # type: ignore[arg-type]


def test_another_shape_in_the_same_colours_has_another_outline() -> None:
    picture = Image.new("RGB", (96, 96), "white")
    draw = ImageDraw.Draw(picture)
    draw.polygon([(48, 4), (28, 32), (68, 32)], fill=SKIN)
    draw.polygon([(28, 32), (68, 32), (88, 62), (8, 62)], fill=RED)
    draw.ellipse((20, 58, 76, 90), fill=BLUE)
    assert parts(picture).outline > parts(figure(RED, "darkgreen")).outline


def test_the_nearest_reference_is_named() -> None:
    references = [described(figure(GREEN)), red(), described(figure(BLUE))]
    assert compared(fields_of(figure(RED, "darkgreen")), references)[1] == 1


def test_a_blank_picture_is_as_far_as_can_be() -> None:
    found = parts(Image.new("RGB", (96, 96), "white"))
    assert found.outline == FARTHEST
    assert found.colours > 0.5

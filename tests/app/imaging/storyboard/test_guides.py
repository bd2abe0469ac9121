"""Thirds, safe area and horizon in blue; each camera move in red, with its own sign."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw

from app.imaging.storyboard.colours import RED
from app.imaging.storyboard.guides import arrow, draw_guides, draw_move
from app.imaging.storyboard.vocabulary import MOVES


def blank() -> Image.Image:
    return Image.new("RGB", (320, 180), (40, 40, 40))


def red(image: Image.Image) -> list[tuple[int, int]]:
    return [(x, y) for x in range(image.width) for y in range(image.height) if image.getpixel((x, y)) == RED]


def test_thirds_and_corners() -> None:
    image = blank()
    draw_guides(image, -1.0)
    assert image.getpixel((106, 20))[2] > 90  # type: ignore[index]
    assert image.getpixel((16, 9))[2] > 180  # type: ignore[index]
    assert image.getpixel((50, 30)) == (40, 40, 40)


def test_the_horizon_is_drawn_only_inside_the_frame() -> None:
    with_line, without = blank(), blank()
    draw_guides(with_line, 100.0)
    draw_guides(without, 400.0)
    assert with_line.getpixel((1, 100)) != without.getpixel((1, 100))


@pytest.mark.parametrize("move", MOVES)
def test_every_move_has_a_sign_of_its_own(move: str) -> None:
    image = blank()
    draw_move(image, move)
    assert red(image)
    others = []
    for other in MOVES:
        if other != move:
            drawn = blank()
            draw_move(drawn, other)
            others.append(drawn.tobytes())
    assert image.tobytes() not in others


def test_no_move_is_no_sign() -> None:
    image = blank()
    draw_move(image, "")
    assert image.tobytes() == blank().tobytes()


@pytest.mark.parametrize(("end", "axis", "larger"), [((200, 60), 0, True), ((20, 60), 0, False), ((100, 150), 1, True)])
def test_an_arrow_is_broadest_at_its_head(end: tuple[int, int], axis: int, larger: bool) -> None:
    image = blank()
    arrow(ImageDraw.Draw(image), (100, 60), end, 10, filled=True)
    points = red(image)
    spread = {}
    for point in points:
        spread.setdefault(point[axis], set()).add(point[1 - axis])
    broadest = max(spread, key=lambda at: len(spread[at]))
    assert (broadest > (100 if axis == 0 else 60)) == larger
    assert abs(broadest - end[axis]) < abs(broadest - (100, 60)[axis])

"""Figures: every kind stands on the ground, is as high as it says, and faces where it is told to."""

from __future__ import annotations

from random import Random

import pytest
from PIL import Image, ImageDraw

from app.imaging.storyboard.bodies import BODIES, HEIGHTS, Brush, Look, look_of
from app.imaging.storyboard.vocabulary import POSES

LOOK = Look((200, 60, 40), (230, 190, 150), (50, 40, 30), (40, 50, 90), 3)
UNIT, GROUND = 24, 230


def drawn(kind: str, pose: str = "stand", facing: int = 1, look: Look = LOOK) -> Image.Image:
    layer = Image.new("RGBA", (360, 260), (0, 0, 0, 0))
    BODIES[kind](Brush(ImageDraw.Draw(layer), (180, GROUND), UNIT, facing), look, pose)
    return layer


@pytest.mark.parametrize("kind", BODIES)
def test_it_is_about_as_high_as_it_says(kind: str) -> None:
    box = drawn(kind).getbbox()
    assert box is not None
    assert (GROUND - box[1]) / UNIT == pytest.approx(HEIGHTS[kind], rel=0.26)
    assert box[3] <= GROUND + UNIT * 0.75


@pytest.mark.parametrize("kind", ["human", "robed", "child", "robot", "beast"])
@pytest.mark.parametrize("pose", ["stand", *POSES])
def test_every_pose_can_be_drawn(kind: str, pose: str) -> None:
    assert drawn(kind, pose).getbbox() is not None


@pytest.mark.parametrize("kind", BODIES)
def test_facing_the_other_way_is_the_mirror_image(kind: str) -> None:
    right, left = drawn(kind, facing=1).getbbox(), drawn(kind, facing=-1).getbbox()
    assert right is not None
    assert left is not None
    assert left[0] - 180 == pytest.approx(180 - right[2], abs=3)
    assert left[2] - 180 == pytest.approx(180 - right[0], abs=3)


@pytest.mark.parametrize("number", range(5))
def test_haircuts_differ(number: int) -> None:
    others = [
        drawn("human", look=Look(LOOK.main, LOOK.head, LOOK.hair, LOOK.legs, other)).tobytes() for other in range(5) if other != number
    ]
    assert drawn("human", look=Look(LOOK.main, LOOK.head, LOOK.hair, LOOK.legs, number)).tobytes() not in others


def test_a_character_s_palette_is_worn() -> None:
    look = look_of([(10, 200, 30), (240, 200, 170), (60, 30, 20), (1, 2, 3)], None, (0, 0, 0), Random(1))
    assert (look.main, look.head, look.hair, look.legs) == ((10, 200, 30), (240, 200, 170), (60, 30, 20), (1, 2, 3))


def test_short_palettes_are_completed() -> None:
    for count in range(4):
        look = look_of([(10, 200, 30), (60, 30, 20), (1, 2, 3)][:count], None, (90, 90, 90), Random(1))
        assert count == 0 or look.main == (10, 200, 30)
    assert look_of([], (5, 6, 7), (90, 90, 90), Random(1)).main == (5, 6, 7)

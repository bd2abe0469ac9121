"""Rooms: walls, floor, a window on the side of the light."""

from __future__ import annotations

from app.imaging.storyboard.rooms import paint_room
from tests.app.imaging.storyboard.stages import stage, untouched


def test_the_light_falls_from_its_side() -> None:
    for light in (-1.0, 1.0):
        made = stage("a kitchen at noon", light=light, size=(384, 216), horizon=100.0, vanish=192.0)
        paint_room(made)
        assert untouched(made.image) < 0.002
        back = made.image.crop((110, 50, 274, 150)).convert("L")
        left, right = (back.crop(box).resize((1, 1)).getpixel((0, 0)) for box in ((0, 0, 82, 100), (82, 0, 164, 100)))
        assert (right > left) == (light > 0)  # type: ignore[operator]


def test_a_horizon_above_the_frame_keeps_the_walls_in_it() -> None:
    made = stage("a kitchen", horizon=-100.0)
    paint_room(made)
    assert untouched(made.image) < 0.01

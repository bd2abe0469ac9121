"""Skies fill what is above the horizon, and have what their time of day has."""

from __future__ import annotations

import pytest

from app.imaging.storyboard.colours import luminance
from app.imaging.storyboard.skies import paint_sky
from tests.app.imaging.storyboard.stages import stage


@pytest.mark.parametrize("time", ["at dawn", "at noon", "in the golden hour", "at dusk", "at night", "overcast"])
def test_above_the_horizon_nothing_is_left_empty(time: str) -> None:
    made = stage(f"a field {time}")
    paint_sky(made)
    sky = made.image.crop((0, 0, made.width, 54))
    assert all(colour != (128, 128, 128) for _, colour in sky.getcolors(1 << 16) or ())


def test_the_sun_stands_on_the_side_of_the_light() -> None:
    for light in (-1.0, 1.0):
        made = stage("a field in the golden hour", light=light)
        paint_sky(made)
        halves = [made.image.crop(box).convert("L").resize((1, 1)).getpixel((0, 0)) for box in ((0, 0, 96, 54), (96, 0, 192, 54))]
        assert (halves[1] > halves[0]) == (light > 0)  # type: ignore[operator]


def test_nights_have_stars() -> None:
    night, day = stage("a field at night"), stage("a field at noon")
    paint_sky(night)
    paint_sky(day)
    top = night.image.crop((0, 0, 192, 40))
    bright = sum(count for count, colour in top.getcolors(1 << 16) or () if luminance(colour) > 0.35)  # type: ignore[arg-type]
    assert bright > 10


def test_a_horizon_outside_the_frame_is_survived() -> None:
    for horizon in (-200.0, 500.0):
        paint_sky(stage("a field", horizon=horizon))

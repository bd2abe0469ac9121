"""Every place fills the frame, in every light, and is the same for the same seed."""

from __future__ import annotations

import pytest

from app.imaging.storyboard.places import PLACES, paint_place
from tests.app.imaging.storyboard.stages import stage, untouched

WORDS = {
    "": "something", "meadow": "a meadow", "mountains": "mountains", "forest": "a forest", "city": "a city", "village": "a village",
    "sea": "the sea", "desert": "a desert", "space": "outer space", "underwater": "a coral reef", "room": "a kitchen",
}  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("time", ["at noon", "at night"])
def test_no_place_leaves_a_hole(place: str, time: str) -> None:
    made = stage(f"{WORDS[place]} {time}")
    assert made.reading.place == place
    paint_place(made)
    assert untouched(made.image) < 0.002
    assert len(made.image.getcolors(1 << 20) or ()) > 60


@pytest.mark.parametrize("place", PLACES)
def test_the_same_seed_is_the_same_place_and_another_differs(place: str) -> None:
    made = []
    for seed in (5, 5, 6):
        one = stage(WORDS[place], seed)
        paint_place(one)
        made.append(one.image.tobytes())
    assert made[0] == made[1] != made[2]


@pytest.mark.parametrize("horizon", [-60.0, 5.0, 100.0, 180.0])
@pytest.mark.parametrize("place", PLACES)
def test_any_horizon_can_be_painted(place: str, horizon: float) -> None:
    made = stage(WORDS[place], horizon=horizon, size=(96, 54))
    paint_place(made)


def test_windows_are_lit_at_night() -> None:
    made = stage("a city at night", size=(384, 216), horizon=108.0)
    paint_place(made)
    accent = made.palette.accent
    near = [
        colour for _, colour in made.image.getcolors(1 << 20) or () if sum(abs(a - b) for a, b in zip(colour, accent, strict=True)) < 130
    ]  # type: ignore[arg-type]
    assert near


def test_whoever_is_at_the_sea_stands_on_the_shore() -> None:
    ashore, afloat = stage("a man by the sea"), stage("a boat on the sea")
    for made in (ashore, afloat):
        paint_place(made)
    sand, water = (made.image.getpixel((96, 95)) for made in (ashore, afloat))
    assert sand[0] > sand[2]  # type: ignore[index]
    assert water[2] > water[0]  # type: ignore[index]

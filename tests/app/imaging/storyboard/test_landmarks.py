"""Buildings that a prompt names stand on the horizon, on the side of the light."""

from __future__ import annotations

import pytest

from app.imaging.storyboard.landmarks import LANDMARKS, paint_landmark
from app.imaging.storyboard.places import paint_place
from app.imaging.storyboard.vocabulary import LANDMARKS as WORDS
from tests.app.imaging.storyboard.stages import stage, untouched


@pytest.mark.parametrize("name", LANDMARKS)
@pytest.mark.parametrize("light", [-1.0, 1.0])
def test_each_stands_where_the_figures_leave_room(name: str, light: float) -> None:
    made = stage("a field", light=light)
    paint_landmark(made, name)
    half = (0, 0, 96, 108) if light > 0 else (96, 0, 192, 108)
    assert untouched(made.image.crop(half)) > 0.85
    assert 0.5 < untouched(made.image) < 0.985


def test_they_are_named_in_prompts() -> None:
    assert set(LANDMARKS) == set(WORDS)
    assert stage("a lighthouse").reading.landmark == "lighthouse"


def test_they_are_smaller_where_somebody_stands_before_them() -> None:
    alone, with_somebody = stage("a castle"), stage("a man before a castle")
    for made in (alone, with_somebody):
        paint_landmark(made, "castle")
    assert untouched(alone.image) < untouched(with_somebody.image)


def test_no_building_stands_in_a_room() -> None:
    inside, plain = stage("a living room behind an oak"), stage("a living room behind an oak")
    paint_place(inside)
    plain.reading.__dict__["landmark"] = ""
    paint_place(plain)
    assert inside.image.tobytes() == plain.image.tobytes()

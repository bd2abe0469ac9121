"""The tables are of one kind, and nothing in them stands under two names where that would be a guess."""

from __future__ import annotations

import re

import pytest

from app.imaging.storyboard import vocabulary as words
from app.imaging.storyboard.bodies import BODIES, HEIGHTS
from app.imaging.storyboard.places import PLACES

TABLES = {
    "shots": words.SHOTS, "angles": words.ANGLES, "moves": words.MOVES, "times": words.TIMES, "weathers": words.WEATHERS,
    "landmarks": words.LANDMARKS, "places": words.PLACES, "moods": words.MOODS, "lights": words.LIGHTS, "poses": words.POSES,
    "subjects": words.SUBJECTS,
}  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_phrases_are_lower_case_and_stand_once_in_a_table(name: str) -> None:
    phrases = [phrase for row in TABLES[name].values() for phrase in row]
    assert all(phrase == phrase.casefold().strip() for phrase in phrases)
    twice = {phrase for phrase in phrases if phrases.count(phrase) > 1}
    assert twice - {"boat", "ship", "pirate", "spaceship", "spacecraft"} == set()


def test_everything_that_is_read_can_be_drawn() -> None:
    assert set(words.SHOTS) == set(words.SHOT_TITLES)
    assert set(words.TIMES) == set(words.TIME_TITLES)
    assert set(words.SUBJECTS) == set(BODIES) == set(HEIGHTS)
    assert set(words.PLACES) | {""} == set(PLACES)


def test_colours_are_colours() -> None:
    assert all(re.fullmatch(r"#[0-9a-f]{6}", value) for value in words.COLOURS.values())

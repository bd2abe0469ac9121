"""Words become framing, place, light and figures."""

from __future__ import annotations

import pytest

from app.imaging.storyboard.reading import MOST_FIGURES, read_prompt


@pytest.mark.parametrize(
    ("prompt", "shot"),
    [
        ("extreme close-up of an eye", "ECU"), ("Close-up of Luca", "CU"), ("medium close-up, Mia", "MCU"), ("a portrait of a man", "CU"),
        ("over-the-shoulder: a robot", "OTS"), ("wide shot of a fox", "WS"), ("establishing shot, a city", "EWS"),
        ("two-shot at a bar", "2S"),
        ("cowboy shot of a hero", "MLS"), ("an aerial view of hills", "EWS"),
    ],
)  # fmt: skip
def test_shots_that_are_named(prompt: str, shot: str) -> None:
    found = read_prompt(prompt)
    assert (found.shot, found.shot_said) == (shot, True)


@pytest.mark.parametrize(
    ("prompt", "shot"),
    [
        ("a hill", "EWS"),
        ("a man", "MS"),
        ("a fox in the forest", "WS"),
        ("two women", "2S"),
        ("a dragon", "WS"),
        ("a crowd in a street", "WS"),
    ],
)
def test_shots_that_are_guessed(prompt: str, shot: str) -> None:
    found = read_prompt(prompt)
    assert (found.shot, found.shot_said) == (shot, False)


@pytest.mark.parametrize(
    ("prompt", "field", "value"),
    [
        ("low-angle view", "angle", "Low angle"), ("seen from above", "angle", "High angle"), ("dutch tilt", "angle", "Dutch angle"),
        ("top-down map", "angle", "Bird's-eye"), ("slow push in", "move", "Push in"), ("the camera pans left", "move", "Pan left"),
        ("a tracking shot", "move", "Truck right"), ("crash zoom", "move", "Zoom in"), ("at midnight", "time", "night"),
        ("in the golden hour", "time", "golden"), ("snowy street at night", "time", "night"), ("a rainy street", "time", "grey"),
        ("a rainy street", "weather", "rain"), ("thick fog", "weather", "fog"), ("under the sea", "place", "underwater"),
        ("in the kitchen", "place", "room"), ("on the beach", "place", "sea"), ("a scary house", "mood", "dark"),
        ("he waves at us", "pose", "wave"),
        ("she runs", "pose", "run"), ("backlit", "light", "back"),
    ],
)  # fmt: skip
def test_what_else_is_said(prompt: str, field: str, value: str) -> None:
    assert getattr(read_prompt(prompt), field) == value


def test_nothing_is_read_out_of_parts_of_words() -> None:
    found = read_prompt("a scarf, a carpet, the panda's potpourri, Knightley")
    assert (found.move, found.time) == ("", "day")
    assert [one.kind for one in found.subjects] == ["beast"]


def test_how_many() -> None:
    assert len(read_prompt("two foxes").subjects) == 2
    assert len(read_prompt("a crowd of people").subjects) == MOST_FIGURES
    assert [one.kind for one in read_prompt("a girl and a dog").subjects] == ["child", "beast"]
    assert read_prompt("a girl", members=2).subjects == ()
    assert read_prompt("").subjects == ()


def test_a_thing_stands_for_what_has_no_shape_here() -> None:
    assert [one.kind for one in read_prompt("a zither").subjects] == ["thing"]
    assert read_prompt("a forest").subjects == ()


def test_colours_go_to_whom_they_stand_beside() -> None:
    found = read_prompt("a girl in a red coat in the grand old house at the far end of the town, painted blue")
    assert found.subjects[0].colour == "#c8402f"
    assert found.colours == ("#c8402f", "#3f6fc0")
    assert read_prompt("a fox in the golden hour").colours == ()


def test_a_very_long_prompt_is_read_quickly_enough() -> None:
    assert read_prompt("a fox and " * 5000).subjects

"""Sides and moods: each has a name of its own and words for the model."""

from __future__ import annotations

import pytest

from app.cast import mentioned
from app.imaging.sheet.poses import EXPRESSIONS, USUAL, VIEWS, pose_of_expression, pose_of_view


def test_four_sides_and_six_moods_are_usual() -> None:
    assert VIEWS == ("front", "three_quarter", "side", "back")
    assert USUAL == ("neutral", "happy", "sad", "angry", "surprised", "afraid")


def test_every_picture_has_a_key_and_a_label_of_its_own() -> None:
    poses = [*map(pose_of_view, VIEWS), *map(pose_of_expression, EXPRESSIONS)]
    assert len({pose.key for pose in poses}) == len({pose.label for pose in poses}) == len(poses)
    assert [pose.whole for pose in poses] == [True] * 4 + [False] * len(EXPRESSIONS)


@pytest.mark.parametrize("view", VIEWS)
def test_a_side_is_said_in_words(view: str) -> None:
    words = pose_of_view(view).words  # type: ignore[arg-type]
    assert "full body" in words
    assert {"back": "behind", "three_quarter": "three-quarter"}.get(view, view) in words
    assert mentioned(words) == []


@pytest.mark.parametrize("mood", EXPRESSIONS)
def test_a_mood_is_said_in_words(mood: str) -> None:
    words = pose_of_expression(mood).words  # type: ignore[arg-type]
    assert words.startswith("head and shoulders portrait")
    assert "background" in words

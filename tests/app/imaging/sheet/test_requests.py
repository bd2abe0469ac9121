"""What a sheet is asked for: usual pictures, each once, and nothing that makes no sense."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from app.imaging.sheet.requests import MakeSheet


def test_a_handle_is_enough() -> None:
    asked = MakeSheet(character="@Luca")
    assert asked.character == "luca"
    assert [pose.key for pose in asked.poses()] == [
        "view-front", "view-three_quarter", "view-side", "view-back", "face-neutral", "face-happy", "face-sad", "face-angry",
        "face-surprised", "face-afraid",
    ]  # fmt: skip
    assert not asked.keep


def test_pictures_stand_in_the_order_that_was_asked_for_each_once() -> None:
    asked = MakeSheet(character="luca", views=["back", "front"], expressions=["sad", "sad"])
    assert [pose.name for pose in asked.poses()] == ["back", "front", "sad"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"views": [], "expressions": []}, {"views": ["top"]}, {"expressions": ["bored"]}, {"character": "a b"}, {"cell_px": 63},
        {"cell_px": 100}, {"steps": 0}, {"seed": -1}, {"details": "x" * 1001}, {"size": 3}, {"negative": "x" * 2001},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        MakeSheet.model_validate({"character": "luca", **wrong})

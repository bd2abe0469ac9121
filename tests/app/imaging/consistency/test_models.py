"""What may be asked."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from app.cast import handles_in
from app.imaging.consistency.models import EvaluateImages


@pytest.mark.parametrize(
    ("said", "wanted"), [("", []), ("luca", ["luca"]), ("@Luca", ["luca"]), ("luca, @mia;tom", ["luca", "mia", "tom"])]
)
def test_characters_are_named_with_or_without_at(said: str, wanted: list[str]) -> None:
    assert handles_in(EvaluateImages(images=["a"], character=said)) == wanted


@pytest.mark.parametrize(
    "wrong",
    [
        {"images": []},
        {"images": ["a"], "threshold": 1.5},
        {"images": ["a"], "checks": {"beauty": True}},
        {"images": ["a"], "character": 7},
        {"images": ["a"] * 501},
    ],
)
def test_nonsense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        EvaluateImages.model_validate(wrong)


def test_every_check_counts_unless_left_out() -> None:
    checks = EvaluateImages.model_validate({"images": ["a"], "checks": {"duplicates": False}}).checks
    assert checks.model_dump() == {"likeness": True, "sharpness": True, "exposure": True, "emptiness": True, "duplicates": False}

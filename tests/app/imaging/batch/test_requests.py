"""What a batch is asked."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from app.cast import handles_in
from app.imaging.batch.requests import MOST_PICTURES, BatchImages, Cell, Own
from app.imaging.requests import GenerateImage, Picture
from app.media_fields import media_in


def test_a_batch_takes_everything_that_a_picture_takes() -> None:
    assert set(Picture.model_fields) <= set(BatchImages.model_fields)
    assert BatchImages().prompt == ""


def test_what_is_a_pictures_own_is_a_field_of_it_with_the_same_bounds() -> None:
    for name, field in Own.model_fields.items():
        theirs = GenerateImage.model_fields[name]
        assert field.default is None
        assert [repr(limit) for limit in field.metadata] == [repr(limit) for limit in theirs.metadata] or name in (
            "prompt", "loras", "controls", "references", "width", "height",
        ), name  # fmt: skip


@pytest.mark.parametrize(
    "fields",
    [
        {"count": 0}, {"count": 101}, {"prompts": ["a"] * (MOST_PICTURES + 1)}, {"prompts": ["a" * 10_000]},
        {"x": {"by": "", "values": "1"}}, {"x": {"by": "seed"}},
        {"cells": [{"steps": 500}]}, {"filter": {"checks": {"smell": True}}}, {"filter": {"threshold": 2}}, {"table": "x" * 400_001},
    ],
    ids=lambda value: str(value)[:50],
)  # fmt: skip
def test_what_is_out_of_bounds_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        BatchImages.model_validate(fields)


def test_characters_are_found_in_prompts_lists_tables_and_cells() -> None:
    request = BatchImages(prompt="@a", prompts=["@b"], table="prompt\n@c", cells=[Cell(prompt="@d")])
    assert handles_in(request) == ["a", "b", "c", "d"]


def test_pictures_of_cells_are_media() -> None:
    request = BatchImages(image="i", cells=[Cell(image="c", mask="m")])
    assert [(path, reference) for path, _, reference in media_in(request)] == [
        (("image",), "i"), (("cells", 0, "image"), "c"), (("cells", 0, "mask"), "m"),
    ]  # fmt: skip

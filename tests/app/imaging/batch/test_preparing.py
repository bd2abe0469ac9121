"""A batch is looked at, picture by picture, before it becomes a job."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.imaging.batch.preparing import Seen, check_batch, prepare_batch
from app.imaging.batch.requests import Axis, BatchImages, Cell
from configs.errors import BadInput, NotFound
from tests.app.imaging.easel import Surrounded, adapter, artifact, installed

AROUND = Surrounded(installed(), adapters=[adapter("lora", "ink")])


def prepared(**fields: Any) -> BatchImages:
    return prepare_batch(BatchImages(**fields), AROUND)  # type: ignore[arg-type]


def test_seed_model_and_pictures_are_filled_in() -> None:
    found = prepared(prompt="a {red|blue} __animals__", count=3)
    assert found.seed is not None
    assert found.model == "tiny-sdxl"
    assert len(found.cells) == 3
    assert all("{" not in str(cell.prompt) for cell in found.cells)


def test_preparing_twice_changes_nothing() -> None:
    once = prepared(prompt="a {red|blue|green} fox", count=5, x=Axis(by="lora:ink", values="0-1"))
    assert prepare_batch(BatchImages.model_validate(once.model_dump(mode="json")), AROUND) == once  # type: ignore[arg-type]


def test_models_that_differ_are_left_to_each_picture() -> None:
    assert prepared(prompt="a", x=Axis(by="model", values="tiny-sdxl, storyboard")).model is None


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "The prompt is empty"),
        ({"prompts": ["a fox", "a <lora:gone> owl"]}, "Picture 2: There is no lora named 'gone'"),
        ({"prompt": "a", "x": Axis(by="sampler", values="euler, eulr")}, r"Picture 2 \(Sampler eulr\): There is no sampler"),
        ({"prompt": "a", "x": Axis(by="model", values="gone")}, "The model gone is not installed"),
        ({"prompt": "a", "x": Axis(by="style", values="ink, inc")}, r"Picture 2 \(Style inc\): There is no style"),
    ],
)
def test_a_picture_that_cannot_be_made_refuses_the_whole(fields: dict[str, Any], said: str) -> None:
    with pytest.raises((BadInput, NotFound), match=said):
        prepared(**fields)


def test_characters_in_lists_and_tables_are_asked_for() -> None:
    for fields in ({"prompts": ["@nobody waves"]}, {"table": "prompt\n@nobody waves\n"}):
        with pytest.raises(NotFound, match="no character @nobody"):
            prepared(**fields)


def test_things_are_looked_up_once() -> None:
    asked: list[str] = []

    class Counting(Surrounded):
        def adapter(self, kind: str, name: str) -> Any:
            asked.append(name)
            return super().adapter(kind, name)

    around = Counting(installed(), adapters=[adapter("lora", "ink")])
    prepare_batch(BatchImages(prompt="a <lora:ink>", count=50), around)  # type: ignore[arg-type]
    assert asked == ["ink"]
    seen = Seen(around)  # type: ignore[arg-type]
    assert seen.wildcards() is seen.wildcards()


def test_a_mask_of_one_picture_must_fit_it(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"x")
    request = BatchImages(prompt="a", image="i", seed=1, cells=[Cell(prompt="a", mask="m")])
    image = artifact("i", path, meta={"probe": {"width": 64, "height": 64}})
    mask = artifact("m", path, meta={"probe": {"width": 64, "height": 32}})
    with pytest.raises(BadInput, match="another shape"):
        check_batch(request, {"image": image, "cells.0.mask": mask})
    check_batch(request, {"image": image})

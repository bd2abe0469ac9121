"""docs/analysis-schema.md describes every field of the model, and none that is not there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from app.video.document import VideoAnalysis
from app.video.models import SCHEMA_VERSION, Quality
from app.video.quality import remarks

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "analysis-schema.md").read_text(encoding="utf-8")


def kept(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """A model and all that are in it."""
    yield model
    for field in model.model_fields.values():
        for inner in models_in(field.annotation):
            yield from kept(inner)


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """Models named anywhere in a type."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from models_in(part)


MODELS = sorted(set(kept(VideoAnalysis)), key=lambda m: m.__name__)


def section(model: type[BaseModel]) -> str:
    """The part of the page that names the model: up to the next heading."""
    parts = [part for part in re.split(r"^#+ ", PAGE, flags=re.MULTILINE) if part]
    named = [part for part in parts if f"`{model.__name__}`" in part.splitlines()[0]] or [p for p in parts if f"*{model.__name__}*:" in p]
    assert named, f"{model.__name__} has no place on the page"
    return named[0]


def test_the_models_are_all_found() -> None:
    assert {m.__name__ for m in MODELS} >= {
        "VideoAnalysis",
        "Scene",
        "Keyframe",
        "Quality",
        "MediaInfo",
        "VideoStream",
        "Colour",
        "Rational",
    }


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.__name__)
def test_every_field_is_described(model: type[BaseModel]) -> None:
    text = section(model)
    missing = [name for name in model.model_fields if f"`{name}`" not in text]
    assert missing == []


def test_nothing_is_described_that_does_not_exist() -> None:
    known = {name for model in MODELS for name in model.model_fields}
    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", PAGE, flags=re.MULTILINE)
    described = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert described - known == set()
    assert len(described) > 50


def test_the_version_is_told() -> None:
    assert f"schema version {SCHEMA_VERSION}" in PAGE


def test_every_remark_is_told() -> None:
    base = {"sampled_frames": 1, "sharpness_min": 0.0}
    extremes = (
        {"sharpness": 0, "brightness": 0, "contrast": 9, "noise": 99, "shadows_clipped": 1, "highlights_clipped": 1},
        {"sharpness": 0, "brightness": 255, "contrast": 9, "noise": 99, "shadows_clipped": 1, "highlights_clipped": 1},
        {"sharpness": 0, "brightness": 0, "contrast": 0, "noise": 0, "shadows_clipped": 1, "highlights_clipped": 0},
        {"sharpness": 0, "brightness": 128, "contrast": 0, "noise": 0, "shadows_clipped": 0, "highlights_clipped": 0},
    )
    words = {word for figures in extremes for word in remarks(Quality.model_validate({**base, **figures}))}
    assert len(words) == 9
    assert all(word in PAGE for word in words)

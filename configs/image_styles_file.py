"""Reads the looks for generated pictures: `styles/images.yaml` here, and the file of that name in the data folder, which adds to it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from configs.named_rows import read_named
from configs.settings import CONFIG_DIR

PRESETS = "styles/images.yaml"
PLACE = "{prompt}"


def _with_place(text: str) -> str:
    if text.count(PLACE) != 1:
        raise ValueError(f"{PLACE} must stand in it once, where the person's own words go")
    return text


class ImageStyle(BaseModel):
    """One look; `images.yaml` says what each field means."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(min_length=1, max_length=60)
    group: str = Field(default="Your own", min_length=1, max_length=40)
    prompt: Annotated[str, AfterValidator(_with_place)] = Field(max_length=2000)
    negative: str = Field(default="", max_length=2000)
    steps: int | None = Field(default=None, ge=1, le=150)
    guidance: float | None = Field(default=None, ge=0, le=30)


def image_styles(data_dir: Path | None = None, config_dir: Path = CONFIG_DIR) -> dict[str, ImageStyle]:
    """Every look by its name, ours first; the person's own replace ours of the same name. Read anew each time: files are edited.

    Raises:
        BadInput: a file is not of the form ``styles: {name: {...}}``; the sentence names the style and the field.
    """
    found = read_named(config_dir / PRESETS, "styles", ImageStyle)
    if data_dir is not None:
        found |= read_named(data_dir / PRESETS, "styles", ImageStyle)
    return found

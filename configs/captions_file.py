"""Reads the caption styles a person edits: `styles/captions.yaml` and, beside it, `captions.local.yaml`; and knows the fonts' folder."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from configs.named_rows import read_named
from configs.settings import CONFIG_DIR

FONTS_DIR = CONFIG_DIR / "fonts"
PRESETS, LOCAL = "styles/captions.yaml", "styles/captions.local.yaml"

Align = Literal["top_left", "top", "top_right", "left", "middle", "right", "bottom_left", "bottom", "bottom_right"]
Animation = Literal["none", "fade", "pop", "slide_up", "typewriter", "shake", "karaoke"]
Hex = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]


class CaptionStyle(BaseModel):
    """How captions of one name look; `captions.yaml` says what each field means."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(min_length=1, max_length=60)
    font: str = Field(default="Inter", min_length=1, max_length=80)
    bold: bool = False
    size: float = Field(default=4.2, gt=0.5, le=60)
    colour: Hex = "#ffffff"
    highlight: Hex = "#ffd23f"
    outline_colour: Hex = "#000000"
    outline: float = Field(default=12, ge=0, le=60)
    shadow: float = Field(default=0, ge=0, le=60)
    box: float = Field(default=0, ge=0, le=1)
    box_colour: Hex = "#000000"
    x: float = Field(default=0.5, ge=0, le=1)
    y: float = Field(default=0.9, ge=0, le=1)
    align: Align = "bottom"
    width: float = Field(default=0.9, gt=0.1, le=0.9)
    lines: int = Field(default=3, ge=1, le=20)
    upper: bool = False
    spacing: float = Field(default=0, ge=-10, le=100)
    animation: Animation = "none"


@lru_cache(maxsize=4)
def caption_styles(config_dir: Path = CONFIG_DIR) -> dict[str, CaptionStyle]:
    """Every style by its name; those of the local file replace ours.

    Raises:
        BadInput: a file is not of the form ``captions: {name: {...}}``; the sentence names the style and the field.
    """
    found: dict[str, CaptionStyle] = {}
    for path in (config_dir / PRESETS, config_dir / LOCAL):
        found |= read_named(path, "captions", CaptionStyle)
    return found

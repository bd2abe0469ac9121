"""What a batch of pictures is asked and what it answers."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from app.cast import LoraUse, Prompt, Strict
from app.imaging.consistency.models import Checks
from app.imaging.requests import LONGEST_PROMPT, ControlUse, Likeness, Picture, ReferenceUse, Side
from app.media_fields import ImageRef

MOST_PICTURES = 500
LONGEST_TABLE = 400_000  # characters
MOST_REPEATS = 100


class Axis(Strict):
    """One way in which the pictures of a grid differ."""

    by: str = Field(
        min_length=1, max_length=220, description="seed, steps, guidance, sampler, model, style, lora:NAME, replace, prompt ..."
    )
    values: list[str] | str = Field(max_length=4000, description="10, 20, 30 or 10-50 (+10) or 0-1 [5]; for replace, the first is sought.")


class Own(Strict):
    """What one picture of a batch has of its own; the rest is what all share."""

    prompt: Prompt | None = Field(default=None, max_length=LONGEST_PROMPT)
    negative: str | None = Field(default=None, max_length=LONGEST_PROMPT)
    style: str | None = Field(default=None, max_length=60)
    model: str | None = Field(default=None, min_length=1, max_length=200)
    width: Side | None = None
    height: Side | None = None
    steps: int | None = Field(default=None, ge=1, le=150)
    guidance: float | None = Field(default=None, ge=0, le=30)
    sampler: str | None = Field(default=None, max_length=60)
    schedule: str | None = Field(default=None, max_length=60)
    clip_skip: int | None = Field(default=None, ge=1, le=12)
    seed: int | None = Field(default=None, ge=0, le=2**32 - 1)
    image: ImageRef | None = None
    mask: ImageRef | None = None
    strength: float | None = Field(default=None, ge=0, le=1)
    transparent: bool | None = None
    loras: list[LoraUse] | None = None
    controls: list[ControlUse] | None = None
    references: list[ReferenceUse] | None = None


class Cell(Own):
    """One picture of a batch, where it stands and what it is called by."""

    labels: dict[str, str] = Field(default={}, description="What sets it apart: axis or column -> value.")
    row: int = Field(default=0, ge=0, description="Which prompt and repetition.")
    x: int = Field(default=0, ge=0)
    y: int = Field(default=0, ge=0)
    z: int = Field(default=0, ge=0)


class Filter(Strict):
    """Which pictures are set aside afterwards."""

    checks: Checks = Field(default=Checks(), description="Faults that count.")
    threshold: float | None = Field(default=None, ge=0, le=1, description="Least similarity to a character; left out: its own.")


class BatchImages(Picture):
    """Pictures to make, one job each: for every prompt or row of a table, so many seeds, in every combination of the axes."""

    prompt: Prompt = Field(
        default="", max_length=LONGEST_PROMPT, description="Where no list and no table is given. {red|blue} and __colours__ choose."
    )
    prompts: list[Annotated[Prompt, Field(max_length=LONGEST_PROMPT)]] = Field(
        default=[], max_length=MOST_PICTURES, description="A list of prompts."
    )
    table: Prompt = Field(
        default="", max_length=LONGEST_TABLE,
        description="CSV with a header: columns are settings, or {words} that stand in the prompt.",
    )  # fmt: skip
    count: int = Field(default=1, ge=1, le=MOST_REPEATS, description="How many of each prompt, with seeds that follow each other.")
    combine: bool = Field(default=False, description="Every way in which a prompt can choose, instead of one by chance.")
    x: Axis | None = Field(default=None, description="What differs from left to right.")
    y: Axis | None = Field(default=None, description="What differs from top to bottom.")
    z: Axis | None = Field(default=None, description="What differs from grid to grid.")
    rerolls: int = Field(default=0, ge=0, le=8, description="How often a picture that is too unlike its character is made again.")
    filter: Filter | None = Field(default=None, description="Set pictures with faults aside; left out: none.")
    dry_run: bool = Field(default=False, description="Only tell how many and which pictures it would be.")
    cells: list[Cell] = Field(default=[], max_length=MOST_PICTURES, description="Filled in: what each picture has of its own.")


class BatchPicture(Strict):
    """One picture of a batch."""

    index: int
    labels: dict[str, str] = Field(default={})
    prompt: str
    seed: int
    artifact_id: str | None = Field(default=None, description="None: it could not be made, or it is only planned.")
    width: int = 0
    height: int = 0
    likeness: list[Likeness] = Field(default=[])
    error: str | None = Field(default=None, description="Why it could not be made.")
    kept: bool = Field(default=True, description="False: set aside, or not made.")
    reasons: list[str] = Field(default=[], description="Why it was set aside, each with its figure.")


class BatchedImages(Strict):
    """The pictures, those set aside with their reasons, and the grids."""

    planned: int
    pictures: list[BatchPicture]
    made: int = Field(ge=0)
    kept: int = Field(ge=0)
    failed: int = Field(ge=0)
    grids: list[str] = Field(default=[], description="Artifacts: one labelled grid for each prompt and value of z.")
    settings: dict[str, Any] = Field(default={}, description="What all pictures share, as it was prepared.")
    engine: str = ""
    notes: list[str] = Field(default=[])
    took_s: float = Field(ge=0)

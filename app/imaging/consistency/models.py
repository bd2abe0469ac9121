"""What evaluating pictures is asked and what it answers."""

from __future__ import annotations

import re
from typing import Any

from pydantic import Field, field_validator

from app.cast import MOST_CAST, CastMember, Prompt, Strict
from app.imaging.requests import Likeness
from app.media_fields import ImageRef

BUILT_IN_MODEL = "built-in"
MOST_IMAGES = 500
DEFAULT_THRESHOLD = 0.65
REFERENCES = "references"  # the name of the pictures given without a character
_BARE = re.compile(r"[^\s,;]+")


class Checks(Strict):
    """Which faults count."""

    likeness: bool = True
    sharpness: bool = True
    exposure: bool = True
    emptiness: bool = True
    duplicates: bool = True


class EvaluateImages(Strict):
    """Which pictures, compared with whom."""

    images: list[ImageRef] = Field(min_length=1, max_length=MOST_IMAGES, description="In their order: drift is told along it.")
    character: Prompt = Field(default="", max_length=400, description="Who must be seen in each: luca, or several: @luca @mia.")
    references: list[ImageRef] = Field(default=[], max_length=16, description="Or pictures that show whom they must resemble.")
    threshold: float | None = Field(default=None, ge=0, le=1, description="Least similarity; left out: the character's own, else 0.65.")
    checks: Checks = Field(default=Checks(), description="Faults that are not to count can be left out.")
    model: str | None = Field(
        default=None, min_length=1, max_length=200,
        description=f"An installed model for image features, or {BUILT_IN_MODEL!r}; left out: the best that is there.",
    )  # fmt: skip
    cast: list[CastMember] = Field(default=[], max_length=MOST_CAST, description="Filled in from the characters that are named.")

    @field_validator("character", mode="before")
    @classmethod
    def _as_mentions(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        return " ".join(name if name.startswith("@") else f"@{name}" for name in _BARE.findall(value))


class PictureFigures(Strict):
    """What was measured of a picture by itself."""

    edge_px: float = Field(description="Width of its sharpest edges, px at 640 px; 0: it has none.")
    edges: float = Field(description="Part of the picture in which there are edges.")
    brightness: float = Field(description="Mean luma, 0 to 255.")
    contrast: float = Field(description="Levels between its darkest and its brightest twentieth.")
    brightest: float = Field(description="Level that its brightest hundredth reaches.")
    shadows_clipped: float
    highlights_clipped: float
    grain: float = Field(description="Standard deviation of noise, levels.")
    ties: float = Field(description="Correlation of neighbouring pixels; near 0: it is noise.")


class Repeated(Strict):
    """An earlier picture that this one repeats."""

    artifact_id: str
    mirrored: bool
    bits: int = Field(description="In how many of 64 bits their hashes differ.")


class ImageVerdict(Strict):
    """One picture."""

    artifact_id: str
    passed: bool
    reasons: list[str] = Field(default=[], description="Why not, each with its figure.")
    likeness: list[Likeness] = Field(default=[])
    quality: PictureFigures
    duplicate_of: Repeated | None = None


class SeriesDrift(Strict):
    """How one character changes along the pictures."""

    character: str
    to_references: list[float]
    to_first: list[float]
    change: float = Field(description="Of the similarity over the whole series; negative: it gets less alike.")
    worst: str = Field(description="Artifact id of the least alike picture.")
    references_agree: float | None = Field(default=None, description="How alike the references are among themselves, at the least.")
    words: str


class Evaluated(Strict):
    """Every picture's verdict, in their order."""

    images: list[ImageVerdict]
    passed: int = Field(ge=0)
    drift: list[SeriesDrift] = Field(default=[])
    engine: str = Field(description="What measured the likeness; says when it was no AI model.")
    notes: list[str] = Field(default=[])

"""Light and colour: grading, LUTs, matching a reference, sharpening, fades."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

from pydantic import Field

from app.capability import LutRef
from app.editing.operations.base import Colour, Operation, Place, Scope, Seconds, SourceId, Stage

_BOTH: frozenset[Scope] = frozenset({"segment", "film"})


class Grade(Operation):
    """Exposure, contrast, saturation, warmth, vignette."""

    op: Literal["grade"] = "grade"
    exposure_ev: float = Field(default=0.0, ge=-3, le=3, description="Stops of light.")
    contrast: float = Field(default=1.0, ge=0.2, le=3)
    saturation: float = Field(default=1.0, ge=0, le=3, description="0 is black and white.")
    gamma: float = Field(default=1.0, ge=0.2, le=5)
    temperature_k: int = Field(default=6500, ge=2000, le=20_000, description="6500 is neutral; lower is warmer.")
    vignette: float = Field(default=0.0, ge=0, le=1)

    TITLE: ClassVar[str] = "Colour"
    SCOPES: ClassVar[frozenset[Scope]] = _BOTH
    STAGE: ClassVar[Stage] = Stage.COLOUR


class Lut(Operation):
    """Colours by a .cube table."""

    op: Literal["lut"] = "lut"
    file: LutRef = Field(min_length=1, max_length=4096, description="The .cube file: an artifact id.")
    strength: float = Field(default=1.0, gt=0, le=1)

    TITLE: ClassVar[str] = "LUT"
    SCOPES: ClassVar[frozenset[Scope]] = _BOTH
    STAGE: ClassVar[Stage] = Stage.COLOUR


class MatchColour(Operation):
    """Brings colours towards those of a reference picture (mean and spread per channel, Reinhard et al. 2001)."""

    op: Literal["match_colour"] = "match_colour"
    reference: SourceId
    at_s: Seconds = Field(default=0.0, description="Which moment of the reference.")
    strength: float = Field(default=1.0, gt=0, le=1)

    TITLE: ClassVar[str] = "Match colour"
    STAGE: ClassVar[Stage] = Stage.COLOUR
    ONCE: ClassVar[bool] = True


class Sharpen(Operation):
    """Sharpens edges."""

    op: Literal["sharpen"] = "sharpen"
    strength: float = Field(default=0.5, gt=0, le=2)

    TITLE: ClassVar[str] = "Sharpen"
    SCOPES: ClassVar[frozenset[Scope]] = _BOTH
    STAGE: ClassVar[Stage] = Stage.COLOUR


class Fade(Operation):
    """Picture and sound come up at the beginning and go down at the end."""

    op: Literal["fade"] = "fade"
    in_s: float = Field(default=0.0, ge=0, le=60)
    out_s: float = Field(default=0.0, ge=0, le=60)
    colour: Colour = "#000000"
    sound: bool = Field(default=True, description="The sound fades as well.")

    TITLE: ClassVar[str] = "Fade"
    SCOPES: ClassVar[frozenset[Scope]] = _BOTH
    STAGE: ClassVar[Stage] = Stage.FINISH
    ONCE: ClassVar[bool] = True

    def gains(self, place: Place) -> Sequence[tuple[float, float]]:
        """The sound comes up and goes down with the picture; both are shortened alike where they would meet."""
        if not self.sound or not (self.in_s or self.out_s):
            return ()
        share = min(1.0, place.seconds / (self.in_s + self.out_s))
        up, down = self.in_s * share, place.seconds - self.out_s * share
        return ((0.0, 0.0 if self.in_s else 1.0), (up, 1.0), (down, 1.0), (place.seconds, 0.0 if self.out_s else 1.0))

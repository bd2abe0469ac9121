"""What part of the picture is used: crop, reframing after the subject, enlarging."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from app.editing.operations.base import Operation, Seconds, Share, Stage, Strict

Aspect = Literal["16:9", "9:16", "1:1", "4:5", "4:3", "21:9"]


class Crop(Operation):
    """Keeps a rectangle of the picture."""

    op: Literal["crop"] = "crop"
    x: Share = Field(description="Left edge, share of the width.")
    y: Share = Field(description="Upper edge, share of the height.")
    w: float = Field(gt=0, le=1, description="Width, share.")
    h: float = Field(gt=0, le=1, description="Height, share.")

    TITLE: ClassVar[str] = "Crop"
    STAGE: ClassVar[Stage] = Stage.SHAPE
    ONCE: ClassVar[bool] = True


class PathPoint(Strict):
    """Where the subject's middle is at a moment."""

    at_s: Seconds = Field(description="Seconds from the beginning of the segment, on the output.")
    x: Share = Field(description="Share of the width.")
    y: Share = Field(description="Share of the height.")


class Reframe(Operation):
    """Cuts another shape out of the picture and follows the subject with it, smoothly."""

    op: Literal["reframe"] = "reframe"
    aspect: Aspect = Field(default="9:16", description="The new shape, width to height.")
    path: tuple[PathPoint, ...] = Field(default=(), max_length=2000, description="The subject's way in order of time; empty: the middle.")

    TITLE: ClassVar[str] = "Reframe"
    STAGE: ClassVar[Stage] = Stage.SHAPE
    ONCE: ClassVar[bool] = True


class Upscale(Operation):
    """Enlarges a small source before it is fitted to the canvas."""

    op: Literal["upscale"] = "upscale"
    factor: Literal[2, 3, 4] = Field(default=2, description="How many times wider and higher.")
    model: str | None = Field(default=None, max_length=80, description="An installed upscaling model; left out: Lanczos with sharpening.")

    TITLE: ClassVar[str] = "Upscale"
    STAGE: ClassVar[Stage] = Stage.SHAPE
    ONCE: ClassVar[bool] = True

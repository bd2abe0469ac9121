"""What part of the picture is used: crop, reframing after the subject, enlarging."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import ClassVar, Literal

from pydantic import Field

from app.editing.operations.base import Operation, Place, Seconds, Share, Stage, Strict
from app.editing.problems import Problem

ROUNDING = 1e-6
LEAST_PX = 2
MOST_UPSCALED_PX = 8192 * 8192
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

    def problems(self, place: Place) -> Iterator[Problem]:
        """The rectangle lies within the picture and holds something."""
        for name, begins, size in (("w", self.x, self.w), ("h", self.y, self.h)):
            if begins + size > 1 + ROUNDING:
                said = f"The crop reaches to {100 * (begins + size):.4g} % of the picture's {'width' if name == 'w' else 'height'}."
                yield Problem("crop_outside", f"{place.path}.{name}", said, f"Give {name} {1 - begins:.4g} or less.", 1 - begins or None)
        source = place.source
        if source is not None and min(source.width * self.w, source.height * self.h) < LEAST_PX:
            side = "w" if source.width * self.w < LEAST_PX else "h"
            said = f"The crop leaves {source.width * self.w:.1f} x {source.height * self.h:.1f} pixels of {source.name}."
            yield Problem("crop_too_small", f"{place.path}.{side}", said, f"Keep at least {LEAST_PX} pixels each way.")


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

    def problems(self, place: Place) -> Iterator[Problem]:
        """The way is told in order of time."""
        for number, (one, following) in enumerate(pairwise(self.path), 1):
            if following.at_s <= one.at_s:
                said = f"Point {number} of the way is at {following.at_s:g} s, the one before it at {one.at_s:g} s."
                yield Problem(
                    "path_not_in_order", f"{place.path}.path[{number}].at_s", said, "Sort the points by time, one for each moment."
                )
                return


class Upscale(Operation):
    """Enlarges a small source before it is fitted to the canvas."""

    op: Literal["upscale"] = "upscale"
    factor: Literal[2, 3, 4] = Field(default=2, description="How many times wider and higher.")
    model: str | None = Field(default=None, max_length=80, description="An installed upscaling model; left out: Lanczos with sharpening.")

    TITLE: ClassVar[str] = "Upscale"
    STAGE: ClassVar[Stage] = Stage.SHAPE
    ONCE: ClassVar[bool] = True

    def problems(self, place: Place) -> Iterator[Problem]:
        """What comes out can still be worked on."""
        source = place.source
        if source is not None and source.width * source.height * self.factor**2 > MOST_UPSCALED_PX:
            said = f"{source.name} enlarged {self.factor} times is {source.width * self.factor} x {source.height * self.factor} pixels."
            yield Problem("too_many_pixels", f"{place.path}.factor", said, "Give a smaller factor, or leave it out: the source is large.")

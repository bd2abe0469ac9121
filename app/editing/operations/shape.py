"""What part of the picture is used: crop, reframing after the subject, enlarging."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import ClassVar, Literal

from pydantic import Field

from app.editing.graph import Pad
from app.editing.operations.base import Bench, Operation, Place, Seconds, Share, Stage, Strict
from app.editing.operations.enlargers import ENLARGERS
from app.editing.operations.follow import at_frames, followed
from app.editing.operations.windows import slide
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

    def rectangle(self, width: int, height: int) -> tuple[int, int, int, int]:
        """Left, top, width and height in pixels, even, within a picture of that size."""
        w, h = even_part(width, self.w * width), even_part(height, self.h * height)
        return min(2 * round(self.x * width / 2), width - w), min(2 * round(self.y * height / 2), height - h), w, h

    def size_after(self, width: int, height: int) -> tuple[int, int]:
        """The rectangle's."""
        return self.rectangle(width, height)[2:]

    def picture(self, pad: Pad, bench: Bench) -> Pad:
        """Cuts it out."""
        x, y, w, h = self.rectangle(*bench.size)
        return pad if (w, h) == bench.size else bench.graph.filter("crop", [pad], x=x, y=y, w=w, h=h, exact=True)


def even_part(whole: int, part: float) -> int:
    """The even number of pixels nearest to a part of them, at least two, at most all."""
    return max(min(2 * round(part / 2), whole // 2 * 2), min(2, whole))


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

    def size_after(self, width: int, height: int) -> tuple[int, int]:
        """The largest window of the shape."""
        across, down = map(int, self.aspect.split(":"))
        return even_part(width, min(width, height * across / down)), even_part(height, min(height, width * down / across))

    def picture(self, pad: Pad, bench: Bench) -> Pad:
        """Slides the window along, between pixels."""
        size = self.size_after(*bench.size)
        if size == bench.size:
            return pad
        place, rate = bench.place, float(bench.place.rate)
        seconds = [point.at_s for point in self.path] or [0.0]
        columns = ([point.x for point in self.path] or [0.5], [point.y for point in self.path] or [0.5])
        ways = []
        for values, part, whole in zip(columns, size, bench.size, strict=True):
            middles = followed(at_frames(seconds, values, place.frames, rate), part / whole, rate)
            ways.append([middle * whole - part / 2 for middle in middles])
        return slide(bench, pad, size, ways[0], ways[1])


class Upscale(Operation):
    """Enlarges a small source before it is fitted to the canvas."""

    op: Literal["upscale"] = "upscale"
    factor: Literal[2, 3, 4] = Field(default=2, description="How many times wider and higher.")
    model: str | None = Field(default=None, max_length=80, description="An installed upscaling model; left out: Lanczos with sharpening.")

    TITLE: ClassVar[str] = "Upscale"
    STAGE: ClassVar[Stage] = Stage.SHAPE
    ONCE: ClassVar[bool] = True

    def problems(self, place: Place) -> Iterator[Problem]:
        """What comes out can still be worked on, and there is something that makes it."""
        if self.model not in ENLARGERS:
            said = f"No upscaling model named {self.model!r} is installed."
            yield Problem("no_upscaling_model", f"{place.path}.model", said, "Leave the model out: Lanczos needs none.")
        source = place.source
        if source is not None and source.width * source.height * self.factor**2 > MOST_UPSCALED_PX:
            said = f"{source.name} enlarged {self.factor} times is {source.width * self.factor} x {source.height * self.factor} pixels."
            yield Problem("too_many_pixels", f"{place.path}.factor", said, "Give a smaller factor, or leave it out: the source is large.")

    def size_after(self, width: int, height: int) -> tuple[int, int]:
        """That many times the size."""
        return width * self.factor, height * self.factor

    def picture(self, pad: Pad, bench: Bench) -> Pad:
        """Whatever the model does, or Lanczos."""
        return ENLARGERS[self.model](pad, bench, self.factor)

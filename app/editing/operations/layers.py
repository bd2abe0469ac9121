"""Other pictures over or behind this one: keying, compositing, picture in picture, watermark."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from app.editing.operations.base import Colour, Operation, Place, Scope, Seconds, Share, SourceId, Stage
from app.editing.problems import Problem

_BOTH: frozenset[Scope] = frozenset({"segment", "film"})
Corner = Literal["top_left", "top_right", "bottom_left", "bottom_right"]


class ChromaKey(Operation):
    """Makes one colour transparent and shows another source, or a colour, behind it."""

    op: Literal["chroma_key"] = "chroma_key"
    colour: Colour = "#00ff00"
    similarity: float = Field(default=0.15, gt=0, le=1, description="How far from the colour still counts.")
    blend: float = Field(default=0.05, ge=0, le=1, description="Softness of the edge.")
    background: SourceId | None = Field(default=None, description="What is shown behind; left out: the plan's background colour.")
    background_start_s: Seconds = 0.0

    TITLE: ClassVar[str] = "Chroma key"
    STAGE: ClassVar[Stage] = Stage.LAYER
    ONCE: ClassVar[bool] = True


class Composite(Operation):
    """Lays another source over the whole picture; its transparency counts."""

    op: Literal["composite"] = "composite"
    source: SourceId
    start_s: Seconds = Field(default=0.0, description="Where in that source.")
    at_s: Seconds = 0.0
    duration_s: float | None = Field(default=None, gt=0, le=24 * 3600)
    mode: Literal["over", "multiply", "screen", "overlay", "add"] = "over"
    opacity: float = Field(default=1.0, gt=0, le=1)

    TITLE: ClassVar[str] = "Composite"
    SCOPES: ClassVar[frozenset[Scope]] = _BOTH
    STAGE: ClassVar[Stage] = Stage.LAYER


class PictureInPicture(Operation):
    """Shows another source small within the picture."""

    op: Literal["picture_in_picture"] = "picture_in_picture"
    source: SourceId
    start_s: Seconds = Field(default=0.0, description="Where in that source.")
    at_s: Seconds = 0.0
    duration_s: float | None = Field(default=None, gt=0, le=24 * 3600)
    x: Share = Field(default=0.68, description="Left edge, share of the canvas.")
    y: Share = Field(default=0.66, description="Upper edge, share of the canvas.")
    w: float = Field(default=0.28, gt=0.01, le=1, description="Width, share of the canvas.")
    opacity: float = Field(default=1.0, gt=0, le=1)
    border_px: int = Field(default=0, ge=0, le=64)
    border_colour: Colour = "#ffffff"
    sound: bool = Field(default=False, description="Let it be heard as well.")
    gain_db: float = Field(default=0.0, ge=-60, le=24)

    TITLE: ClassVar[str] = "Picture in picture"
    SCOPES: ClassVar[frozenset[Scope]] = _BOTH
    STAGE: ClassVar[Stage] = Stage.LAYER

    def problems(self, place: Place) -> Iterator[Problem]:
        """What should be heard has sound."""
        yield from super().problems(place)
        facts = place.sources.get(self.source)
        if self.sound and facts is not None and not facts.has_sound:
            said = f"{facts.name} should be heard, but it has no sound."
            yield Problem("no_sound", f"{place.path}.sound", said, "Set sound to false, or choose another source.")


class Watermark(Operation):
    """A small picture in a corner all through the film."""

    op: Literal["watermark"] = "watermark"
    source: SourceId = Field(description="A still; its transparency counts.")
    corner: Corner = "bottom_right"
    w: float = Field(default=0.12, gt=0.01, le=0.6, description="Width, share of the canvas.")
    margin: float = Field(default=0.03, ge=0, le=0.3, description="Distance from the edges, share of the width.")
    opacity: float = Field(default=0.7, gt=0, le=1)

    TITLE: ClassVar[str] = "Watermark"
    SCOPES: ClassVar[frozenset[Scope]] = frozenset({"film"})
    STAGE: ClassVar[Stage] = Stage.FINISH

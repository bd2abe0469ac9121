"""Cleaning the source's own frames: steadying, noise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from app.editing.operations.base import Operation, Place, Stage
from app.editing.problems import Problem


class Stabilise(Operation):
    """Takes the shake out of a shot (vid.stab, two passes)."""

    op: Literal["stabilise"] = "stabilise"
    smoothness_s: float = Field(default=0.5, gt=0, le=5, description="Moves quicker than this are taken for shake.")

    TITLE: ClassVar[str] = "Stabilise"
    STAGE: ClassVar[Stage] = Stage.SOURCE
    ONCE: ClassVar[bool] = True

    def problems(self, place: Place) -> Iterator[Problem]:
        """Only what moves can be steadied."""
        if place.source is not None and place.source.kind == "image":
            yield Problem("still_has_no_time", place.path, f"Stabilise changes nothing: {place.source.name} is a still.", "Take it out.")


class Denoise(Operation):
    """Takes out noise over space and time."""

    op: Literal["denoise"] = "denoise"
    strength: float = Field(default=0.4, gt=0, le=1, description="0 to 1.")

    TITLE: ClassVar[str] = "Denoise"
    STAGE: ClassVar[Stage] = Stage.SOURCE
    ONCE: ClassVar[bool] = True

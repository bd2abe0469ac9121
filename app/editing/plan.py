"""The edit plan: what a person, the built-in planner or a language model decides, as versioned JSON. No file is opened here."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.editing.operations import AnyOperation
from app.editing.operations.base import Colour, Seconds, SourceId
from app.media_fields import MediaRef

PLAN_VERSION: Literal[1] = 1
MOST_SEGMENTS, MOST_SOURCES, MOST_OPERATIONS = 2000, 200, 64

SegmentId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$")]


class Strict(BaseModel):
    """A frozen model that refuses what it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class PlanSource(Strict):
    """A file that the plan uses: a video, a still or a sound."""

    id: SourceId
    media: MediaRef = Field(min_length=1, max_length=4096, description="Artifact id; a path from the owner on this machine.")


class Segment(Strict):
    """A stretch of one source, in the order of the film.

    ``start_s`` and ``end_s`` are seconds of the source from its first frame, ``end_s`` exclusive; each means the frame that begins
    nearest to it. Of a still only the difference counts.
    """

    id: SegmentId
    source: SourceId
    start_s: Seconds
    end_s: Seconds
    operations: tuple[AnyOperation, ...] = Field(default=(), max_length=MOST_OPERATIONS)
    approved: bool = Field(default=True, description="Rows that are not approved are left out of the film.")
    reason: str = Field(default="", max_length=1000, description="Why it is in the film, in one sentence.")


class Output(Strict):
    """What is rendered. What is left out is taken from the first segment's source."""

    aspect: Literal["source", "16:9", "9:16", "1:1", "4:5", "4:3", "21:9"] = "source"
    height: int | None = Field(default=None, ge=64, le=4320, description="Of the shorter side, pixels.")
    fps: float | None = Field(
        default=None, ge=1, le=240, description="Frames per second; 23.976, 29.97 and 59.94 mean the exact fractions."
    )
    fit: Literal["pad", "crop", "blur", "stretch"] = Field(
        default="pad", description="A source of another shape: with bars, cut, before its own blurred picture, or distorted."
    )
    background: Colour = "#000000"
    format: Literal["mp4", "mov", "webm", "gif"] = Field(default="mp4", description="mov keeps transparency (ProRes 4444), webm too (VP9).")
    alpha: bool = Field(default=False, description="Keep transparency; needs mov or webm.")
    quality: Literal["draft", "good", "best"] = "good"


class EditPlan(Strict):
    """A whole film: sources, segments in order, and what is done to the film as a whole."""

    version: Literal[1] = PLAN_VERSION
    title: str = Field(default="", max_length=200)
    goal: str = Field(default="", max_length=4000, description="What was asked for, in the person's words.")
    style: str | None = Field(default=None, max_length=40)
    duration_s: float | None = Field(
        default=None, gt=0, le=24 * 3600, description="The length that was asked for, seconds; what is rendered is what the segments say."
    )
    planner: str = Field(default="", max_length=120, description="Who made it: a person, the built-in planner, a model.")
    seed: int = Field(default=0, ge=0, le=2**31 - 1)
    sources: tuple[PlanSource, ...] = Field(min_length=1, max_length=MOST_SOURCES)
    segments: tuple[Segment, ...] = Field(max_length=MOST_SEGMENTS)
    film: tuple[AnyOperation, ...] = Field(default=(), max_length=MOST_OPERATIONS, description="What is done to the whole film.")
    output: Output = Output()
    notes: tuple[str, ...] = Field(default=(), max_length=50, description="What a person should know of how it was made.")

    @property
    def approved(self) -> tuple[Segment, ...]:
        """The segments that are rendered, in order."""
        return tuple(segment for segment in self.segments if segment.approved)

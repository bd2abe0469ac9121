"""What the judge is asked and what it answers."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.cast import MOST_CAST, CastMember, Prompt
from app.editing.admission import MaybePlan
from app.editing.operations.shape import Aspect
from app.editing.plan import EditPlan
from app.media_fields import MediaRef, VideoRef

Severity = Literal["error", "warning", "note"]


class Form(BaseModel):
    """A model that refuses what it does not know."""

    model_config = ConfigDict(extra="forbid")


class TraceVideo(Form):
    """Measure a clip frame by frame, small, so that films made of it can be compared with it."""

    video: VideoRef = Field(description="The clip to measure.")


class Traced(Form):
    """Where the measurements are kept, and what they hold."""

    artifact_id: str = Field(description="traces.npz.")
    frames: int
    seconds: float = Field(description="From the first frame to the end of the last.")
    has_sound: bool


class EvaluateVideo(Form):
    """Judge a film: technical quality, and how well it meets its goal."""

    video: VideoRef = Field(description="The film to judge.")
    plan: MaybePlan = Field(default=None, description="The plan it was rendered from: what is planned is no fault.")
    reference: VideoRef | None = Field(default=None, description="The clip it was made of, where there is no plan.")
    goal: Prompt = Field(
        default="", max_length=4000, description="What was asked for, in words; this and the next three else as the plan says."
    )
    style: str | None = Field(default=None, max_length=40, description="dramatic, chaotic, wholesome, or another style of the planner.")
    duration_s: float | None = Field(default=None, gt=0, le=24 * 3600, description="How long it was to be, seconds.")
    aspect: Aspect | None = Field(default=None, description="The shape it was to have, width to height.")
    model: str | None = Field(default=None, max_length=80, description="Which installed model looks at it; left out: any that can.")
    cast: list[CastMember] = Field(default=[], max_length=MOST_CAST, description="Filled in from the characters that the goal names.")


class Part(Form):
    """One figure of the score."""

    score: float | None = Field(ge=0, le=1, description="1 is best; None where it cannot be judged: `why` says so.")
    weight: float = Field(ge=0, le=1, description="Its share before the shares of all judged parts are brought to 1; 0 where not judged.")
    value: float | None = Field(default=None, description="What was measured.")
    unit: str = ""
    limits: str = Field(default="", description="At which value the score is 1, and at which 0; what it cannot tell.")
    why: str = Field(default="", description="The figure in words, or why there is none.")


class Issue(Form):
    """Something to mend."""

    code: str = Field(description="For programs: black, frozen, off_beat, out_of_sync, blurred ...")
    severity: Severity
    message: str
    suggestion: str
    at_s: float | None = Field(default=None, ge=0, description="Where on the film it begins; None: throughout.")
    end_s: float | None = Field(default=None, ge=0)
    value: float | None = Field(default=None, description="How much, in the unit of its part.")


class Evaluation(Form):
    """A film's score with everything it is made of."""

    schema_version: int = 1
    score: float = Field(
        ge=0, le=1, description="1 is best. 0.6 technical + 0.4 goal; the technical one alone where nothing was asked for."
    )
    technical: float = Field(ge=0, le=1)
    goal_score: float | None = Field(default=None, ge=0, le=1, description="None where nothing that was asked for can be judged.")
    parts: dict[str, Part]
    issues: list[Issue] = Field(description="The gravest first, then in order of time.")
    engine: str = "built in, CPU"
    took_s: float = Field(ge=0)


class AutoEdit(Form):
    """Plan, render, judge and improve a film until it is good enough. Give a clip, or a plan to begin with."""

    video: VideoRef | None = Field(default=None, description="The clip to make a film of; left out where a plan is given.")
    plan: MaybePlan = Field(default=None, description="A plan to begin with, instead of planning one.")
    goal: Prompt = Field(default="", max_length=4000, description="What is wanted, in words; @luca names a character.")
    style: str | None = Field(default=None, max_length=40, description="dramatic, chaotic, wholesome, or another style of the planner.")
    duration_s: float | None = Field(default=None, gt=0, le=24 * 3600, description="How long the film is to be, seconds.")
    aspect: Aspect | None = Field(default=None, description="The shape it is to have; left out: as the planner decides.")
    seed: int = Field(default=0, ge=0, le=2**31 - 1, description="Another number plans another film.")
    planner: str = Field(
        default="auto", min_length=1, max_length=120, description="auto, built_in, or the name of an installed language model."
    )
    music: MediaRef | None = Field(default=None, description="Music to lay under the film.")
    model: str | None = Field(default=None, max_length=80, description="Which installed model looks at it; left out: any that can.")
    threshold: float = Field(default=0.8, ge=0, le=1, description="The score at which it is good enough.")
    rounds: int = Field(default=3, ge=1, le=10, description="Versions at most.")
    edit: str | None = Field(default=None, max_length=64, description="The draft it belongs to.")
    cast: list[CastMember] = Field(default=[], max_length=MOST_CAST, description="Filled in from the characters that the goal names.")

    @model_validator(mode="after")
    def _something_to_begin_with(self) -> AutoEdit:
        if self.video is None and self.plan is None:
            raise ValueError("give a video to make a film of, or a plan to begin with")
        return self


class Version(Form):
    """One version of a film that was made on the way."""

    n: int = Field(ge=1)
    plan: EditPlan
    score: float = Field(ge=0, le=1)
    technical: float = Field(ge=0, le=1)
    goal_score: float | None = Field(default=None, ge=0, le=1)
    artifact_id: str = Field(description="Its preview.")
    plan_artifact_id: str = Field(description="Its plan.json.")
    evaluation_artifact_id: str = Field(description="Its evaluation.json.")
    issues: list[Issue]
    changes: list[str] = Field(default=[], description="What was done differently from the version it was made of.")


class AutoEdited(Form):
    """Every version with its score, and the best of them as a film."""

    best: int = Field(ge=1, description="Number of the best version.")
    score: float = Field(ge=0, le=1, description="That of its preview.")
    reached: bool = Field(description="Whether the threshold was reached.")
    versions: list[Version]
    artifact_id: str = Field(description="The film, in full.")
    frames: int = Field(ge=1)
    seconds: float = Field(ge=0)
    notes: list[str] = Field(default=[], description="Why it ended, and what should be known.")
    took_s: float = Field(ge=0)

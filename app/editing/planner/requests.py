"""What planning is asked and what it answers."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from app.cast import MOST_CAST, CastMember, Prompt
from app.editing.operations.shape import Aspect
from app.editing.plan import EditPlan
from app.editing.planner.wishes import LONGEST_S
from app.media_fields import AnalysisRef, MediaRef, VideoRef

LONGEST_GOAL = 4000
AUTO, BUILT_IN_NAMES = "auto", ("built_in", "built in", "built-in")


class Strict(BaseModel):
    """A model that refuses what it does not know."""

    model_config = ConfigDict(extra="forbid")


class Brief(Strict):
    """What a film is to be, as far as it is said; a field that is set counts more than the sentence."""

    video: VideoRef = Field(description="The clip that the film is made of.")
    goal: Prompt = Field(
        default="",
        max_length=LONGEST_GOAL,
        description='In words: "30 second vertical highlight reel", "@luca loses it"; @luca names a character.',
    )
    style: str | None = Field(
        default=None, max_length=40,
        description="dramatic, chaotic, wholesome, highlights, trailer, beat, or another one the studio has. Left out: as the goal says.",
    )  # fmt: skip
    duration_s: float | None = Field(
        default=None, gt=0, le=LONGEST_S, description="Length of the film. Left out: as the goal or the style says."
    )
    aspect: Literal["auto", "source"] | Aspect = Field(
        default="auto", description="Shape of the film; auto: as the goal or the style says."
    )
    seed: int = Field(default=0, ge=0, le=2**31 - 1, description="Another number plans another film.")
    planner: str = Field(
        default=AUTO, min_length=1, max_length=120,
        description="auto: a language model where one is installed, else the built-in planner; built_in; or a model's name.",
    )  # fmt: skip
    music: MediaRef | None = Field(default=None, description="Music to lay under the film: a sound, or a video whose sound is taken.")
    cast: list[CastMember] = Field(default=[], max_length=MOST_CAST, description="Filled in from the characters that the goal names.")


class PlanVideo(Brief):
    """Plan an edit of a clip."""

    analysis: AnalysisRef | None = Field(
        default=None, description="A finished analysis of the clip; left out: it is analysed, or a stored one is used."
    )


class PlannedFilm(Strict):
    """A plan that can be rendered, and who made it."""

    plan: EditPlan
    planner: str = Field(description="built in, or the model that decided.")
    seconds: float = Field(ge=0, description="Length of the film.")
    notes: list[str] = Field(default=[], description="What could not be done as asked, and why.")
    analysis: str | None = Field(default=None, description="The job whose analysis was used.")
    took_s: float = Field(ge=0, description="Planning alone, without the analysis.")

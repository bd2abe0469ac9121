"""A clip's review: what a person says about its shots, and the markers set on it, with undo."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from app.api.deps import StudioDep
from app.api.models import ERRORS
from app.reviews import OperationBody
from app.video.analysers.scenes import Transitions
from app.video.reshots import Detection, ReviewedShot
from app.views import review_to_json

router = APIRouter(tags=["review"], responses=ERRORS)


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class HandMade(_Model):
    """First frames of shots that a person wants, and those that a person does not want."""

    added: list[int]
    removed: list[int] = Field(description="A detected boundary within one frame of it is left out.")


class MarkerAnswer(_Model):
    """A note on a frame or a range."""

    id: str
    frame: int
    end_frame: int | None = Field(description="First frame behind the range; null for a single frame.")
    colour: str
    note: str
    author: str
    created_at: float = Field(description="Unix seconds.")


class ReviewAnswer(_Model):
    """A clip's review as it stands."""

    artifact_id: str
    revision: int = Field(description="Rises by one with every change, undo and redo.")
    can_undo: bool
    can_redo: bool
    undo_label: str | None
    redo_label: str | None
    boundaries: HandMade
    markers: list[MarkerAnswer] = Field(description="By frame.")


class ShotsAnswer(_Model):
    """An analysis' shots, decided anew."""

    shots: list[ReviewedShot]
    transitions: Transitions
    took_ms: float = Field(description="How long deciding took.")


Sensitivity = Annotated[float | None, Query(gt=0, le=255, description="Higher finds more cuts. Left out: as analysed.")]
MinShot = Annotated[float | None, Query(ge=0, le=600, description="Shortest shot in seconds. Left out: as analysed.")]


@router.get("/api/jobs/{job_id}/shots", response_model=ShotsAnswer, summary="An analysis' shots, decided anew")
def show_shots(
    job_id: str,
    studio: StudioDep,
    sensitivity: Sensitivity = None,
    min_shot_s: MinShot = None,
    review: Annotated[bool, Query(description="Apply the clip's review.")] = True,
) -> Any:
    """From the curves that the analysis stored, with other thresholds and the clip's review; nothing is decoded."""
    return JSONResponse(studio.shots.of_job(job_id, Detection(sensitivity, min_shot_s), use_review=review))


@router.get("/api/artifacts/{artifact_id}/review", response_model=ReviewAnswer, summary="A clip's review")
def show_review(artifact_id: str, studio: StudioDep) -> dict[str, Any]:
    """Hand-made shot boundaries and markers; empty for a clip that nobody has reviewed."""
    return review_to_json(artifact_id, studio.reviews.get(artifact_id))


@router.post("/api/artifacts/{artifact_id}/review", response_model=ReviewAnswer, summary="Change a clip's review")
def change_review(
    artifact_id: str,
    body: OperationBody,
    studio: StudioDep,
    job: Annotated[str | None, Query(description="The analysis that is looked at. Left out: the clip's newest.")] = None,
    sensitivity: Sensitivity = None,
    min_shot_s: MinShot = None,
) -> dict[str, Any]:
    """One operation: split, merge or move a boundary, add, change or remove a marker. Can be undone.

    Boundaries are judged against those of `job` at `sensitivity` and `min_shot_s`.
    """
    shown = studio.shots.detected(job, Detection(sensitivity, min_shot_s)) if job else None
    return review_to_json(artifact_id, studio.reviews.change(artifact_id, body.root, shown))


@router.post("/api/artifacts/{artifact_id}/review/undo", response_model=ReviewAnswer, summary="Undo the last change of a review")
def undo_review(artifact_id: str, studio: StudioDep) -> dict[str, Any]:
    """A new operation after it drops what could be redone."""
    return review_to_json(artifact_id, studio.reviews.undo(artifact_id))


@router.post("/api/artifacts/{artifact_id}/review/redo", response_model=ReviewAnswer, summary="Redo what was undone in a review")
def redo_review(artifact_id: str, studio: StudioDep) -> dict[str, Any]:
    """Makes the change that was last undone."""
    return review_to_json(artifact_id, studio.reviews.redo(artifact_id))

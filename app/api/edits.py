"""Drafts of edits: plans with their history, checked as they change; and the table of editing operations."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from app.api.deps import StudioDep
from app.api.models import ERRORS, PageAnswer
from app.edits import edit_to_json

router = APIRouter(tags=["edits"], responses=ERRORS)

Plan = Annotated[dict[str, Any], Field(description="An edit plan; its schema stands at the capability video.edit.")]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewEditBody(_Model):
    """A draft to be kept."""

    plan: Plan
    title: str = Field(default="", max_length=200)
    video: str | None = Field(default=None, description="The clip it is mainly about: an artifact id.")
    analysis: str | None = Field(default=None, description="The analysis it was made from: a job id.")
    label: str = Field(default="", max_length=120, description="What was done, for undo.")


class ChangeBody(_Model):
    """A new state of a draft."""

    plan: Plan
    revision: int = Field(description="The revision that it was made from.")
    label: str = Field(default="", max_length=120, description="What was changed, for undo: Trim row 3.")


class CheckBody(_Model):
    """A plan to be checked."""

    plan: Plan


class EditRow(_Model):
    """A draft without its plan."""

    id: str
    title: str
    project_id: str
    video: str | None
    analysis: str | None
    revision: int = Field(description="Rises by one with every change, undo and redo.")
    created_at: float
    updated_at: float


class EditAnswer(EditRow):
    """A draft as it stands."""

    can_undo: bool
    can_redo: bool
    undo_label: str | None
    redo_label: str | None
    plan: Plan


class ProblemAnswer(_Model):
    """One thing wrong with a plan."""

    code: str
    path: str = Field(description="JSON path (RFC 9535) of the place.")
    message: str
    remedy: str


class CheckAnswer(_Model):
    """What is wrong with a plan, or what it comes to."""

    problems: list[ProblemAnswer]
    timeline: dict[str, Any] | None = Field(description="Frames, rate, size and clips of the film; null while there are problems.")
    prediction: dict[str, Any] | None = Field(description="Length, size, memory and time of rendering.")
    took_ms: float


class VersionAnswer(_Model):
    """One rendering of a draft."""

    job_id: str
    capability: str
    state: str
    artifact_id: str | None = Field(description="The film, once there is one.")
    revision: int | None = Field(description="The draft's revision that was rendered.")
    preview: bool
    score: float | None
    seconds: float | None
    created_at: float
    finished_at: float | None


class VersionsAnswer(_Model):
    """Renderings, the newest first."""

    items: list[VersionAnswer]


class OperationAnswer(_Model):
    """One editing operation."""

    op: str
    title: str
    summary: str
    scopes: list[str] = Field(description="Where it may stand: segment, film.")
    once: bool = Field(description="At most one of its kind in a place.")
    fields: dict[str, Any] = Field(description="JSON schema of its fields.")


@router.get("/api/edits", response_model=PageAnswer[EditRow], summary="List drafts of edits")
def list_edits(
    studio: StudioDep,
    project_id: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before: Annotated[int | None, Query(description="`next_before` of the page before.")] = None,
) -> dict[str, Any]:
    """The newest first, without their plans."""
    found = studio.edits.page(project_id=project_id, limit=limit, before=before)
    return {"items": [edit_to_json(edit, plan=False) for edit in found], "next_before": found[-1].seq if len(found) == limit else None}


@router.post("/api/edits", status_code=201, response_model=EditAnswer, summary="Begin a draft")
def create_edit(body: NewEditBody, studio: StudioDep, project_id: str | None = None) -> dict[str, Any]:
    """Keeps a plan as a draft, with undo. A plan with problems may be kept; one that cannot be read is a 422."""
    made = studio.edits.create(
        body.plan, project_id=project_id, title=body.title, video=body.video, analysis=body.analysis, label=body.label
    )
    return edit_to_json(made)


@router.post("/api/edits/check", response_model=CheckAnswer, summary="Check a plan")
def check_plan(body: CheckBody, studio: StudioDep) -> dict[str, Any]:
    """Every problem with its place and remedy; for a sound plan the film in whole frames, and what rendering it will take."""
    return studio.edits.check(body.plan)


@router.get("/api/edits/{edit_id}", response_model=EditAnswer, summary="One draft")
def show_edit(edit_id: str, studio: StudioDep) -> dict[str, Any]:
    """A draft with its plan as it stands."""
    return edit_to_json(studio.edits.get(edit_id))


@router.put("/api/edits/{edit_id}", response_model=EditAnswer, summary="Change a draft")
def change_edit(edit_id: str, body: ChangeBody, studio: StudioDep) -> dict[str, Any]:
    """Makes the plan the draft's new state; 409 when somebody else has changed it since `revision`."""
    return edit_to_json(studio.edits.change(edit_id, body.plan, body.revision, body.label))


@router.delete("/api/edits/{edit_id}", status_code=204, summary="Delete a draft")
def delete_edit(edit_id: str, studio: StudioDep) -> None:
    """Forgets the draft and its history; what was rendered from it stays."""
    studio.edits.remove(edit_id)


@router.post("/api/edits/{edit_id}/undo", response_model=EditAnswer, summary="Undo the last change of a draft")
def undo_edit(edit_id: str, studio: StudioDep) -> dict[str, Any]:
    """A new change after it drops what could be redone; 409 when there is nothing to undo."""
    return edit_to_json(studio.edits.undo(edit_id))


@router.post("/api/edits/{edit_id}/redo", response_model=EditAnswer, summary="Redo what was undone in a draft")
def redo_edit(edit_id: str, studio: StudioDep) -> dict[str, Any]:
    """Makes the change that was last undone."""
    return edit_to_json(studio.edits.redo(edit_id))


@router.get("/api/edits/{edit_id}/versions", response_model=VersionsAnswer, summary="What was rendered from a draft")
def list_versions(edit_id: str, studio: StudioDep) -> dict[str, Any]:
    """Jobs of `video.edit` and `video.auto_edit` whose request names the draft, the newest first."""
    return {"items": studio.edits.versions(edit_id)}


@router.get("/api/operations", response_model=list[OperationAnswer], summary="The editing operations")
def list_operations() -> list[dict[str, Any]]:
    """What may stand in a plan's `operations` (of a segment) and `film`, with the schema of their fields."""
    from app.editing.operations import described

    return described()

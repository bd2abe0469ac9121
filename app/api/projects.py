"""Projects, and the state of the machine."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from app.api.deps import StudioDep
from app.api.models import ERRORS, NewProject, ProjectAnswer
from app.views import project_to_json

router = APIRouter(tags=["studio"], responses=ERRORS)


@router.get("/api/projects", response_model=list[ProjectAnswer], summary="List projects")
def list_projects(studio: StudioDep) -> list[dict[str, Any]]:
    """Every project, oldest first."""
    return [project_to_json(project) for project in studio.projects()]


@router.post("/api/projects", response_model=ProjectAnswer, status_code=201, summary="Make a project")
def create_project(body: NewProject, studio: StudioDep) -> dict[str, Any]:
    """Its name must be new."""
    return project_to_json(studio.create_project(body.name))


@router.get("/api/status", summary="Machine, workers and queue at a glance")
def status(studio: StudioDep) -> dict[str, Any]:
    """CPU, memory, disk, GPU, workers with what they run, jobs per state."""
    return studio.status()

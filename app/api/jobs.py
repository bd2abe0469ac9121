"""Jobs: list, look, cancel, retry, run next."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from app.api.deps import StudioDep
from app.api.models import ERRORS, JobAnswer, JobDetailAnswer, PageAnswer
from app.views import job_to_json, page_to_json
from configs.errors import BadInput
from storage.records import STATES

router = APIRouter(tags=["jobs"], responses=ERRORS)


@router.get("/api/jobs", response_model=PageAnswer[JobAnswer], response_model_exclude_unset=True, summary="List jobs")
def list_jobs(
    studio: StudioDep,
    state: Annotated[str, Query(description="One or more states, separated by commas.")] = "",
    capability: str | None = None,
    project_id: str | None = None,
    parent_id: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before: Annotated[int | None, Query(description="`next_before` of the page before.")] = None,
) -> dict[str, Any]:
    """Jobs, newest first, without their results."""
    return page_to_json(
        studio.jobs(state=states(state), capability=capability, project_id=project_id, parent_id=parent_id, limit=limit, before=before)
    )


@router.get("/api/jobs/counts", response_model=dict[str, int], summary="How many jobs are in each state")
def count_jobs(studio: StudioDep, project_id: str | None = None) -> dict[str, int]:
    """State -> number of jobs."""
    return studio.counts(project_id)


@router.get("/api/jobs/{job_id}", response_model=JobDetailAnswer[Any], response_model_exclude_unset=True, summary="One job")
def show_job(job_id: str, studio: StudioDep) -> dict[str, Any]:
    """The job with its result, artifacts, partial results and log."""
    return job_to_json(studio.job(job_id))


@router.post("/api/jobs/{job_id}/cancel", response_model=JobAnswer, response_model_exclude_unset=True, summary="Cancel a job")
def cancel_job(job_id: str, studio: StudioDep) -> dict[str, Any]:
    """A queued job ends at once; a running one stops at its next step."""
    return job_to_json(studio.cancel(job_id))


@router.post("/api/jobs/{job_id}/retry", response_model=JobAnswer, response_model_exclude_unset=True, summary="Run an ended job again")
def retry_job(job_id: str, studio: StudioDep) -> dict[str, Any]:
    """Queues it again; the steps that it had finished are not redone."""
    return job_to_json(studio.retry(job_id))


@router.post("/api/jobs/{job_id}/next", response_model=JobAnswer, response_model_exclude_unset=True, summary="Run a queued job next")
def run_job_next(job_id: str, studio: StudioDep) -> dict[str, Any]:
    """Moves it to the head of its lane."""
    return job_to_json(studio.run_next(job_id))


def states(text: str) -> tuple[str, ...]:
    """``"queued,running"`` -> the states.

    Raises:
        BadInput: a state is not known.
    """
    wanted = tuple(part.strip() for part in text.split(",") if part.strip())
    for state in wanted:
        if state not in STATES:
            raise BadInput(f"There is no job state {state!r}.", f"States: {', '.join(STATES)}.")
    return wanted

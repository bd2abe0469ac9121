"""The JSON shapes of jobs, artifacts and projects: the same over HTTP, in the page and on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.capability import Capability
from app.video.review import Review
from storage.records import Artifact, Job, Page, Project

if TYPE_CHECKING:
    from app.studio import JobDetail, Submitted

ARTIFACT_FIELDS = (
    "id", "name", "kind", "role", "media_type", "size_bytes", "content_hash", "external", "missing", "project_id", "job_id",
    "created_at", "meta",
)  # fmt: skip


def job_to_json(job: Job | JobDetail) -> dict[str, Any]:
    """A job without its result, or, given the detail, with result, artifacts, published values and log."""
    if isinstance(job, Job):
        return job.public()
    return {
        **job_to_json(job.job),
        "result": job.result,
        "artifacts": [artifact_to_json(artifact) for artifact in job.artifacts],
        "published": dict(job.published),
        "log": list(job.log),
    }


def submitted_to_json(detail: JobDetail, submitted: Submitted) -> dict[str, Any]:
    """The answer to submitting: the new job, or the whole earlier one that answers the request."""
    if submitted.reused:
        return {**job_to_json(detail), "reused": True}
    return {**job_to_json(detail.job), "reused": False}


def artifact_to_json(artifact: Artifact) -> dict[str, Any]:
    """An artifact; where its bytes lie on this machine is nobody's business but the studio's."""
    return {**{name: getattr(artifact, name) for name in ARTIFACT_FIELDS}, "inputs": list(artifact.inputs)}


def project_to_json(project: Project) -> dict[str, Any]:
    """A project."""
    return {"id": project.id, "name": project.name, "created_at": project.created_at}


def page_to_json(page: Page) -> dict[str, Any]:
    """One page of jobs or artifacts; ``next_before`` asks for the page after it."""
    items = [job_to_json(item) if isinstance(item, Job) else artifact_to_json(item) for item in page.items]
    return {"items": items, "next_before": page.next_before}


def lineage_to_json(lineage: dict[str, Any]) -> dict[str, Any]:
    """What made an artifact and what was made from it."""
    job = lineage.get("job")
    return {
        "artifact": artifact_to_json(lineage["artifact"]),
        "job": job_to_json(job) if job else None,
        "parents": [artifact_to_json(parent) for parent in lineage.get("parents", ())],
        "children": [artifact_to_json(child) for child in lineage.get("children", ())],
    }


def review_to_json(artifact_id: str, review: Review) -> dict[str, Any]:
    """The shape over HTTP and on the command line."""
    return {
        "artifact_id": artifact_id,
        "revision": review.revision,
        "can_undo": bool(review.done),
        "can_redo": bool(review.undone),
        "undo_label": review.undo_label,
        "redo_label": review.redo_label,
        "boundaries": {"added": sorted(review.added), "removed": sorted(review.removed)},
        "markers": [dict(marker.__dict__) for marker in review.in_order()],
    }


def capability_to_json(row: Capability[Any, Any]) -> dict[str, Any]:
    """A row of the capability table with the JSON schemas of its request and result."""
    return {
        "name": row.name,
        "title": row.title,
        "summary": row.summary,
        "lane": row.lane,
        "engine": row.engine,
        "request_schema": row.request.model_json_schema(),
        "result_schema": row.result.model_json_schema(mode="serialization"),
    }

"""Artifacts: list, look, fetch (with byte ranges), ancestry, delete, relink."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import FileResponse, Response

from app.api.deps import OwnerDep, StudioDep
from app.api.models import ERRORS, ArtifactAnswer, FreedAnswer, LineageAnswer, NewFile, NewPath, PageAnswer
from app.content import stat_of
from app.views import artifact_to_json, lineage_to_json, page_to_json
from configs.errors import Refused
from storage.records import Artifact

router = APIRouter(tags=["artifacts"], responses=ERRORS)

# What a browser shows without running anything that stands in it; all else is shown in a sandbox of its own origin.
_INERT = ("image/png", "image/jpeg", "image/webp", "image/gif", "image/avif", "text/plain", "text/csv", "application/json")
SANDBOX = (
    "sandbox allow-scripts allow-downloads allow-popups; default-src 'none'; img-src data: blob:; media-src data: blob:; "
    "font-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
)
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}},
    206: {"description": "The bytes of the range that was asked for."},
    304: {"description": "The copy named by If-None-Match is current."},
    416: {"description": "The range lies outside the file."},
}


@router.get("/api/artifacts", response_model=PageAnswer[ArtifactAnswer], summary="List artifacts")
def list_artifacts(
    studio: StudioDep,
    kind: str | None = None,
    role: str | None = None,
    job_id: str | None = None,
    project_id: str | None = None,
    q: Annotated[str | None, Query(description="Part of a name.", max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before: Annotated[int | None, Query(description="`next_before` of the page before.")] = None,
) -> dict[str, Any]:
    """Artifacts, newest first."""
    return page_to_json(studio.artifacts(kind=kind, role=role, job_id=job_id, project_id=project_id, query=q, limit=limit, before=before))


@router.get("/api/artifacts/{artifact_id}", response_model=ArtifactAnswer, summary="One artifact")
def show_artifact(artifact_id: str, studio: StudioDep) -> dict[str, Any]:
    """What is known of it."""
    return artifact_to_json(studio.artifact(artifact_id))


@router.head("/api/artifacts/{artifact_id}/content", include_in_schema=False)
@router.get("/api/artifacts/{artifact_id}/content", responses=_FILE, response_class=FileResponse, summary="The file itself")
def artifact_content(
    artifact_id: str, request: Request, studio: StudioDep, download: Annotated[bool, Query(description="Save instead of show.")] = False
) -> Response:
    """The bytes; understands Range, If-Range and If-None-Match. The ETag is the content hash."""
    artifact = studio.artifact(artifact_id)
    headers = content_headers(artifact)
    if _has_copy(request.headers.get("if-none-match", ""), headers["etag"]):
        return Response(status_code=304, headers=headers)
    return _Content(
        artifact.path,
        headers=headers,
        media_type=_shown_type(artifact.media_type),
        filename=PurePosixPath(artifact.name).name,
        stat_result=stat_of(artifact),
        content_disposition_type="attachment" if download else "inline",
    )


@router.get("/api/artifacts/{artifact_id}/lineage", response_model=LineageAnswer, response_model_exclude_unset=True, summary="Ancestry")
def artifact_lineage(artifact_id: str, studio: StudioDep) -> dict[str, Any]:
    """The job that made it, what it was made from, and what was made from it."""
    return lineage_to_json(studio.lineage(artifact_id))


@router.delete("/api/artifacts/{artifact_id}", response_model=FreedAnswer, summary="Delete an artifact")
def delete_artifact(artifact_id: str, studio: StudioDep) -> dict[str, int]:
    """Media given by path is only forgotten; its file stays."""
    return {"freed_bytes": studio.delete_artifact(artifact_id)}


@router.post("/api/artifacts/{artifact_id}/relink", response_model=ArtifactAnswer, summary="Say where a moved file lies now")
def relink_artifact(artifact_id: str, body: NewPath, studio: StudioDep, owner: OwnerDep) -> dict[str, Any]:
    """Only from the studio's own machine."""
    _require_owner(owner)
    return artifact_to_json(studio.relink(artifact_id, body.path))


@router.post("/api/artifacts/path", response_model=ArtifactAnswer, status_code=201, summary="Take in a file where it lies")
def add_path(body: NewFile, studio: StudioDep, owner: OwnerDep) -> dict[str, Any]:
    """Only from the studio's own machine; the file is referred to, not copied."""
    _require_owner(owner)
    return artifact_to_json(studio.add_path(body.path, body.kind, body.project_id))


def _require_owner(owner: bool) -> None:
    if not owner:
        raise Refused(
            "Files of this machine can be named only from this machine.", "Upload the file, or use the studio's own command line."
        )


class _Content(FileResponse):
    chunk_size = 256 * 1024


def content_headers(artifact: Artifact) -> dict[str, str]:
    """Headers that follow from what the artifact is.

    What the studio keeps never changes, so a browser need not ask again; a file that lies elsewhere may be gone tomorrow.
    """
    caching = "private, no-cache" if artifact.external else "private, max-age=31536000, immutable"
    headers = {"etag": f'"{artifact.content_hash}"', "cache-control": caching, "x-content-type-options": "nosniff"}
    if not is_inert(artifact.media_type):
        headers["content-security-policy"] = SANDBOX
    return headers


def _has_copy(if_none_match: str, etag: str) -> bool:
    return any(tag.strip().removeprefix("W/") in (etag, "*") for tag in if_none_match.split(","))


def is_inert(media_type: str) -> bool:
    """Whether a browser can show it without running anything."""
    plain = media_type.partition(";")[0].strip().lower()
    return plain in _INERT or plain.startswith(("video/", "audio/"))


def _shown_type(media_type: str) -> str:
    return media_type if media_type.isascii() and media_type.isprintable() and "/" in media_type else "application/octet-stream"

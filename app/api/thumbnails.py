"""Pictures made small for lists: a filmstrip of forty full ones would be a film's worth of bytes."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import FileResponse

from app.api.deps import StudioDep
from app.api.models import ERRORS
from app.thumbnails import thumbnail
from configs.errors import BadInput

router = APIRouter(tags=["artifacts"], responses=ERRORS)
_HEADERS = {"cache-control": "private, max-age=31536000, immutable", "x-content-type-options": "nosniff"}


@router.get("/api/artifacts/{artifact_id}/thumbnail", response_class=FileResponse, summary="A picture made small")
def show_thumbnail(
    artifact_id: str, studio: StudioDep, px: Annotated[Literal["192", "384"], Query(description="Its longer side at most.")] = "192"
) -> FileResponse:
    """A WebP of a picture; made once and kept in the cache."""
    artifact = studio.artifact(artifact_id)
    if artifact.kind != "image":
        raise BadInput(f"{artifact.name} is of kind {artifact.kind}; only pictures are made small.", "Ask for its content.")
    path = thumbnail(artifact, int(px), studio.settings.data_dir / "cache")
    return FileResponse(path, media_type="image/webp", headers=_HEADERS)

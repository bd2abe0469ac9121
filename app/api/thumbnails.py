"""Pictures made small for lists: a filmstrip of forty full ones would be a film's worth of bytes."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import FileResponse

from app.api.deps import StudioDep
from app.api.models import ERRORS
from app.imaging.opening import open_picture
from configs.errors import BadInput
from storage.records import Artifact

router = APIRouter(tags=["artifacts"], responses=ERRORS)
FOLDER = "thumbnails"
QUALITY = 82
_HEADERS = {"cache-control": "private, max-age=31536000, immutable", "x-content-type-options": "nosniff"}


@router.get("/api/artifacts/{artifact_id}/thumbnail", response_class=FileResponse, summary="A picture made small")
def show_thumbnail(
    artifact_id: str, studio: StudioDep, px: Annotated[Literal["192", "384"], Query(description="Its longer side at most.")] = "192"
) -> FileResponse:
    """A WebP of a picture; made once and kept in the cache."""
    artifact = studio.artifact(artifact_id)
    if artifact.kind != "image":
        raise BadInput(f"{artifact.name} is of kind {artifact.kind}; only pictures are made small.", "Ask for its content.")
    path = studio.settings.data_dir / "cache" / FOLDER / artifact.content_hash[:2] / f"{artifact.content_hash}-{px}.webp"
    if not path.is_file():
        _draw(artifact, path, int(px))
    return FileResponse(path, media_type="image/webp", headers=_HEADERS)


def _draw(artifact: Artifact, path: Path, side_px: int) -> None:
    """Whole or not at all; two who ask at once each write their own and the last one stays."""
    image = open_picture(artifact.path)
    image.thumbnail((side_px, side_px))
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_suffix(f".{threading.get_ident()}.part")
    image.save(staged, "WEBP", quality=QUALITY)
    os.replace(staged, path)

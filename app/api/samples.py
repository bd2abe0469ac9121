"""The built-in sample clip, so that there is something to try before anything has been dropped in."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from app.api.deps import StudioDep
from app.api.models import ERRORS, ArtifactAnswer
from app.views import artifact_to_json

router = APIRouter(tags=["artifacts"], responses=ERRORS)


@router.post("/api/samples/{name}", response_model=ArtifactAnswer, status_code=201, summary="Make the sample clip")
def make_sample(name: str, studio: StudioDep) -> dict[str, Any]:
    """Drawn by the studio itself on the first call and kept; later calls return the same artifact."""
    return artifact_to_json(studio.sample(name))

"""Is it alive (/health), and how is it doing (/metrics)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from app.api.deps import StudioDep
from app.api.metrics import CONTENT_TYPE, Durations, exposition

router = APIRouter(tags=["studio"])


@router.head("/health", include_in_schema=False)
@router.get("/health", summary="Whether the studio serves")
def health(studio: StudioDep) -> dict[str, Any]:
    """Open to everybody; says nothing but that it is alive and which version it is."""
    studio.counts()  # the database answers
    return {"status": "ok", "version": studio.version}


@router.get("/metrics", response_class=Response, responses={200: {"content": {CONTENT_TYPE: {}}}}, summary="Figures for Prometheus")
def metrics(request: Request, studio: StudioDep) -> Response:
    """Text exposition format 0.0.4."""
    durations: Durations = request.app.state.durations
    return Response(exposition(studio.status(), studio.queue_depths(), durations), media_type=CONTENT_TYPE)

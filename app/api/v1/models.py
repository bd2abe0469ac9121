"""`GET /v1/models`."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from app.api.deps import StudioDep
from app.api.v1.errors import ERRORS, FieldError
from app.models.calls import ModelView

router = APIRouter(tags=["gateway"], responses=ERRORS)


@router.get("/v1/models", summary="Models that can be called")
def list_models(studio: StudioDep) -> dict[str, Any]:
    """Everything that is installed, with its task and state."""
    return {"object": "list", "data": [_shown(view, studio.started_at) for view in studio.models.models()]}


@router.get("/v1/models/{model:path}", summary="One model")
def show_model(model: str, studio: StudioDep) -> dict[str, Any]:
    """The same for one model."""
    for view in studio.models.models():
        if view.name == model:
            return _shown(view, studio.started_at)
    raise FieldError("model", f"The model {model!r} is not installed.", "GET /v1/models lists those that are.", "model_not_found", 404)


def _shown(view: ModelView, started_at: float) -> dict[str, Any]:
    extra = {"title": view.title, "task": view.task, "engine": view.engine, "state": view.state, "variant": view.variant}
    return {"id": view.name, "object": "model", "created": int(started_at), "owned_by": "animation-ai-studio", **extra}

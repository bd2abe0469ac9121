"""`GET /v1/models`."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from app.api.deps import StudioDep
from app.api.v1.errors import ERRORS, FieldError
from app.imaging.requests import STORYBOARD
from app.models.calls import ModelView
from app.studio import Studio

router = APIRouter(tags=["gateway"], responses=ERRORS)
BOARD = ModelView(
    name=STORYBOARD, title="Storyboard cards, no AI images", task="image", engine="built in, CPU", state="resident", installed=True
)


@router.get("/v1/models", summary="Models that can be called")
def list_models(studio: StudioDep) -> dict[str, Any]:
    """Everything that is installed, with its task and state; and the built-in storyboard, which needs no model."""
    return {"object": "list", "data": [_shown(view, studio.started_at) for view in _callable(studio)]}


@router.get("/v1/models/{model:path}", summary="One model")
def show_model(model: str, studio: StudioDep) -> dict[str, Any]:
    """The same for one model."""
    for view in _callable(studio):
        if view.name == model:
            return _shown(view, studio.started_at)
    raise FieldError("model", f"The model {model!r} is not installed.", "GET /v1/models lists those that are.", "model_not_found", 404)


def _callable(studio: Studio) -> list[ModelView]:
    """The installed models, and what draws pictures without any."""
    return [*studio.models.models(), *((BOARD,) if "image.generate" in studio.capabilities else ())]


def _shown(view: ModelView, started_at: float) -> dict[str, Any]:
    extra = {"title": view.title, "task": view.task, "engine": view.engine, "state": view.state, "variant": view.variant}
    return {"id": view.name, "object": "model", "created": int(started_at), "owned_by": "animation-ai-studio", **extra}

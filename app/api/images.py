"""Pictures: the looks there are, and the settings that a picture was made with."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from app.api.deps import OwnerDep, StudioDep
from app.api.models import ERRORS
from app.imaging.infotext.fitting import RestoredSettings
from app.imaging.styles import style_to_json
from app.restoring import restore

router = APIRouter(tags=["pictures"], responses=ERRORS)


class StyleAnswer(BaseModel):
    """One look; `{prompt}` in its prompt is what the person wrote."""

    name: str
    title: str
    group: str
    prompt: str
    negative: str
    steps: int | None
    guidance: float | None


class StylesAnswer(BaseModel):
    """Looks, in the order of their file."""

    items: list[StyleAnswer]


class PictureBody(BaseModel):
    """Which picture."""

    model_config = ConfigDict(extra="forbid")
    image: str = Field(min_length=1, max_length=4096, description="An artifact id; from the studio's own machine also a path.")


@router.get("/api/images/styles", response_model=StylesAnswer, summary="Looks for pictures")
def list_styles(studio: StudioDep) -> dict[str, Any]:
    """Those of `configs/styles/images.yaml` and of `styles/images.yaml` in the data folder, which may replace them."""
    return {"items": [style_to_json(name, style) for name, style in studio.surroundings.styles().items()]}


@router.post("/api/images/settings", response_model=RestoredSettings, summary="How a picture was made")
async def picture_settings(body: PictureBody, studio: StudioDep, owner: OwnerDep) -> RestoredSettings:
    """The fields of `image.generate` that a picture tells: the studio's own, A1111's, Forge's, InvokeAI's, ComfyUI's and others'.

    `notes` says what was in it and cannot be taken over, such as a model that is not installed.
    """
    return await run_in_threadpool(restore, studio, body.image, allow_paths=owner)

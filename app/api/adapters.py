"""LoRAs, ControlNets, IP-Adapters, embeddings, VAEs and upscalers that are on this machine, with their pictures."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import FileResponse

from app.api.deps import StudioDep
from app.api.models import ERRORS
from app.models.adapters import AdapterList, list_adapters, preview_of

router = APIRouter(tags=["models"], responses=ERRORS)
Kind = Literal["lora", "controlnet", "ip-adapter", "embedding", "vae", "upscaler"]
TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp"}


@router.get("/api/adapters", response_model=AdapterList, summary="List LoRAs and other adapters")
def show_adapters(
    studio: StudioDep, kind: Kind | None = None,
    q: Annotated[str, Query(description="Words of its name, title or triggers.", max_length=200)] = "",
) -> AdapterList:  # fmt: skip
    """What lies in the studio's folder of adapters and in those of other programs, and what is installed of such cards."""
    return list_adapters(studio.adapters, kind, q)


@router.get("/api/adapters/{kind}/{name:path}/preview", response_class=FileResponse, summary="An adapter's picture")
def show_preview(kind: Kind, name: str, studio: StudioDep) -> FileResponse:
    """The picture that lies beside its file."""
    picture = preview_of(studio.adapters, kind, name)
    headers = {"cache-control": "private, max-age=600", "x-content-type-options": "nosniff"}
    return FileResponse(picture, media_type=TYPES.get(picture.suffix.lower(), "application/octet-stream"), headers=headers)

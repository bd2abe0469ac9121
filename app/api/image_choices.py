"""What a picture may be asked for by name: samplers, spacings, lists that prompts choose from, axes of a grid."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from app.api.deps import StudioDep
from app.api.models import ERRORS
from app.imaging.batch.axes import KINDS
from backends.diffusion.samplers import TABLE

router = APIRouter(tags=["pictures"], responses=ERRORS)
SHOWN = 12  # values of a list


class SamplerAnswer(BaseModel):
    """One sampler."""

    name: str
    title: str = Field(description="As A1111 calls it.")
    schedules: list[str] = Field(description="Spacings of noise levels that it takes.")


class SamplersAnswer(BaseModel):
    """Samplers, in the order of their table."""

    items: list[SamplerAnswer]


class WildcardAnswer(BaseModel):
    """One list."""

    name: str = Field(description="Written as __name__ in a prompt.")
    count: int
    values: list[str] = Field(description=f"The first {SHOWN}.")


class WildcardsAnswer(BaseModel):
    """Lists, by name."""

    items: list[WildcardAnswer]


class AxisAnswer(BaseModel):
    """What may differ along an axis of a grid."""

    by: str
    title: str
    numbers: bool = Field(description="Whether its values are numbers.")


class AxesAnswer(BaseModel):
    """Axes; `lora:NAME` and `replace` are axes too."""

    items: list[AxisAnswer]


@router.get("/api/images/samplers", response_model=SamplersAnswer, summary="Samplers for pictures")
def list_samplers() -> dict[str, Any]:
    """Left out of a request, the model's own is used."""
    return {"items": [{"name": one.name, "title": one.title, "schedules": list(one.spaced)} for one in TABLE]}


@router.get("/api/images/wildcards", response_model=WildcardsAnswer, summary="Lists that prompts choose from")
def list_wildcards(studio: StudioDep) -> dict[str, Any]:
    """Those of `configs/wildcards` and of `wildcards` in the data folder; a batch puts a value where a prompt says `__name__`."""
    lists = studio.surroundings.wildcards()
    return {"items": [{"name": name, "count": len(values), "values": list(values[:SHOWN])} for name, values in lists.items()]}


@router.get("/api/images/axes", response_model=AxesAnswer, summary="Axes of a grid")
def list_axes() -> dict[str, Any]:
    """What `by` of an axis of `image.batch` may be."""
    return {"items": [{"by": by, "title": kind.title, "numbers": kind.number is not None} for by, kind in KINDS.items()]}

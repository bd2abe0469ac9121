"""What models occupy, and for whom; loading, unloading, pinning and freeing them by hand."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from app.api.deps import OwnerDep, StudioDep
from app.api.models import ERRORS
from app.models.standing import ModelsMachine, standing

router = APIRouter(tags=["models"], responses=ERRORS)


class Freed(BaseModel):
    """What giving memory back achieved."""

    model_config = ConfigDict(extra="forbid")

    freed_bytes: int
    busy: list[str] = Field(description="Models in use: they follow at the end of their call.")


class Occupancy(BaseModel):
    """The models in memory; `GET /api/models/memory` explains itself field by field in docs/models.md."""

    model_config = ConfigDict(extra="allow")

    device: str | None = Field(description="cpu, cuda:0 ...; null before a model was first needed.")
    budget: dict[str, Any]
    models: list[dict[str, Any]]
    waiting: list[dict[str, Any]]
    decisions: list[dict[str, Any]] = Field(description="The newest last, each with its reason.")
    counters: dict[str, Any]


@router.get("/api/models/memory", response_model=Occupancy, summary="What models occupy, and for whom")
def show_memory(studio: StudioDep) -> dict[str, Any]:
    """States, leases, what waits and why, and the scheduler's last decisions. Also sent as `models` events on `/api/events`."""
    return studio.models.status()


@router.get("/api/models/machine", response_model=ModelsMachine, summary="Where models compute here")
def show_machine(studio: StudioDep, owner: OwnerDep) -> ModelsMachine:
    """The GPU or the processor, what models may take of its memory, and what the first model brings along."""
    return standing(studio.settings, studio.catalogue.machine(), owner)


@router.post("/api/models/free", response_model=Freed, summary="Give the device's memory back")
def free_memory(studio: StudioDep, host: bool = False) -> Any:
    """Everything that is not in use leaves the device at once; with `host` also RAM."""
    return studio.models.free(host)


@router.post("/api/models/{name}/load", response_model=Occupancy, summary="Load a model")
def load_model(name: str, studio: StudioDep) -> Any:
    """Answers when it is in memory; progress comes as `models` events."""
    return studio.models.load(name)


@router.post("/api/models/{name}/unload", response_model=Occupancy, summary="Unload a model")
def unload_model(name: str, studio: StudioDep) -> Any:
    """Drops it from all memory; a conflict while it is in use."""
    return studio.models.unload(name)


@router.post("/api/models/{name}/pin", response_model=Occupancy, summary="Keep a model in memory")
def pin_model(name: str, studio: StudioDep) -> Any:
    """It is not evicted for another one."""
    return studio.models.pin(name, True)


@router.post("/api/models/{name}/unpin", response_model=Occupancy, summary="Let a model go when room is needed")
def unpin_model(name: str, studio: StudioDep) -> Any:
    """Ends what `pin` began."""
    return studio.models.pin(name, False)

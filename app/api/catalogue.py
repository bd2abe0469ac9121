"""The models a person can choose: cards, what is installed, how each would fare here. Installing and removing are capabilities."""

from __future__ import annotations

from fastapi import APIRouter

from app.api.deps import StudioDep
from app.api.models import ERRORS
from app.models.forms import ForeignEntry, ModelEntry

router = APIRouter(tags=["models"], responses=ERRORS)


@router.get("/api/models", response_model=list[ModelEntry], summary="List models")
def list_models(studio: StudioDep) -> list[ModelEntry]:
    """Every card with its state, its licences and its predicted fit here; `POST /api/capabilities/model.install` installs one."""
    found: list[ModelEntry] = studio.catalogue.entries()
    return found


@router.get("/api/models/files", response_model=list[ForeignEntry], summary="List weights in other programs' folders")
def list_files(studio: StudioDep) -> list[ForeignEntry]:
    """Checkpoints, LoRAs, VAEs and ControlNets that the folders of the setting `model_folders` hold, and what each is."""
    found: list[ForeignEntry] = studio.catalogue.foreign_files()
    return found


@router.get("/api/models/{name}", response_model=ModelEntry, summary="Show a model")
def show_model(name: str, studio: StudioDep) -> ModelEntry:
    """One card."""
    found: ModelEntry = studio.catalogue.entry(name)
    return found

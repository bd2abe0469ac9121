"""API keys of programs that may use the gateway, and nothing else."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from app.api.deps import OwnerDep, StudioDep
from app.api.models import ERRORS
from configs.errors import Refused

router = APIRouter(tags=["gateway"], responses=ERRORS)


class NewKey(BaseModel):
    """A key to be made."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=1, max_length=80, description="Whose key it is, for instance the program's name.")


class KeyAnswer(BaseModel):
    """A key, without its text."""

    id: str
    name: str
    created_at: float


class MadeKey(KeyAnswer):
    """A new key."""

    key: str = Field(description="Shown this once.")


class Revoked(BaseModel):
    """A key that is worthless now."""

    revoked: str


@router.get("/api/keys", response_model=list[KeyAnswer], summary="List API keys")
def list_keys(studio: StudioDep, owner: OwnerDep) -> Any:
    """Oldest first."""
    _require(owner)
    return [key.__dict__ for key in studio.api_keys.all()]


@router.post("/api/keys", response_model=MadeKey, status_code=201, summary="Make an API key")
def create_key(body: NewKey, studio: StudioDep, owner: OwnerDep) -> Any:
    """Good for `/v1` from anywhere the studio can be reached; its text cannot be read again later."""
    _require(owner)
    made, text = studio.api_keys.create(body.name)
    return {**made.__dict__, "key": text}


@router.delete("/api/keys/{key_id}", response_model=Revoked, summary="Revoke an API key")
def revoke_key(key_id: str, studio: StudioDep, owner: OwnerDep) -> Any:
    """It is worthless at once."""
    _require(owner)
    studio.api_keys.revoke(key_id)
    return {"revoked": key_id}


def _require(owner: bool) -> None:
    if not owner:
        raise Refused("Keys are made and revoked on the studio's own machine.", "Use `keys create NAME` there.")

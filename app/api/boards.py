"""The pictures that were made: the history, favourites and boards."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from app.api.deps import StudioDep
from app.api.models import ERRORS, ArtifactAnswer, PageAnswer
from app.boards import board_to_json
from app.views import artifact_to_json
from storage.pictures import PictureFilter

router = APIRouter(tags=["pictures"], responses=ERRORS)


class NameBody(BaseModel):
    """A board's name."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=1, max_length=120)


class BoardAnswer(BaseModel):
    """A collection of pictures."""

    id: str
    name: str
    project_id: str
    created_at: float
    pictures: int
    cover_id: str | None = Field(description="The picture added last.")


class BoardsAnswer(BaseModel):
    """Boards, the oldest first."""

    items: list[BoardAnswer]


class PictureAnswer(ArtifactAnswer):
    """A picture; ``meta.picture`` says all about how it was made."""

    favourite: bool
    boards: list[str]


@router.get("/api/pictures", response_model=PageAnswer[PictureAnswer], summary="List pictures that were made")
def list_pictures(
    studio: StudioDep,
    q: Annotated[str, Query(max_length=200, description="Words of the prompt or the name.")] = "",
    board: str | None = None,
    favourite: bool | None = None,
    model: str | None = None,
    character: str | None = None,
    project_id: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before: Annotated[int | None, Query(description="`next_before` of the page before.")] = None,
) -> dict[str, Any]:  # fmt: skip
    """The newest first."""
    wanted = PictureFilter(project_id=project_id, board_id=board, favourite=favourite, words=q, model=model, character=character)
    page = studio.boards.history(wanted, limit, before)
    items = [{**artifact_to_json(found), "favourite": lies.favourite, "boards": list(lies.boards)} for found, lies in page.items]
    return {"items": items, "next_before": page.next_before}


@router.put("/api/favourites/{artifact_id}", status_code=204, summary="Mark a picture as a favourite")
def favour(artifact_id: str, studio: StudioDep) -> None:
    """Once is enough."""
    studio.boards.favour(artifact_id, True)


@router.delete("/api/favourites/{artifact_id}", status_code=204, summary="A picture is no favourite any more")
def disfavour(artifact_id: str, studio: StudioDep) -> None:
    """The picture stays."""
    studio.boards.favour(artifact_id, False)


@router.get("/api/boards", response_model=BoardsAnswer, summary="List boards")
def list_boards(studio: StudioDep, project_id: str | None = None) -> dict[str, Any]:
    """The oldest first."""
    return {"items": [board_to_json(board) for board in studio.boards.listed(project_id)]}


@router.post("/api/boards", status_code=201, response_model=BoardAnswer, summary="Make a board")
def create_board(body: NameBody, studio: StudioDep, project_id: str | None = None) -> dict[str, Any]:
    """A new, empty board."""
    return board_to_json(studio.boards.create(body.name, project_id))


@router.patch("/api/boards/{board_id}", response_model=BoardAnswer, summary="Rename a board")
def rename_board(board_id: str, body: NameBody, studio: StudioDep) -> dict[str, Any]:
    """Names need not differ."""
    return board_to_json(studio.boards.rename(board_id, body.name))


@router.delete("/api/boards/{board_id}", status_code=204, summary="Delete a board")
def delete_board(board_id: str, studio: StudioDep) -> None:
    """The pictures on it stay."""
    studio.boards.remove(board_id)


@router.put("/api/boards/{board_id}/items/{artifact_id}", response_model=BoardAnswer, summary="Put a picture on a board")
def put_on_board(board_id: str, artifact_id: str, studio: StudioDep) -> dict[str, Any]:
    """A picture may lie on several; once on each is enough."""
    return board_to_json(studio.boards.put(board_id, artifact_id))


@router.delete("/api/boards/{board_id}/items/{artifact_id}", response_model=BoardAnswer, summary="Take a picture off a board")
def take_off_board(board_id: str, artifact_id: str, studio: StudioDep) -> dict[str, Any]:
    """The picture stays."""
    return board_to_json(studio.boards.take(board_id, artifact_id))

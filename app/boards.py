"""The pictures that were made: the history, favourites and boards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from configs.errors import BadInput
from jobs.events import EventBus
from storage import boards, pictures, projects
from storage.artifacts import ArtifactStore
from storage.boards import Board, Standing
from storage.pictures import PictureFilter
from storage.records import Artifact

NAME_LIMIT = 120
PAGE_LIMIT = 200


@dataclass(frozen=True)
class History:
    """One page of pictures, the newest first, each with where it lies."""

    items: tuple[tuple[Artifact, Standing], ...]
    next_before: int | None


class Boards:
    """Thread safe; every change is told as an event ``board``."""

    def __init__(self, artifacts: ArtifactStore, events: EventBus) -> None:
        self._artifacts, self._events = artifacts, events
        self._database = artifacts.database

    def listed(self, project_id: str | None = None) -> list[Board]:
        """Every board, the oldest first."""
        return boards.listed(self._database, project_id=project_id)

    def create(self, name: str, project_id: str | None = None) -> Board:
        """A new, empty board."""
        project = projects.require(self._database, project_id or projects.DEFAULT).id
        return self._tell(boards.create(self._database, _named(name), project))

    def rename(self, board_id: str, name: str) -> Board:
        """Raises `NotFound`, or `BadInput` without a name."""
        boards.find(self._database, board_id)
        return self._tell(boards.rename(self._database, board_id, _named(name)))

    def remove(self, board_id: str) -> None:
        """Forgets a board; its pictures stay."""
        boards.remove(self._database, board_id)
        self._events.send("", "board", {"id": board_id, "removed": True})

    def put(self, board_id: str, artifact_id: str) -> Board:
        """Puts a picture on a board."""
        self._require_picture(artifact_id)
        boards.put(self._database, board_id, artifact_id)
        return self._tell(boards.find(self._database, board_id))

    def take(self, board_id: str, artifact_id: str) -> Board:
        """Takes a picture off a board."""
        boards.find(self._database, board_id)
        boards.take(self._database, board_id, artifact_id)
        return self._tell(boards.find(self._database, board_id))

    def favour(self, artifact_id: str, wanted: bool) -> None:
        """Marks a picture as a favourite, or no longer."""
        self._require_picture(artifact_id)
        boards.favour(self._database, artifact_id, wanted)
        self._events.send("", "board", {"favourite": artifact_id, "wanted": wanted})

    def history(self, wanted: PictureFilter, limit: int = 50, before: int | None = None) -> History:
        """One page of the pictures that are wanted."""
        if not 1 <= limit <= PAGE_LIMIT:
            raise BadInput(f"The limit is {limit}.", f"Give 1 to {PAGE_LIMIT}.")
        if wanted.board_id is not None:
            boards.find(self._database, wanted.board_id)
        ids, next_before = pictures.page(self._database, wanted, limit, before)
        standing = boards.standing(self._database, ids)
        return History(tuple((artifact, standing[artifact.id]) for artifact in self._artifacts.several(ids)), next_before)

    def _require_picture(self, artifact_id: str) -> None:
        artifact = self._artifacts.get(artifact_id)
        if artifact.kind != "image":
            raise BadInput(f"{artifact.name} is of kind {artifact.kind}, not a picture.", "Give the id of a picture.")

    def _tell(self, board: Board) -> Board:
        self._events.send("", "board", {"id": board.id})
        return board


def board_to_json(board: Board) -> dict[str, Any]:
    """A board as it goes over HTTP."""
    return dict(board.__dict__)


def _named(name: str) -> str:
    found = " ".join(name.split())[:NAME_LIMIT]
    if not found:
        raise BadInput("The board has no name.", "Give it one.")
    return found

"""Boards and favourites: which pictures a person has put where."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as insert_once

from configs.errors import NotFound
from storage.database import Database
from storage.ids import new_id
from storage.tables import artifacts, board_items, boards, favourites


@dataclass(frozen=True, kw_only=True)
class Board:
    """A named collection. ``cover_id`` is the picture added last."""

    id: str
    name: str
    project_id: str
    created_at: float
    pictures: int
    cover_id: str | None


@dataclass(frozen=True)
class Standing:
    """Where a picture lies."""

    favourite: bool
    boards: tuple[str, ...]


def create(database: Database, name: str, project_id: str) -> Board:
    """A new, empty board."""
    board_id = new_id("b-")
    row = {"id": board_id, "name": name, "project_id": project_id, "created_at": time.time()}
    with database.write() as connection:
        connection.execute(insert(boards), row)
    return find(database, board_id)


def find(database: Database, board_id: str) -> Board:
    """One board; raises `NotFound`."""
    found = listed(database, board_id=board_id)
    if not found:
        raise NotFound(f"There is no board {board_id!r}.", "It may have been deleted; list the boards.")
    return found[0]


def listed(database: Database, *, project_id: str | None = None, board_id: str | None = None) -> list[Board]:
    """Every board, in the order they were made."""
    counted = select(func.count()).where(board_items.c.board_id == boards.c.id).scalar_subquery()
    newest = select(board_items.c.artifact_id).where(board_items.c.board_id == boards.c.id).order_by(board_items.c.seq.desc()).limit(1)
    query = select(boards, counted.label("pictures"), newest.scalar_subquery().label("cover_id")).order_by(boards.c.seq)
    if project_id is not None:
        query = query.where(boards.c.project_id == project_id)
    if board_id is not None:
        query = query.where(boards.c.id == board_id)
    with database.read() as connection:
        rows = connection.execute(query).mappings().all()
    return [Board(**{name: value for name, value in row.items() if name != "seq"}) for row in rows]


def rename(database: Database, board_id: str, name: str) -> Board:
    """Gives a board another name."""
    with database.write() as connection:
        connection.execute(update(boards).where(boards.c.id == board_id).values(name=name))
    return find(database, board_id)


def remove(database: Database, board_id: str) -> None:
    """Forgets a board; the pictures on it stay."""
    find(database, board_id)
    with database.write() as connection:
        connection.execute(delete(board_items).where(board_items.c.board_id == board_id))
        connection.execute(delete(boards).where(boards.c.id == board_id))


def put(database: Database, board_id: str, artifact_id: str) -> None:
    """Puts a picture on a board; once is enough. Raises `NotFound` when either has gone."""
    with database.write() as connection:
        if connection.execute(select(boards.c.seq).where(boards.c.id == board_id)).first() is None:
            raise NotFound(f"There is no board {board_id!r}.", "It may have been deleted; list the boards.")
        _require_artifact(connection, artifact_id)
        row = {"board_id": board_id, "artifact_id": artifact_id, "added_at": time.time()}
        connection.execute(insert_once(board_items).values(row).on_conflict_do_nothing())


def take(database: Database, board_id: str, artifact_id: str) -> None:
    """Takes a picture off a board; it need not be there."""
    with database.write() as connection:
        connection.execute(delete(board_items).where(board_items.c.board_id == board_id, board_items.c.artifact_id == artifact_id))


def favour(database: Database, artifact_id: str, wanted: bool) -> None:
    """Marks a picture as a favourite, or no longer."""
    with database.write() as connection:
        if wanted:
            _require_artifact(connection, artifact_id)
            row = {"artifact_id": artifact_id, "added_at": time.time()}
            connection.execute(insert_once(favourites).values(row).on_conflict_do_nothing())
        else:
            connection.execute(delete(favourites).where(favourites.c.artifact_id == artifact_id))


def standing(database: Database, artifact_ids: Sequence[str]) -> dict[str, Standing]:
    """Where each of these pictures lies."""
    with database.read() as connection:
        liked = set(connection.execute(select(favourites.c.artifact_id).where(favourites.c.artifact_id.in_(artifact_ids))).scalars())
        query = select(board_items.c.artifact_id, board_items.c.board_id).where(board_items.c.artifact_id.in_(artifact_ids))
        places: dict[str, list[str]] = {}
        for artifact_id, board_id in connection.execute(query.order_by(board_items.c.seq)):
            places.setdefault(artifact_id, []).append(board_id)
    return {name: Standing(name in liked, tuple(places.get(name, ()))) for name in artifact_ids}


def _require_artifact(connection: Connection, artifact_id: str) -> None:
    if connection.execute(select(artifacts.c.seq).where(artifacts.c.id == artifact_id)).first() is None:
        raise NotFound(f"There is no artifact {artifact_id!r}.", "It may have been deleted; see the Library.")

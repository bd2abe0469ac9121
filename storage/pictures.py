"""The history of pictures: what was made, found again by words, model, character, board."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, func, select

from storage.database import Database
from storage.tables import board_items, favourites
from storage.tables import pictures_found as found


@dataclass(frozen=True, kw_only=True)
class PictureFilter:
    """Which pictures are wanted; what is None does not matter.

    Attributes:
        words: each has to stand in the prompt or the name.
        character: the handle of somebody in it.
    """

    project_id: str | None = None
    board_id: str | None = None
    favourite: bool | None = None
    words: str = ""
    model: str | None = None
    character: str | None = None


def page(database: Database, wanted: PictureFilter, limit: int, before: int | None = None) -> tuple[list[str], int | None]:
    """Ids of artifacts, the newest first, and the cursor of the next page."""
    query = select(found.c.seq, found.c.artifact_id).where(*_conditions(wanted))
    if before is not None:
        query = query.where(found.c.seq < before)
    with database.read() as connection:
        rows = connection.execute(query.order_by(found.c.seq.desc()).limit(limit)).all()
    return [row.artifact_id for row in rows], rows[-1].seq if len(rows) == limit else None


def _conditions(wanted: PictureFilter) -> list[Any]:
    conditions: list[Any] = []
    if wanted.project_id is not None:
        conditions.append(found.c.project_id == wanted.project_id)
    if wanted.board_id is not None:
        conditions.append(exists().where(board_items.c.board_id == wanted.board_id, board_items.c.artifact_id == found.c.artifact_id))
    if wanted.favourite is not None:
        liked = exists().where(favourites.c.artifact_id == found.c.artifact_id)
        conditions.append(liked if wanted.favourite else ~liked)
    if wanted.model is not None:
        conditions.append(found.c.model == wanted.model)
    if wanted.character is not None:
        conditions.append(func.instr(found.c.members, f" {wanted.character} ") > 0)
    return [*conditions, *(found.c.words.icontains(word, autoescape=True) for word in wanted.words.split())]

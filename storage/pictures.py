"""The history of pictures: what was made, found again by words, model, character, board."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, func, select, text

from storage.database import Database
from storage.records import RESULT
from storage.tables import artifacts, board_items, favourites

_IN_CAST = """EXISTS (SELECT 1 FROM json_each(artifacts.meta, '$.picture.request.cast') AS member
    WHERE json_extract(member.value, '$.name') = :handle)"""


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
    query = select(artifacts.c.seq, artifacts.c.id).where(
        artifacts.c.role == RESULT, artifacts.c.kind == "image", _said("$.picture").is_not(None), *_conditions(wanted)
    )
    if before is not None:
        query = query.where(artifacts.c.seq < before)
    with database.read() as connection:
        rows = connection.execute(query.order_by(artifacts.c.seq.desc()).limit(limit)).all()
    return [row.id for row in rows], rows[-1].seq if len(rows) == limit else None


def _conditions(wanted: PictureFilter) -> list[Any]:
    found: list[Any] = []
    if wanted.project_id is not None:
        found.append(artifacts.c.project_id == wanted.project_id)
    if wanted.board_id is not None:
        found.append(exists().where(board_items.c.board_id == wanted.board_id, board_items.c.artifact_id == artifacts.c.id))
    if wanted.favourite is not None:
        liked = exists().where(favourites.c.artifact_id == artifacts.c.id)
        found.append(liked if wanted.favourite else ~liked)
    if wanted.model is not None:
        found.append(_said("$.picture.model") == wanted.model)
    if wanted.character is not None:
        found.append(text(_IN_CAST).bindparams(handle=wanted.character))
    said = func.coalesce(_said("$.picture.request.prompt"), "") + " " + artifacts.c.name
    return [*found, *(said.icontains(word, autoescape=True) for word in wanted.words.split())]


def _said(path: str) -> Any:
    """A value of what is known of the content."""
    return func.json_extract(artifacts.c.meta, path)

"""Characters as rows: a handle, its pack as JSON, and a revision against overwriting."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, insert, or_, select, update

from configs.errors import Conflict, NotFound
from storage.database import Database
from storage.records import Json
from storage.tables import characters


@dataclass(frozen=True, kw_only=True)
class CharacterRow:
    """A character as it stands. ``revision`` rises by one with every change."""

    seq: int
    handle: str
    pack: dict[str, Json]
    revision: int
    created_at: float
    updated_at: float


def create(database: Database, handle: str, pack: dict[str, Json]) -> CharacterRow:
    """Keeps a new character; raises `Conflict` when the handle is taken."""
    now = time.time()
    with database.write() as connection:
        _refuse_taken(connection, handle)
        row = {"handle": handle, "pack": json.dumps(pack), "revision": 1, "created_at": now, "updated_at": now}
        connection.execute(insert(characters), row)
        return _require(connection, handle)


def find(database: Database, handle: str) -> CharacterRow | None:
    """One character, or None."""
    with database.read() as connection:
        return _find(connection, handle)


def page(database: Database, *, query: str = "", limit: int = 50, before: int | None = None) -> list[CharacterRow]:
    """Characters, the newest first. ``query`` finds any part of a handle, a title or a description."""
    statement = select(characters).order_by(characters.c.seq.desc()).limit(limit)
    if before is not None:
        statement = statement.where(characters.c.seq < before)
    if query:
        places = (characters.c.handle, _field("title"), _field("description"))
        statement = statement.where(or_(*(place.icontains(query, autoescape=True) for place in places)))
    with database.read() as connection:
        return [_row(found) for found in connection.execute(statement)]


def handles(database: Database) -> tuple[str, ...]:
    """Every handle, in the order of the alphabet."""
    with database.read() as connection:
        return tuple(connection.execute(select(characters.c.handle).order_by(characters.c.handle)).scalars())


def change(database: Database, handle: str, pack: dict[str, Json], revision: int, renamed: str | None = None) -> CharacterRow:
    """Replaces a pack, and the handle where ``renamed`` says so.

    Raises:
        Conflict: the character is no longer at ``revision``, or the new handle is taken.
        NotFound: there is no such character.
    """
    with database.write() as connection:
        row = _require(connection, handle)
        if row.revision != revision:
            raise Conflict(
                f"@{handle} has been changed meanwhile: it is at revision {row.revision}, not {revision}.", "Load it again.",
                "character_changed",
            )  # fmt: skip
        name = renamed or handle
        if name != handle:
            _refuse_taken(connection, name)
        values = {"handle": name, "pack": json.dumps(pack), "revision": revision + 1, "updated_at": time.time()}
        connection.execute(update(characters).where(characters.c.handle == handle).values(**values))
        return _require(connection, name)


def remove(database: Database, handle: str) -> bool:
    """Forgets a character; False when there is none."""
    with database.write() as connection:
        return connection.execute(delete(characters).where(characters.c.handle == handle)).rowcount == 1


def _field(name: str) -> Any:
    return func.json_extract(characters.c.pack, f"$.{name}")


def _refuse_taken(connection: Connection, handle: str) -> None:
    if _find(connection, handle) is not None:
        raise Conflict(f"There is a character @{handle} already.", "Choose another handle, or change that one.", "character_exists")


def _require(connection: Connection, handle: str) -> CharacterRow:
    row = _find(connection, handle)
    if row is None:
        raise NotFound(f"There is no character @{handle}.", "It may have been deleted; make it anew.", "no_character")
    return row


def _find(connection: Connection, handle: str) -> CharacterRow | None:
    found = connection.execute(select(characters).where(characters.c.handle == handle)).first()
    return None if found is None else _row(found)


def _row(row: Any) -> CharacterRow:
    return CharacterRow(
        seq=row.seq, handle=row.handle, pack=json.loads(row.pack), revision=row.revision, created_at=row.created_at,
        updated_at=row.updated_at,
    )  # fmt: skip

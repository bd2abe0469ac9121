"""The log of each clip's review: operations in their order, only ever appended; who may append what is decided above."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass

from sqlalchemy import func, insert, select

from configs.errors import NotFound
from storage.database import Database
from storage.records import Json
from storage.tables import artifacts, reviews


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the log; ``revision`` counts from 1 within the clip."""

    revision: int
    operation: dict[str, Json]
    author: str
    created_at: float


def entries(database: Database, artifact_id: str, after: int = 0) -> tuple[Entry, ...]:
    """The log of one clip, oldest first, from behind revision ``after``."""
    query = select(reviews.c.revision, reviews.c.operation, reviews.c.author, reviews.c.created_at)
    query = query.where(reviews.c.artifact_id == artifact_id, reviews.c.revision > after).order_by(reviews.c.revision)
    with database.read() as connection:
        rows = connection.execute(query).all()
    return tuple(
        Entry(revision=row.revision, operation=json.loads(row.operation), author=row.author, created_at=row.created_at) for row in rows
    )


def append(database: Database, artifact_id: str, operation: dict[str, Json], author: str) -> Entry:
    """Adds one line; raises `NotFound` when the clip has been deleted meanwhile."""
    created_at = time.time()
    with database.write() as connection:
        if connection.execute(select(artifacts.c.seq).where(artifacts.c.id == artifact_id)).first() is None:
            raise NotFound(f"There is no artifact {artifact_id!r}.", "It may have been deleted; see the Library.")
        last = connection.execute(select(func.max(reviews.c.revision)).where(reviews.c.artifact_id == artifact_id)).scalar()
        revision = (last or 0) + 1
        row = {
            "artifact_id": artifact_id, "revision": revision, "operation": json.dumps(operation), "author": author,
            "created_at": created_at,
        }  # fmt: skip
        connection.execute(insert(reviews), row)
    return Entry(revision=revision, operation=operation, author=author, created_at=created_at)

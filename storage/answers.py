"""Answers of models, kept for a while under the hash of what was asked."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, func, or_, select
from sqlalchemy.dialects.sqlite import insert as upsert

from storage.database import Database
from storage.tables import answers

KEPT, KEPT_BYTES = 10_000, 256 << 20
_FIND = select(answers.c.body).where(answers.c.key == bindparam("asked"), answers.c.expires_at > bindparam("now"))
_PUT = upsert(answers)
_PUT = _PUT.on_conflict_do_update(
    index_elements=["key"], set_={"body": _PUT.excluded.body, "expires_at": _PUT.excluded.expires_at}
)  # fmt: skip


def find(database: Database, key: str, now: float) -> bytes | None:
    """An answer that has not expired."""
    with database.read() as connection:
        found: bytes | None = connection.execute(_FIND, {"asked": key, "now": now}).scalar()
    return found


def put(database: Database, key: str, body: bytes, expires_at: float) -> None:
    """Keeps an answer, in place of an earlier one to the same question."""
    with database.write() as connection:
        connection.execute(_PUT, {"key": key, "body": body, "expires_at": expires_at})


def prune(database: Database, now: float) -> int:
    """Lets go of what has expired and, over `KEPT` answers or `KEPT_BYTES`, of what would expire first; returns how many."""
    newest = answers.c.expires_at.desc(), answers.c.key
    ranked = select(
        answers.c.key,
        answers.c.expires_at,
        func.row_number().over(order_by=newest).label("rank"),
        func.sum(func.length(answers.c.body)).over(order_by=newest).label("total"),
    ).subquery()
    gone = select(ranked.c.key).where(or_(ranked.c.expires_at <= now, ranked.c.rank > KEPT, ranked.c.total > KEPT_BYTES))
    with database.write() as connection:
        return connection.execute(delete(answers).where(answers.c.key.in_(gone))).rowcount


def clear(database: Database) -> int:
    """Forgets all; returns how many there were."""
    with database.write() as connection:
        return connection.execute(delete(answers)).rowcount

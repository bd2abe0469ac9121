"""Answers of models, kept for a while under the hash of what was asked."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.dialects.sqlite import insert as upsert

from storage.database import Database
from storage.tables import answers

KEPT = 10_000
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


def put(database: Database, key: str, body: bytes, now: float, ttl_s: float) -> None:
    """Keeps an answer; lets go of what has expired and, over `KEPT`, of what would expire first."""
    with database.write() as connection:
        connection.execute(_PUT, {"key": key, "body": body, "expires_at": now + ttl_s})
        connection.execute(delete(answers).where(answers.c.expires_at <= now))
        over = (connection.execute(select(func.count()).select_from(answers)).scalar() or 0) - KEPT
        if over > 0:
            first = select(answers.c.key).order_by(answers.c.expires_at).limit(over)
            connection.execute(delete(answers).where(answers.c.key.in_(first)))


def clear(database: Database) -> int:
    """Forgets all; returns how many there were."""
    with database.write() as connection:
        return connection.execute(delete(answers)).rowcount

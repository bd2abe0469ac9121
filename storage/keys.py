"""Keys of programs that may call models. Only a key's SHA-256 is kept."""

from __future__ import annotations

import time
from dataclasses import dataclass

from sqlalchemy import delete, insert, select

from configs.errors import Conflict
from storage.database import Database
from storage.ids import new_id
from storage.tables import api_keys


@dataclass(frozen=True, kw_only=True)
class ApiKey:
    """What is known of a key; its text is shown once, when it is made."""

    id: str
    name: str
    created_at: float


def add(database: Database, name: str, sha256: str) -> ApiKey:
    """Keeps a new key; raises `Conflict` when the name is taken."""
    key = ApiKey(id=new_id("k-"), name=name, created_at=time.time())
    with database.write() as connection:
        if connection.execute(select(api_keys.c.id).where(api_keys.c.name == name)).first() is not None:
            raise Conflict(f"There is a key named {name!r} already.", "Choose another name, or revoke that one.")
        connection.execute(insert(api_keys), {**key.__dict__, "hash": sha256})
    return key


def all_keys(database: Database) -> tuple[ApiKey, ...]:
    """Every key, oldest first."""
    with database.read() as connection:
        rows = connection.execute(select(api_keys.c.id, api_keys.c.name, api_keys.c.created_at).order_by(api_keys.c.created_at))
        return tuple(ApiKey(id=row.id, name=row.name, created_at=row.created_at) for row in rows)


def hashes(database: Database) -> frozenset[str]:
    """The SHA-256 of every key."""
    with database.read() as connection:
        return frozenset(connection.execute(select(api_keys.c.hash)).scalars())


def remove(database: Database, key_id: str) -> bool:
    """Forgets a key; False when there is none of that id."""
    with database.write() as connection:
        return connection.execute(delete(api_keys).where(api_keys.c.id == key_id)).rowcount == 1

"""API keys: made and shown once, kept as hashes, good for the gateway alone."""

from __future__ import annotations

import hashlib
import secrets
import threading

from configs.errors import BadInput, NotFound
from storage import keys
from storage.database import Database
from storage.keys import ApiKey

PREFIX = "sk-studio-"
LONGEST_NAME = 80


class ApiKeys:
    """Makes, lists, revokes and checks keys. Thread-safe; a check reads memory only."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._hashes: frozenset[str] | None = None

    def create(self, name: str) -> tuple[ApiKey, str]:
        """A new key and its text, which is not kept."""
        name = name.strip()
        if not 1 <= len(name) <= LONGEST_NAME:
            raise BadInput(f"The name of a key has {len(name)} characters.", f"Give 1 to {LONGEST_NAME}, such as the program's name.")
        text = PREFIX + secrets.token_urlsafe(32)
        made = keys.add(self._database, name, _hash(text))
        self._forget()
        return made, text

    def all(self) -> tuple[ApiKey, ...]:
        """Every key, oldest first."""
        return keys.all_keys(self._database)

    def revoke(self, key_id: str) -> None:
        """The key is worthless from now on; raises `NotFound`."""
        if not keys.remove(self._database, key_id):
            raise NotFound(f"There is no key {key_id!r}.", "`keys list` shows those that exist.")
        self._forget()

    def is_valid(self, text: str) -> bool:
        """Whether ``text`` is a key that has not been revoked. Its hash is compared, so timing tells nothing of it."""
        if not text.startswith(PREFIX):
            return False
        with self._lock:
            if self._hashes is None:
                self._hashes = keys.hashes(self._database)
            known = self._hashes
        return _hash(text) in known

    def _forget(self) -> None:
        with self._lock:
            self._hashes = None


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

"""Answers given again: the same question to the same files of the same model, for a while. In the store, or in Redis by its URL."""

from __future__ import annotations

import hashlib
import itertools
import json
import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from backends.base import Installed
from configs.errors import Unavailable
from storage import answers
from storage.database import Database
from storage.records import Json

SPACE = "studio:answer:"
PRUNE_EVERY = 50  # answers kept between two looks at what is too much


class AnswerCache(Protocol):
    """Bytes under a key, for a while."""

    def find(self, key: str) -> bytes | None:
        """None when it is not there, or no more."""

    def put(self, key: str, body: bytes) -> None:
        """Keeps it."""


def question_key(service: str, installed: Installed, request: dict[str, Json], stamps: Sequence[Sequence[int]] = ()) -> str:
    """The hash of everything that an answer depends on: what was asked, of which model, in which form, of which revision.

    ``stamps`` tell files that are only named from others that were put in their place.
    """
    card = installed.card
    parts = [service, card.name, installed.variant.name, card.source.model_dump(mode="json"), str(installed.folder), request, stamps]
    return hashlib.sha256(json.dumps(parts, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def is_repeatable(request: dict[str, Any]) -> bool:
    """Whether asking again would give the same answer: nothing is left to chance, or the chance has a seed."""
    return request.get("temperature") == 0 or request.get("seed") is not None


class StoredAnswers:
    """In the studio's own database."""

    def __init__(self, database: Database, ttl_s: float, clock: Callable[[], float] = time.time) -> None:
        self._database, self._ttl_s, self._clock = database, ttl_s, clock
        self._puts = itertools.count()

    def find(self, key: str) -> bytes | None:
        """See `AnswerCache`."""
        return answers.find(self._database, key, self._clock())

    def put(self, key: str, body: bytes) -> None:
        """See `AnswerCache`."""
        now = self._clock()
        answers.put(self._database, key, body, now + self._ttl_s)
        if next(self._puts) % PRUNE_EVERY == 0:
            answers.prune(self._database, now)


class RedisAnswers:
    """In a Redis that several studios may share. A Redis that cannot be reached is a cache that holds nothing."""

    def __init__(self, url: str, ttl_s: float) -> None:
        try:
            import redis
        except ImportError:
            raise Unavailable(
                "answer_cache_url names a Redis, but its client is not installed.", "Run: .venv/bin/python -m pip install redis"
            ) from None
        self._ttl_s, self._errors = ttl_s, (redis.RedisError, OSError)
        self._redis = redis.Redis.from_url(url, socket_timeout=0.5, socket_connect_timeout=0.5)

    def find(self, key: str) -> bytes | None:
        """See `AnswerCache`."""
        try:
            found: bytes | None = self._redis.get(SPACE + key)
        except self._errors:
            return None
        return found

    def put(self, key: str, body: bytes) -> None:
        """See `AnswerCache`."""
        try:
            self._redis.set(SPACE + key, body, px=int(self._ttl_s * 1000))
        except self._errors:
            return


def open_cache(database: Database, ttl_s: float, url: str | None) -> AnswerCache | None:
    """The cache of the settings; None when answers are not kept (``ttl_s`` 0)."""
    if ttl_s <= 0:
        return None
    return RedisAnswers(url, ttl_s) if url else StoredAnswers(database, ttl_s)

"""Asking a model, or giving an answer again that was given to the same question before."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Any, Protocol

from fastapi import Request
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from app.api.v1.bridge import LiveCall
from app.models.cache import AnswerCache, question_key
from app.studio import Studio

Json = dict[str, Any]
HEADER = "x-studio-cache"


class Answering(Protocol):
    """An answer in the making, or one that is there already. Leaving the block hangs up."""

    cache: str  # hit, miss, or off

    async def __aenter__(self) -> Any: ...

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...

    def pieces(self) -> AsyncIterator[Json]:
        """Until it is done."""

    async def whole(self, request: Request) -> tuple[list[Json], Json]:
        """All pieces and the end."""


class Remembered:
    """An answer from the cache."""

    cache = "hit"

    def __init__(self, body: bytes) -> None:
        kept = json.loads(body)
        self._pieces: list[Json] = kept["pieces"]
        self._end: Json = kept["end"]

    async def __aenter__(self) -> Remembered:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        return None

    async def pieces(self) -> AsyncIterator[Json]:
        """Those that were sent the first time."""
        for piece in self._pieces:
            yield piece

    async def whole(self, request: Request) -> tuple[list[Json], Json]:
        """All of it."""
        return self._pieces, self._end


class Kept(LiveCall):
    """A call whose whole answer goes into the cache at its end."""

    cache = "miss"

    def __init__(self, studio: Studio, cache: AnswerCache, key: str, asked: tuple[str, str, BaseModel]) -> None:
        super().__init__(studio.models, *asked)
        self._cache, self._key = cache, key
        self._seen: list[Json] = []

    async def next(self) -> tuple[str, Json]:
        """As before; what passes is remembered."""
        kind, data = await super().next()
        if kind == "piece":
            self._seen.append(data)
        else:
            body = json.dumps({"pieces": self._seen, "end": data}).encode()
            await run_in_threadpool(self._cache.put, self._key, body)
        return kind, data


async def ask(studio: Studio, service: str, model: str, request: BaseModel, *, repeatable: bool) -> Answering:
    """The call, or its remembered answer; raises NotFound when the model is not here."""
    cache = studio.answers if repeatable else None
    if cache is None:
        return LiveCall(studio.models, service, model, request)
    return await run_in_threadpool(_look, studio, cache, (service, model, request))


def _look(studio: Studio, cache: AnswerCache, asked: tuple[str, str, BaseModel]) -> Answering:
    service, model, request = asked
    key = question_key(service, studio.models.library.find(model), request.model_dump(mode="json"))
    found = cache.find(key)
    if found is not None:
        return Remembered(found)
    return Kept(studio, cache, key, asked)

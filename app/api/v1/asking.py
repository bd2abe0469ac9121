"""Asking a model, or giving an answer again that was given to the same question before."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from app.api.v1.bridge import Answering, Json, LiveCall
from app.api.v1.errors import FieldError
from app.models.cache import AnswerCache, question_key
from app.studio import Studio
from backends.base import Installed
from configs.errors import NotFound

HEADER = "x-studio-cache"
LONGEST_KEPT = 1 << 20  # bytes of an answer; a longer one is not worth its place


@dataclass(frozen=True)
class Question:
    """What is asked of which model.

    Attributes:
        repeatable: the same question has the same answer, so that it may be kept.
        files: on this machine that the answer depends on.
    """

    service: str
    model: str
    request: BaseModel
    repeatable: bool
    files: tuple[Path, ...] = ()


class Remembered:
    """An answer from the cache."""

    cache = "hit"

    def __init__(self, body: bytes) -> None:
        kept = json.loads(body)
        self.end: Json = kept["end"]
        self._pieces: list[Json] = kept["pieces"]

    async def next(self, timeout_s: float | None = None) -> list[Json] | None:
        """Those that were sent the first time, all at once."""
        pieces, self._pieces = self._pieces, []
        return pieces

    def leave(self) -> None:
        """Nobody is at work for it."""

    def close(self) -> None:
        """Nothing is under way."""

    async def keep(self) -> None:
        """It is there already."""


class Kept(LiveCall):
    """A call whose whole answer goes into the cache after its end."""

    cache = "miss"

    def __init__(self, loop: asyncio.AbstractEventLoop, cache: AnswerCache, key: str) -> None:
        super().__init__(loop)
        self._cache, self._key = cache, key
        self._seen: list[Json] = []
        self._complete = False

    async def next(self, timeout_s: float | None = None) -> list[Json] | None:
        """As before; what passes is remembered."""
        batch = await super().next(timeout_s)
        self._complete = batch == []
        self._seen += batch or ()
        return batch

    async def keep(self) -> None:
        """Only a whole answer is worth keeping."""
        if self._complete:
            await run_in_threadpool(self._put)

    def _put(self) -> None:
        body = json.dumps({"pieces": self._seen, "end": self.end}, separators=(",", ":")).encode()
        if len(body) <= LONGEST_KEPT:
            self._cache.put(self._key, body)


async def ask(studio: Studio, make: Callable[[], Question]) -> Answering:
    """The call, begun, or its remembered answer. ``make`` may read files: all of this happens on one visit to a thread.

    Raises what ``make`` raises, and `FieldError` when the model is not here.
    """
    return await run_in_threadpool(_begin, studio, make, asyncio.get_running_loop())


def _begin(studio: Studio, make: Callable[[], Question], loop: asyncio.AbstractEventLoop) -> Answering:
    asked = make()
    try:
        installed = studio.models.library.find(asked.model)
    except NotFound as error:
        raise FieldError("model", error.message, error.remedy, "model_not_found", 404) from None
    live = LiveCall(loop)
    if asked.repeatable and studio.answers is not None:
        key = question_key(asked.service, installed, asked.request.model_dump(mode="json"), _stamps(installed, asked.files))
        found = studio.answers.find(key)
        if found is not None:
            return Remembered(found)
        live = Kept(loop, studio.answers, key)
    live.begin(studio.models, asked.service, asked.model, asked.request)
    return live


def _stamps(installed: Installed, files: tuple[Path, ...]) -> list[list[int]]:
    """Size and time of each file that the answer depends on, and of the model's folder: files put in their place are other files."""
    stamps = []
    for path in (installed.folder, *files):
        try:
            stat = path.stat()
        except OSError:
            continue
        stamps.append([stat.st_size, stat.st_mtime_ns])
    return stamps

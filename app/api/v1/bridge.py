"""From the threads that models answer on to asyncio: nobody polls, and a caller who goes away hangs up."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator
from typing import Any, Protocol

from pydantic import BaseModel
from starlette.types import Receive

from app.models.calls import CallHandle, ModelCalls
from app.models.desk import told_error

Json = dict[str, Any]


class ClientGone(Exception):
    """Nobody waits for the answer any more."""


class Answering(Protocol):
    """An answer in the making, or one that is there already. Belongs to one event loop."""

    cache: str  # hit, miss, or off
    end: Json  # what the call returned, once `next` has returned nothing

    async def next(self, timeout_s: float | None = None) -> list[Json] | None:
        """The pieces that have come since, at least one; [] at the end; None when the time is over.

        Raises ClientGone after `leave`, and the call's own error.
        """

    def leave(self) -> None:
        """The client has gone."""

    def close(self) -> None:
        """Hangs up, if the call is still under way. Idempotent."""

    async def keep(self) -> None:
        """After the answer was sent: puts it into the cache, where that is wanted."""


class LiveCall:
    """A call under way. Made on the loop, begun on any thread."""

    cache = "off"

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.end: Json = {}
        self._loop = loop
        self._ready = asyncio.Event()
        self._events: deque[tuple[str, Json]] = deque()
        self._waking = self._gone = self._over = False
        self._handle: CallHandle | None = None

    def begin(self, calls: ModelCalls, service: str, model: str, request: BaseModel) -> None:
        """Asks the model; see `ModelCalls.start`."""
        self._handle = calls.start(service, model, request, self._heard)

    async def next(self, timeout_s: float | None = None) -> list[Json] | None:
        """See `Answering`."""
        timer = self._loop.call_later(timeout_s, self._time_over) if timeout_s is not None else None
        self._over = False
        try:
            while not (self._events or self._gone or self._over):  # a waking may come late, for events already taken
                self._ready.clear()
                await self._ready.wait()
        finally:
            if timer is not None:
                timer.cancel()
        if self._gone:
            raise ClientGone
        return self._drained() if self._events else None

    def _drained(self) -> list[Json]:
        pieces: list[Json] = []
        while self._events and self._events[0][0] == "piece":
            pieces.append(self._events.popleft()[1])
        if pieces:
            return pieces
        kind, data = self._events[0]  # stays: asked again, the end is still the end
        if kind == "error":
            raise told_error(data)
        self.end = data
        return []

    def leave(self) -> None:
        """See `Answering`."""
        self._gone = True
        self._ready.set()

    def close(self) -> None:
        """See `Answering`."""
        if self._handle is not None:
            self._handle.cancel()

    async def keep(self) -> None:
        """Nothing is kept of what is left to chance."""

    def _heard(self, kind: str, data: Json) -> None:
        self._events.append((kind, data))
        if not self._waking:  # one waking serves all that comes before the loop gets round to it
            self._waking = True
            with contextlib.suppress(RuntimeError):  # the loop has closed: nobody reads any more
                self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        self._waking = False
        self._ready.set()

    def _time_over(self) -> None:
        self._over = True
        self._ready.set()


@contextlib.asynccontextmanager
async def attended(answering: Answering, receive: Receive) -> AsyncIterator[None]:
    """For the length of the block, a client who hangs up ends the answer; at its end the call is over in any case.

    ``receive`` is the connection's own, its body having been read.
    """
    watcher = asyncio.ensure_future(_watch(receive, answering))
    try:
        yield
    finally:
        watcher.cancel()
        answering.close()


async def whole(answering: Answering) -> list[Json]:
    """All pieces."""
    pieces: list[Json] = []
    while batch := await answering.next():
        pieces += batch
    return pieces


async def _watch(receive: Receive, answering: Answering) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue
    answering.leave()

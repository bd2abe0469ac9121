"""From the threads that models answer on to asyncio: nobody polls, and a caller who goes away hangs up."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Any

from fastapi import Request
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from app.models.calls import CallHandle, ModelCalls
from app.models.desk import told_error


class ClientGone(Exception):
    """Nobody waits for the answer any more."""


class LiveCall:
    """A call under way, read on one event loop. Leaving the block hangs up."""

    cache = "off"

    def __init__(self, calls: ModelCalls, service: str, model: str, request: BaseModel) -> None:
        self._calls, self._asked = calls, (service, model, request)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._events: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue()
        self._handle: CallHandle | None = None

    async def __aenter__(self) -> LiveCall:
        self._loop = asyncio.get_running_loop()
        self._handle = await run_in_threadpool(self._calls.start, *self._asked, self._heard)  # it may look at the disk
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._handle is not None:
            self._handle.cancel()

    async def next(self) -> tuple[str, dict[str, Any]]:
        """("piece", data) or ("done", data); raises the call's error."""
        kind, data = await self._events.get()
        if kind == "error":
            raise told_error(data)
        return kind, data

    async def pieces(self) -> AsyncIterator[dict[str, Any]]:
        """Until it is done."""
        while True:
            kind, data = await self.next()
            if kind == "done":
                return
            yield data

    async def whole(self, request: Request) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """All pieces and the end; raises `ClientGone` as soon as the client hangs up."""
        gone = asyncio.ensure_future(_until_gone(request))
        pieces: list[dict[str, Any]] = []
        try:
            while True:
                coming = asyncio.ensure_future(self.next())
                await asyncio.wait({coming, gone}, return_when=asyncio.FIRST_COMPLETED)
                if not coming.done():
                    coming.cancel()
                    raise ClientGone
                kind, data = coming.result()
                if kind == "done":
                    return pieces, data
                pieces.append(data)
        finally:
            gone.cancel()

    def _heard(self, kind: str, data: dict[str, Any]) -> None:
        assert self._loop is not None
        with contextlib.suppress(RuntimeError):  # the loop has closed: nobody reads any more
            self._loop.call_soon_threadsafe(self._events.put_nowait, (kind, data))


async def _until_gone(request: Request) -> None:
    while True:
        if (await request.receive())["type"] == "http.disconnect":
            return

"""Connections of one endpoint, on a thread of their own, so that a caller can leave while the server is silent."""

from __future__ import annotations

import asyncio
import json
import queue
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from backends.base import Cancelled, IsCancelled
from configs.endpoints import Endpoint

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")
LONGEST_WAIT_S = 30.0
BYTES_PER_S = 1500  # how fast a slow server reads a prompt: the silence allowed before the first token grows by it
LOOK_S = 0.05  # how often a waiting caller is asked whether it has gone
_END, _NOTHING = object(), object()


class Line:
    """A thread with an event loop and the connections: what runs there can be dropped at any moment, even while the server is silent."""

    def __init__(self, endpoint: Endpoint) -> None:
        import httpx

        self._endpoint = endpoint
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=f"endpoint {endpoint.name}", daemon=True)
        self._thread.start()
        headers = {"Authorization": f"Bearer {endpoint.api_key}"} if endpoint.api_key else {}
        # Certificates are read from the disk only where the address needs them.
        self._client = httpx.AsyncClient(verify=endpoint.url.startswith("https:"), headers=headers, limits=httpx.Limits(max_connections=64))

    @asynccontextmanager
    async def send(self, method: str, path: str, body: dict[str, Any] | None) -> AsyncIterator[httpx.Response]:
        """A response whose body has not been read yet."""
        import httpx

        content = None if body is None else json.dumps(body).encode()
        silence = self._endpoint.answer_s + len(content or b"") / BYTES_PER_S
        timeout = httpx.Timeout(silence, connect=self._endpoint.connect_s)
        headers = {"Content-Type": "application/json"} if content else {}
        async with self._client.stream(
            method, self._endpoint.url.rstrip("/") + path, content=content, headers=headers, timeout=timeout
        ) as response:
            yield response

    def run(self, work: Coroutine[Any, Any, T], is_cancelled: IsCancelled) -> T:
        """The result of a coroutine; raises `Cancelled` and drops it once ``is_cancelled``."""

        async def pieces() -> AsyncIterator[T]:
            yield await work

        return next(iter(self.stream(pieces(), is_cancelled)))

    def stream(self, work: AsyncIterator[T], is_cancelled: IsCancelled) -> Iterator[T]:
        """What an asynchronous iterator yields; leaving it early drops it, connection and all."""
        heard: queue.SimpleQueue[Any] = queue.SimpleQueue()

        async def listen() -> None:
            try:
                async for item in work:
                    heard.put(item)
                heard.put(_END)
            except Exception as error:
                heard.put(error)

        task = asyncio.run_coroutine_threadsafe(listen(), self._loop)
        try:
            while True:
                try:
                    item = heard.get(timeout=LOOK_S)
                except queue.Empty:
                    item = _NOTHING
                if is_cancelled():
                    raise Cancelled("while waiting for the endpoint")
                if item is _END:
                    return
                if isinstance(item, Exception):
                    raise item
                if item is not _NOTHING:
                    yield item
        finally:
            task.cancel()

    def close(self) -> None:
        """Drops everything under way."""
        if self._loop.is_closed():
            return

        async def end() -> None:
            others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
            await self._client.aclose()

        asyncio.run_coroutine_threadsafe(end(), self._loop).result(timeout=10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
        self._loop.close()


async def events(response: httpx.Response) -> AsyncIterator[str]:
    """The data of server-sent events; a server that does not stream sends all of it as one."""
    if "text/event-stream" not in response.headers.get("content-type", "text/event-stream"):
        yield (await response.aread()).decode("utf-8", "replace")
        return
    async for line in response.aiter_lines():
        if line.startswith("data:"):
            yield line[5:].strip()


def seconds(text: str | None) -> float:
    """A Retry-After header; dates count as none."""
    try:
        return min(LONGEST_WAIT_S, max(0.0, float(text or 0)))
    except ValueError:
        return 0.0

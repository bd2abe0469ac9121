"""Carries the studio's events from its threads to asyncio: the sender wakes the reader, nobody polls."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterable

from jobs.events import Event, EventBus


class Closed(Exception):
    """The stream has ended: the server or the studio is going down."""


class Lagged(Exception):
    """The reader was too slow and events were dropped; it should begin again with a snapshot."""


class Listener:
    """One reader on one event loop. Make it there, and use it as a context manager."""

    def __init__(self, bus: EventBus, streams: Streams, job_id: str | None, kinds: Iterable[str]) -> None:
        self._kinds, self._streams = frozenset(kinds), streams
        self._loop = asyncio.get_running_loop()
        self._ready = asyncio.Event()
        self._subscription = bus.subscribe(job_id, wake=self._wake)

    async def next(self, timeout_s: float) -> list[Event]:
        """Waits for events and returns all that have come; empty when ``timeout_s`` passes without one.

        Raises:
            Closed: no more will come.
            Lagged: events were dropped; raised once, then reading goes on.
        """
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._ready.wait(), timeout_s)
        self._ready.clear()
        events = self._subscription.drain()
        if self._subscription.lost:
            self._subscription.lost = False
            raise Lagged
        if not events and self._subscription.closed:
            raise Closed
        if self._subscription.closed:
            self._ready.set()
        return [event for event in events if event.kind in self._kinds]

    def close(self) -> None:
        """Stops listening; a waiting `next` raises `Closed`. May be called from any thread, more than once."""
        self._streams.forget(self)
        self._subscription.close()

    def __enter__(self) -> Listener:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _wake(self) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has closed: nobody reads any more
            self._loop.call_soon_threadsafe(self._ready.set)


class Streams:
    """The open streams of one server, so that they can all be ended when it stops."""

    def __init__(self, bus: EventBus) -> None:
        self._bus = bus
        self._lock = threading.Lock()
        self._open: set[Listener] = set()
        self._ended = False

    def listen(self, job_id: str | None, kinds: Iterable[str]) -> Listener:
        """A listener for one job's events, or, without an id, for everybody's."""
        listener = Listener(self._bus, self, job_id, kinds)
        with self._lock:
            self._open.add(listener)
            ended = self._ended
        if ended:
            listener.close()
        return listener

    def forget(self, listener: Listener) -> None:
        """Removes a listener."""
        with self._lock:
            self._open.discard(listener)

    @property
    def count(self) -> int:
        """How many streams are open."""
        return len(self._open)

    def close(self) -> None:
        """Ends every stream at once, and any that is opened later."""
        with self._lock:
            self._ended = True
            listeners = list(self._open)
        for listener in listeners:
            listener.close()

"""What happens, told to whoever listens: a bounded in-memory stream, never the source of truth."""

from __future__ import annotations

import itertools
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from storage.records import Json

BACKLOG = 2000  # events a slow listener may lag behind before it must start again from a snapshot


@dataclass(frozen=True)
class Event:
    """``kind`` is job, published, artifact, log or emit; ``data`` is JSON."""

    id: int
    job_id: str
    kind: str
    data: dict[str, Json]


class Subscription:
    """One listener's queue. ``lost`` turns true when it was too slow and events were dropped."""

    def __init__(self, bus: EventBus, job_id: str | None, wake: Callable[[], None] | None) -> None:
        self.lost = False
        self.closed = False
        self._bus, self._job_id, self._wake = bus, job_id, wake
        self._events: deque[Event] = deque()
        self._ready = threading.Condition()

    def get(self, timeout_s: float | None = None) -> Event | None:
        """The next event, or None after ``timeout_s`` seconds or once closed."""
        with self._ready:
            self._ready.wait_for(lambda: bool(self._events) or self.closed, timeout_s)
            return self._events.popleft() if self._events else None

    def drain(self) -> list[Event]:
        """Every event that has come so far, without waiting."""
        with self._ready:
            found = list(self._events)
            self._events.clear()
            return found

    def close(self) -> None:
        """Stops listening; a waiting `get` returns None."""
        self._bus.forget(self)
        with self._ready:
            self.closed = True
            self._ready.notify_all()
        if self._wake is not None:
            self._wake()

    def __enter__(self) -> Subscription:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def offer(self, event: Event) -> None:
        """Called by the bus."""
        if self._job_id is not None and event.job_id != self._job_id:
            return
        with self._ready:
            if len(self._events) >= BACKLOG:
                self._events.popleft()
                self.lost = True
            self._events.append(event)
            self._ready.notify_all()
        if self._wake is not None:
            self._wake()


class EventBus:
    """Fans events out to subscriptions; thread-safe, never blocks the sender."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ids = itertools.count(1)
        self._listeners: tuple[Subscription, ...] = ()

    def subscribe(self, job_id: str | None = None, wake: Callable[[], None] | None = None) -> Subscription:
        """Listens to one job or to all; ``wake`` is called (from any thread) when something has come."""
        subscription = Subscription(self, job_id, wake)
        with self._lock:
            self._listeners = (*self._listeners, subscription)
        return subscription

    def forget(self, subscription: Subscription) -> None:
        """Removes a listener."""
        with self._lock:
            self._listeners = tuple(s for s in self._listeners if s is not subscription)

    def send(self, job_id: str, kind: str, data: dict[str, Json]) -> None:
        """Tells every listener."""
        with self._lock:
            event, listeners = Event(next(self._ids), job_id, kind, data), self._listeners
        for listener in listeners:
            listener.offer(event)

    def close(self) -> None:
        """Closes every subscription, so that open streams end."""
        for listener in self._listeners:
            listener.close()

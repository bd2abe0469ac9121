"""What the room tells of itself: who is where, for whom, and why; pushed soon after every change."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from backends.room_books import Books, Ticket
from backends.scheduler_state import Model

LOG = logging.getLogger(__name__)
Json = dict[str, Any]
LEAST_INTERVAL_S = 0.05  # between two pushes
SHOWN_DECISIONS = 20


def status(books: Books, device: str) -> Json:
    """See `backends.room.Room.status`."""
    with books.lock:
        world, budget, now = books.world, books.world.budget, books.clock()
        return {
            "device": device,
            "budget": {
                "shared": budget.shared,
                "device_bytes": budget.device_bytes,
                "device_used_bytes": world.device_used,
                "device_foreign_bytes": budget.foreign_device,
                "host_bytes": budget.host_bytes,
                "host_used_bytes": world.host_used,
                "host_foreign_bytes": budget.foreign_host,
            },
            "models": [_model(books, model, now) for model in world.models.values()],
            "waiting": [_waiting(books, ticket, now) for ticket in books.waiting.values()],
            "decisions": decisions(books)[-SHOWN_DECISIONS:],
            "counters": dict(books.counters),
            "restart_wanted": books.restart_wanted,
        }


def decisions(books: Books) -> list[Json]:
    """The ring in words, oldest first."""
    with books.lock:
        kept = list(books.ring)
    return [{**{key: value for key, value in line.items() if key != "why"}, "reason": str(line["why"])} for line in kept]


def _model(books: Books, model: Model, now: float) -> Json:
    entry = books.entries[model.name]
    leases = [
        {"operation": t.operation, "holder": t.holder, "since_s": round(now - (t.started or now), 3), "working_bytes": t.granted_bytes}
        for t in books.running.values()
        if t.model == model.name
    ]
    loaded, resident = model.place != "installed", model.place == "resident"
    return {
        "name": model.name,
        "engine": entry.kind.name,
        "variant": entry.installed.variant.name,
        "state": "busy" if leases else model.place,
        "moving": model.moving,
        "progress": round(entry.progress, 3) if model.moving == "load" else None,
        "message": entry.message,
        "host_bytes": model.host_bytes if loaded else 0,
        "device_bytes": model.device_bytes if resident else 0,
        "working_bytes": sum(lease["working_bytes"] for lease in leases),
        "leases": leases,
        "waiting": sum(1 for t in books.waiting.values() if t.model == model.name),
        "pinned": model.pinned,
        "relief": entry.relief,
        "idle_s": None if leases or not loaded else round(now - model.idle_since, 3),
        **_own_words(entry.engine),
    }


def _own_words(engine: Any) -> Json:
    """What an engine tells of itself: notes on how it was loaded (NF4 that did not work ...), and what it has used so far."""
    account = getattr(engine, "account", None)
    return {"notes": list(getattr(engine, "notes", ())), "used": asdict(account) if account is not None else None}


def _waiting(books: Books, ticket: Ticket, now: float) -> Json:
    request = books.world.waiting.get(ticket.number)
    return {
        "model": ticket.model,
        "operation": ticket.operation,
        "holder": ticket.holder,
        "priority": ticket.priority,
        "since_s": round(now - ticket.since, 3),
        "bypassed": request.bypassed if request is not None else 0,
        "reason": "" if ticket.waits_for is None else ticket.waits_for.reason,
    }


class Announcer:
    """Pushes the status from a thread of its own, so that no engine and no caller ever waits for who listens."""

    def __init__(self, make: Callable[[], Json], push: Callable[[Json], None] | None) -> None:
        self._make, self._push = make, push
        self._changed, self._closed = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    def changed(self) -> None:
        """Something changed; called under the room's lock, so it only sets a flag."""
        if self._push is None or self._closed.is_set():
            return
        self._changed.set()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="models-status", daemon=True)
            self._thread.start()

    def close(self, timeout_s: float = 2.0) -> None:
        """Tells the last state and stops."""
        self._closed.set()
        self._changed.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout_s)

    def _run(self) -> None:
        while True:
            self._changed.wait()
            last = self._closed.is_set()
            self._changed.clear()
            try:
                if self._push is not None:
                    self._push(self._make())
            except Exception:  # who listens may be gone; the room goes on
                LOG.exception("Telling the state of the models")
            if last:
                return
            self._closed.wait(LEAST_INTERVAL_S)

"""Interactive calls to a worker: answered piece by piece, not kept; they wait for the worker and survive its restart once."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from configs.errors import StudioError, Unavailable
from jobs.pipe import Message
from jobs.services import Call

CallEvent = Literal["piece", "done", "error"]
OnEvent = Callable[[CallEvent, dict[str, Any]], None]
ATTEMPTS = 2


class Peer(Protocol):
    """The process that answers."""

    def send(self, message: Message) -> bool:
        """False when it has gone."""


@dataclass
class _Open:
    call: Call
    on_event: OnEvent
    peer: Peer | None = None
    attempts: int = 0
    answered: bool = False  # a piece has gone out: asking again would repeat it


class OpenCall:
    """A call under way."""

    def __init__(self, board: CallBoard, number: int) -> None:
        self._board, self._number = board, number

    def cancel(self) -> None:
        """The caller has gone: no further event reaches it. Idempotent."""
        self._board.hang_up(self._number)


class CallBoard:
    """The calls of one lane. Thread-safe; events are delivered on the worker's reader thread, in order."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._numbers = itertools.count(1)
        self._lock = threading.RLock()
        self._open: dict[int, _Open] = {}
        self._peer: Peer | None = None

    def start(self, call: Call, on_event: OnEvent) -> OpenCall:
        """Sends the call, or keeps it until a worker is ready."""
        number = next(self._numbers)
        with self._lock:
            self._open[number] = _Open(call, on_event)
            self._send(number)
        self._wake()
        return OpenCall(self, number)

    @property
    def waiting(self) -> bool:
        """Whether a call waits for a worker."""
        with self._lock:
            return any(entry.peer is None for entry in self._open.values())

    @property
    def under_way(self) -> int:
        """Calls that a worker is answering."""
        with self._lock:
            return sum(entry.peer is not None for entry in self._open.values())

    def attach(self, peer: Peer) -> None:
        """A worker is ready: everything that waits is sent to it."""
        with self._lock:
            self._peer = peer
            for number in list(self._open):
                self._send(number)

    def detach(self, peer: Peer) -> None:
        """The worker has gone: what it had not begun to answer is asked of the next one, once; the rest is told."""
        with self._lock:
            if self._peer is peer:
                self._peer = None
            orphans = [number for number, entry in self._open.items() if entry.peer is peer]
            for number in orphans:
                self._open[number].peer = None
            lost = [n for n in orphans if self._open[n].answered or self._open[n].attempts >= ATTEMPTS]
        error = Unavailable("The model process stopped in the middle of the answer.", "Ask again; it starts anew by itself.")
        for number in lost:
            self._end(number, "error", _told(error))
        self._wake()

    def fail_waiting(self, error: StudioError) -> None:
        """No worker can be had."""
        with self._lock:
            waiting = [number for number, entry in self._open.items() if entry.peer is None]
        for number in waiting:
            self._end(number, "error", _told(error))

    def on_message(self, message: Message) -> None:
        """A piece of an answer, or its end."""
        number = message["call"]
        if message["verb"] == "returned":
            error = message.get("error")
            self._end(number, "done" if error is None else "error", message["value"] if error is None else error)
            return
        with self._lock:
            entry = self._open.get(number)
            if entry is None:
                return
            entry.answered = True
        entry.on_event("piece", message["data"])

    def hang_up(self, number: int) -> None:
        """Forgets a call and tells whoever is answering it."""
        with self._lock:
            entry = self._open.pop(number, None)
        if entry is not None and entry.peer is not None:
            entry.peer.send({"verb": "hangup", "call": number})

    def _send(self, number: int) -> None:
        entry = self._open[number]
        if self._peer is None or entry.peer is not None:
            return
        if self._peer.send({"verb": "call", "call": number, **entry.call.__dict__}):
            entry.peer, entry.attempts = self._peer, entry.attempts + 1

    def _end(self, number: int, event: CallEvent, data: dict[str, Any]) -> None:
        with self._lock:
            entry = self._open.pop(number, None)
        if entry is not None:
            entry.on_event(event, data)


def _told(error: StudioError) -> dict[str, Any]:
    return {**error.as_dict(), "http_status": error.http_status}

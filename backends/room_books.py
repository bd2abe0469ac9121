"""What the room keeps under its lock: the scheduler's world, the engines, who waits and runs, and the last decisions."""

from __future__ import annotations

import copy
import math
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from backends.base import Engine, EngineKind, Installed, Shape
from backends.scheduler import decide
from backends.scheduler_state import Action, Budget, Lane, Waiting, World
from configs.errors import StudioError, Unavailable

KEPT_DECISIONS = 200
Json = dict[str, Any]


@dataclass
class Entry:
    """One model that was asked for: its files, its kind of engine, and the engine while it is in memory."""

    name: str
    installed: Installed
    kind: EngineKind
    engine: Engine | None = None
    progress: float = 0.0  # of the move under way
    message: str = ""
    relief: int = 0  # how far the engine has been told to use less
    short: int = 0  # moves in a row that ran out of memory
    abandoned: bool = False  # its loading is no longer wanted

    @property
    def key(self) -> str:
        """What is learned is kept under this: engine, model and variant."""
        return f"{self.kind.name}/{self.name}/{self.installed.variant.name}"


@dataclass
class Ticket:
    """One request for a lease. `done` is set once it is granted or `error` says why not."""

    number: int
    model: str
    operation: str
    shape: Shape
    priority: int
    holder: str
    since: float
    alone: bool = False
    started: float | None = None
    granted_bytes: int = 0
    guess: int = 0
    error: BaseException | None = None
    waits_for: Action | None = None
    thread: int = field(default_factory=threading.get_ident)
    done: threading.Event = field(default_factory=threading.Event)


class Books:
    """Everything here is read and changed under `lock`; nothing here calls an engine or a caller."""

    def __init__(self, clock: Callable[[], float], budget: Budget, on_change: Callable[[], None]) -> None:
        self.lock = threading.RLock()
        self.turn = threading.Condition(self.lock)  # a lane has work, or something ended
        self.clock, self._on_change = clock, on_change
        self.world = World(budget)
        self.entries: dict[str, Entry] = {}
        self.waiting: dict[int, Ticket] = {}
        self.running: dict[int, Ticket] = {}
        self.queues: dict[Lane, deque[Action]] = {"disk": deque(), "device": deque()}
        self.ring: deque[Json] = deque(maxlen=KEPT_DECISIONS)
        self.counters: Counter[str] = Counter()
        self.wake_at = math.inf
        self.epoch = 0  # counts starts and moves: a call is measured only if it had the device to itself
        self.restart_wanted: str | None = None
        self.closed = False
        self._numbers = 0

    def number(self) -> int:
        """The next ticket's number."""
        with self.lock:
            self._numbers += 1
            return self._numbers

    def ask(self, ticket: Ticket, working_bytes: int) -> None:
        """A ticket joins those who wait, and what follows from that is decided."""
        now = self.clock()
        self.waiting[ticket.number] = ticket
        request = Waiting(ticket.number, ticket.model, working_bytes, ticket.priority, ticket.since, alone=ticket.alone)
        self.world.ask(request, now)
        self.decide()

    def withdraw(self, ticket: Ticket) -> None:
        """Its caller has gone."""
        self.waiting.pop(ticket.number, None)
        self.world.withdraw(ticket.number)
        self.decide()

    def release(self, ticket: Ticket) -> None:
        """Its call has ended."""
        del self.running[ticket.number]
        self.world.released(ticket.number, self.clock())
        self.decide()

    def fail(self, model: str, error: BaseException) -> int:
        """Everyone who waits for the model is answered with a copy of the error; returns how many."""
        tickets = [ticket for ticket in self.waiting.values() if ticket.model == model]
        for ticket in tickets:
            self._answer(ticket, copy.copy(error))
            self.world.withdraw(ticket.number)
        return len(tickets)

    def decide(self) -> None:
        """Asks the policy until it has nothing more to say, and hands what it says to callers and lanes."""
        while not self.closed:
            now = self.clock()
            decision = decide(self.world, now)
            for action in decision.actions:
                self.world.commit(action, now)
                self._apply(action, now)
            if not decision.actions:
                break
        if not self.closed:
            self.wake_at = decision.wake_at
            for wait in decision.waits:
                self._note_wait(wait)
        self.turn.notify_all()
        self._on_change()

    def _apply(self, action: Action, now: float) -> None:
        self.counters[action.kind] += 1
        if action.kind == "start":
            ticket = self.waiting.pop(action.ticket)
            ticket.started, ticket.granted_bytes = now, action.working_bytes
            self.running[ticket.number] = ticket
            self.epoch += 1
            self.note(action, operation=ticket.operation, holder=ticket.holder)
            ticket.done.set()
        elif action.kind == "refuse":
            ticket = self.waiting[action.ticket]
            self.note(action, operation=ticket.operation, holder=ticket.holder)
            self._answer(ticket, Unavailable(action.reason, action.why.remedy, "out_of_memory"))
        elif action.lane:
            self.epoch += 1
            self.note(action)
            self.queues[action.lane].append(action)

    def _answer(self, ticket: Ticket, error: BaseException) -> None:
        self.waiting.pop(ticket.number, None)
        ticket.error = error
        ticket.done.set()

    def _note_wait(self, wait: Action) -> None:
        ticket = self.waiting.get(wait.ticket)
        if ticket is None:
            return
        if ticket.waits_for is None or ticket.waits_for.why.code != wait.why.code:
            self.note(wait, operation=ticket.operation, holder=ticket.holder)
        ticket.waits_for = wait

    def note(self, action: Action, **more: str) -> None:
        """One more decision in the ring; put into words when somebody looks."""
        self.ring.append({"at": time.time(), "action": action.kind, "model": action.model, "why": action.why, **more})

    def say(self, action: str, model: str, reason: str) -> None:
        """An event that was no decision of the policy (a failure, a relief) in the ring."""
        self.counters[action] += 1
        self.ring.append({"at": time.time(), "action": action, "model": model, "why": reason})
        self._on_change()

    def changed(self) -> None:
        """Something that is shown, and decides nothing, changed."""
        self._on_change()

    def awaited(self, model: str) -> bool:
        """Whether anybody waits for the model."""
        return any(ticket.model == model for ticket in self.waiting.values())


def load_error(entry: Entry, error: BaseException) -> BaseException:
    """What those who waited for a model are told when its loading failed."""
    if isinstance(error, StudioError):
        return error
    return StudioError(
        f"{entry.installed.card.title} could not be loaded: {type(error).__name__}: {error}.".replace("..", "."),
        f"Try again; if it happens again, remove {entry.name} and install it anew.",
        "load_failed",
    )

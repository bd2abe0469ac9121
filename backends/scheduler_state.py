"""What the scheduler knows: models, who waits, who holds a lease, and the bytes. Events change it; it decides nothing."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

from backends.scheduler_words import Why

Place = Literal["installed", "parked", "resident"]
Kind = Literal["load", "activate", "park", "drop", "start", "wait", "refuse"]
Lane = Literal["disk", "device", ""]

HALF_LIFE_S = 600.0  # a use counts half as much after ten minutes
LONGEST_GAP_S = 60.0


@dataclass(slots=True)
class Budget:
    """Bytes that models may occupy, other programs' use not yet taken off. ``shared``: host memory is the device memory."""

    device_bytes: int
    host_bytes: int
    shared: bool = False
    keep_alive_s: float | None = None
    foreign_device: int = 0
    foreign_host: int = 0

    @property
    def device(self) -> int:
        """What is ours on the device now."""
        return self.device_bytes - self.foreign_device

    @property
    def host(self) -> int:
        """What is ours in RAM now."""
        return self.host_bytes - self.foreign_host


@dataclass(slots=True)
class Model:
    """One model: where it is, what it holds there (or is predicted to hold), and how it has been used."""

    name: str
    host_bytes: int
    device_bytes: int
    load_s: float = 1.0
    activate_s: float = 0.1
    concurrency: int = 1
    place: Place = "installed"
    moving: Literal["load", "activate", "park", "drop", ""] = ""
    leases: int = 0
    pinned: bool = False
    dismissed: Literal["park", "drop", ""] = ""  # a person wants its memory back as soon as nobody uses it
    held_until: float = -math.inf  # not to be activated again before this: it has just failed
    idle_since: float = 0.0
    last_priority: int = 0
    gap_s: float = math.inf  # usual time from the end of a call to the next request, while it stayed in memory
    uses: float = 0.0  # decayed count of uses, as of `uses_at`
    uses_at: float = 0.0

    def used(self, now: float) -> None:
        """One more use."""
        self.uses = self.uses * 0.5 ** ((now - self.uses_at) / HALF_LIFE_S) + 1.0
        self.uses_at = now


@dataclass(slots=True)
class Waiting:
    """A request that has not started. Tickets count up, so a smaller one is older."""

    ticket: int
    model: str
    working_bytes: int
    priority: int = 0
    since: float = 0.0
    bypassed: int = 0  # younger requests that started before it and held it back
    alone: bool = False  # ran out of memory once: wants everything that can be had


@dataclass(slots=True)
class Lease:
    """A call that runs."""

    ticket: int
    model: str
    working_bytes: int


@dataclass(slots=True)
class Action:
    """One thing to do, and why. Moves of one lane are carried out in their order, those of two lanes side by side."""

    kind: Kind
    model: str
    why: Why
    ticket: int = 0
    lane: Lane = ""
    working_bytes: int = 0
    passed: tuple[int, ...] = ()  # of a start: tickets of older requests that it holds back

    @property
    def reason(self) -> str:
        """The reason in words."""
        return str(self.why)


@dataclass(slots=True)
class World:
    """Everything a decision is made from.

    ``used`` is what is held at this instant; ``coming`` what the moves that each lane still has before it will add to that, or take off.
    """

    budget: Budget
    models: dict[str, Model] = field(default_factory=dict)
    waiting: dict[int, Waiting] = field(default_factory=dict)
    leases: dict[int, Lease] = field(default_factory=dict)
    lanes: dict[str, int] = field(default_factory=lambda: {"disk": 0, "device": 0})
    device_used: int = 0
    host_used: int = 0
    device_coming: dict[str, int] = field(default_factory=lambda: {"disk": 0, "device": 0})
    host_coming: dict[str, int] = field(default_factory=lambda: {"disk": 0, "device": 0})

    def ask(self, request: Waiting, now: float) -> None:
        """A request arrives, or comes back with its old ticket."""
        model = self.models[request.model]
        model.dismissed = ""
        if model.place != "installed" and not model.leases:
            gap = min(now - model.idle_since, LONGEST_GAP_S)
            model.gap_s = gap if model.gap_s == math.inf else (model.gap_s + gap) / 2
        if self.waiting and request.ticket < next(reversed(self.waiting)):
            self.waiting = dict(sorted([*self.waiting.items(), (request.ticket, request)]))
        else:
            self.waiting[request.ticket] = request

    def withdraw(self, ticket: int) -> None:
        """Its caller has gone, or was answered."""
        self.waiting.pop(ticket, None)

    def commit(self, action: Action, now: float) -> None:
        """What was decided takes effect in the books: a start or a refusal at once, a move once it has `begun` and `ended`."""
        if action.kind == "start":
            self._start(action, now)
        elif action.kind == "refuse":
            del self.waiting[action.ticket]
        elif action.kind != "wait":
            self._plan(action)

    def _start(self, action: Action, now: float) -> None:
        request = self.waiting.pop(action.ticket)
        for ticket in action.passed:
            self.waiting[ticket].bypassed += 1
        model = self.models[action.model]
        model.leases += 1
        model.last_priority = request.priority
        model.used(now)
        self.leases[action.ticket] = Lease(action.ticket, action.model, action.working_bytes)
        self._hold(action.working_bytes)

    def _hold(self, working_bytes: int) -> None:
        if self.budget.shared:
            self.host_used += working_bytes
        else:
            self.device_used += working_bytes

    def _plan(self, action: Action) -> None:
        model = self.models[action.model]
        self.lanes[action.lane] += 1
        if action.kind == "load":
            self.host_coming[action.lane] += model.host_bytes
        elif action.kind == "activate":
            self.device_coming[action.lane] += model.device_bytes
        else:
            self._leaves(action, model, -1)
        model.moving = action.kind  # type: ignore[assignment]

    def begun(self, action: Action) -> None:
        """The move is being carried out: what comes in counts from now."""
        model = self.models[action.model]
        if action.kind == "load":
            self.host_used += model.host_bytes
            self.host_coming[action.lane] -= model.host_bytes
        elif action.kind == "activate":
            self.device_used += model.device_bytes
            self.device_coming[action.lane] -= model.device_bytes

    def ended(self, action: Action, now: float, host_bytes: int | None = None, device_bytes: int | None = None) -> None:
        """The move is done; a load says what it really holds."""
        model = self.models[action.model]
        self.lanes[action.lane] -= 1
        model.moving = ""
        if action.kind == "load":
            model.place, model.idle_since = "parked", now
            if host_bytes is not None and device_bytes is not None:
                self.host_used += host_bytes - model.host_bytes
                model.host_bytes, model.device_bytes = host_bytes, device_bytes
        elif action.kind == "activate":
            model.place, model.idle_since = "resident", now
        else:
            self._leaves(action, model, 1)
            if model.place == "resident":
                self.device_used -= model.device_bytes
            if action.kind == "drop":
                self.host_used -= model.host_bytes
            model.place = "parked" if action.kind == "park" else "installed"

    def _leaves(self, action: Action, model: Model, sign: int) -> None:
        if model.place == "resident":
            self.device_coming[action.lane] += sign * model.device_bytes
        if action.kind == "drop":
            self.host_coming[action.lane] += sign * model.host_bytes

    def failed(self, action: Action, held_until: float = -math.inf) -> None:
        """A load or an activation that had begun came to nothing: the model is where it was."""
        model = self.models[action.model]
        self.lanes[action.lane] -= 1
        model.moving = ""
        model.held_until = held_until
        if action.kind == "load":
            self.host_used -= model.host_bytes
        else:
            self.device_used -= model.device_bytes

    def released(self, ticket: int, now: float) -> None:
        """A call has ended."""
        lease = self.leases.pop(ticket)
        model = self.models[lease.model]
        model.leases -= 1
        model.idle_since = now
        self._hold(-lease.working_bytes)

    def lost(self, name: str) -> None:
        """The engine closed itself outside a move (a failed move back to RAM): nothing of it is held."""
        model = self.models[name]
        if model.place == "resident":
            self.device_used -= model.device_bytes
        if model.place != "installed":
            self.host_used -= model.host_bytes
        model.place = "installed"

"""The room of loaded models: callers lease engines; who is loaded, parked or dropped for whom is decided by the scheduler."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from backends import room_view
from backends.base import Cancelled, Device, Engine, EngineKind, Installed, IsCancelled, OnStep, OutOfMemory, Shape
from backends.effects import Effects, MachineEffects, budget_of
from backends.learning import Learner
from backends.oom import SPENT, CannotRelieve, Rung, climb
from backends.room_books import Books, Entry, Ticket
from backends.room_lanes import Lanes, working_bytes
from backends.scheduler_state import Budget, Model
from configs.errors import Conflict, Unavailable

T = TypeVar("T")
Json = dict[str, Any]
POLL_S = 0.05  # how often a waiting caller looks whether it was cancelled
FREE_S = 5.0  # longest wait for idle models to leave
NEWS = 0.01  # a peak that differs less from what was expected teaches nothing


@dataclass(frozen=True)
class Limits:
    """What the models may occupy; None: all of the machine but a reserve.

    Attributes:
        device_bytes: on the device, working memory of calls included.
        host_bytes: in RAM (on a CPU machine: everything).
        keep_alive_s: a model unused for so long is parked, and after four times as long dropped; None: never for that reason alone.
    """

    device_bytes: int | None = None
    host_bytes: int | None = None
    keep_alive_s: float | None = None


class Room:
    """Engines of this process, behind one scheduler. Thread-safe; nothing is loaded before it is asked for.

    Args:
        kinds: the engine table.
        find_installed: the files of a model by its name; raises NotFound. Asked again whenever the model is not in memory.
        device: where engines compute.
        limits: what they may occupy.
        learned: observations of earlier runs, as they were given to ``on_observe``.
        on_change: given `status()` soon after anything changed, on a thread of its own, never twice at once.
        on_observe: given what was learned (a JSON object), to be kept by the caller.
        on_restart: memory could not be freed in this process: the caller should let running work end and start a fresh one.
        effects: what moves weights and reads the memory; this machine's unless a test brings its own.
    """

    def __init__(
        self,
        kinds: Mapping[str, EngineKind],
        find_installed: Callable[[str], Installed],
        *,
        device: Device | None = None,
        limits: Limits | None = None,
        learned: Sequence[Json] = (),
        on_change: Callable[[Json], None] | None = None,
        on_observe: Callable[[Json], None] | None = None,
        on_restart: Callable[[str], None] | None = None,
        effects: Effects | None = None,
    ) -> None:
        self.kinds, self.device = kinds, device or Device()
        self._find, self._on_observe, self._on_restart = find_installed, on_observe, on_restart
        self._effects = effects or MachineEffects(self.device)
        self._learner = Learner(learned)
        limits = limits or Limits()
        device_bytes, host_bytes = budget_of(self._effects.probe(), self.device, limits.device_bytes, limits.host_bytes)
        budget = Budget(device_bytes, host_bytes, self.device.is_cpu, limits.keep_alive_s)
        self._announcer = room_view.Announcer(self.status, on_change)
        self._books = Books(self._effects.clock, budget, self._announcer.changed)
        self._lanes = Lanes(self._books, self._effects, self._learner, self.device, self._observe)
        self._lanes.look()

    @contextmanager
    def lease(
        self,
        model: str,
        operation: str,
        shape: Shape | None = None,
        *,
        priority: int = 0,
        is_cancelled: IsCancelled | None = None,
        on_step: OnStep | None = None,
        holder: str = "",
    ) -> Iterator[Engine]:
        """The engine of a model, resident for the length of the block; waits for its turn.

        ``operation`` and ``shape`` decide the working memory that is set aside. ``on_step`` hears of the loading, in the caller's
        thread. One lease per thread at a time: a second one inside the block is refused. A block that may run out of memory is
        better handed to `call`, which can repeat it.

        Raises: NotFound, Unavailable (it can never fit, with the figures and what would help), StudioError (it could not be
        loaded), Cancelled, and whatever ``on_step`` raises.
        """
        ticket = self._ticket(model, operation, shape, priority, holder)
        with self._leased(ticket, is_cancelled, on_step) as engine:
            yield engine

    def call(
        self,
        model: str,
        operation: str,
        shape: Shape | None,
        work: Callable[[Engine], T],
        *,
        priority: int = 0,
        is_cancelled: IsCancelled | None = None,
        on_step: OnStep | None = None,
        holder: str = "",
        may_repeat: Callable[[], bool] = lambda: True,
    ) -> T:
        """Runs ``work`` under a lease, and again with less memory when the device runs out, as long as ``may_repeat()``.

        Raises what `lease` raises, what ``work`` raises, and Unavailable with code "worker_spent" when only a fresh process can help.
        """
        first = self._ticket(model, operation, shape, priority, holder)

        def attempt(rung: Rung) -> T:
            ticket = first if not rung.alone else self._again(first)
            with self._leased(ticket, is_cancelled, on_step) as engine:
                self._relieve(model, engine, rung.relief)
                return work(engine)

        def fell(rung: Rung, why: str) -> None:
            self._effects.trim(True)
            with self._books.lock:
                self._books.say("out_of_memory", model, f"{operation} {rung.name}: {why}")

        try:
            return climb(attempt, may_repeat, fell)
        except Unavailable as error:
            if error.code == SPENT:
                self._want_restart(f"{model} ran out of memory in every way it can run: {error.message}")
            raise

    def installed(self, model: str) -> Installed:
        """The files and the card of a model, as they are now; raises NotFound."""
        return self._find(model)

    def load(self, model: str, *, priority: int = 0, is_cancelled: IsCancelled | None = None, on_step: OnStep | None = None) -> None:
        """Makes a model resident and returns then; raises as `lease` does."""
        with self.lease(model, "load", {}, priority=priority, is_cancelled=is_cancelled, on_step=on_step):
            pass

    def unload(self, model: str) -> None:
        """Drops a model from all memory and cancels its loading, and whoever waits for it; raises Conflict while it is in use."""
        books = self._books
        with books.lock:
            entry = books.entries.get(model)
            if entry is None:
                return
            users = [ticket for ticket in books.running.values() if ticket.model == model]
            if users:
                name = entry.installed.card.title
                raise Conflict(f"{name} is in use by {users[0].holder or users[0].operation}.", "Cancel that first, or wait for its end.")
            books.fail(model, Conflict(f"{entry.installed.card.title} was unloaded while this waited for it.", "Ask again.", "unloaded"))
            entry.abandoned = True
            known = books.world.models[model]
            known.dismissed = "drop"
            books.decide()
            self._wait_until(lambda: not known.dismissed or (known.place == "installed" and not known.moving))

    def pin(self, model: str, pinned: bool = True) -> None:
        """A pinned model is never evicted for another; it is not loaded by this alone. Raises NotFound."""
        self._entry(model)
        with self._books.lock:
            self._books.world.models[model].pinned = pinned
            self._books.decide()

    def free(self, *, host: bool = False) -> Json:
        """Gives back all device memory that is not in use, pinned or not (``host``: RAM too); what is in use follows at its end.

        On a CPU machine that memory is RAM. Returns {"freed_bytes": n, "busy": [names]} as soon as the memory is back.
        """
        books = self._books
        with books.lock:
            world = books.world
            drop = host or world.budget.shared
            before = world.device_used + (world.host_used if drop else 0)
            for model in world.models.values():
                if model.place != "installed":
                    model.dismissed = "drop" if drop else "park"
            books.decide()
            gone = "installed" if drop else "parked"
            self._wait_until(lambda: not any(m.place not in ("installed", gone) and not self._kept(m) for m in world.models.values()))
            freed = before - world.device_used - (world.host_used if drop else 0)
            return {"freed_bytes": max(0, freed), "busy": [m.name for m in world.models.values() if m.leases]}

    def status(self) -> Json:
        """What is where, for whom, and why.

        {"device", "budget": {shared, device_bytes, device_used_bytes, device_foreign_bytes, host_...}, "models": [{name, engine, variant,
        state, moving, progress, message, host_bytes, device_bytes, working_bytes, leases: [{operation, holder, since_s, working_bytes}],
        waiting, pinned, relief, idle_s}], "waiting": [{model, operation, holder, priority, since_s, bypassed, reason}],
        "decisions": [the last 20], "counters": {action: count}, "restart_wanted": reason or None}
        """
        return room_view.status(self._books, self.device.name)

    def decisions(self) -> list[Json]:
        """The last 200 decisions, newest last: {"at": Unix time, "action", "model", "reason", and of requests "operation", "holder"}."""
        return room_view.decisions(self._books)

    def learned(self) -> list[Json]:
        """Everything learned, to be given to a later room."""
        return self._learner.export()

    def close(self) -> None:
        """Answers who waits, stops the threads and frees everything; leases still held end with their engine."""
        books = self._books
        with books.lock:
            books.closed = True
            for ticket in list(books.waiting.values()):
                books.fail(ticket.model, Unavailable("The model process is being closed.", "Ask again in a moment.", "closing"))
            books.turn.notify_all()
        self._lanes.join(FREE_S)
        with books.lock:
            engines = [entry.engine for entry in books.entries.values() if entry.engine is not None]
            for entry in books.entries.values():
                entry.engine = None
        for engine in engines:
            self._effects.drop(engine)
        self._effects.trim(True)
        self._announcer.close()

    # leases -----------------------------------------------------------------------------------------------------------------------

    def _ticket(self, model: str, operation: str, shape: Shape | None, priority: int, holder: str) -> Ticket:
        return Ticket(self._books.number(), model, operation, dict(shape or {}), priority, holder, self._books.clock())

    def _again(self, ticket: Ticket) -> Ticket:
        """The same request with its old age, wanting everything there is."""
        t = ticket
        return Ticket(t.number, t.model, t.operation, t.shape, t.priority, t.holder, t.since, alone=True, thread=t.thread)

    @contextmanager
    def _leased(self, ticket: Ticket, is_cancelled: IsCancelled | None, on_step: OnStep | None) -> Iterator[Engine]:
        self._queue(ticket)
        self._await(ticket, is_cancelled, on_step)
        entry = self._books.entries[ticket.model]
        try:
            mark, epoch = self._measure()
            assert entry.engine is not None
            yield entry.engine
            if mark is not None:
                self._learn(entry, ticket, mark, epoch)
        finally:
            with self._books.lock:
                if not self._books.closed:
                    self._books.release(ticket)

    def _queue(self, ticket: Ticket) -> None:
        entry = self._entry(ticket.model)
        books = self._books
        with books.lock:
            engine = entry.engine
        needed = 0
        if ticket.operation != "load":
            needed, ticket.guess = working_bytes(self._learner, entry, engine, ticket.operation, ticket.shape)
        with books.lock:
            if books.closed:
                raise Unavailable("The model process is being closed.", "Ask again in a moment.", "closing")
            held = next((t.model for t in books.running.values() if t.thread == threading.get_ident()), None)
            if held is not None:
                raise Conflict(f"{ticket.model} was asked for while {held} was held.", f"Give {held} back first: one model at a time.")
            self._lanes.start()
            books.ask(ticket, needed)

    def _await(self, ticket: Ticket, is_cancelled: IsCancelled | None, on_step: OnStep | None) -> None:
        said: tuple[float, str] | None = None
        try:
            while not ticket.done.wait(POLL_S):
                if is_cancelled is not None and is_cancelled():
                    raise Cancelled(ticket.model)
                news = self._progress(ticket)
                if on_step is not None and news != said:
                    said = news
                    on_step(*news)
        except BaseException:
            self._give_up(ticket)
            raise
        if ticket.error is not None:
            raise ticket.error

    def _give_up(self, ticket: Ticket) -> None:
        books = self._books
        with books.lock:
            if ticket.number in books.waiting:
                books.withdraw(ticket)
            elif ticket.number in books.running:
                books.release(ticket)

    def _progress(self, ticket: Ticket) -> tuple[float, str]:
        with self._books.lock:
            entry, model = self._books.entries[ticket.model], self._books.world.models[ticket.model]
            if model.moving == "load":
                return entry.progress, entry.message
            return 0.0, "" if ticket.waits_for is None else ticket.waits_for.reason

    def _measure(self) -> tuple[int | None, int]:
        with self._books.lock:
            epoch, one = self._books.epoch, len(self._books.running) == 1
        return (self._effects.mark() if one else None), epoch

    def _learn(self, entry: Entry, ticket: Ticket, mark: int, epoch: int) -> None:
        """What the call took, when nothing else happened meanwhile; in RAM, where freed pages are reused unseen, only what is more."""
        with self._books.lock:
            alone = self._books.epoch == epoch
        peak = self._effects.peak(mark) if alone else None
        if peak is None or ticket.operation == "load" or (self.device.is_cpu and peak <= ticket.guess):
            return
        operation = f"{ticket.operation}@{entry.relief}"
        expected, learned = self._learner.predict(entry.key, operation, ticket.shape, ticket.guess)
        if not learned or abs(peak - expected) > NEWS * max(1, expected):
            self._observe(self._learner.peak(entry.key, operation, ticket.shape, ticket.guess, peak))

    def _relieve(self, model: str, engine: Engine, level: int) -> None:
        entry = self._books.entries[model]
        if level == 0 or entry.relief >= level:
            return
        if not engine.relieve(level):
            raise CannotRelieve
        with self._books.lock:
            entry.relief = level
            self._books.say("relieve", model, f"uses less memory from now on (level {level})")

    # models -----------------------------------------------------------------------------------------------------------------------

    def _entry(self, name: str) -> Entry:
        """What is known of a model; its files are looked for again while it is not in memory."""
        books = self._books
        with books.lock:
            entry, known = books.entries.get(name), books.world.models.get(name)
            if entry is not None and known is not None and (known.place != "installed" or known.moving):
                return entry
        installed = self._find(name)
        kind = self.kinds.get(installed.card.engine)
        if kind is None:
            raise Unavailable(f"There is no engine {installed.card.engine!r} for {installed.card.title}.", code="no_engine")
        with books.lock:
            entry, known = books.entries.get(name), books.world.models.get(name)
            if entry is not None and known is not None and (known.place != "installed" or known.moving):
                return entry
            if entry is None:
                entry = books.entries[name] = Entry(name, installed, kind)
            entry.installed, entry.kind = installed, kind
            self._predict(entry, known)
            return entry

    def _predict(self, entry: Entry, known: Model | None) -> None:
        weights = entry.installed.variant.weights_bytes
        host, device = self._learner.footprint(entry.key) or (weights, weights)
        model = known or Model(entry.name, host, device, idle_since=self._books.clock())
        model.host_bytes, model.device_bytes = host, 0 if self.device.is_cpu else device
        model.concurrency = entry.kind.concurrency
        model.load_s, model.activate_s = self._learner.times(entry.key, host)
        self._books.world.models[entry.name] = model

    # the rest ---------------------------------------------------------------------------------------------------------------------

    def _kept(self, model: Model) -> bool:
        """In use, awaited, asked for again or on its way: not to be waited for."""
        return not model.dismissed or bool(model.leases) or model.moving in ("load", "activate") or self._books.awaited(model.name)

    def _wait_until_idle(self) -> None:
        """Until no move is under way or due."""
        with self._books.lock:
            self._books.decide()
            self._wait_until(lambda: not any(self._books.world.lanes.values()))

    def _wait_until(self, done: Callable[[], bool]) -> None:
        """Waits under the lock, at most `FREE_S`."""
        until = time.monotonic() + FREE_S
        while not done() and time.monotonic() < until:
            self._books.turn.wait(max(0.001, until - time.monotonic()))

    def _observe(self, observation: Json) -> None:
        if self._on_observe is not None:
            self._on_observe(observation)

    def _want_restart(self, reason: str) -> None:
        with self._books.lock:
            self._books.restart_wanted = reason
            self._books.say("restart", "", reason)
        if self._on_restart is not None:
            self._on_restart(reason)


__all__ = ["Cancelled", "Limits", "OutOfMemory", "Room"]

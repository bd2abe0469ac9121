"""Carries moves out on two threads, one per lane, and learns how long they took."""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable
from typing import Any

from backends.base import Cancelled, Device, Engine, OutOfMemory
from backends.effects import Effects, Held, foreign
from backends.learning import Learner
from backends.registry import make_engine
from backends.room_books import Books, Entry, load_error
from backends.scheduler_state import Action, Lane
from configs.errors import Unavailable

LOG = logging.getLogger(__name__)
PROBE_S = 2.0  # between two looks at what other programs hold, while anything is in memory or awaited
NOISE_BYTES = 64 * 2**20  # smaller changes of other programs' share are no news
RETRY_S = 0.2  # until a move that ran out of memory is tried again
TRIES = 3
IDLE_WAIT_S = 60.0


class Lanes:
    """Two threads, started with the first move."""

    def __init__(self, books: Books, effects: Effects, learner: Learner, device: Device, observe: Callable[[dict[str, Any]], None]) -> None:
        self.books, self.effects, self.learner, self.device, self.observe = books, effects, learner, device, observe
        self._threads: list[threading.Thread] = []
        self._probed_at = -math.inf

    def start(self) -> None:
        """Starts the threads; again does nothing. Called under the lock."""
        if not self._threads:
            for lane in ("disk", "device"):
                thread = threading.Thread(target=self._run, args=(lane,), name=f"models-{lane}", daemon=True)
                self._threads.append(thread)
                thread.start()

    def join(self, timeout_s: float) -> None:
        """Waits until both have ended after `Books.closed` was set."""
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(timeout_s)

    def _run(self, lane: Lane) -> None:
        while True:
            action = self._next(lane)
            if action is None:
                return
            try:
                self._carry(action)
            except BaseException:  # a lane that ended would leave everybody waiting
                LOG.exception("Carrying out %s of %s", action.kind, action.model)

    def _next(self, lane: Lane) -> Action | None:
        """The lane's next move, its books opened; None at the end. The device lane also keeps time and looks at the memory."""
        books = self.books
        while True:
            with books.lock:
                if books.closed:
                    return None
                if books.queues[lane]:
                    action = books.queues[lane].popleft()
                    books.world.begun(action)
                    return action
                now = books.clock()
                due = lane == "device" and self._busy() and now - self._probed_at >= PROBE_S
                if not due:
                    if lane == "device" and now >= books.wake_at:
                        books.wake_at = math.inf
                        books.decide()
                    else:
                        books.turn.wait(self._patience(lane, now))
                    continue
            self.look()

    def _busy(self) -> bool:
        return bool(self.books.waiting) or any(model.place != "installed" for model in self.books.world.models.values())

    def _patience(self, lane: Lane, now: float) -> float:
        if lane == "disk":
            return IDLE_WAIT_S
        probe_s = self._probed_at + PROBE_S - now if self._busy() else IDLE_WAIT_S
        return max(0.001, min(IDLE_WAIT_S, probe_s, self.books.wake_at - now))

    def look(self) -> None:
        """Reads the memory and decides again when other programs' share of it has changed."""
        probe = self.effects.probe()
        books = self.books
        with books.lock:
            self._probed_at = books.clock()
            budget, world = books.world.budget, books.world
            weights = sum(model.host_bytes for model in world.models.values() if model.place != "installed")
            elsewhere = sum(
                model.device_bytes
                for model in world.models.values()
                if model.place == "resident" and books.entries[model.name].kind.own_process
            )
            held = Held(weights, world.host_used - weights, elsewhere)
            found = foreign(probe, held, budget.foreign_host, (budget.device_bytes, budget.host_bytes))
            if max(abs(found[0] - budget.foreign_device), abs(found[1] - budget.foreign_host)) >= NOISE_BYTES:
                budget.foreign_device, budget.foreign_host = found
                books.decide()

    # carrying out -----------------------------------------------------------------------------------------------------------------

    def _carry(self, action: Action) -> None:
        entry = self.books.entries[action.model]
        if action.kind == "load":
            self._load(action, entry)
        elif action.kind == "activate":
            self._activate(action, entry)
        else:
            self._leave(action, entry)

    def _load(self, action: Action, entry: Entry) -> None:
        began = self.books.clock()
        engine: Engine | None = None
        failure: BaseException | None = None
        footprint = None
        with self.books.lock:
            entry.progress, entry.message, entry.abandoned = 0.0, "Loading", False
        try:
            engine = make_engine(entry.kind, entry.installed, self.device)
            footprint = self.effects.load(engine, self._hear(entry))
        except BaseException as error:
            failure = error.with_traceback(None)  # frames would keep half-loaded tensors alive
        if footprint is None or engine is None:
            engine = None
            self.effects.trim(True)
            self._failed(action, entry, failure or OutOfMemory("no footprint"))
            return
        seconds = self.books.clock() - began
        self.observe(self.learner.loaded(entry.key, seconds, footprint.host_bytes, footprint.device_bytes))
        with self.books.lock:
            entry.engine, entry.relief, entry.short, entry.message = engine, 0, 0, ""
            device_bytes = 0 if self.books.world.budget.shared else footprint.device_bytes
            self.books.world.ended(action, self.books.clock(), footprint.host_bytes, device_bytes)
            self._know_better(entry, engine)
            self.books.decide()

    def _know_better(self, entry: Entry, engine: Engine) -> None:
        """Now that the engine is there, its own guess replaces the card's for those who wait."""
        model = self.books.world.models[entry.name]
        model.load_s, model.activate_s = self.learner.times(entry.key, model.host_bytes)
        for ticket in self.books.waiting.values():
            request = self.books.world.waiting.get(ticket.number)
            if ticket.model == entry.name and request is not None and ticket.operation != "load":
                request.working_bytes, ticket.guess = working_bytes(self.learner, entry, engine, ticket.operation, ticket.shape)

    def _hear(self, entry: Entry) -> Callable[[float, str], None]:
        """What a loading engine reports to: keeps its progress for those who wait, and stops it once nobody does."""

        def step(fraction: float, message: str) -> None:
            with self.books.lock:
                news = message != entry.message or int(100 * fraction) != int(100 * entry.progress)
                entry.progress, entry.message = fraction, message
                if news:
                    self.books.changed()
                abandoned = entry.abandoned or self.books.closed or not self.books.awaited(entry.name)
            if abandoned:
                raise Cancelled(f"nobody waits for {entry.name} any more")

        return step

    def _activate(self, action: Action, entry: Entry) -> None:
        engine = entry.engine
        assert engine is not None
        began = self.books.clock()
        failure: BaseException | None = None
        try:
            self.effects.activate(engine)
        except BaseException as error:
            failure = error.with_traceback(None)
        if failure is not None:
            self.effects.trim(True)
            self._failed(action, entry, failure)
            return
        seconds = self.books.clock() - began
        self.observe(self.learner.activated(entry.key, seconds))
        with self.books.lock:
            entry.short = 0
            self.books.world.ended(action, self.books.clock())
            model = self.books.world.models[entry.name]
            model.load_s, model.activate_s = self.learner.times(entry.key, model.host_bytes)
            self.books.decide()

    def _failed(self, action: Action, entry: Entry, failure: BaseException) -> None:
        """A move came to nothing: out of memory is tried again with everything idle gone; else all who waited are told."""
        books = self.books
        short = isinstance(failure, OutOfMemory | MemoryError)
        with books.lock:
            now = books.clock()
            entry.message = ""
            books.say("cancelled" if isinstance(failure, Cancelled) else "failed", entry.name, f"{action.kind}: {failure}")
            if short:
                entry.short += 0 if any(ticket.model != entry.name for ticket in books.running.values()) else 1
            if short and entry.short < TRIES:
                self._ask_back(action, entry)
                books.world.failed(action, now + RETRY_S)
            else:
                books.world.failed(action)
                entry.short = 0
                if not isinstance(failure, Cancelled):
                    books.fail(entry.name, _too_little(entry, action) if short else load_error(entry, failure))
            books.decide()

    def _ask_back(self, action: Action, entry: Entry) -> None:
        for model in self.books.world.models.values():
            if model.name != entry.name and not model.pinned and not model.leases and model.place != "installed":
                model.dismissed = "park" if action.kind == "activate" else "drop"

    def _leave(self, action: Action, entry: Entry) -> None:
        engine = entry.engine
        failure: BaseException | None = None
        try:
            if engine is not None and action.kind == "park":
                self.effects.park(engine)
            elif engine is not None:
                self.effects.drop(engine)
        except BaseException as error:
            failure = error.with_traceback(None)
            LOG.warning("%s of %s failed: %s", action.kind, action.model, failure)
        lost = failure is not None or action.kind == "drop"
        if failure is not None and action.kind == "park" and engine is not None:
            self._close(engine)
        engine = None
        with self.books.lock:
            if lost:
                entry.engine = None
            last = not any(next_action.kind in ("park", "drop") for next_action in self.books.queues[action.lane])
        if last:
            self.effects.trim(action.kind == "drop")
        with self.books.lock:
            self.books.world.ended(action, self.books.clock())
            if failure is not None and action.kind == "park":
                self.books.world.lost(entry.name)
            self.books.decide()

    def _close(self, engine: Engine) -> None:
        try:
            self.effects.drop(engine)
        except BaseException:  # nothing more can be done for it than to let go of it
            LOG.exception("Closing an engine")


def working_bytes(learner: Learner, entry: Entry, engine: Engine | None, operation: str, shape: Any) -> tuple[int, int]:
    """(bytes to set aside for a call, the guess they come from): learned with a margin of 5 %, else the engine's or the card's guess."""
    guess = entry.installed.variant.working_bytes if engine is None else engine.working_bytes(operation, shape)
    found, learned = learner.predict(entry.key, f"{operation}@{entry.relief}", shape, guess)
    return (int(found * 1.05) if learned else found), guess


def _too_little(entry: Entry, action: Action) -> Unavailable:
    where = "RAM" if action.kind == "load" else "device memory"
    return Unavailable(
        f"{entry.installed.card.title} found too little {where}, though everything idle had made room.",
        "Close other programs that use it, or choose a smaller variant.",
        "out_of_memory",
    )

"""The room of loaded models: callers lease engines; who is loaded, parked or dropped for whom is decided by the scheduler."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from backends.base import Cancelled, Device, Engine, EngineKind, Installed, IsCancelled, OnStep, Shape

T = TypeVar("T")
Json = dict[str, Any]


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
    """

    def __init__(
        self,
        kinds: Mapping[str, EngineKind],
        find_installed: Callable[[str], Installed],
        *,
        device: Device | None = None,
        limits: Limits | None = None,
        learned: Sequence[Json] = (),
        clock: Callable[[], float] = time.monotonic,
        on_change: Callable[[Json], None] | None = None,
        on_observe: Callable[[Json], None] | None = None,
        on_restart: Callable[[str], None] | None = None,
    ) -> None:
        self.kinds, self.find_installed, self.device, self.limits, self.clock = kinds, find_installed, device or Device(), limits, clock
        self._engines: dict[str, Engine] = {}
        self._lock = threading.RLock()
        self._on_change = on_change

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
        with self._lock:
            yield self._resident(model)

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
        with self.lease(model, operation, shape, priority=priority, is_cancelled=is_cancelled, on_step=on_step, holder=holder) as engine:
            return work(engine)

    def load(self, model: str, *, priority: int = 0, is_cancelled: IsCancelled | None = None, on_step: OnStep | None = None) -> None:
        """Makes a model resident and returns then; raises as `lease` does."""
        with self.lease(model, "load", {}, priority=priority, is_cancelled=is_cancelled, on_step=on_step):
            pass

    def unload(self, model: str) -> None:
        """Drops a model from all memory; raises Conflict while it is in use. Cancels its loading. A model that is not in memory stays so."""
        with self._lock:
            engine = self._engines.pop(model, None)
            if engine is not None:
                engine.close()

    def pin(self, model: str, pinned: bool = True) -> None:
        """A pinned model is never evicted for another; it is not loaded by this alone."""

    def free(self, *, host: bool = False) -> Json:
        """Gives back all device memory that is not in use, pinned or not (``host``: RAM too); what is in use follows at its end.

        Returns {"freed_bytes": n, "busy": [names]}, at once when the memory is back.
        """
        with self._lock:
            for engine in self._engines.values():
                engine.close()
            self._engines.clear()
        return {"freed_bytes": 0, "busy": []}

    def status(self) -> Json:
        """{"device", "budget": {device_bytes, device_used_bytes, device_foreign_bytes, host_...}, "models": [{name, state, host_bytes,
        device_bytes, working_bytes, leases: [{operation, holder, since_s}], waiting, pinned, progress, message, idle_s}],
        "waiting": [{model, operation, holder, priority, since_s, bypassed, reason}], "decisions": [the last few], "counters": {...},
        "restart_wanted": reason or None}."""
        with self._lock:
            models = [{"name": name, "state": "resident"} for name in self._engines]
        return {"device": self.device.name, "budget": {}, "models": models, "waiting": [], "decisions": [], "counters": {}}

    def decisions(self) -> list[Json]:
        """The last 200 decisions, newest last: {"at": Unix time, "action", "model", "reason"}."""
        return []

    def close(self) -> None:
        """Stops its threads and frees everything; leases still held end with their engine."""
        self.free(host=True)

    def _resident(self, model: str) -> Engine:
        if model not in self._engines:
            installed = self.find_installed(model)
            engine = self.kinds[installed.card.engine].make(installed, self.device)
            engine.load(lambda fraction, message: None)
            engine.activate()
            self._engines[model] = engine
        return self._engines[model]


__all__ = ["Cancelled", "Limits", "Room"]

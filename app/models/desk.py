"""The studio's side of the models: calls to the gpu worker, and what it last said about itself."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from pydantic import BaseModel

from app.models.calls import CallEvent, CallHandle, ModelView, OnCallEvent
from app.models.learned import Learned
from app.models.library import Library
from app.models.room import StartData
from configs.errors import Conflict, NotFound, StudioError, Unavailable
from configs.settings import Settings
from jobs.calls import OnEvent, OpenCall
from jobs.events import EventBus
from jobs.services import Call
from storage.records import Json

GPU = "gpu"
ANSWER_LIMIT_S = 600.0
NOTHING_LOADED: dict[str, Any] = {"device": None, "budget": {}, "models": [], "waiting": [], "decisions": [], "counters": {}}


class Lane(Protocol):
    """What the desk needs of the supervisor."""

    def call(self, lane: str, call: Call, on_event: OnEvent) -> OpenCall:
        """Asks a worker of the lane."""

    def restart(self, lane: str) -> None:
        """Replaces the lane's processes."""

    def is_staffed(self, lane: str) -> bool:
        """Whether the lane has a process now."""


class ModelDesk:
    """Implements `ModelCalls`. Thread-safe."""

    def __init__(self, lane: Lane, library: Library, learned: Learned, events: EventBus) -> None:
        self._lane, self.library, self._learned, self._events = lane, library, learned, events
        self._lock = threading.Lock()
        self._status: dict[str, Any] = NOTHING_LOADED

    # -- calls -------------------------------------------------------------------------------------------------

    def start(self, service: str, model: str, request: BaseModel, on_event: OnCallEvent, *, priority: int = 0) -> CallHandle:
        """Begins a call; see `ModelCalls.start`."""
        self.library.find(model)
        return self._lane.call(
            GPU, Call(service=service, model=model, request=request.model_dump(mode="json"), priority=priority), on_event
        )

    def models(self) -> list[ModelView]:
        """Every model that can be called now."""
        states = {model["name"]: model["state"] for model in self.status()["models"]}
        seen: dict[str, ModelView] = {}
        for entry in self.library.installed():
            card = entry.card
            view = ModelView(
                name=card.name, title=card.title, task=card.task, engine=card.engine, state=states.get(card.name, "installed"),
                installed=True, variant=entry.variant.name,
            )  # fmt: skip
            seen.setdefault(card.name, view)
        return list(seen.values())

    def load(self, model: str, on_step: Callable[[float, str], None] | None = None) -> Json:
        """Brings a model into memory and returns the status then."""
        self.library.find(model)

        def heard(piece: Json) -> None:
            if on_step is not None:
                on_step(piece["fraction"], piece["message"])

        return self._adopt(self._ask("load", model, on_piece=heard))

    def unload(self, model: str) -> Json:
        """Takes a model out of memory; raises Conflict while it is in use."""
        self.library.find(model)
        return self._adopt(self._ask("unload", model)) if self._lane.is_staffed(GPU) else self.status()

    def pin(self, model: str, pinned: bool) -> Json:
        """Keeps a model from being evicted for another, or lets it go again."""
        self.library.find(model)
        return self._adopt(self._ask("pin", model, {"pinned": pinned}))

    def free(self, host: bool = False) -> Json:
        """Gives back the device's memory (``host``: RAM too); ``{"freed_bytes", "busy"}``."""
        return self._ask("free", "", {"host": host}) if self._lane.is_staffed(GPU) else {"freed_bytes": 0, "busy": []}

    def restart(self) -> None:
        """A fresh model process: all its memory comes back; jobs in it go on in the next one."""
        self._lane.restart(GPU)

    def require_unused(self, model: str) -> None:
        """Raises Conflict while a model is in memory."""
        state = {entry["name"]: entry["state"] for entry in self.status()["models"]}.get(model)
        if state in ("busy", "loading"):
            raise Conflict(f"The model {model} is in use.", "Wait for its end or cancel the job, then try again.", "in_use")
        if state in ("resident", "parked"):
            self.unload(model)

    @contextmanager
    def chat(self, model: str, request: BaseModel, priority: int = 0) -> Iterator[Iterator[Json]]:
        """The pieces of an answer, for callers that may wait; leaving the block hangs up."""
        events: queue.SimpleQueue[tuple[CallEvent, dict[str, Any]]] = queue.SimpleQueue()
        handle = self.start("chat", model, request, lambda kind, data: events.put((kind, data)), priority=priority)
        try:
            yield _pieces(events)
        finally:
            handle.cancel()

    def _adopt(self, status: Json) -> Json:
        """Takes an answer as the newest status, so that whoever asked sees at once what it changed."""
        self.on_notice("models", status)
        return status

    def _ask(self, service: str, model: str, request: Json = None, on_piece: Callable[[Json], None] | None = None) -> Json:
        events: queue.SimpleQueue[tuple[CallEvent, dict[str, Any]]] = queue.SimpleQueue()
        call = Call(service=service, model=model, request=request or {})
        handle = self._lane.call(GPU, call, lambda kind, data: events.put((kind, data)))
        while True:
            try:
                kind, data = events.get(timeout=ANSWER_LIMIT_S)
            except queue.Empty:
                handle.cancel()
                raise Unavailable(f"The model process did not answer {service!r} within {ANSWER_LIMIT_S:.0f} s.", "Ask again.") from None
            if kind == "done":
                return data
            if kind == "error":
                raise told_error(data)
            if on_piece is not None:
                on_piece(data)

    # -- what the worker says ----------------------------------------------------------------------------------

    def on_notice(self, name: str, data: Json) -> None:
        """The worker's models changed, or it learned something."""
        if name == "models":
            with self._lock:
                self._status = data
            self._events.send("", "models", data)
        elif name == "learned":
            self._learned.add(data)
        elif name == "gone":
            self.on_notice("models", NOTHING_LOADED)

    def status(self) -> dict[str, Any]:
        """What is in memory and for whom, as last told; see `backends.room.Room.status`."""
        with self._lock:
            return self._status


def _pieces(events: queue.SimpleQueue[tuple[CallEvent, dict[str, Any]]]) -> Iterator[Json]:
    while True:
        kind, data = events.get()
        if kind == "done":
            return
        if kind == "error":
            raise told_error(data)
        yield data


def told_error(data: dict[str, Any]) -> StudioError:
    """The error that a call ended with, as an exception of this process."""
    kind = {404: NotFound, 409: Conflict, 503: Unavailable}.get(data.get("http_status", 500), StudioError)
    error = kind(data["message"], data["remedy"], data["code"])
    error.http_status = data.get("http_status", 500)
    return error


def start_data(settings: Settings, learned: Learned) -> Json:
    """What a gpu worker is told right after its hello."""
    return StartData(
        data_dir=str(settings.data_dir), models=str(settings.models),
        folders=tuple(str(folder) for folder in settings.foreign_folders), device=settings.device,
        device_bytes=settings.device_limit_bytes, host_bytes=settings.ram_limit_bytes, keep_alive_s=settings.model_keep_alive_s,
        learned=tuple(learned.read()), endpoints=settings.endpoints,
    ).model_dump(mode="json")  # fmt: skip

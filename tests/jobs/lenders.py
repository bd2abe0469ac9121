"""A workshop for the gpu lane's tests: a room that lends one engine, services that answer at once, slowly, or die."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.capability import capability
from configs.errors import BadInput
from jobs.attempt import Table
from jobs.context import JobCancelled, JobContext
from jobs.services import Call, Tell, Workshop
from storage.records import Json
from tests.jobs.handlers import Answer, Ask, mark


class OneEngine:
    """A room with one engine."""

    def __init__(self) -> None:
        self._free = threading.Semaphore(8)

    @contextmanager
    def lease(
        self, model: str, operation: str, shape: Any, *, priority: int, is_cancelled: Callable[[], bool], on_step: Any
    ) -> Iterator[str]:  # fmt: skip
        on_step(0.5, f"Loading {model}")
        with self._free:
            yield f"{model}/{operation}/{dict(shape)}/{priority}"

    def call(self, model: str, operation: str, shape: Any, work: Callable[[Any], Any], **how: Any) -> Any:
        with self.lease(model, operation, shape, **how) as engine:
            return work(engine)

    def installed(self, model: str) -> Any:
        raise BadInput(f"{model} is not here.", "Ask for words.")

    def adapter(self, kind: str, name: str) -> Any:
        raise BadInput(f"{kind} {name} is not here.", "Ask for words.")


class Parrot:
    """Answers what it is asked."""

    def __init__(self) -> None:
        self.room = OneEngine()
        self.told: Json = None

    def start(self, data: Json, tell: Tell) -> None:
        self.told = data
        tell("models", {"pid": os.getpid(), "told": data})

    def call(self, call: Call, piece: Callable[[Json], None], is_cancelled: Callable[[], bool]) -> Json:
        if call.service == "words":
            for word in call.request["text"].split():
                piece({"text": word})
            return {"told": self.told, "model": call.model, "priority": call.priority}
        if call.service == "endless":
            marks = Path(call.request["marks"])
            (marks / "began").touch()
            while not is_cancelled():
                time.sleep(0.01)
            (marks / "stopped").touch()
            raise JobCancelled("call")
        if call.service == "die":
            if call.request.get("after_a_piece"):
                piece({"text": "last"})
            marks = Path(call.request["marks"])
            with (marks / "deaths").open("a") as file:
                file.write("x")
            if len((marks / "deaths").read_text()) <= call.request["times"]:
                os.kill(os.getpid(), signal.SIGKILL)
            return {"alive": True}
        if call.service == "crash":
            raise ZeroDivisionError("by hand")
        raise BadInput(f"There is no service {call.service!r}.", "Ask for words.")


@capability("test.lend", lane="gpu", title="Lend")
def lend(request: Ask, job: JobContext) -> Answer:
    """Borrows the engine and says what it got."""
    with job.model("tiny", "draw", {"width": request.steps}) as engine:
        mark(request, job.job_id)
        time.sleep(request.seconds)
        return Answer(values=[engine, os.getpid()])


@capability("test.lend_and_die", lane="gpu", title="Lend and die")
def lend_and_die(request: Ask, job: JobContext) -> Answer:
    """Kills its process while it holds the engine."""
    with job.model("tiny", "draw"):
        mark(request, "bomb")
        time.sleep(request.seconds)
        os.kill(os.getpid(), signal.SIGKILL)
    return Answer(values=[])


@capability("test.deaf_lend", lane="gpu", title="Deaf")
def deaf(request: Ask, job: JobContext) -> Answer:
    """Hears no cancelling."""
    with job.model("tiny", "draw"):
        mark(request, "deaf")
        time.sleep(60)
    return Answer(values=[])


@capability("test.wrong_lane", lane="cpu", title="Wrong lane")
def wrong_lane(request: Ask, job: JobContext) -> Answer:
    """Asks for a model where there is none."""
    with job.model("tiny", "draw"):
        return Answer(values=[])


TABLE = (lend, lend_and_die, deaf, wrong_lane)


def build() -> Workshop:
    """What `python -m jobs.worker` builds."""
    return Workshop({c.name: c for c in TABLE}, Parrot())


def build_plain() -> Table:
    """The same capabilities, without models."""
    return {c.name: c for c in TABLE}

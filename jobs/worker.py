"""A worker process: reads orders from its pipe, runs each on a thread, reports back. `python -m jobs.worker app.worker:build`"""

from __future__ import annotations

import importlib
import itertools
import logging
import os
import queue
import sys
import threading
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from configs.errors import StudioError, Unavailable
from jobs import host
from jobs.attempt import error_of, run_attempt, staging_owner
from jobs.context import JobCancelled, LeaseLost
from jobs.order import Order
from jobs.pipe import Message, Pipe
from jobs.services import Call, Services, Workshop
from storage.blobs import BlobStore
from storage.records import Json

STALE = "stale"


class PipeLink:
    """How a context in this process reaches the studio."""

    def __init__(self, worker: Worker, order: Order) -> None:
        self._worker, self._order = worker, order
        self._blobs = BlobStore(Path(order.blob_dir))

    def call(self, verb: str, **fields: Json) -> Json:
        """Sends a report and waits for its commit."""
        return self._worker.call(self._order, verb, fields)

    def tell(self, verb: str, **fields: Json) -> None:
        """Sends a report and goes on."""
        self._worker.pipe.send({"verb": verb, "job_id": self._order.job_id, "attempt": self._order.attempt, "fields": fields})

    def stage_blob(self, path: Path) -> tuple[str, str, int]:
        """Copies a file beside the blobs."""
        try:
            staged = self._blobs.stage_copy(path, staging_owner(self._order.job_id, self._order.attempt))
        except OSError as error:
            raise Unavailable(
                f"{path.name} could not be kept: {error.strerror or error}.", "Free some disk space and retry.", "disk_full"
            ) from error
        return str(staged.path), staged.finish(), staged.size_bytes

    def start_child(self, key: str, capability: str, request: Mapping[str, Json]) -> None:
        """Refused, as waiting for it would be."""
        self.run_child(key, capability, request)

    def run_child(self, key: str, capability: str, request: Mapping[str, Json]) -> Json:
        """Refused: a worker must not wait for another job, it could wait for ever."""
        raise StudioError(f"Job {self._order.job_id} asked for a child job {key!r} outside the io lane.", "Give the capability lane='io'.")

    def part(self, name: str) -> Any:
        """Refused: it lives in another process."""
        raise StudioError(f"Job {self._order.job_id} asked for {name!r} outside the io lane.", "Give the capability lane='io'.")


class Worker:
    """The process's loop. One reader (the main thread), one thread per running job and per call."""

    def __init__(self, workshop: Workshop, pipe: Pipe) -> None:
        self.table, self.services, self.pipe = workshop.table, workshop.services, pipe
        self._numbers = itertools.count(1)
        self._answers: dict[int, queue.SimpleQueue[Message]] = {}
        self._cancelled: dict[str | int, threading.Event] = {}  # by job id, or by number of a call

    def serve(self) -> None:
        """Works until the studio closes the pipe."""
        self.pipe.send({"verb": "hello", "pid": os.getpid()})
        for message in self.pipe:
            verb = message["verb"]
            if verb == "run":
                order = Order(**message["order"])
                self._spawn(order.job_id, partial(self._run, order))
            elif verb == "call":
                self._spawn(message["call"], partial(self._answer, message))
            elif verb in ("cancel", "hangup"):
                self._give_up(message["job_id"] if verb == "cancel" else message["call"])
            elif verb == "start":
                self._begin(message["data"])
            elif verb == "answer":
                self._answers[message["number"]].put(message)
            elif verb == "stop":
                return

    def call(self, order: Order, verb: str, fields: dict[str, Any]) -> Json:
        """One question to the studio; raises what it answers with."""
        number = next(self._numbers)
        answers: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._answers[number] = answers
        try:
            self.pipe.send({"verb": verb, "number": number, "job_id": order.job_id, "attempt": order.attempt, "fields": fields})
            answer = answers.get()
        finally:
            del self._answers[number]
        error = answer.get("error")
        if error is None:
            return answer["value"]
        if error["code"] == STALE:
            raise LeaseLost(error["message"])
        raise StudioError(error["message"], error["remedy"], error["code"])

    def _spawn(self, key: str | int, work: Callable[[threading.Event], None]) -> None:
        cancelled = threading.Event()
        self._cancelled[key] = cancelled
        threading.Thread(target=work, args=(cancelled,), name=str(key), daemon=True).start()

    def _give_up(self, key: str | int) -> None:
        cancelled = self._cancelled.get(key)
        if cancelled is not None:
            cancelled.set()

    def _begin(self, data: Json) -> None:
        if self.services is not None:
            self.services.start(data, self._tell)

    def _tell(self, name: str, data: Json) -> None:
        self.pipe.send({"verb": "notice", "name": name, "data": data})

    def _run(self, order: Order, cancelled: threading.Event) -> None:
        room = None if self.services is None else self.services.room
        outcome = run_attempt(self.table, order, PipeLink(self, order), cancelled.is_set, room)
        self._cancelled.pop(order.job_id, None)
        self.pipe.send({"verb": "done", "job_id": order.job_id, "attempt": order.attempt, "outcome": outcome.__dict__})

    def _answer(self, message: Message, cancelled: threading.Event) -> None:
        number = message["call"]
        call = Call(service=message["service"], model=message["model"], request=message["request"], priority=message["priority"])

        def piece(data: Json) -> None:
            if cancelled.is_set():
                raise JobCancelled(str(number))
            self.pipe.send({"verb": "piece", "call": number, "data": data})

        answer = answer_of(self.services, call, piece, cancelled.is_set)
        self._cancelled.pop(number, None)
        if answer is not None:
            self.pipe.send({"verb": "returned", "call": number, **answer})


def answer_of(
    services: Services | None, call: Call, piece: Callable[[Json], None], is_cancelled: Callable[[], bool]
) -> dict[str, Json] | None:
    """``{"value"}`` or ``{"error"}`` of an interactive call; None when the caller has gone. Never raises."""
    try:
        if services is None:
            raise Unavailable(f"This worker answers no calls, and was asked for {call.service!r}.")
        return {"value": services.call(call, piece, is_cancelled)}
    except JobCancelled:
        return None
    except StudioError as error:
        return {"error": {**error.as_dict(), "http_status": error.http_status}}
    except BaseException as error:  # also a library's `sys.exit`: the caller must not wait for ever
        logging.getLogger(__name__).exception("call %s of %s failed", call.service, call.model)
        return {"error": {**error_of(error), "http_status": 500}}


def main(target: str, parent_pid: int, lane: str) -> None:
    """Takes over the standard streams as the pipe, so that a library's `print` cannot break it, and serves."""
    host.die_with_parent(parent_pid)
    if lane != "gpu":
        host.yield_to_others()
    pipe = Pipe(os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb"), plain_text=True)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    module, _, function = target.partition(":")
    made = getattr(importlib.import_module(module), function)()
    Worker(made if isinstance(made, Workshop) else Workshop(made), pipe).serve()
    sys.stderr.flush()
    os._exit(0)  # job threads die with the studio's interest in them


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])

"""A worker process: reads orders from its pipe, runs each on a thread, reports back. `python -m jobs.worker app.worker:build`"""

from __future__ import annotations

import importlib
import itertools
import os
import queue
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from configs.errors import StudioError, Unavailable
from jobs import host
from jobs.attempt import Order, Table, run_attempt, staging_owner
from jobs.context import LeaseLost
from jobs.pipe import Message, Pipe
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


class Worker:
    """The process's loop. One reader (the main thread), one thread per running job."""

    def __init__(self, table: Table, pipe: Pipe) -> None:
        self.table, self.pipe = table, pipe
        self._numbers = itertools.count(1)
        self._answers: dict[int, queue.SimpleQueue[Message]] = {}
        self._cancelled: dict[str, threading.Event] = {}

    def serve(self) -> None:
        """Works until the studio closes the pipe."""
        self.pipe.send({"verb": "hello", "pid": os.getpid()})
        for message in self.pipe:
            verb = message["verb"]
            if verb == "run":
                self._start(Order(**message["order"]))
            elif verb == "cancel" and message["job_id"] in self._cancelled:
                self._cancelled[message["job_id"]].set()
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

    def _start(self, order: Order) -> None:
        cancelled = threading.Event()
        self._cancelled[order.job_id] = cancelled
        threading.Thread(target=self._run, args=(order, cancelled), name=order.job_id, daemon=True).start()

    def _run(self, order: Order, cancelled: threading.Event) -> None:
        outcome = run_attempt(self.table, order, PipeLink(self, order), cancelled.is_set)
        self._cancelled.pop(order.job_id, None)
        self.pipe.send({"verb": "done", "job_id": order.job_id, "attempt": order.attempt, "outcome": outcome.__dict__})


def main(target: str, parent_pid: int, lane: str) -> None:
    """Takes over the standard streams as the pipe, so that a library's `print` cannot break it, and serves."""
    host.die_with_parent(parent_pid)
    if lane != "gpu":
        host.yield_to_others()
    pipe = Pipe(os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb"), plain_text=True)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    module, _, function = target.partition(":")
    Worker(getattr(importlib.import_module(module), function)(), pipe).serve()
    sys.stderr.flush()
    os._exit(0)  # job threads die with the studio's interest in them


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])

"""The `io` lane: threads inside the studio for jobs that only wait, such as a workflow waiting for its child jobs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from configs.errors import StudioError
from jobs.attempt import Table, run_attempt, staging_owner
from jobs.context import JobCancelled, LeaseLost
from jobs.desk import Desk
from jobs.order import Outcome
from storage import jobs as rows
from storage.records import CANCELLED, ENDED, FAILED, SUCCEEDED, Job, Json

SubmitChild = Callable[[Job, str, str, Mapping[str, Json]], Job]


class DirectLink:
    """How a context on a thread of the studio reaches it: by calling."""

    def __init__(self, lane: IoLane, job: Job) -> None:
        self._lane, self._job = lane, job

    def call(self, verb: str, **fields: Json) -> Json:
        """Commits at once."""
        return self._lane.desk.handle(self._job.id, self._job.attempt, verb, fields)

    def tell(self, verb: str, **fields: Json) -> None:
        """Commits at once."""
        self._lane.desk.handle(self._job.id, self._job.attempt, verb, fields)

    def stage_blob(self, path: Path) -> tuple[str, str, int]:
        """Copies a file beside the blobs."""
        staged = self._lane.desk.artifacts.blobs.stage_copy(path, staging_owner(self._job.id, self._job.attempt))
        return str(staged.path), staged.finish(), staged.size_bytes

    def start_child(self, key: str, capability: str, request: Mapping[str, Json]) -> None:
        """Submits the child (once per key)."""
        self._lane.start_child(self._job, key, capability, request)

    def run_child(self, key: str, capability: str, request: Mapping[str, Json]) -> Json:
        """Submits the child (once per key) and waits for its end, without holding a thread's place meanwhile."""
        return self._lane.run_child(self._job, key, capability, request)

    def part(self, name: str) -> Any:
        """What the studio lends to its own threads."""
        return self._lane.parts[name]


class IoLane:
    """Runs `io` jobs, at most ``threads`` at once; one that waits for a child does not count."""

    def __init__(self, desk: Desk, table: Table, threads: int, submit_child: SubmitChild) -> None:
        self.desk, self._table, self._places, self._submit_child = desk, table, threads, submit_child
        self._lock = threading.Lock()
        self._busy = 0
        self._running: dict[str, threading.Thread] = {}
        self.parts: dict[str, Any] = {}  # what jobs of this lane may use of the studio
        self._closing = False

    def dispatch(self) -> None:
        """Claims and starts as many jobs as there are free places; called by the supervisor's thread."""
        while not self._closing and self._take_place():
            job = self.desk.queue.claim("io")
            if job is None:
                self._free_place()
                return
            thread = threading.Thread(target=self._run, args=(job,), name=job.id, daemon=True)
            with self._lock:
                self._running[job.id] = thread
            thread.start()

    def start_child(self, parent: Job, key: str, capability: str, request: Mapping[str, Json]) -> None:
        """Submits a child and does not wait."""
        self._submit_child(parent, key, capability, request)

    def run_child(self, parent: Job, key: str, capability: str, request: Mapping[str, Json]) -> Json:
        """The child's result; its failure is the parent's, in the child's words."""
        queue = self.desk.queue
        child = self._submit_child(parent, key, capability, request)
        self._free_place()
        try:
            with queue.waiting(parent.id):
                ended = queue.wait(child.id)
        finally:
            with self._lock:
                self._busy += 1  # over-full for a moment rather than waiting for a place: the work is almost done
        if queue.is_cancel_requested(parent.id):
            raise JobCancelled(parent.id)
        if ended.state not in ENDED:
            raise LeaseLost("The studio is closing.")
        if ended.state != SUCCEEDED:
            error = ended.error or {
                "code": ended.state,
                "message": f"Child job {key!r} was {ended.state}.",
                "remedy": "Retry it, then this job.",
            }
            raise StudioError(f"{key}: {error['message']}", error["remedy"], error["code"])
        with queue.database.read() as connection:
            return rows.result_of(connection, ended.id)

    def close(self, timeout_s: float) -> None:
        """Asks what runs to stop and waits a little; what does not stop is put back by `release_all`."""
        self._closing = True
        for thread in list(self._running.values()):
            thread.join(timeout_s)

    def _run(self, job: Job) -> None:
        queue = self.desk.queue
        try:
            outcome = self._attempt(job)
            stopped_by_us = self._closing and not queue.is_cancel_requested(job.id) and outcome.state in (CANCELLED, FAILED)
            if not stopped_by_us:
                self.desk.end(job.id, job.attempt, outcome, lambda: self._closing)
        finally:
            with self._lock:
                self._running.pop(job.id, None)
            self._free_place()
            queue.wake()

    def _attempt(self, job: Job) -> Outcome:
        try:
            order = self.desk.order(job)
        except StudioError as error:
            return Outcome(state=FAILED, error=error.as_dict())
        return run_attempt(self._table, order, DirectLink(self, job), lambda: self._closing or self.desk.queue.is_cancel_requested(job.id))

    def _take_place(self) -> bool:
        with self._lock:
            if self._busy >= self._places:
                return False
            self._busy += 1
            return True

    def _free_place(self) -> None:
        with self._lock:
            self._busy -= 1

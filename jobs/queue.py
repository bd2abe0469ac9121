"""The durable queue: who waits, who runs, who ended. Every change is committed first, then told."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from configs.errors import Conflict, NotFound
from jobs.context import LeaseLost
from jobs.eta import Pace, advance, eta_s
from jobs.events import EventBus
from storage import jobs as rows
from storage.database import Database
from storage.records import CANCELLED, ENDED, RUNNING, SUCCEEDED, Job, Json, Page

PROGRESS_WRITES_PER_S = 2.0
PROGRESS_EVENTS_PER_S = 10.0


@dataclass
class _Live:
    """A running job as last reported; the row follows at most twice a second."""

    job: Job
    pace: Pace
    written_at: float = 0.0
    told_at: float = 0.0
    alone: bool = False
    waits: bool = False  # for a child: it works on nothing itself


class JobQueue:
    """Submit, claim, follow and end jobs. Thread-safe; nothing polls: `wait_for_change` sleeps until something happens."""

    def __init__(self, database: Database, events: EventBus, clock: Callable[[], float] = time.time) -> None:
        self.database, self.events = database, events
        self._clock = clock
        self._live: dict[str, _Live] = {}
        self._lock = threading.RLock()  # of what is in memory: never held while the disk is written, so nobody waits to read
        self._claiming = threading.Lock()
        self._arrivals = 0  # grows whenever there may be something new to claim
        self._empty_at: dict[str, int] = {}  # lane -> the arrivals at which nothing was found: no need to ask the store again
        self._changed = threading.Condition()
        self._version = 0

    # -- waking ------------------------------------------------------------------------------------------------

    def wake(self) -> None:
        """Tells whoever waits that there may be something to do."""
        with self._changed:
            self._version += 1
            self._changed.notify_all()

    def wait_for_change(self, seen: int, timeout_s: float | None = None) -> int:
        """Sleeps until something has happened since version ``seen``; returns the version now."""
        with self._changed:
            self._changed.wait_for(lambda: self._version != seen, timeout_s)
            return self._version

    def _arrived(self) -> None:
        with self._lock:
            self._arrivals += 1
        self.wake()

    # -- asking ------------------------------------------------------------------------------------------------

    def is_waiting(self, lane: str) -> bool:
        """Whether any job of the lane is queued."""
        with self.database.read() as connection:
            return rows.queue_depths(connection).get(lane, 0) > 0

    def running(self) -> int:
        """How many attempts are at work now; those that wait for a child are not."""
        with self._lock:
            return len(self._working())

    def _working(self) -> list[_Live]:
        return [live for live in self._live.values() if not live.waits]

    def find(self, job_id: str) -> Job:
        """One job as it is now; raises `NotFound`."""
        with self.database.read() as connection:
            job = rows.find(connection, job_id)
        if job is None:
            raise NotFound(f"There is no job {job_id!r}.", "`jobs list` shows those that exist.")
        return self._fresh(job)

    def page(
        self, *, states: Sequence[str] = (), capability: str | None = None, project_id: str | None = None,
        parent_id: str | None = None, limit: int = 50, before: int | None = None,
    ) -> Page:  # fmt: skip
        """A page of jobs, newest first."""
        with self.database.read() as connection:
            page = rows.page(
                connection, states=states, capability=capability, project_id=project_id, parent_id=parent_id, limit=limit, before=before
            )
        return replace(page, items=tuple(self._fresh(job) for job in page.items))

    def _fresh(self, job: Job) -> Job:
        with self._lock:
            live = self._live.get(job.id)
        if live is None or job.state != RUNNING or live.job.attempt != job.attempt:
            return job
        now = live.job
        return replace(job, progress=now.progress, message=now.message, eta_s=eta_s(live.pace, now.started_at or 0.0, self._clock()))

    # -- asking for work ---------------------------------------------------------------------------------------

    def submit(self, new: rows.NewJob) -> Job:
        """Enqueues; the job is on disk when this returns."""
        with self.database.write() as connection:
            job = rows.add(connection, new, self._clock())
        self._tell(job)
        self._arrived()
        return job

    def submit_child(self, new: rows.NewJob) -> Job:
        """Enqueues a child once per (parent, key); repeating it returns the first one."""
        assert new.parent_id is not None
        assert new.child_key is not None
        with self.database.write() as connection:
            found = rows.find_child(connection, new.parent_id, new.child_key)
            if found is None:
                rows.add(connection, new, self._clock())
            job = rows.find(connection, found or new.id)
        assert job is not None
        self._tell(job)
        self._arrived()
        return job

    def claim(self, lane: str) -> Job | None:
        """Opens the next attempt of the first waiting job of the lane, or returns None.

        A job that was running at three studio deaths comes last, and only when nothing else is at work; while it works,
        nothing else is claimed. A job that waits for its child neither holds others back nor is held back by them.
        """
        with self._claiming:
            with self._lock:
                working, arrivals = self._working(), self._arrivals
                if self._empty_at.get(lane) == arrivals:
                    return None
            if any(live.alone for live in working):
                return None
            now = self._clock()
            with self.database.write() as connection:
                job, alone = rows.claim(connection, lane, now), False
                if job is None and not working:
                    job, alone = rows.claim(connection, lane, now, alone=True), True
            if job is None:
                self._empty_at[lane] = arrivals
                return None
            with self._lock:
                self._live[job.id] = _Live(job, Pace(now, job.progress), alone=alone)
        self._tell(job)
        return job

    @contextmanager
    def waiting(self, job_id: str) -> Iterator[None]:
        """Inside the block the job does nothing but wait for another one."""
        self._set_waits(job_id, True)
        try:
            yield
        finally:
            self._set_waits(job_id, False)

    def _set_waits(self, job_id: str, waits: bool) -> None:
        with self._lock:
            live = self._live.get(job_id)
            if live is not None:
                live.waits = waits
        self._arrived()

    # -- what a running attempt reports ------------------------------------------------------------------------

    def set_progress(self, job_id: str, attempt: int, fraction: float, message: str) -> None:
        """Moves the bar in memory at once, on disk at most twice a second; a stale attempt moves nothing."""
        now = self._clock()
        with self._lock:
            live = self._live.get(job_id)
            if live is None or live.job.attempt != attempt:
                return
            live.pace = advance(live.pace, now, fraction)
            left = eta_s(live.pace, live.job.started_at or now, now)
            live.job = replace(live.job, progress=fraction, message=message or live.job.message, eta_s=left)
            job = live.job
            write = now - live.written_at >= 1 / PROGRESS_WRITES_PER_S
            tell = now - live.told_at >= 1 / PROGRESS_EVENTS_PER_S
            live.written_at = now if write else live.written_at
            live.told_at = now if tell else live.told_at
        if write:
            with self.database.write() as connection:
                rows.set_progress(connection, job_id, attempt, job.progress, job.message, job.eta_s)
        if tell:
            self._tell(job)

    def add_step(self, job_id: str, attempt: int, name: str, value: Json) -> None:
        """Keeps a step's result; raises `LeaseLost`."""
        with self.database.write() as connection:
            _require(rows.add_step(connection, job_id, attempt, name, value, self._clock()), job_id, attempt)

    def set_checkpoint(self, job_id: str, attempt: int, state: Json) -> None:
        """Keeps a checkpoint; raises `LeaseLost`."""
        with self.database.write() as connection:
            _require(rows.set_checkpoint(connection, job_id, attempt, state), job_id, attempt)

    def publish(self, job_id: str, attempt: int, key: str, value: Json) -> None:
        """Shows a partial result; raises `LeaseLost`."""
        with self.database.write() as connection:
            _require(rows.put_published(connection, job_id, attempt, key, value), job_id, attempt)
        self.events.send(job_id, "published", {"key": key, "value": value})

    def require_lease(self, connection: Connection, job_id: str, attempt: int) -> None:
        """Raises `LeaseLost` when the attempt is not the current one, as seen by the transaction of ``connection``."""
        _require(rows.is_current(connection, job_id, attempt), job_id, attempt)

    def set_thumbnail(self, job_id: str, artifact_id: str) -> None:
        """Makes an artifact the picture of its job."""
        with self.database.write() as connection:
            rows.set_thumbnail(connection, job_id, artifact_id)
        with self._lock:
            live = self._live.get(job_id)
            if live is not None:
                live.job = replace(live.job, thumbnail_id=artifact_id)
        self._tell(self.find(job_id))

    def log(self, job_id: str, lines: Sequence[str]) -> None:
        """Adds lines to the job's log."""
        with self.database.write() as connection:
            rows.add_log(connection, job_id, self._clock(), lines)
        for line in lines:
            self.events.send(job_id, "log", {"line": line})

    # -- ending ------------------------------------------------------------------------------------------------

    def finish(self, job_id: str, attempt: int, state: str, *, result: Json = None, error: dict[str, str] | None = None) -> bool:
        """Ends a running attempt; a stale one changes nothing and returns False."""
        with self.database.write() as connection:
            ended = rows.finish(connection, job_id, attempt, state, self._clock(), result=result, error=error)
        self._gone(job_id, attempt, ended)
        if ended is not None and state != SUCCEEDED:
            self._cancel_children(job_id)
        return ended is not None

    def give_back(self, job_id: str, attempt: int, *, charge: bool, alone: bool = False) -> str | None:
        """Returns a running attempt to the queue; ``charge`` when its worker died under it. Returns the new state.

        With ``alone`` it waits until nothing else is at work, and nothing is started beside it.
        """
        with self.database.write() as connection:
            state = rows.give_back(connection, job_id, attempt, self._clock(), charge=charge, alone=alone)
        self._gone(job_id, attempt)
        return state

    def _gone(self, job_id: str, attempt: int, now: Job | None = None) -> None:
        with self._lock:
            live = self._live.get(job_id)
            if live is not None and live.job.attempt == attempt:
                del self._live[job_id]
        self._tell(now or self.find(job_id))
        self._arrived()

    def cancel(self, job_id: str) -> Job:
        """Cancels a waiting job at once, asks a running one to stop; children follow. Ended jobs raise `Conflict`."""
        with self._claiming:  # a claim is first in the store and then in memory: a cancel must not fall between the two
            with self.database.write() as connection:
                state = rows.request_cancel(connection, job_id, self._clock())
            with self._lock:
                live = self._live.get(job_id)
                if live is not None:
                    live.job = replace(live.job, cancel_requested=True)
        if state is None:
            raise NotFound(f"There is no job {job_id!r}.", "`jobs list` shows those that exist.")
        if state in ENDED and state != CANCELLED:
            raise Conflict(f"Job {job_id} has already {state}.", "There is nothing left to cancel.")
        self._cancel_children(job_id)
        job = self.find(job_id)
        self._tell(job)
        self.wake()
        return job

    def _cancel_children(self, job_id: str) -> None:
        with self.database.read() as connection:
            children = rows.live_children(connection, job_id)
        for child in children:
            self.cancel(child)

    def is_cancel_requested(self, job_id: str) -> bool:
        """Whether a running job has been asked to stop; answered from memory."""
        with self._lock:
            live = self._live.get(job_id)
            return live is not None and live.job.cancel_requested

    def retry(self, job_id: str) -> Job:
        """Queues a failed, cancelled or quarantined job again; it goes on from its last step."""
        job = self.find(job_id)
        with self.database.write() as connection:
            if not rows.retry(connection, job_id):
                raise Conflict(f"Job {job_id} is {job.state}.", "Only failed, cancelled and quarantined jobs can be retried.")
        job = self.find(job_id)
        self._tell(job)
        self._arrived()
        return job

    def run_next(self, job_id: str) -> Job:
        """Moves a waiting job to the head of its lane."""
        job = self.find(job_id)
        with self.database.write() as connection:
            if not rows.run_next(connection, job_id):
                raise Conflict(f"Job {job_id} is {job.state}.", "Only a queued job can be moved to the front.")
        job = self.find(job_id)
        self._tell(job)
        self._arrived()
        return job

    def wait(self, job_id: str, timeout_s: float | None = None) -> Job:
        """Sleeps until the job has ended (or the time is up) and returns it."""
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        with self.events.subscribe(job_id) as subscription:
            while True:
                job = self.find(job_id)
                left = None if deadline is None else deadline - time.monotonic()
                if job.state in ENDED or (left is not None and left <= 0) or subscription.closed:
                    return job
                subscription.get(left)

    # -- the studio's own life ---------------------------------------------------------------------------------

    def recover(self) -> tuple[int, int]:
        """At start: what a dead studio left running is queued again. Returns (queued, cancelled)."""
        with self.database.write() as connection:
            return rows.recover(connection, self._clock())

    def release_all(self) -> int:
        """At an orderly end: what runs goes back to the queue."""
        with self.database.write() as connection:
            return rows.release_all(connection)

    def _tell(self, job: Job) -> None:
        self.events.send(job.id, "job", job.public())


def _require(current: bool, job_id: str, attempt: int) -> None:
    if not current:
        raise LeaseLost(f"Attempt {attempt} of job {job_id} is no longer the current one; its write is refused.")

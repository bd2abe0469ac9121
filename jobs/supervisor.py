"""One thread that starts, feeds, watches and kills the worker processes; it lives as long as the studio."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from configs.errors import StudioError
from jobs import guard, host
from jobs.attempt import Outcome
from jobs.context import LeaseLost
from jobs.desk import STORE_RETRY_S, Desk
from jobs.io_lane import IoLane
from jobs.pipe import Message
from jobs.process import WorkerProcess
from jobs.worker import STALE
from storage.records import FAILED, Job

log = logging.getLogger(__name__)
MEMORY_RETRY_S = 2.0
START_LIMIT_S = 60.0
LONGEST_PAUSE_S = 30.0


@dataclass
class Lane:
    """The workers of one lane, and how often they have failed to start in a row."""

    name: str
    limit: int
    workers: list[WorkerProcess] = field(default_factory=list)
    failures: int = 0
    not_before: float = 0.0
    trouble: str = ""
    spawned: int = 0
    deaths: int = 0


class Supervisor:
    """Runs the lanes. Everything it decides is decided on its own thread; worker readers only report and wake it."""

    def __init__(
        self, desk: Desk, limits: Mapping[str, int], target: str, log_dir: Path, *, io_lane: IoLane | None = None,
        cancel_grace_s: float = 5.0, keep_spare: bool = True, clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self.desk, self.queue, self._io = desk, desk.queue, io_lane
        self.lanes = {name: Lane(name, limit) for name, limit in limits.items()}
        self._target, self._log_dir = target, log_dir
        self._grace_s, self._spare, self._clock = cancel_grace_s, keep_spare, clock
        self._closing = False
        self._owed: deque[Callable[[], object]] = deque()
        self._deadline: float | None = None
        self._thread = threading.Thread(target=self._loop, name="supervisor", daemon=True)

    def start(self) -> None:
        """Begins to work."""
        self._thread.start()

    def close(self) -> None:
        """Stops every worker (what they ran is put back by `JobQueue.release_all`) and the thread."""
        self._closing = True
        self.queue.wake()
        if self._thread.is_alive():
            self._thread.join()

    def workers(self) -> list[dict[str, Any]]:
        """What every worker does now."""
        found = []
        for lane in self.lanes.values():
            for worker in list(lane.workers):
                job = worker.job
                state = "starting" if not worker.ready else "idle" if job is None else "busy"
                found.append({"lane": lane.name, "pid": worker.pid, "state": state, "job_id": None if job is None else job.id})
        return found

    def trouble(self) -> dict[str, str]:
        """Lanes whose workers do not start, and why."""
        return {lane.name: lane.trouble for lane in self.lanes.values() if lane.trouble}

    def deaths(self) -> dict[str, int]:
        """Worker deaths per lane that were not our own doing."""
        return {lane.name: lane.deaths for lane in self.lanes.values()}

    # -- the thread --------------------------------------------------------------------------------------------

    def _loop(self) -> None:
        seen = -1
        try:
            while not self._closing:
                self._deadline = None
                self._turn()
                timeout = None if self._deadline is None else max(0.0, self._deadline - self._clock())
                seen = self.queue.wait_for_change(seen, timeout)
        finally:
            self._stop_all()

    def _turn(self) -> None:
        try:
            self._pay()
            for lane in self.lanes.values():
                self._reap(lane)
                self._enforce_cancels(lane)
                self._feed(lane)
                self._staff(lane)
                self._watch_starts(lane)
            if self._io is not None:
                self._io.dispatch()
        except StudioError as error:
            log.error("the store cannot be used just now: %s", error)
            self._look_again_in(STORE_RETRY_S)
        except Exception:
            log.exception("the supervisor stumbled; it goes on")
            self._look_again_in(STORE_RETRY_S)

    def _look_again_in(self, seconds: float) -> None:
        at = self._clock() + seconds
        self._deadline = at if self._deadline is None else min(self._deadline, at)

    def _reap(self, lane: Lane) -> None:
        for worker in [w for w in lane.workers if w.gone]:
            worker.reap()
            lane.workers.remove(worker)
            lane.deaths += not worker.killed_by_us
            if not worker.ready:
                words = worker.last_words()
                self._note_failed_start(lane, f"{words[-1] if words else 'it said nothing'} (see {worker.log})")
            if worker.job is not None:
                self.desk.clear_away(worker.job.id, worker.job.attempt)
                self._owe(partial(self._give_back, worker, worker.job))

    def _give_back(self, worker: WorkerProcess, job: Job) -> None:
        if not worker.killed_by_us:
            words = [f"Worker process {worker.pid} died (exit status {worker.popen.returncode}).", *worker.last_words()]
            self.queue.log(job.id, words)
        self.queue.give_back(job.id, job.attempt, charge=not worker.killed_by_us)

    def _owe(self, write: Callable[[], object]) -> None:
        """Does a write that must not be lost; while the store cannot take it (a full disk), every turn begins with it."""
        self._owed.append(write)
        self._pay()

    def _pay(self) -> None:
        while self._owed:
            self._owed[0]()
            self._owed.popleft()

    def _note_failed_start(self, lane: Lane, reason: str) -> None:
        lane.failures += 1
        lane.not_before = self._clock() + min(LONGEST_PAUSE_S, 0.25 * 2 ** min(lane.failures, 10))
        lane.trouble = f"A {lane.name} worker does not start: {reason}"
        log.error("%s", lane.trouble)

    def _watch_starts(self, lane: Lane) -> None:
        for worker in lane.workers:
            if worker.ready or worker.gone:
                continue
            left = worker.started_at + START_LIMIT_S - time.monotonic()
            if left <= 0:
                log.error("a %s worker hung while it started; killing it", lane.name)
                host.kill_group(worker.pid)
            else:
                self._look_again_in(left)

    def _enforce_cancels(self, lane: Lane) -> None:
        for worker in lane.workers:
            job = worker.job
            if job is None or worker.gone or not self.queue.is_cancel_requested(job.id):
                continue
            if worker.cancel_sent_at is None:
                worker.cancel_sent_at = self._clock()
                worker.pipe.send({"verb": "cancel", "job_id": job.id})
            left = worker.cancel_sent_at + self._grace_s - self._clock()
            if left <= 0:
                log.warning("job %s did not stop within %.1f s; killing its worker", job.id, self._grace_s)
                worker.kill()
            else:
                self._look_again_in(left)

    def _feed(self, lane: Lane) -> None:
        for worker in lane.workers:
            if not worker.is_idle:
                continue
            running = self.queue.running()
            if running and not guard.may_start(guard.measure(), running):
                self._look_again_in(MEMORY_RETRY_S)
                return
            job = self.queue.claim(lane.name)
            if job is None:
                return
            self._hand_over(worker, job)

    def _hand_over(self, worker: WorkerProcess, job: Job) -> None:
        try:
            order = self.desk.order(job)
        except StudioError as error:
            self._owe(partial(self.queue.finish, job.id, job.attempt, FAILED, error=error.as_dict()))
            return
        worker.cancel_sent_at, worker.job = None, job
        if not worker.pipe.send({"verb": "run", "order": order.__dict__}):
            worker.job = None  # it died before it heard of the job: nobody is charged
            self._owe(partial(self.queue.give_back, job.id, job.attempt, charge=False))

    def _staff(self, lane: Lane) -> None:
        busy = sum(w.job is not None for w in lane.workers)
        wanted = min(lane.limit, busy + 1)
        if len(lane.workers) >= wanted:
            return
        if lane.workers and not self._spare and not self.queue.is_waiting(lane.name):
            return
        if self._clock() < lane.not_before:
            self._look_again_in(lane.not_before - self._clock())
            return
        lane.spawned += 1
        path = self._log_dir / f"{lane.name}-{lane.spawned % (2 * lane.limit)}.log"
        try:
            lane.workers.append(WorkerProcess(lane.name, self._target, path, self._on_message))
        except OSError as error:  # no more processes, memory or disk
            self._note_failed_start(lane, f"{error.strerror or error}.")
            self._look_again_in(lane.not_before - self._clock())

    def _stop_all(self) -> None:
        workers = [w for lane in self.lanes.values() for w in lane.workers]
        for worker in workers:
            worker.kill()
        for worker in workers:
            worker.reader.join()
            worker.reap()

    # -- on the readers' threads -------------------------------------------------------------------------------

    def _on_message(self, worker: WorkerProcess, message: Message) -> None:
        verb = message["verb"]
        if verb == "hello":
            lane = self.lanes[worker.lane]
            worker.ready, lane.failures, lane.trouble = True, 0, ""
        elif verb == "done":
            self._end(worker, message)
        elif verb != "gone":
            self._answer(worker, message)
            return
        self.queue.wake()

    def _answer(self, worker: WorkerProcess, message: Message) -> None:
        try:
            value = self.desk.handle(message["job_id"], message["attempt"], message["verb"], message["fields"])
            answer: Message = {"value": value}
        except LeaseLost as error:
            answer = {"error": {"code": STALE, "message": str(error), "remedy": ""}}
        except StudioError as error:
            answer = {"error": error.as_dict()}
        except Exception as error:
            log.exception("report %s of job %s could not be taken", message["verb"], message["job_id"])
            answer = {
                "error": {
                    "code": "failed",
                    "message": f"The studio could not take {message['verb']!r}: {error}.",
                    "remedy": "Retry the job.",
                }
            }
        if "number" in message:
            worker.pipe.send({"verb": "answer", "number": message["number"], **answer})

    def _end(self, worker: WorkerProcess, message: Message) -> None:
        self.desk.end(message["job_id"], message["attempt"], Outcome(**message["outcome"]), lambda: self._closing)
        if guard.should_recycle(guard.rss_bytes(worker.pid)):
            worker.retired = worker.killed_by_us = True
            worker.pipe.send({"verb": "stop"})
        worker.job = None

"""One thread that starts, feeds, watches and kills the worker processes; it lives as long as the studio."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from configs.errors import StudioError, Unavailable
from jobs import guard, host
from jobs.calls import CallBoard, OnEvent, OpenCall
from jobs.context import LeaseLost
from jobs.desk import STORE_RETRY_S, Desk
from jobs.io_lane import IoLane
from jobs.lane import Lane, LaneSpec
from jobs.order import Outcome
from jobs.pipe import Message
from jobs.process import Held, WorkerProcess
from jobs.services import Call
from jobs.suspects import Verdict, judge
from jobs.worker import STALE
from storage.records import FAILED, Job, Json

log = logging.getLogger(__name__)
MEMORY_RETRY_S = 2.0
START_LIMIT_S = 60.0
LONGEST_PAUSE_S = 30.0


Notice = Callable[[str, Json], None]  # name, data: what a worker says unasked (its models, what it learned), and "gone" at its end


class Supervisor:
    """Runs the lanes. Everything it decides is decided on its own thread; worker readers only report and wake it."""

    def __init__(
        self, desk: Desk, lanes: Mapping[str, LaneSpec], log_dir: Path, *, io_lane: IoLane | None = None,
        cancel_grace_s: float = 5.0, on_notice: Notice | None = None, clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self.desk, self.queue, self._io = desk, desk.queue, io_lane
        self.lanes = {name: Lane(name, spec, CallBoard(desk.queue.wake)) for name, spec in lanes.items()}
        self._log_dir, self._on_notice = log_dir, on_notice
        self._grace_s, self._clock = cancel_grace_s, clock
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
                jobs = list(worker.held)
                state = "starting" if not worker.ready else "busy" if jobs or lane.calls.under_way else "idle"
                found.append({"lane": lane.name, "pid": worker.pid, "state": state, "job_id": jobs[0] if jobs else None, "jobs": jobs})
        return found

    def call(self, lane: str, call: Call, on_event: OnEvent) -> OpenCall:
        """Asks a worker of the lane; ``on_event`` hears the pieces and the end on the worker's reader thread."""
        return self.lanes[lane].calls.start(call, on_event)

    def is_staffed(self, lane: str) -> bool:
        """Whether the lane has a process now."""
        return bool(self.lanes[lane].workers)

    def restart(self, lane: str) -> None:
        """Replaces the lane's processes: their memory is freed, their jobs go on in the next one, charged to nobody."""
        self.lanes[lane].restart_wanted = True
        self.queue.wake()

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
                self._restart(lane)
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
            for held in worker.held.values():
                self.desk.clear_away(held.job.id, held.job.attempt)
            for job, verdict in judge(list(worker.held.values()), killed_by_us=worker.killed_by_us):
                self._owe(partial(self._give_back, worker, job, verdict))

    def _restart(self, lane: Lane) -> None:
        if lane.restart_wanted:
            lane.restart_wanted = False
            for worker in lane.workers:
                worker.kill()

    def _give_back(self, worker: WorkerProcess, job: Job, verdict: Verdict) -> None:
        if not worker.killed_by_us:
            words = [f"Worker process {worker.pid} died (exit status {worker.popen.returncode}).", *worker.last_words()]
            self.queue.log(job.id, words)
        self.queue.give_back(job.id, job.attempt, charge=verdict.charge, alone=verdict.alone)

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
        lane.calls.fail_waiting(Unavailable(lane.trouble, "`doctor` says what is missing; the log of the worker holds the details."))

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
            for held in [] if worker.gone else list(worker.held.values()):
                if self.queue.is_cancel_requested(held.job.id):
                    self._enforce(worker, held)

    def _enforce(self, worker: WorkerProcess, held: Held) -> None:
        if held.cancel_sent_at is None:
            held.cancel_sent_at = self._clock()
            worker.send({"verb": "cancel", "job_id": held.job.id})
        left = held.cancel_sent_at + self._grace_s - self._clock()
        if left > 0:
            self._look_again_in(left)
        elif not worker.killed_by_us:
            log.warning("job %s did not stop within %.1f s; killing its worker", held.job.id, self._grace_s)
            worker.kill()

    def _feed(self, lane: Lane) -> None:
        for worker in lane.workers:
            while worker.is_open and len(worker.held) < lane.spec.jobs_each:
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
        worker.held[job.id] = Held(job)
        if not worker.send({"verb": "run", "order": order.__dict__}):
            del worker.held[job.id]  # it died before it heard of the job: nobody is charged
            self._owe(partial(self.queue.give_back, job.id, job.attempt, charge=False))

    def _staff(self, lane: Lane) -> None:
        if not self._needs_another(lane):
            return
        if self._clock() < lane.not_before:
            self._look_again_in(lane.not_before - self._clock())
            return
        lane.spawned += 1
        path = self._log_dir / f"{lane.name}-{lane.spawned % (2 * lane.spec.workers)}.log"
        try:
            lane.workers.append(WorkerProcess(lane.name, lane.spec.target, path, self._on_message))
        except OSError as error:  # no more processes, memory or disk
            self._note_failed_start(lane, f"{error.strerror or error}.")
            self._look_again_in(lane.not_before - self._clock())

    def _needs_another(self, lane: Lane) -> bool:
        spec = lane.spec
        busy = sum(len(worker.held) >= spec.jobs_each for worker in lane.workers)
        if len(lane.workers) >= min(spec.workers, busy + 1):
            return False
        if spec.on_demand or (lane.workers and not spec.keep_spare):
            return lane.calls.waiting or self.queue.is_waiting(lane.name)
        return True

    def _stop_all(self) -> None:
        workers = [w for lane in self.lanes.values() for w in lane.workers]
        for worker in workers:
            worker.kill()
        for worker in workers:
            worker.reader.join()
            worker.reap()

    # -- on the readers' threads -------------------------------------------------------------------------------

    def _on_message(self, worker: WorkerProcess, message: Message) -> None:
        verb, lane = message["verb"], self.lanes[worker.lane]
        if verb == "hello":
            self._welcome(lane, worker)
        elif verb == "done":
            self._end(lane, worker, message)
        elif verb == "gone":
            lane.calls.detach(worker)
            if lane.spec.start_data is not None:
                self._notify(lane, "gone", {"pid": worker.pid})
        elif verb in ("piece", "returned"):
            lane.calls.on_message(message)
            return
        elif verb == "holding":
            self._note_model(worker, message)
            return
        elif verb == "notice":
            self._take_notice(lane, message)
            return
        else:
            self._answer(worker, message)
            return
        self.queue.wake()

    def _welcome(self, lane: Lane, worker: WorkerProcess) -> None:
        if lane.spec.start_data is not None:
            worker.send({"verb": "start", "data": lane.spec.start_data()})
        worker.ready, lane.failures, lane.trouble = True, 0, ""
        lane.calls.attach(worker)

    def _note_model(self, worker: WorkerProcess, message: Message) -> None:
        held = worker.held.get(message["job_id"])
        if held is not None:
            held.has_model = message["fields"]["held"]

    def _take_notice(self, lane: Lane, message: Message) -> None:
        if message["name"] == "restart":
            log.warning("the %s worker asks to be restarted: %s", lane.name, message["data"])
            self.restart(lane.name)
        else:
            self._notify(lane, message["name"], message["data"])

    def _notify(self, lane: Lane, name: str, data: Json) -> None:
        if self._on_notice is None:
            return
        try:
            self._on_notice(name, data)
        except Exception:
            log.exception("notice %s of the %s worker could not be taken", name, lane.name)

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
            worker.send({"verb": "answer", "number": message["number"], **answer})

    def _end(self, lane: Lane, worker: WorkerProcess, message: Message) -> None:
        self.desk.end(message["job_id"], message["attempt"], Outcome(**message["outcome"]), lambda: self._closing)
        if lane.spec.recycle and len(worker.held) <= 1 and guard.should_recycle(guard.rss_bytes(worker.pid)):
            worker.retired = worker.killed_by_us = True
            worker.send({"verb": "stop"})
        worker.held.pop(message["job_id"], None)

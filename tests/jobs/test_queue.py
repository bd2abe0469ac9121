"""The queue: fencing, waking, cancelling, following."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from configs.errors import Conflict, NotFound
from jobs.context import LeaseLost
from jobs.events import EventBus
from jobs.queue import JobQueue
from storage.database import Database
from storage.ids import new_id
from storage.jobs import NewJob
from storage.records import CANCELLED, FAILED, QUEUED, RUNNING, SUCCEEDED, Job


def new_job(**more: Any) -> NewJob:
    fields: dict[str, Any] = {"capability": "c", "title": "T", "lane": "cpu", "engine": "e", "request": {}, "project_id": "default"}
    return NewJob(id=new_id("j-"), **{**fields, **more})


def claimed(queue: JobQueue) -> Job:
    job = queue.claim("cpu")
    assert job is not None
    return job


def test_a_submitted_job_is_on_disk_and_told(queue: JobQueue, database: Database) -> None:
    with queue.events.subscribe() as listener:
        job = queue.submit(new_job())
        assert [(e.kind, e.data["state"]) for e in listener.drain()] == [("job", QUEUED)]
    assert JobQueue(database, EventBus()).find(job.id) == job


def test_submitting_wakes_whoever_waits(queue: JobQueue) -> None:
    seen = queue.wait_for_change(-1, 0)
    woken = threading.Event()
    waiter = threading.Thread(target=lambda: (queue.wait_for_change(seen, 10), woken.set()))
    waiter.start()
    queue.submit(new_job())
    assert woken.wait(10)
    waiter.join()


def test_progress_is_seen_at_once_and_written_seldom(database: Database) -> None:
    now = [100.0]
    queue = JobQueue(database, EventBus(), clock=lambda: now[0])
    job = queue.submit(new_job())
    claimed(queue)
    for n in range(1, 101):
        now[0] += 0.01
        queue.set_progress(job.id, 1, n / 200, f"frame {n}")
    seen = queue.find(job.id)
    assert (seen.progress, seen.message) == (0.5, "frame 100")
    written = JobQueue(database, EventBus()).find(job.id)
    assert 0.0 < written.progress < 0.5
    queue.set_progress(job.id, 7, 0.9, "from a stale attempt")
    assert queue.find(job.id).progress == 0.5
    now[0] += 3
    eta = queue.find(job.id).eta_s
    assert eta is None or eta >= 0


def test_an_empty_message_keeps_the_last_one(queue: JobQueue) -> None:
    job = queue.submit(new_job())
    claimed(queue)
    queue.set_progress(job.id, 1, 0.1, "Reading")
    queue.set_progress(job.id, 1, 0.2, "")
    assert queue.find(job.id).message == "Reading"


def test_stale_reports_are_refused(queue: JobQueue) -> None:
    job = queue.submit(new_job())
    claimed(queue)
    queue.give_back(job.id, 1, charge=False)
    claimed(queue)
    for report in (
        lambda: queue.add_step(job.id, 1, "s", 1),
        lambda: queue.set_checkpoint(job.id, 1, 1),
        lambda: queue.publish(job.id, 1, "k", 1),
    ):
        with pytest.raises(LeaseLost):
            report()
    with queue.database.read() as connection, pytest.raises(LeaseLost):
        queue.require_lease(connection, job.id, 1)
    assert not queue.finish(job.id, 1, SUCCEEDED)
    assert queue.find(job.id).state == RUNNING


def test_waiting_returns_the_ended_job(queue: JobQueue) -> None:
    job = queue.submit(new_job())
    claimed(queue)
    threading.Timer(0.02, queue.finish, (job.id, 1, SUCCEEDED), {"result": 1}).start()
    assert queue.wait(job.id, 10).state == SUCCEEDED


def test_waiting_ends_when_the_time_is_up(queue: JobQueue) -> None:
    assert queue.wait(queue.submit(new_job()).id, 0.01).state == QUEUED


def test_cancelling_a_waiting_job_ends_it(queue: JobQueue) -> None:
    job = queue.submit(new_job())
    assert queue.cancel(job.id).state == CANCELLED
    assert queue.cancel(job.id).state == CANCELLED
    assert queue.claim("cpu") is None


def test_cancelling_a_running_job_asks_it(queue: JobQueue) -> None:
    job = queue.submit(new_job())
    claimed(queue)
    assert not queue.is_cancel_requested(job.id)
    assert queue.cancel(job.id).state == RUNNING
    assert queue.is_cancel_requested(job.id)
    queue.finish(job.id, 1, CANCELLED)
    assert not queue.is_cancel_requested(job.id)


def test_cancelling_an_ended_job_is_refused(queue: JobQueue) -> None:
    job = queue.submit(new_job())
    claimed(queue)
    queue.finish(job.id, 1, SUCCEEDED)
    with pytest.raises(Conflict, match="already succeeded"):
        queue.cancel(job.id)


def test_children_follow_their_parent(queue: JobQueue) -> None:
    parent = queue.submit(new_job())
    claimed(queue)
    child = queue.submit_child(new_job(parent_id=parent.id, child_key="k"))
    assert queue.submit_child(new_job(parent_id=parent.id, child_key="k")).id == child.id
    queue.cancel(parent.id)
    assert queue.find(child.id).state == CANCELLED


def test_a_failing_parent_takes_its_children_along(queue: JobQueue) -> None:
    parent = queue.submit(new_job())
    claimed(queue)
    child = queue.submit_child(new_job(parent_id=parent.id, child_key="k"))
    queue.finish(parent.id, 1, FAILED, error={"code": "x", "message": "m", "remedy": "r"})
    assert queue.find(child.id).state == CANCELLED


def test_the_lone_suspect_runs_when_nothing_else_does(queue: JobQueue) -> None:
    suspect = queue.submit(new_job(priority=50))
    for _ in range(3):
        claimed(queue)
        queue.recover()
        queue = JobQueue(queue.database, EventBus())
    bystanders = [queue.submit(new_job()) for _ in range(2)]
    assert claimed(queue).id == bystanders[0].id
    assert claimed(queue).id == bystanders[1].id
    assert queue.claim("cpu") is None
    queue.finish(bystanders[0].id, 1, SUCCEEDED)
    assert queue.claim("cpu") is None
    queue.finish(bystanders[1].id, 1, SUCCEEDED)
    assert claimed(queue).id == suspect.id
    queue.submit(new_job())
    assert queue.claim("cpu") is None
    queue.finish(suspect.id, 4, SUCCEEDED)
    assert queue.claim("cpu") is not None


@pytest.mark.parametrize("act", ["cancel", "retry", "run_next", "find"])
def test_an_unknown_job_is_named(queue: JobQueue, act: str) -> None:
    with pytest.raises(NotFound, match="'j-nobody'"):
        getattr(queue, act)("j-nobody")


def test_retry_and_run_next_refuse_the_wrong_state(queue: JobQueue) -> None:
    job = queue.submit(new_job())
    with pytest.raises(Conflict, match="is queued"):
        queue.retry(job.id)
    claimed(queue)
    with pytest.raises(Conflict, match="is running"):
        queue.run_next(job.id)


def test_depths_and_running_are_known(queue: JobQueue) -> None:
    assert not queue.is_waiting("cpu")
    queue.submit(new_job())
    assert queue.is_waiting("cpu")
    claimed(queue)
    assert not queue.is_waiting("cpu")
    assert queue.running() == 1
    assert queue.release_all() == 1

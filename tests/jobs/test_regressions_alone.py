"""A job that runs alone, and a parent that waits for its child, must not wait for each other for ever."""

from __future__ import annotations

from sqlalchemy import event

from jobs.events import EventBus
from jobs.queue import JobQueue
from storage.database import Database
from storage.ids import new_id
from storage.jobs import NewJob
from storage.records import Job


def add(queue: JobQueue, lane: str, parent: Job | None = None) -> Job:
    """A waiting job; with ``parent``, its child."""
    new = NewJob(
        id=new_id("j-"), capability="test.nothing", title="T", lane=lane, engine="e", request={}, project_id="default",
        parent_id=parent and parent.id, child_key=parent and "child",
    )  # fmt: skip
    return queue.submit_child(new) if parent else queue.submit(new)


def die(database: Database, deaths: int, lanes: tuple[str, ...]) -> JobQueue:
    """The queue after that many studios died while the first job of each lane ran."""
    queue = JobQueue(database, EventBus())
    for _ in range(deaths):
        for lane in lanes:
            assert queue.claim(lane) is not None
        queue = JobQueue(database, EventBus())
        queue.recover()
    return queue


def test_a_parent_that_runs_alone_lets_its_child_run_while_it_waits(database: Database) -> None:
    add(JobQueue(database, EventBus()), "io")
    queue = die(database, 3, ("io",))
    parent = queue.claim("io")
    assert parent is not None
    child = add(queue, "cpu", parent)
    assert queue.claim("cpu") is None  # the parent is at work
    with queue.waiting(parent.id):
        claimed = queue.claim("cpu")
    assert claimed is not None
    assert claimed.id == child.id


def test_a_child_that_runs_alone_is_not_held_back_by_its_waiting_parent(database: Database) -> None:
    first = JobQueue(database, EventBus())
    parent = add(first, "io")
    child = add(first, "cpu", parent)
    queue = die(database, 3, ("io", "cpu"))
    assert queue.claim("io") is not None
    assert queue.claim("cpu") is None
    with queue.waiting(parent.id):
        assert queue.running() == 0
        claimed = queue.claim("cpu")
        assert claimed is not None
        assert claimed.id == child.id
        assert queue.running() == 1
    assert queue.running() == 2


def test_a_studios_death_does_not_count_against_a_parent_that_waits(database: Database) -> None:
    first = JobQueue(database, EventBus())
    parent = add(first, "io")
    add(first, "cpu", parent)
    queue = die(database, 3, ("io", "cpu"))
    bystander = add(queue, "io")
    claimed = queue.claim("io")
    assert claimed is not None
    assert claimed.id == parent.id  # an innocent parent keeps its place before the bystander
    assert bystander.seq > parent.seq


def test_an_empty_lane_is_not_searched_again_until_something_has_come(database: Database) -> None:
    queue = JobQueue(database, EventBus())
    assert queue.claim("cpu") is None
    asked: list[str] = []
    event.listen(database._write_engine, "begin", lambda _: asked.append("begin"))
    assert queue.claim("cpu") is None
    assert asked == []
    for wanted in ("cpu", "io"):
        assert queue.claim(wanted) is None
        job = add(queue, wanted)
        claimed = queue.claim(wanted)
        assert claimed is not None
        assert claimed.id == job.id
        assert queue.claim(wanted) is None
        queue.give_back(job.id, 1, charge=False)
        again = queue.claim(wanted)
        assert again is not None
        assert again.attempt == 2
        queue.finish(job.id, 2, "failed")
        assert queue.claim(wanted) is None
        queue.retry(job.id)
        assert queue.claim(wanted) is not None
        queue.finish(job.id, 3, "succeeded")

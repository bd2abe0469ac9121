"""The gpu lane: one process, several jobs and calls at once, engines on loan."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from configs.errors import StudioError
from jobs.desk import Desk
from jobs.lane import LaneSpec
from jobs.queue import JobQueue
from jobs.services import Call
from jobs.supervisor import Supervisor
from storage.ids import new_id
from storage.jobs import NewJob, result_of
from storage.records import CANCELLED, FAILED, QUARANTINED, SUCCEEDED, Job

Events = queue.Queue[tuple[str, dict[str, Any]]]


class Lane:
    """A supervisor with a gpu lane of its own."""

    def __init__(self, desk: Desk, tmp_path: Path) -> None:
        self.queue, self.notices = desk.queue, queue.Queue[tuple[str, Any]]()
        spec = LaneSpec(
            workers=1, target="tests.jobs.lenders:build", jobs_each=4, on_demand=True, recycle=False, start_data=lambda: {"budget": 7}
        )
        plain = LaneSpec(workers=1, target="tests.jobs.lenders:build_plain", on_demand=True)
        self.supervisor = Supervisor(
            desk,
            {"gpu": spec, "cpu": plain},
            tmp_path / "logs",
            cancel_grace_s=0.3,
            on_notice=lambda verb, data: self.notices.put((verb, data)),
        )
        self.supervisor.start()
        self.marks = tmp_path / "marks"
        self.marks.mkdir()

    def submit(self, name: str, lane: str = "gpu", **request: Any) -> str:
        values = {"marks": str(self.marks), **request}
        new = NewJob(id=new_id("j-"), capability=name, title="T", lane=lane, engine="e", request=values, project_id="default", priority=3)
        return self.queue.submit(new).id

    def wait(self, job_id: str) -> Job:
        return self.queue.wait(job_id, 60)

    def result(self, job_id: str) -> Any:
        with self.queue.database.read() as connection:
            return result_of(connection, job_id)

    def call(self, service: str, **request: Any) -> tuple[Any, Events]:
        events: Events = queue.Queue()
        handle = self.supervisor.call(
            "gpu", Call(service=service, model="tiny", request=request, priority=2), lambda kind, data: events.put((kind, data))
        )
        return handle, events

    def until(self, name: str) -> None:
        """Waits for a mark that a job or call leaves."""
        woken = threading.Event()
        for _ in range(3000):
            if (self.marks / name).exists():
                return
            woken.wait(0.01)
        pytest.fail(f"no mark {name}")


@pytest.fixture
def lane(desk: Desk, queue: JobQueue, tmp_path: Path) -> Iterator[Lane]:
    lane = Lane(desk, tmp_path)
    yield lane
    lane.supervisor.close()


def test_no_process_is_started_before_it_is_needed(lane: Lane) -> None:
    assert lane.supervisor.workers() == []
    _, events = lane.call("words", text="a b")
    assert [events.get(timeout=30) for _ in range(3)] == [
        ("piece", {"text": "a"}), ("piece", {"text": "b"}), ("done", {"told": {"budget": 7}, "model": "tiny", "priority": 2})
    ]  # fmt: skip
    assert lane.notices.get(timeout=5)[0] == "models"
    assert [w["lane"] for w in lane.supervisor.workers()] == ["gpu"]


def test_a_job_borrows_an_engine(lane: Lane) -> None:
    job_id = lane.submit("test.lend", steps=64)
    assert lane.wait(job_id).state == SUCCEEDED
    assert lane.result(job_id)["values"][0] == "tiny/draw/{'width': 64}/3"


def test_several_jobs_share_the_process(lane: Lane) -> None:
    ids = [lane.submit("test.lend", seconds=0.2) for _ in range(4)]
    assert [lane.wait(job_id).state for job_id in ids] == [SUCCEEDED] * 4
    assert len({lane.result(job_id)["values"][1] for job_id in ids}) == 1


def test_outside_the_lane_there_are_no_models(lane: Lane) -> None:
    job = lane.wait(lane.submit("test.wrong_lane", lane="cpu"))
    assert job.state == FAILED
    assert job.error is not None
    assert "outside the gpu lane" in job.error["message"]


def test_errors_of_a_call_are_told(lane: Lane) -> None:
    assert lane.call("sing")[1].get(timeout=30)[1]["http_status"] == 422
    kind, data = lane.call("crash")[1].get(timeout=30)
    assert (kind, data["http_status"]) == ("error", 500)
    assert "by hand" in data["message"]


def test_hanging_up_stops_the_engine(lane: Lane) -> None:
    handle, events = lane.call("endless", marks=str(lane.marks))
    lane.until("began")
    handle.cancel()
    handle.cancel()
    lane.until("stopped")
    assert events.empty()


def test_a_call_survives_one_death_of_the_process(lane: Lane) -> None:
    _, events = lane.call("die", marks=str(lane.marks), times=1)
    assert events.get(timeout=30) == ("done", {"alive": True})


def test_a_call_that_kills_twice_is_told_so(lane: Lane) -> None:
    _, events = lane.call("die", marks=str(lane.marks), times=9)
    assert events.get(timeout=30)[1]["code"] == "unavailable"
    assert len((lane.marks / "deaths").read_text()) == 2


def test_an_answer_that_has_begun_is_not_repeated(lane: Lane) -> None:
    _, events = lane.call("die", marks=str(lane.marks), times=9, after_a_piece=True)
    assert [events.get(timeout=30)[0] for _ in range(2)] == ["piece", "error"]
    assert len((lane.marks / "deaths").read_text()) == 1


def test_a_killer_among_many_is_found_and_harms_nobody(lane: Lane) -> None:
    others = [lane.submit("test.lend", seconds=0.3) for _ in range(3)]
    bomb = lane.submit("test.lend_and_die", seconds=0.1)
    assert lane.wait(bomb).state == QUARANTINED
    assert [lane.wait(job_id).state for job_id in others] == [SUCCEEDED] * 3


def test_what_does_not_stop_is_killed_and_the_others_go_on(lane: Lane) -> None:
    deaf = lane.submit("test.deaf_lend")
    lane.until("deaf")
    other = lane.submit("test.lend", seconds=0.1)
    lane.queue.cancel(deaf)
    assert lane.wait(deaf).state == CANCELLED
    assert lane.wait(other).state == SUCCEEDED


def test_a_restart_charges_nobody(lane: Lane) -> None:
    job_id = lane.submit("test.lend", seconds=0.5)
    lane.until(job_id)
    lane.supervisor.restart("gpu")
    job = lane.wait(job_id)
    assert (job.state, job.attempt) == (SUCCEEDED, 2)


def test_a_lane_that_cannot_start_says_so(desk: Desk, tmp_path: Path) -> None:
    spec = LaneSpec(workers=1, target="tests.jobs.no_such_module:build", on_demand=True)
    supervisor = Supervisor(desk, {"gpu": spec}, tmp_path / "logs")
    supervisor.start()
    try:
        events: Events = queue.Queue()
        supervisor.call("gpu", Call(service="words", model="m", request={}), lambda kind, data: events.put((kind, data)))
        kind, data = events.get(timeout=30)
        assert kind == "error"
        assert "does not start" in data["message"]
    finally:
        supervisor.close()


def test_a_broken_listener_of_notices_breaks_nothing(desk: Desk, tmp_path: Path) -> None:
    def stumble(verb: str, data: Any) -> None:
        raise StudioError("no")

    supervisor = Supervisor(
        desk, {"gpu": LaneSpec(workers=1, target="tests.jobs.lenders:build", on_demand=True)}, tmp_path, on_notice=stumble
    )
    supervisor.start()
    try:
        events: Events = queue.Queue()
        supervisor.call("gpu", Call(service="words", model="m", request={"text": "x"}), lambda kind, data: events.put((kind, data)))
        assert events.get(timeout=30) == ("piece", {"text": "x"})
    finally:
        supervisor.close()

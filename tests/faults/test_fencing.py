"""An attempt that no longer holds its job can change nothing, however late and however real its writes are."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from app.studio import Studio
from configs.settings import Settings
from jobs.context import LeaseLost
from jobs.desk import Desk
from jobs.events import EventBus
from jobs.queue import JobQueue
from storage.artifacts import ArtifactStore
from storage.blobs import BlobStore
from storage.database import Database
from storage.ids import new_id
from storage.jobs import NewJob
from storage.records import QUARANTINED, QUEUED, RUNNING, SUCCEEDED, Job
from tests.jobs import handlers


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    settings = Settings(data_dir=tmp_path / "data", cpu_workers=2)
    with Studio.open(settings, capabilities=handlers.TABLE, worker_target="tests.jobs.handlers:build") as opened:
        yield opened


def wait_published(studio: Studio, job_id: str, key: str) -> None:
    """Until the job has published under the key."""
    with studio.events.subscribe(job_id) as listener:
        while key not in studio.job(job_id).published:
            assert listener.get(30) is not None


def worker_of(studio: Studio, job_id: str) -> psutil.Process:
    """The process that runs the job."""
    return psutil.Process(next(w["pid"] for w in studio.status()["workers"] if w["job_id"] == job_id))


def test_a_stopped_worker_that_wakes_up_late_is_refused_and_goes_on_to_other_work(studio: Studio, tmp_path: Path) -> None:
    job_id = studio.submit("test.steps", {"steps": 3, "seconds": 0.2, "marks": str(tmp_path)}).job.id
    wait_published(studio, job_id, "unit/0")
    stale = worker_of(studio, job_id)
    stale.send_signal(signal.SIGSTOP)
    assert studio._queue.give_back(job_id, 1, charge=False) == QUEUED  # the studio gives up on it; the other worker takes over
    with studio.events.subscribe(job_id) as listener:
        while studio.job(job_id).job.attempt < 2:
            assert listener.get(30) is not None
    stale.send_signal(signal.SIGCONT)  # now it reports over its own, still open pipe
    detail = studio.wait(job_id, 30)
    assert (detail.job.state, detail.job.attempt) == (SUCCEEDED, 2)
    assert detail.result == {"values": [0, 1, 4]}
    assert [a.name for a in detail.artifacts] == ["out/0.txt", "out/1.txt", "out/2.txt"]
    with studio._database.read() as connection:
        kept = connection.exec_driver_sql("SELECT name, attempt FROM steps ORDER BY name").all()
    assert [tuple(row) for row in kept] == [("unit-0", 1), ("unit-1", 2), ("unit-2", 2)]
    other = [studio.submit("test.nothing", {"text": str(n)}).job.id for n in range(6)]
    assert [studio.wait(i, 30).job.state for i in other] == [SUCCEEDED] * 6
    assert stale.is_running()
    assert list((studio.settings.blobs / "incoming").iterdir()) == []


def test_a_stopped_worker_is_killed_by_a_cancel_and_charged_to_nobody(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data", cpu_workers=1, cancel_grace_s=0.2)
    with Studio.open(settings, capabilities=handlers.TABLE, worker_target="tests.jobs.handlers:build") as studio:
        job_id = studio.submit("test.steps", {"steps": 3, "seconds": 0.2, "marks": str(tmp_path)}).job.id
        wait_published(studio, job_id, "unit/0")
        stopped = worker_of(studio, job_id)
        stopped.send_signal(signal.SIGSTOP)
        studio.cancel(job_id)
        assert studio.wait(job_id, 30).job.state == "cancelled"
        stopped.wait(10)
        studio.retry(job_id)
        detail = studio.wait(job_id, 30)
        assert (detail.job.state, detail.job.attempt) == (SUCCEEDED, 2)
        assert studio.status()["worker_deaths"]["cpu"] == 0


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    database = Database(f"sqlite:///{tmp_path / 'studio.db'}")
    database.open()
    yield Desk(JobQueue(database, EventBus()), ArtifactStore(database, BlobStore(tmp_path / "blobs")), tmp_path / "work")
    database.close()


def claimed_twice(desk: Desk) -> Job:
    """A job in its second attempt."""
    queue = desk.queue
    new = NewJob(id=new_id("j-"), capability="test.nothing", title="T", lane="cpu", engine="e", request={}, project_id="default")
    queue.submit(new)
    for _ in range(2):
        job = queue.claim("cpu")
        assert job is not None
        if job.attempt == 1:
            queue.give_back(job.id, 1, charge=False)
    return job


def staged(desk: Desk) -> dict[str, Any]:
    """The fields of a save, with its file really staged."""
    file = desk.artifacts.blobs.stage()
    file.write(b"late")
    sha256 = file.finish()
    return {
        "name": "late.txt", "kind": "data", "role": "result", "media_type": None, "meta": {}, "inputs": [], "thumbnail": True,
        "staged": str(file.path), "sha256": sha256, "size_bytes": 4,
    }  # fmt: skip


REPORTS: dict[str, Callable[[Desk], dict[str, Any]]] = {
    "step": lambda _: {"name": "late", "value": 1},
    "checkpoint": lambda _: {"state": 1},
    "publish": lambda _: {"key": "late", "value": 1},
    "save": staged,
}


def everything(desk: Desk) -> list[Any]:
    """All rows that a report could touch."""
    with desk.queue.database.read() as connection:
        tables = ("jobs", "steps", "published", "artifacts")
        return [[tuple(row) for row in connection.exec_driver_sql(f"SELECT * FROM {table}")] for table in tables]


@pytest.mark.parametrize("verb", REPORTS)
@pytest.mark.parametrize("attempt", [0, 1, 3])
def test_every_write_of_a_stale_attempt_is_refused_and_leaves_nothing(desk: Desk, verb: str, attempt: int) -> None:
    job = claimed_twice(desk)
    before = everything(desk)
    fields = REPORTS[verb](desk)
    with pytest.raises(LeaseLost, match=f"Attempt {attempt} of job {job.id}"):
        desk.handle(job.id, attempt, verb, fields)
    assert everything(desk) == before
    assert list(desk.artifacts.blobs.root.glob("??/??/*")) == []
    assert list(desk.artifacts.blobs.root.glob("incoming/*")) == []
    desk.handle(job.id, 2, verb, REPORTS[verb](desk))
    assert everything(desk) != before


def test_a_stale_attempt_can_neither_end_nor_move_nor_give_back_the_job(desk: Desk) -> None:
    job = claimed_twice(desk)
    before = everything(desk)
    assert not desk.queue.finish(job.id, 1, SUCCEEDED, result={"values": ["late"]})
    assert desk.queue.give_back(job.id, 1, charge=True) is None
    desk.handle(job.id, 1, "progress", {"fraction": 0.9, "message": "late"})
    assert everything(desk) == before
    assert (desk.queue.find(job.id).state, desk.queue.find(job.id).progress) == (RUNNING, 0.0)
    assert desk.queue.running() == 1


@pytest.mark.parametrize("ended", [SUCCEEDED, "cancelled", QUARANTINED])
@pytest.mark.parametrize("verb", REPORTS)
def test_nobody_writes_into_a_job_that_has_ended(desk: Desk, verb: str, ended: str) -> None:
    job = claimed_twice(desk)
    desk.queue.finish(job.id, 2, ended)
    before = everything(desk)
    fields = REPORTS[verb](desk)
    with pytest.raises(LeaseLost):
        desk.handle(job.id, 2, verb, fields)
    assert everything(desk) == before


def test_a_lease_lost_between_the_copy_and_the_commit_is_noticed_in_the_transaction(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    job = claimed_twice(desk)
    real = JobQueue.find

    def find(self: JobQueue, job_id: str) -> Job:
        found = real(self, job_id)
        with monkeypatch.context() as patch:  # between reading the job and writing the row another attempt takes over
            patch.setattr(JobQueue, "find", real)
            self.give_back(job_id, 2, charge=False)
        return found

    fields = staged(desk)
    monkeypatch.setattr(JobQueue, "find", find)
    with pytest.raises(LeaseLost):
        desk.handle(job.id, 2, "save", fields)
    assert desk.artifacts.of_job(job.id) == ()
    assert list(desk.artifacts.blobs.root.glob("??/??/*")) == []

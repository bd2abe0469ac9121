"""Deaths, full disks and odd text leave no file behind, lose no ending and stop no worker's reader."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.studio import Studio
from configs.errors import StudioError, Unavailable
from jobs.attempt import error_of, staging_owner
from jobs.desk import Desk
from jobs.order import Outcome
from jobs.queue import JobQueue
from storage import jobs as rows
from storage.ids import new_id
from storage.jobs import NewJob
from storage.records import FAILED, QUEUED, SUCCEEDED


def new_job() -> NewJob:
    """A job for the queue."""
    return NewJob(id=new_id("j-"), capability="test.nothing", title="T", lane="cpu", engine="e", request={}, project_id="default")


def test_a_dead_attempts_files_are_cleared_away_and_nobody_elses(desk: Desk) -> None:
    blobs = desk.artifacts.blobs
    dead, other = blobs.stage(staging_owner("j-1", 1)), blobs.stage(staging_owner("j-1", 11))
    work = desk.work_root / "j-1-1"
    work.mkdir(parents=True)
    (work / "half.mp4").write_bytes(b"half")
    desk.clear_away("j-1", 1)
    assert not work.exists()
    assert list(blobs.incoming.iterdir()) == [other.path]
    dead.discard()
    other.discard()


def test_a_worker_killed_in_mid_job_leaves_no_work_folder_while_the_studio_lives(studio: Studio, tmp_path: Path) -> None:
    detail = studio.wait(studio.submit("test.suicide", {"marks": str(tmp_path)}).job.id, 30)
    assert detail.job.state == "quarantined"
    assert list((studio.settings.data_dir / "work").iterdir()) == []


def test_a_given_back_job_is_written_once_the_store_takes_it(
    open_studio: Callable[..., Studio], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    refusals = [Unavailable("The disk is full.", "Free some space.")] * 2
    real = JobQueue.give_back

    def full(self: JobQueue, *arguments: Any, **options: Any) -> str | None:
        if refusals:
            raise refusals.pop()
        return real(self, *arguments, **options)

    monkeypatch.setattr(JobQueue, "give_back", full)
    monkeypatch.setattr("jobs.supervisor.STORE_RETRY_S", 0.01)
    studio = open_studio(cpu_workers=1)
    detail = studio.wait(studio.submit("test.suicide", {"marks": str(tmp_path)}).job.id, 30)
    assert refusals == []
    assert (detail.job.state, detail.job.attempt) == ("quarantined", 2)
    assert studio.wait(studio.submit("test.nothing", {}).job.id, 30).job.state == SUCCEEDED


def test_text_that_is_no_text_ends_the_job_like_any_other(studio: Studio) -> None:
    detail = studio.wait(studio.submit("test.undecodable", {}).job.id, 30)
    assert detail.job.state == FAILED
    assert detail.job.error is not None
    assert "half ?.mp4" in detail.job.error["message"]
    assert any("half ?.mp4" in line for line in detail.log)
    assert detail.published == {"name": "half ?.mp4"}
    assert studio.wait(studio.submit("test.nothing", {}).job.id, 30).job.state == SUCCEEDED
    assert studio.counts()[QUEUED] == 0


def test_numbers_that_are_none_become_null(studio: Studio) -> None:
    detail = studio.wait(studio.submit("test.nan", {}).job.id, 30)
    assert detail.result == {"values": [None, 1.5]}
    assert detail.published == {"worst": None}


def test_a_handler_that_leaves_by_sys_exit_fails_and_its_worker_works_on(studio: Studio) -> None:
    detail = studio.wait(studio.submit("test.exit", {}).job.id, 30)
    assert detail.job.state == FAILED
    assert detail.job.error is not None
    assert "SystemExit: usage: see the manual" in detail.job.error["message"]
    assert studio.wait(studio.submit("test.nothing", {}).job.id, 30).job.state == SUCCEEDED


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_under_a_handler_is_said_in_plain_words(number: int) -> None:
    error = error_of(OSError(number, "No space left on device"))
    assert error["code"] == "disk_full"
    assert "full" in error["message"]
    assert error["remedy"]
    assert error_of(OSError(errno.EIO, "broken"))["code"] == "crashed"


@pytest.mark.parametrize(
    ("refusal", "state"), [(Unavailable("Full.", "Free some."), SUCCEEDED), (StudioError("Too large.", "No."), FAILED)]
)
def test_an_ending_is_tried_again_while_the_store_cannot_take_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, refusal: StudioError, state: str
) -> None:
    monkeypatch.setattr("jobs.desk.STORE_RETRY_S", 0.001)
    job = desk.queue.submit(new_job())
    desk.queue.claim("cpu")
    refusals = [refusal]
    real = JobQueue.finish

    def finish(self: JobQueue, *arguments: Any, **options: Any) -> bool:
        if refusals:
            raise refusals.pop()
        return real(self, *arguments, **options)

    monkeypatch.setattr(JobQueue, "finish", finish)
    desk.end(job.id, 1, Outcome(state=SUCCEEDED, result={"values": [1]}, log=("said once",)), lambda: False)
    assert desk.queue.find(job.id).state == state
    with desk.queue.database.read() as connection:
        assert rows.log_of(connection, job.id) == ("said once",)


def test_a_closing_studio_does_not_insist(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    job = desk.queue.submit(new_job())
    desk.queue.claim("cpu")
    monkeypatch.setattr(JobQueue, "finish", lambda *_, **__: (_ for _ in ()).throw(Unavailable("Closing.", "")))
    desk.end(job.id, 1, Outcome(state=SUCCEEDED), lambda: True)
    assert desk.queue.find(job.id).state == "running"

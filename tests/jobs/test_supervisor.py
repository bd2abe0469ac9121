"""Real worker processes: they run, die, hang, print, and are cleared away."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from app.studio import JobDetail, Studio
from configs.settings import Settings
from storage.records import CANCELLED, FAILED, QUARANTINED, QUEUED, RUNNING, SUCCEEDED
from tests.jobs import handlers


def run(studio: Studio, name: str, **request: Any) -> JobDetail:
    return studio.wait(studio.submit(name, request).job.id, 30)


def wait_until_running(studio: Studio, job_id: str) -> None:
    with studio.events.subscribe(job_id) as listener:
        while studio.job(job_id).job.state == QUEUED:
            listener.get(10)


def wait_for_published(studio: Studio, job_id: str, key: str) -> Any:
    with studio.events.subscribe(job_id) as listener:
        while key not in studio.job(job_id).published:
            assert listener.get(20) is not None, "nothing was published in time"
    return studio.job(job_id).published[key]


def test_a_job_runs_to_its_end(studio: Studio) -> None:
    detail = run(studio, "test.steps", steps=3)
    assert (detail.job.state, detail.result) == (SUCCEEDED, {"values": [0, 1, 4]})
    assert [a.name for a in detail.artifacts] == ["out/0.txt", "out/1.txt", "out/2.txt"]
    assert detail.published == {"unit/0": 0, "unit/1": 1, "unit/2": 4}
    assert list((studio.settings.data_dir / "work").iterdir()) == []


def test_printing_does_not_break_the_pipe(studio: Studio) -> None:
    job_id = studio.submit("test.noisy", {}).job.id
    with studio.events.subscribe(job_id) as listener:
        detail = studio.wait(job_id, 30)
        emitted = [e.data for e in listener.drain() if e.kind == "emit"]
    assert detail.job.state == SUCCEEDED
    assert detail.log == ("one", "two")
    assert emitted in ([{"kind": "token", "data": {"text": "hello"}}], [])  # it may have been sent before we listened


def test_a_failure_is_told_in_words(studio: Studio) -> None:
    detail = run(studio, "test.fail", text="the answer")
    assert detail.job.state == FAILED
    assert detail.job.error is not None
    assert "the answer" in detail.job.error["message"]
    assert detail.log[0] == "about to fail"
    assert any("Traceback" in line for line in detail.log)


def test_a_job_that_kills_its_worker_is_quarantined_and_nobody_else_suffers(studio: Studio, tmp_path: Path) -> None:
    bystanders = [studio.submit("test.steps", {"steps": 2, "seconds": 0.02}).job.id for _ in range(4)]
    detail = run(studio, "test.suicide", marks=str(tmp_path))
    assert detail.job.state == QUARANTINED
    assert detail.job.attempt == 2
    assert any("died" in line for line in detail.log)
    assert [studio.wait(i, 30).job.state for i in bystanders] == [SUCCEEDED] * 4
    assert run(studio, "test.nothing").job.state == SUCCEEDED
    assert studio.status()["worker_deaths"]["cpu"] == 2


def test_a_killed_worker_costs_one_unit(studio: Studio, tmp_path: Path) -> None:
    job_id = studio.submit("test.steps", {"steps": 6, "seconds": 0.05, "marks": str(tmp_path)}).job.id
    wait_for_published(studio, job_id, "unit/2")
    for worker in studio.status()["workers"]:
        if worker["job_id"] == job_id:
            os.kill(worker["pid"], signal.SIGKILL)
    detail = studio.wait(job_id, 30)
    assert (detail.job.state, detail.job.attempt, detail.result) == (SUCCEEDED, 2, {"values": [0, 1, 4, 9, 16, 25]})
    done = sum(len(path.read_text().splitlines()) for path in tmp_path.iterdir() if path.name.startswith(job_id))
    assert 6 <= done <= 7
    assert len(detail.artifacts) == 6


def test_cancelling_stops_a_running_job(studio: Studio) -> None:
    job_id = studio.submit("test.patient", {"seconds": 60}).job.id
    wait_until_running(studio, job_id)
    studio.cancel(job_id)
    assert studio.wait(job_id, 30).job.state == CANCELLED
    assert studio.status()["worker_deaths"]["cpu"] == 0


def test_a_job_that_does_not_listen_is_killed_and_its_neighbour_is_not(studio: Studio, tmp_path: Path) -> None:
    deaf = studio.submit("test.deaf", {"seconds": 60, "marks": str(tmp_path)}).job.id
    neighbour = studio.submit("test.patient", {"seconds": 1}).job.id
    wait_until_running(studio, deaf)
    wait_until_running(studio, neighbour)
    studio.cancel(deaf)
    assert studio.wait(deaf, 30).job.state == CANCELLED
    detail = studio.wait(neighbour, 30)
    assert (detail.job.state, detail.job.attempt) == (SUCCEEDED, 1)


@pytest.mark.parametrize("how", ["cancel", "kill", "close"])
def test_what_a_worker_started_dies_with_it(open_studio: Callable[..., Studio], how: str) -> None:
    studio = open_studio()
    job_id = studio.submit("test.child_process", {}).job.id
    child = psutil.Process(wait_for_published(studio, job_id, "pid"))
    if how == "cancel":
        studio.cancel(job_id)
    elif how == "kill":
        os.kill(next(w["pid"] for w in studio.status()["workers"] if w["job_id"] == job_id), signal.SIGKILL)
    else:
        studio.close()
    psutil.wait_procs([child], timeout=10)
    assert not child.is_running()


def test_an_orderly_end_puts_back_what_ran(open_studio: Callable[..., Studio]) -> None:
    studio = open_studio()
    job_id = studio.submit("test.checkpoint", {"steps": 3, "seconds": 0.3}).job.id
    wait_until_running(studio, job_id)
    studio.close()
    detail = open_studio().wait(job_id, 30)
    assert (detail.job.state, detail.job.attempt) == (SUCCEEDED, 2)


def test_workers_that_do_not_start_are_reported_and_the_job_waits(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data", cpu_workers=1)
    with Studio.open(settings, capabilities=handlers.TABLE, worker_target="no.such.module:build") as studio:
        job_id = studio.submit("test.nothing", {}).job.id
        with studio.events.subscribe() as listener:
            while not studio.status()["trouble"]:
                listener.get(0.05)
        assert "No module named 'no'" in studio.status()["trouble"]["cpu"]
        assert studio.job(job_id).job.state == QUEUED


def test_a_job_whose_media_has_gone_fails_in_words(open_studio: Callable[..., Studio], tmp_path: Path) -> None:
    from tests.app.clip import register_clip

    studio = open_studio()
    clip = tmp_path / "clip.mp4"
    artifact = register_clip(studio, clip)
    busy = [studio.submit("test.patient", {"seconds": 0.5}).job.id for _ in range(2)]
    job_id = studio.submit("test.read", {"clip": artifact.id}).job.id
    clip.unlink()
    detail = studio.wait(job_id, 30)
    assert detail.job.state == FAILED
    assert detail.job.error is not None
    assert "no longer" in detail.job.error["message"]
    assert all(studio.wait(i, 30).job.state == SUCCEEDED for i in busy)


def test_states_are_seen_from_outside(studio: Studio) -> None:
    job_id = studio.submit("test.patient", {"seconds": 60}).job.id
    with studio.events.subscribe(job_id) as listener:
        while studio.job(job_id).job.message != "working":
            listener.get(10)
    job = studio.job(job_id).job
    assert (job.state, job.attempt, job.progress) == (RUNNING, 1, 0.5)
    assert any(w["state"] == "busy" and w["job_id"] == job_id for w in studio.status()["workers"])
    studio.cancel(job_id)

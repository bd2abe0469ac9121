"""A job that kills its own worker is quarantined after two tries; those beside it never notice."""

from __future__ import annotations

from pathlib import Path

from tests.faults import poison
from tests.faults.studio_process import StudioProcess


def test_ten_poisonous_jobs_are_quarantined_and_every_bystander_finishes(tmp_path: Path) -> None:
    figures = poison.run(trials=10, folder=tmp_path / "poison")
    assert figures["problems"] == []
    assert figures["right"] == 10


def test_one_worker_alone_survives_poison_too(tmp_path: Path) -> None:
    figures = poison.run(trials=2, folder=tmp_path / "poison", workers=1)
    assert figures["problems"] == []


def test_a_quarantined_job_says_why_and_can_be_retried(tmp_path: Path) -> None:
    with StudioProcess(tmp_path / "data", workers=1) as studio:
        studio.ready()
        job = studio.wait(studio.submit("test.suicide", marks=str(tmp_path)))
        assert "died 2 times in a row" in job["error"]["message"]
        assert "Retry" in job["error"]["remedy"]
        assert sum("died (exit status -9)" in line for line in job["log"]) == 2
        studio.ask("retry", job=job["id"])
        again = studio.wait(job["id"])
        assert (again["state"], again["attempt"]) == ("quarantined", 4)
        studio.close()


def test_deaths_apart_with_progress_between_them_quarantine_nobody(tmp_path: Path) -> None:
    """Four kills of the worker, each after another finished step: the job goes on where it was."""
    with StudioProcess(tmp_path / "data", workers=1) as studio:
        studio.ready()
        job_id = studio.submit("test.steps", steps=6, seconds=0.3, marks=str(tmp_path))
        for number in range(4):
            studio.wait_published(job_id, f"unit/{number}")
            studio.worker_of(job_id).kill()
        job = studio.wait(job_id)
        assert job["state"] == "succeeded"
        assert job["attempt"] == 5
        assert job["artifacts"] == [f"out/{n}.txt" for n in range(6)]
        executions = [len((tmp_path / f"{job_id}-{n}").read_text().splitlines()) for n in range(6)]
        assert sum(executions) - 6 <= 4
        studio.close()

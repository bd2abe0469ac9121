"""Deaf jobs, and jobs that were running whenever the studio died."""

from __future__ import annotations

from pathlib import Path

from tests.faults.studio_process import StudioProcess


def test_a_deaf_job_is_killed_after_the_grace_and_its_neighbour_is_not_touched(tmp_path: Path) -> None:
    with StudioProcess(tmp_path / "data", workers=2, grace_s=0.3) as studio:
        studio.ready()
        deaf = studio.submit("test.deaf", seconds=600, marks=str(tmp_path))
        neighbour = studio.submit("test.gate", marks=str(tmp_path))
        studio.wait_for_state(deaf, "running")
        studio.wait_for_state(neighbour, "running")
        untouched = studio.worker_of(neighbour)
        studio.ask("cancel", job=deaf)
        job = studio.wait(deaf)
        assert (job["state"], job["attempt"], job["error"]) == ("cancelled", 1, None)
        (tmp_path / "open").touch()
        job = studio.wait(neighbour)
        assert (job["state"], job["attempt"]) == ("succeeded", 1)
        assert untouched.is_running()
        status = studio.ask("status")
        assert status["worker_deaths"]["cpu"] == 0  # our own kill charges nobody
        assert studio.wait(studio.submit("test.nothing"))["state"] == "succeeded"
        assert studio.close() == 0
        assert studio.strays() == []


def test_a_job_in_three_deaths_of_the_studio_runs_last_and_alone(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with StudioProcess(data) as studio:
        studio.ready()
        suspect = studio.submit("test.gate", marks=str(tmp_path))
        studio.wait_for_state(suspect, "running")
        studio.kill()
    for _ in range(2):
        with StudioProcess(data) as studio:
            studio.ready()
            studio.wait_for_state(suspect, "running")
            studio.kill()
    with StudioProcess(data) as studio:
        studio.ready()
        bystanders = [studio.submit("test.steps", steps=2, seconds=0.05) for _ in range(6)]
        ended = [studio.wait(i) for i in bystanders]
        assert [job["state"] for job in ended] == ["succeeded"] * 6
        studio.wait_for_state(suspect, "running")
        assert studio.worker_of(suspect).is_running()
        late = studio.submit("test.nothing", text="late")
        with_company = studio.ask("settle", timeout_s=0.5)  # a second worker is free, yet nothing runs beside it
        assert (with_company["running"], with_company["queued"]) == (1, 1)
        (tmp_path / "open").touch()
        job = studio.wait(suspect)
        assert (job["state"], job["attempt"]) == ("succeeded", 4)
        assert job["started_at"] >= max(other["finished_at"] for other in ended)
        assert studio.wait(late)["started_at"] >= job["finished_at"]
        assert studio.close() == 0


def test_a_job_that_makes_headway_between_deaths_is_not_suspected(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with StudioProcess(data, workers=1) as studio:
        studio.ready()
        job_id = studio.submit("test.steps", steps=6, seconds=0.3, marks=str(tmp_path))
        studio.wait_published(job_id, "unit/0")
        studio.kill()
    for number in (1, 2, 3):
        with StudioProcess(data, workers=1) as studio:
            studio.ready()
            studio.wait_published(job_id, f"unit/{number}")
            studio.kill()
    with StudioProcess(data, workers=1) as studio:
        studio.ready()
        behind = studio.submit("test.nothing")
        job = studio.wait(job_id)
        assert (job["state"], job["attempt"]) == ("succeeded", 5)
        assert studio.wait(behind)["started_at"] >= job["finished_at"]  # it kept its place in the queue
        executions = [len((tmp_path / f"{job_id}-{n}").read_text().splitlines()) for n in range(6)]
        assert sum(executions) - 6 <= 4
        assert studio.close() == 0

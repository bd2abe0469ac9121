"""Workers that hang or cannot be made while starting are given up, reported and tried again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.studio import Studio
from configs.settings import Settings
from jobs import supervisor
from jobs.process import WorkerProcess
from storage.records import QUEUED, SUCCEEDED
from tests.jobs import handlers


def test_a_worker_that_hangs_while_starting_is_killed_and_the_next_is_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "START_LIMIT_S", 0.3)
    monkeypatch.setattr(supervisor, "LONGEST_PAUSE_S", 0.0)
    settings = Settings(data_dir=tmp_path / "data", cpu_workers=1)
    with Studio.open(settings, capabilities=handlers.TABLE, worker_target="tests.jobs.handlers:build_slowly") as studio:
        job_id = studio.submit("test.nothing", {}).job.id

        def wait_for_deaths(number: int) -> None:
            with studio.events.subscribe() as listener:
                while studio.status()["worker_deaths"]["cpu"] < number and studio.job(job_id).job.state == QUEUED:
                    listener.get(0.05)

        wait_for_deaths(2)
        assert "does not start" in studio.status()["trouble"]["cpu"]
        lane = studio._supervisor.lanes["cpu"]
        lane.spec = replace(lane.spec, target="tests.jobs.handlers:build")
        wait_for_deaths(5)  # by then the last of the slow ones is gone
        monkeypatch.setattr(supervisor, "START_LIMIT_S", 60.0)
        assert studio.wait(job_id, 30).job.state == SUCCEEDED
        assert studio.status()["trouble"] == {}


def test_a_process_that_cannot_be_made_is_tried_again(open_studio: Callable[..., Studio], monkeypatch: pytest.MonkeyPatch) -> None:
    refusals = [OSError(11, "Resource temporarily unavailable")] * 2
    real = WorkerProcess.__init__

    def refuse(self: WorkerProcess, *arguments: Any) -> None:
        if refusals:
            raise refusals.pop()
        real(self, *arguments)

    monkeypatch.setattr(WorkerProcess, "__init__", refuse)
    monkeypatch.setattr(supervisor, "LONGEST_PAUSE_S", 0.01)
    studio = open_studio(cpu_workers=1)
    assert studio.wait(studio.submit("test.nothing", {}).job.id, 30).job.state == SUCCEEDED
    assert refusals == []

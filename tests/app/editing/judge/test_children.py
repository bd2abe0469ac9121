"""Children of a job that is tried again."""

from __future__ import annotations

from typing import Any

import pytest

from app.editing.judge.children import child
from configs.errors import StudioError


class Job:
    """Children whose keys are in ``fails`` fail."""

    def __init__(self, attempt: int, *fails: str) -> None:
        self.attempt, self._fails = attempt, fails
        self.asked: list[str] = []

    def run(self, key: str, capability: str, request: Any) -> str:
        self.asked.append(key)
        if key in self._fails:
            raise StudioError(f"{key} failed.")
        return key


def ran(job: Any) -> Any:
    return child(job, "film", "video.edit", {})


def test_a_child_runs_once_under_its_key() -> None:
    job = Job(2)
    assert ran(job) == "film"
    assert job.asked == ["film"]


def test_its_failure_is_ours_at_first_and_tried_again_later() -> None:
    with pytest.raises(StudioError):
        ran(Job(1, "film"))
    assert ran(Job(3, "film")) == "film-3"
    with pytest.raises(StudioError, match="film-3 failed"):
        ran(Job(3, "film", "film-3"))

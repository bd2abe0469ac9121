"""The sampler's state in the job."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.imaging.resume import VERSION, Kept
from tests.app.imaging.easel import EaselJob


@pytest.fixture
def job(tmp_path: Path) -> Any:
    return EaselJob(tmp_path)


def test_a_kept_state_is_found_by_the_next_attempt(job: Any) -> None:
    first = Kept(job, "0-0")
    assert (first.state, first.step) == (None, 0)
    first.keep(bytes(range(256)) * 40, 15)
    again = Kept(job, "0-0")
    assert (again.state, again.step) == (bytes(range(256)) * 40, 15)


def test_the_same_process_goes_on_from_the_newest(job: Any) -> None:
    kept = Kept(job, "0-0")
    kept.keep(b"five", 5)
    kept.keep(b"ten", 10)
    assert (kept.state, kept.step) == (b"ten", 10)


def test_another_pictures_state_is_passed_over(job: Any) -> None:
    Kept(job, "0-0").keep(b"x", 5)
    assert Kept(job, "1-0").state is None
    assert Kept(job, "0-1").state is None


@pytest.mark.parametrize(
    "saved",
    [
        None, [], "text", {"version": VERSION + 1, "picture": "0-0"}, {"version": VERSION, "picture": "0-0", "step": 5, "state": "?"},
        {"version": VERSION, "picture": "0-0"}, {"version": VERSION, "picture": "0-0", "step": "x", "state": "AAAA"},
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_as_nothing(job: Any, saved: Any) -> None:
    job.saved = saved
    assert Kept(job, "0-0").state is None

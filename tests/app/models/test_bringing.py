"""A file is brought by a second name, or by copying where that is not possible."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from app.models.bringing import bring
from configs.errors import Unavailable
from jobs.context import JobCancelled
from tests.app.models.shelf import Shelf, card


def other_disk(*_: Any) -> None:
    raise OSError(18, "Invalid cross-device link")


@pytest.fixture
def job(tmp_path: Path) -> Any:
    return Shelf(tmp_path / "data", card()).job


@pytest.fixture
def given(tmp_path: Path) -> Path:
    path = tmp_path / "given.bin"
    path.write_bytes(bytes(range(256)) * 40)
    return path


def test_on_one_disk_it_is_a_second_name(given: Path, tmp_path: Path, job: Any) -> None:
    target = tmp_path / "deep" / "target.bin"
    assert bring(given, target, "given", 0, job) == 10_240
    assert os.path.samefile(given, target)


def test_a_link_is_followed(given: Path, tmp_path: Path, job: Any) -> None:
    (tmp_path / "link").symlink_to(given)
    bring(tmp_path / "link", tmp_path / "target", "given", 0, job)
    assert not (tmp_path / "target").is_symlink()
    assert os.path.samefile(given, tmp_path / "target")


def test_across_disks_it_is_copied(given: Path, tmp_path: Path, job: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "link", other_disk)
    bring(given, tmp_path / "target", "given", 0, job)
    assert not os.path.samefile(given, tmp_path / "target")
    assert (tmp_path / "target").read_bytes() == given.read_bytes()


def test_no_room_is_said_before_copying(given: Path, tmp_path: Path, job: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "link", other_disk)
    with pytest.raises(Unavailable):
        bring(given, tmp_path / "target", "given", 1 << 60, job)
    assert not (tmp_path / "target").exists()


def test_copying_stops_when_it_should(given: Path, tmp_path: Path, job: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "link", other_disk)
    job.cancelled = True
    with pytest.raises(JobCancelled):
        bring(given, tmp_path / "target", "given", 0, job)

"""A queue on a database of its own, and a studio with the test capabilities."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.studio import Studio
from configs.settings import Settings
from jobs.desk import Desk
from jobs.events import EventBus
from jobs.queue import JobQueue
from storage.artifacts import ArtifactStore
from storage.blobs import BlobStore
from storage.database import Database
from storage.ids import new_id
from storage.jobs import NewJob
from tests.jobs import handlers


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'studio.db'}")
    database.open()
    yield database
    database.close()


@pytest.fixture
def queue(database: Database) -> JobQueue:
    return JobQueue(database, EventBus())


@pytest.fixture
def desk(queue: JobQueue, tmp_path: Path) -> Desk:
    return Desk(queue, ArtifactStore(queue.database, BlobStore(tmp_path / "blobs")), tmp_path / "work")


def new_job(**more: Any) -> NewJob:
    """A job for the queue's own tests."""
    fields: dict[str, Any] = {
        "capability": "test.nothing",
        "title": "T",
        "lane": "cpu",
        "engine": "e",
        "request": {},
        "project_id": "default",
    }
    return NewJob(id=new_id("j-"), **{**fields, **more})


@pytest.fixture
def open_studio(tmp_path: Path) -> Iterator[Callable[..., Studio]]:
    """Opens studios with the test capabilities; closes them all at the end."""
    opened: list[Studio] = []

    def open_one(**settings: Any) -> Studio:
        options = {"data_dir": tmp_path / "data", "cpu_workers": 2, "cancel_grace_s": 0.3, **settings}
        opened.append(Studio.open(Settings(**options), capabilities=handlers.TABLE, worker_target="tests.jobs.handlers:build"))
        return opened[-1]

    yield open_one
    for studio in opened:
        studio.close()


@pytest.fixture
def studio(open_studio: Callable[..., Studio]) -> Studio:
    return open_studio()

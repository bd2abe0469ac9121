"""The worker's loop, driven over a pipe without a process."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jobs.order import Order
from jobs.pipe import Pipe
from jobs.services import Workshop
from jobs.worker import STALE, Worker
from tests.jobs import handlers


class Desk:
    """The studio's end of the pipe."""

    def __init__(self, tmp_path: Path) -> None:
        worker_reads, we_write = os.pipe()
        we_read, worker_writes = os.pipe()
        self.pipe = Pipe(os.fdopen(we_read, "rb"), os.fdopen(we_write, "wb"))
        self.worker = Worker(Workshop(handlers.build()), Pipe(os.fdopen(worker_reads, "rb"), os.fdopen(worker_writes, "wb")))
        self.thread = threading.Thread(target=self.worker.serve)
        self.thread.start()
        self.messages = iter(self.pipe)
        self.tmp_path = tmp_path
        assert next(self.messages)["verb"] == "hello"

    def run(self, capability: str, **request: Any) -> None:
        order = Order(
            job_id="j-1", attempt=3, capability=capability, request=request, project_id="default", work_dir=str(self.tmp_path / "w"),
            blob_dir=str(self.tmp_path / "blobs"),
        )  # fmt: skip
        self.pipe.send({"verb": "run", "order": order.__dict__})

    def answer(self, message: dict[str, Any], **content: Any) -> None:
        self.pipe.send({"verb": "answer", "number": message["number"], **content})

    def until_done(self) -> dict[str, Any]:
        for message in self.messages:
            if message["verb"] == "done":
                return dict(message["outcome"])
            if "number" in message:
                self.answer(message, value=None)
        pytest.fail("the worker went silent")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.pipe.send({"verb": "stop"})
    desk.thread.join(10)
    desk.pipe.close()
    desk.worker.pipe.close()


def test_a_report_waits_for_its_answer_and_carries_the_attempt(desk: Desk) -> None:
    desk.run("test.checkpoint", steps=2)
    first = next(desk.messages)
    assert (first["verb"], first["job_id"], first["attempt"], first["fields"]) == ("checkpoint", "j-1", 3, {"state": 1})
    desk.answer(first, value=None)
    assert desk.until_done()["result"] == {"values": [0, 2]}


def test_a_stale_attempt_ends_without_an_outcome(desk: Desk) -> None:
    desk.run("test.checkpoint", steps=2)
    desk.answer(next(desk.messages), error={"code": STALE, "message": "too late", "remedy": ""})
    assert desk.until_done()["state"] == "lost"


def test_the_studios_error_becomes_the_jobs(desk: Desk) -> None:
    desk.run("test.checkpoint", steps=2)
    desk.answer(next(desk.messages), error={"code": "disk_full", "message": "Full.", "remedy": "Free some."})
    assert desk.until_done()["error"] == {"code": "disk_full", "message": "Full.", "remedy": "Free some."}


def test_cancelling_reaches_the_handler(desk: Desk) -> None:
    desk.run("test.patient", seconds=60)
    desk.pipe.send({"verb": "cancel", "job_id": "j-1"})
    assert desk.until_done()["state"] == "cancelled"


def test_an_artifact_is_staged_before_it_is_reported(desk: Desk) -> None:
    desk.run("test.steps", steps=1)
    step = next(desk.messages)
    desk.answer(step, value=None)
    saving = next(desk.messages)
    assert saving["verb"] == "save"
    assert Path(saving["fields"]["staged"]).read_text() == "j-1 0"
    desk.answer(saving, error={"code": STALE, "message": "too late", "remedy": ""})
    assert desk.until_done()["state"] == "lost"

"""The handle on one worker process."""

from __future__ import annotations

import queue
from pathlib import Path
from typing import Any

from jobs.process import WorkerProcess


def start(tmp_path: Path, target: str) -> tuple[WorkerProcess, queue.Queue[dict[str, Any]]]:
    heard: queue.Queue[dict[str, Any]] = queue.Queue()
    worker = WorkerProcess("cpu", target, tmp_path / "logs" / "cpu-1.log", lambda _, message: heard.put(message))
    return worker, heard


def test_a_worker_says_hello_and_goes_when_told(tmp_path: Path) -> None:
    worker, heard = start(tmp_path, "tests.jobs.handlers:build")
    assert heard.get(timeout=20) == {"verb": "hello", "pid": worker.pid}
    worker.pipe.send({"verb": "stop"})
    assert heard.get(timeout=20) == {"verb": "gone"}
    worker.reap()
    assert (worker.gone, worker.popen.returncode, worker.killed_by_us) == (True, 0, False)


def test_a_worker_goes_when_the_pipe_closes(tmp_path: Path) -> None:
    worker, heard = start(tmp_path, "tests.jobs.handlers:build")
    heard.get(timeout=20)
    assert worker.popen.stdin is not None
    worker.popen.stdin.close()
    assert heard.get(timeout=20) == {"verb": "gone"}
    worker.reap()


def test_killing_is_remembered_as_our_own_doing(tmp_path: Path) -> None:
    worker, heard = start(tmp_path, "tests.jobs.handlers:build")
    heard.get(timeout=20)
    worker.kill()
    assert heard.get(timeout=20) == {"verb": "gone"}
    worker.reap()
    assert worker.killed_by_us


def test_last_words_are_kept(tmp_path: Path) -> None:
    worker, heard = start(tmp_path, "tests.jobs.no_such_module:build")
    assert heard.get(timeout=20) == {"verb": "gone"}
    worker.reap()
    assert "no_such_module" in worker.last_words()[-1]
    assert not worker.ready
    assert not worker.is_idle
    worker.log.unlink()
    assert worker.last_words() == []

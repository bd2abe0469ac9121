"""The studio's handle on one worker process."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from jobs import host
from jobs.pipe import Message, Pipe
from storage.records import Job

ROOT = Path(__file__).resolve().parent.parent
LOG_TAIL_LINES = 20


@dataclass
class Held:
    """A job that a process runs."""

    job: Job
    cancel_sent_at: float | None = None
    has_model: bool = False  # it holds an engine: a suspect when the process dies


class WorkerProcess:
    """One child: its pipe, the jobs it runs, and whether it has said hello or has gone.

    Must be made by a thread that lives as long as the studio: on Linux the child dies with the thread that started it.
    """

    def __init__(self, lane: str, target: str, log: Path, on_message: Callable[[WorkerProcess, Message], None]) -> None:
        self.lane, self.log = lane, log
        self.held: dict[str, Held] = {}
        self.ready = self.gone = self.killed_by_us = self.retired = False
        self.started_at = time.monotonic()
        self._reaped = False
        self._on_message = on_message
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as errors:
            self.popen = subprocess.Popen(
                [sys.executable, "-m", "jobs.worker", target, str(os.getpid()), lane],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, start_new_session=True,
                env=host.worker_environment(lane, ROOT, os.environ), cwd=log.parent,
            )  # fmt: skip
        assert self.popen.stdin is not None
        assert self.popen.stdout is not None
        self.pipe = Pipe(self.popen.stdout, self.popen.stdin)
        self.reader = threading.Thread(target=self._read, name=f"worker-{self.pid}", daemon=True)
        self.reader.start()

    @property
    def pid(self) -> int:
        """The process id; also its process group and session."""
        return self.popen.pid

    @property
    def is_open(self) -> bool:
        """Takes jobs and calls."""
        return self.ready and not self.gone and not self.retired and not self.killed_by_us

    @property
    def is_idle(self) -> bool:
        """Ready, with nothing to do."""
        return self.is_open and not self.held

    def send(self, message: Message) -> bool:
        """Writes to its pipe; False when it has gone."""
        return self.pipe.send(message)

    def kill(self) -> None:
        """Kills the process and everything it started, at our own wish."""
        self.killed_by_us = True
        host.kill_group(self.pid)

    def reap(self) -> None:
        """Clears away a process that has gone: whatever it started, its zombie, its pipe. Once: later its id may be another's."""
        if self._reaped:
            return
        self._reaped = True
        host.kill_group(self.pid)
        self.popen.wait()
        self.pipe.close()

    def last_words(self) -> list[str]:
        """The end of what it wrote to standard error."""
        try:
            return self.log.read_text(errors="replace").splitlines()[-LOG_TAIL_LINES:]
        except OSError:
            return []

    def _read(self) -> None:
        try:
            for message in self.pipe:
                self._on_message(self, message)
        finally:
            self.gone = True
            self._on_message(self, {"verb": "gone"})

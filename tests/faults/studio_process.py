"""A studio in a process of its own that can be killed at any moment, spoken to in JSON lines; and the client's end of it."""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import psutil

from app.studio import Studio
from configs.errors import StudioError
from configs.settings import Settings
from storage.records import LIVE

ROOT = Path(__file__).resolve().parents[2]
MARKER = "STUDY_OF_FAULTS"  # set in the studio's environment, inherited by all it starts: finds strays in /proc


class Gone(Exception):
    """The studio's process died before it answered."""


class StudioProcess:
    """The client's end: starts the process, asks it, kills it. An answer means that the write behind it is on disk.

    With ``real`` it has the studio's own table instead of the tests' small one.
    """

    def __init__(
        self, data_dir: Path, *, workers: int = 2, grace_s: float = 1.0, marker: str = "", wrapper: tuple[str, ...] = (), real: bool = False
    ) -> None:
        self.data_dir, self.marker = data_dir, marker or f"{os.getpid()}-{time.time_ns()}"
        log = data_dir.with_name(f"{data_dir.name}.stderr")
        log.parent.mkdir(parents=True, exist_ok=True)
        module = (sys.executable, "-m", "tests.faults.studio_process")
        command = [*wrapper, *module, str(data_dir), f"--workers={workers}", f"--grace={grace_s}", *(["--real"] if real else [])]
        with log.open("ab") as errors:
            self.popen = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, env={**os.environ, MARKER: self.marker}
            )  # fmt: skip

    @property
    def pid(self) -> int:
        """The process id of the studio."""
        return self.popen.pid

    def ready(self) -> dict[str, Any]:
        """Waits for the first line: ``{"ready": true}``, or the error that kept it from opening."""
        return self._receive()

    def ask(self, verb: str, **fields: Any) -> Any:
        """One question; raises `Gone` when the studio died, `StudioError` when it refused."""
        assert self.popen.stdin is not None
        try:
            self.popen.stdin.write(json.dumps({"verb": verb, **fields}).encode() + b"\n")
            self.popen.stdin.flush()
        except OSError:
            raise Gone from None
        answer = self._receive()
        if "error" in answer:
            raise StudioError(answer["error"]["message"], answer["error"]["remedy"], answer["error"]["code"])
        return answer["value"]

    def submit(self, name: str, **request: Any) -> str:
        """Enqueues and returns the acknowledged id."""
        return str(self.ask("submit", name=name, request=request))

    def wait(self, job_id: str, timeout_s: float = 60.0) -> dict[str, Any]:
        """The job once it has ended; fails when it does not."""
        job = self.ask("wait", job=job_id, timeout_s=timeout_s)
        assert job["state"] not in LIVE, f"{job_id} is still {job['state']} after {timeout_s} s"
        return dict(job)

    def wait_for_state(self, job_id: str, state: str, timeout_s: float = 60.0) -> dict[str, Any]:
        """The job once it is in a state (or in a state after it)."""
        job = dict(self.ask("wait_state", job=job_id, state=state, timeout_s=timeout_s))
        assert job["state"] == state, f"{job_id} is {job['state']} instead of {state}"
        return job

    def wait_published(self, job_id: str, key: str) -> Any:
        """The value that a job publishes under a key, once it has."""
        return self.ask("wait_published", job=job_id, key=key, timeout_s=60.0)

    def workers(self) -> list[psutil.Process]:
        """Its worker processes now, as processes whose ids cannot be confused with later ones."""
        try:
            return [p for p in psutil.Process(self.pid).children() if "jobs.worker" in p.cmdline()]
        except psutil.Error:
            return []

    def wait_message(self, job_id: str, message: str) -> None:
        """Waits until a running job says what it is doing."""
        assert self.ask("wait_message", job=job_id, message=message, timeout_s=60.0), f"{job_id} never said {message!r}"

    def worker_of(self, job_id: str) -> psutil.Process:
        """The worker process that runs the job."""
        row = next(w for w in self.ask("status")["workers"] if w["job_id"] == job_id)
        return psutil.Process(row["pid"])

    def kill(self) -> None:
        """SIGKILL, and reaps it."""
        self.popen.kill()
        self._reap()

    def close(self) -> int:
        """Lets it end in order; returns its exit code."""
        assert self.popen.stdin is not None
        with contextlib.suppress(OSError):
            self.popen.stdin.close()
        self.popen.wait(timeout=60)
        self._reap()
        return self.popen.returncode

    def strays(self) -> list[str]:
        """Command lines of processes that carry this studio's mark; a zombie does not count."""
        return strays(self.marker)

    def __enter__(self) -> StudioProcess:
        return self

    def __exit__(self, *_: object) -> None:
        if self.popen.poll() is None:
            self.popen.kill()
        self._reap()

    def _receive(self) -> dict[str, Any]:
        assert self.popen.stdout is not None
        line = self.popen.stdout.readline()
        if not line.endswith(b"\n"):
            raise Gone
        return dict(json.loads(line))

    def _reap(self) -> None:
        self.popen.wait()
        for pipe in (self.popen.stdin, self.popen.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


def strays(marker: str) -> list[str]:
    """Command lines of the living processes whose environment carries the mark."""
    found = []
    needle = f"{MARKER}={marker}".encode()
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if needle in (entry / "environ").read_bytes().split(b"\0"):
                found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
    return found


def wait_gone(processes: list[psutil.Process], timeout_s: float = 10.0) -> list[psutil.Process]:
    """Those of the processes that still live after the time; zombies have died."""
    _, alive = psutil.wait_procs(processes, timeout=timeout_s)
    return [p for p in alive if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]


# -- the process's end -----------------------------------------------------------------------------------------


def _wait_until(studio: Studio, timeout_s: float, is_true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + timeout_s
    with studio.events.subscribe() as subscription:
        while not is_true() and time.monotonic() < deadline:
            subscription.get(min(0.5, max(0.0, deadline - time.monotonic())))


def _answer(studio: Studio, verb: str, fields: Mapping[str, Any]) -> Any:
    job_id, timeout_s = fields.get("job", ""), fields.get("timeout_s", 60.0)
    if verb == "submit":
        return studio.submit(fields["name"], fields["request"], allow_paths=True).job.id
    if verb == "status":
        return studio.status()
    if verb == "settle":  # until nothing is queued or running, or the time is up
        _wait_until(studio, timeout_s, lambda: not any(studio.counts()[s] for s in LIVE))
        return studio.counts()
    if verb == "ids":
        return [job.id for job in studio.jobs(state=[fields["state"]], limit=500).items]
    if verb in ("cancel", "retry", "run_next"):
        return getattr(studio, verb)(job_id).public()
    if verb == "wait":
        return _shown(studio, job_id, timeout_s)
    if verb == "wait_state":
        _wait_until(studio, timeout_s, lambda: studio.job(job_id).job.state not in _before(fields["state"]))
        return studio.job(job_id).job.public()
    if verb == "wait_message":
        _wait_until(studio, timeout_s, lambda: studio.job(job_id).job.message == fields["message"])
        return studio.job(job_id).job.message == fields["message"]
    if verb == "wait_published":
        _wait_until(studio, timeout_s, lambda: fields["key"] in studio.job(job_id).published)
        return studio.job(job_id).published[fields["key"]]
    raise ValueError(verb)


def _before(state: str) -> tuple[str, ...]:
    return LIVE[: LIVE.index(state)] if state in LIVE else LIVE


def _shown(studio: Studio, job_id: str, timeout_s: float) -> dict[str, Any]:
    detail = studio.wait(job_id, timeout_s)
    return {**detail.job.public(), "result": detail.result, "log": list(detail.log), "artifacts": [a.name for a in detail.artifacts]}


def _say(line: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def main(argv: list[str]) -> int:
    """Opens a studio with the test capabilities and answers lines on stdin until it closes."""
    from tests.jobs.handlers import TABLE

    parser = argparse.ArgumentParser()
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--grace", type=float, default=1.0)
    parser.add_argument("--real", action="store_true", help="the real table and its workers, instead of the tests' own")
    given = parser.parse_args(argv)
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(message)s")
    settings = Settings(data_dir=given.data_dir, cpu_workers=given.workers, cancel_grace_s=given.grace, min_free_bytes=0)
    try:
        tests_own = {} if given.real else {"capabilities": TABLE, "worker_target": "tests.jobs.handlers:build"}
        studio = Studio.open(settings, **tests_own)
    except StudioError as error:
        _say({"error": error.as_dict()})
        return 1
    with studio:
        _say({"ready": True})
        for line in sys.stdin:
            fields = json.loads(line)
            try:
                answer = {"value": _answer(studio, fields.pop("verb"), fields)}
            except StudioError as error:
                answer = {"error": error.as_dict()}
            _say(answer)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

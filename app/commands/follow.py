"""Runs one job to its end under the eyes of a person: a progress line, Ctrl-C cancels, the exit code tells how it went."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping
from typing import Any

from app.client import Session
from app.commands import text
from app.commands.base import BAD_INPUT, CANCELLED, DONE, FAILED, Console
from configs.errors import Conflict, StudioError
from storage.records import ENDED

REDRAWS_PER_S = 10.0
BAR = 24
_BAD_INPUT_CODES = ("bad_input", "bad_media", "too_large", "not_found")


def run_job(session: Session, console: Console, capability: str, request: Mapping[str, Any], **options: Any) -> dict[str, Any]:
    """Submits and follows; returns the ended job with its result."""
    line, job = ProgressLine(console), None
    try:
        job = session.submit(capability, request, **options)
        console.note(_greeting(job))
        return _to_the_end(session, job["id"], line)
    except KeyboardInterrupt:
        if job is None:
            raise
        return _cancel(session, console, job["id"], line)
    finally:
        line.clear()


def watch(session: Session, console: Console, job_id: str) -> dict[str, Any]:
    """Follows a job to its end. The first Ctrl-C cancels it and goes on watching; the second leaves."""
    line = ProgressLine(console)
    try:
        return _to_the_end(session, job_id, line)
    except KeyboardInterrupt:
        return _cancel(session, console, job_id, line)
    finally:
        line.clear()


def _greeting(job: Mapping[str, Any]) -> str:
    if not job.get("reused"):
        return f"Job {job['id']}: {job['title']}"
    return f"Job {job['id']} " + ("has done this before; its result is used again." if job["state"] in ENDED else "is doing this already.")


def _cancel(session: Session, console: Console, job_id: str, line: ProgressLine) -> dict[str, Any]:
    line.clear()
    console.note("Cancelling; press Ctrl-C again to leave without waiting.")
    with contextlib.suppress(Conflict):  # it has just ended by itself
        session.cancel(job_id)
    return _to_the_end(session, job_id, line)


def exit_code(job: Mapping[str, Any]) -> int:
    """0 succeeded, 130 cancelled, 2 when the request or its media was at fault, else 1."""
    if job["state"] == "succeeded":
        return DONE
    if job["state"] == "cancelled":
        return CANCELLED
    error = job["error"] or {}
    in_the_plan = error.get("message", "").startswith("$")  # every fault of a plan begins with its place in it
    return BAD_INPUT if error.get("code") in _BAD_INPUT_CODES or in_the_plan else FAILED


def report_end(console: Console, job: Mapping[str, Any], summary: Callable[[], str]) -> int:
    """Prints the job, or why it did not succeed; returns the exit code."""
    if job["state"] == "succeeded":
        console.result(dict(job), summary())
        return DONE
    said = job["error"] or {"code": job["state"], "message": f"Job {job['id']} was {job['state']}.", "remedy": ""}
    console.note(str(StudioError(said["message"], said.get("remedy", ""))))
    if console.json_mode:
        console.result(dict(job), "")
    return exit_code(job)


class ProgressLine:
    """One line on a terminal, redrawn in place; nothing where there is no terminal."""

    def __init__(self, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        self._console, self._clock = console, clock
        self._drawn_at = float("-inf")
        self._shown = False

    def show(self, job: Mapping[str, Any]) -> None:
        """Draws the state of a job, at most ten times a second."""
        now = self._clock()
        if not self._console.lively or now - self._drawn_at < 1 / REDRAWS_PER_S:
            return
        self._drawn_at, self._shown = now, True
        self._console.redraw(progress_text(job))

    def clear(self) -> None:
        """Takes the line away."""
        if self._shown:
            self._console.redraw("")
            self._shown = False


def progress_text(job: Mapping[str, Any]) -> str:
    """``[######      ] 50 %  finding scenes  12 s left``."""
    if job["state"] == "queued":
        return "Waiting for a free worker"
    filled = round(BAR * job["progress"])
    left = f"  {text.span(job['eta_s'])} left" if job.get("eta_s") else ""
    return f"[{'#' * filled}{' ' * (BAR - filled)}] {job['progress']:4.0%}  {text.shorten(job['message'], 60)}{left}"


def _to_the_end(session: Session, job_id: str, line: ProgressLine) -> dict[str, Any]:
    for kind, data in session.follow(job_id):
        if kind == "end":
            return data
        if kind in ("snapshot", "job"):
            line.show(data)
    raise StudioError(
        f"The studio stopped while job {job_id} was running.", f"It goes on when the studio starts; see `jobs show {job_id}`."
    )

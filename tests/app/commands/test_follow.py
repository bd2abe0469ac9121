"""One job under the eyes of a person."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from app.commands import follow
from app.commands.base import Console
from configs.errors import Conflict, StudioError


def job(state: str, **changes: Any) -> dict[str, Any]:
    base = {
        "id": "j-1", "title": "Draw", "state": state, "progress": 0.0, "message": "", "eta_s": None, "error": None, "result": None,
    }  # fmt: skip
    return {**base, **changes}


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


class FakeSession:
    """Plays scripts of events; an exception in a script is raised."""

    def __init__(self, *scripts: Sequence[Any], reused: bool = False, state: str = "queued") -> None:
        self.scripts = list(scripts)
        self.cancelled: list[str] = []
        self._first = job(state, reused=reused)

    def submit(self, capability: str, request: object, **options: Any) -> dict[str, Any]:
        self.submitted = (capability, request, options)
        return self._first

    def follow(self, job_id: str) -> Iterator[tuple[str, dict[str, Any]]]:
        for step in self.scripts.pop(0):
            if isinstance(step, BaseException):
                raise step
            yield step

    def cancel(self, job_id: str) -> dict[str, Any]:
        self.cancelled.append(job_id)
        return job("running")


def console(*, json_mode: bool = False, terminal: bool = False) -> tuple[Console, io.StringIO, io.StringIO]:
    out, err = io.StringIO(), Terminal() if terminal else io.StringIO()
    return Console(json_mode=json_mode, out=out, err=err), out, err


DONE = job("succeeded", result={"n": 1})


def test_submits_and_follows_to_the_end() -> None:
    session, (spoken, out, err) = FakeSession([("snapshot", job("queued")), ("job", job("running")), ("end", DONE)]), console()
    assert follow.run_job(session, spoken, "x.y", {"a": 1}, priority=2) == DONE  # type: ignore[arg-type]
    assert session.submitted == ("x.y", {"a": 1}, {"priority": 2})
    assert err.getvalue() == "Job j-1: Draw\n"
    assert out.getvalue() == ""


@pytest.mark.parametrize(("state", "words"), [("succeeded", "used again"), ("running", "doing this already")])
def test_a_job_of_before_is_said_to_be_one(state: str, words: str) -> None:
    session, (spoken, _, err) = FakeSession([("snapshot", DONE), ("end", DONE)], reused=True, state=state), console()
    assert follow.run_job(session, spoken, "x.y", {}) == DONE  # type: ignore[arg-type]
    assert words in err.getvalue()


def test_an_interrupt_cancels_and_waits_for_the_end() -> None:
    session = FakeSession([("snapshot", job("running")), KeyboardInterrupt()], [("end", job("cancelled"))])
    spoken, _, err = console()
    assert follow.watch(session, spoken, "j-1")["state"] == "cancelled"  # type: ignore[arg-type]
    assert session.cancelled == ["j-1"]
    assert "Cancelling" in err.getvalue()


def test_an_interrupt_right_after_submitting_cancels_too() -> None:
    session = FakeSession([KeyboardInterrupt()], [("end", job("cancelled"))])
    assert follow.run_job(session, console()[0], "x.y", {})["state"] == "cancelled"  # type: ignore[arg-type]
    assert session.cancelled == ["j-1"]


def test_an_interrupt_before_there_is_a_job_just_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> dict[str, Any]:
        raise KeyboardInterrupt

    session = FakeSession()
    monkeypatch.setattr(session, "submit", interrupted)
    with pytest.raises(KeyboardInterrupt):
        follow.run_job(session, console()[0], "x.y", {})  # type: ignore[arg-type]
    assert session.cancelled == []


def test_a_job_that_ends_just_then_is_not_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def too_late(job_id: str) -> dict[str, Any]:
        raise Conflict("It has ended.")

    session = FakeSession([KeyboardInterrupt()], [("end", DONE)])
    monkeypatch.setattr(session, "cancel", too_late)
    assert follow.watch(session, console()[0], "j-1") == DONE  # type: ignore[arg-type]


def test_a_second_interrupt_leaves() -> None:
    session = FakeSession([KeyboardInterrupt()], [KeyboardInterrupt()])
    with pytest.raises(KeyboardInterrupt):
        follow.watch(session, console()[0], "j-1")  # type: ignore[arg-type]


def test_a_studio_that_closes_says_what_becomes_of_the_job() -> None:
    session = FakeSession([("snapshot", job("running"))])
    with pytest.raises(StudioError, match="stopped while job j-1 was running") as caught:
        follow.watch(session, console()[0], "j-1")  # type: ignore[arg-type]
    assert "jobs show j-1" in caught.value.remedy


@pytest.mark.parametrize(
    ("state", "code", "expected"),
    [
        ("succeeded", None, 0),
        ("cancelled", None, 130),
        ("failed", "crashed", 1),
        ("failed", "bad_media", 2),
        ("failed", "bad_input", 2),
        ("quarantined", "quarantined", 1),
    ],
)
def test_exit_codes(state: str, code: str | None, expected: int) -> None:
    error = {"code": code, "message": "m", "remedy": "r"} if code else None
    assert follow.exit_code(job(state, error=error)) == expected


def test_a_fault_of_a_plan_is_bad_input_whatever_its_code() -> None:
    error = {"code": "cut_outside", "message": "$.segments[0].start_s: It begins too late.", "remedy": "r"}
    assert follow.exit_code(job("failed", error=error)) == 2


def test_success_is_the_summary_or_the_job() -> None:
    spoken, out, _ = console()
    assert follow.report_end(spoken, DONE, lambda: "three scenes") == 0
    assert out.getvalue() == "three scenes\n"
    spoken, out, _ = console(json_mode=True)
    follow.report_end(spoken, DONE, lambda: "three scenes")
    assert json.loads(out.getvalue()) == DONE


def test_failure_is_the_error_and_the_job() -> None:
    failed = job("failed", error={"code": "crashed", "message": "It tore.", "remedy": "Retry."})
    spoken, out, err = console()
    assert follow.report_end(spoken, failed, lambda: "") == 1
    assert (out.getvalue(), err.getvalue()) == ("", "It tore. Retry.\n")
    spoken, out, _ = console(json_mode=True)
    follow.report_end(spoken, failed, lambda: "")
    assert json.loads(out.getvalue()) == failed


def test_cancelled_without_an_error_is_still_said() -> None:
    spoken, _, err = console()
    assert follow.report_end(spoken, job("cancelled"), lambda: "") == 130
    assert err.getvalue() == "Job j-1 was cancelled.\n"


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"state": "queued"}, "Waiting for a free worker"),
        ({"progress": 0.0}, "[                        ]   0%  "),
        ({"progress": 0.5, "message": "looking", "eta_s": 75.0}, "[############            ]  50%  looking  1 min 15 s left"),
        ({"progress": 1.0, "message": "x" * 99}, "[########################] 100%  " + "x" * 29 + "…" + "x" * 30),
    ],
)
def test_the_progress_line(changes: dict[str, Any], line: str) -> None:
    assert follow.progress_text(job(**{"state": "running", **changes})) == line


def test_it_is_drawn_on_terminals_at_most_ten_times_a_second() -> None:
    now = [0.0]
    spoken, _, err = console(terminal=True)
    line = follow.ProgressLine(spoken, lambda: now[0])
    for _ in range(100):
        line.show(job("running"))
        now[0] += 0.01
    assert 9 <= err.getvalue().count("\r") <= 11
    line.clear()
    assert err.getvalue().endswith("\r\x1b[2K")
    before = err.getvalue()
    line.clear()
    assert err.getvalue() == before


def test_elsewhere_nothing_is_drawn() -> None:
    spoken, _, err = console()
    line = follow.ProgressLine(spoken)
    line.show(job("running"))
    line.clear()
    assert err.getvalue() == ""

"""The command line: the table, the help, exit codes, one JSON document, every capability has its face."""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.capabilities import CAPABILITIES
from app.cli import COMMANDS, ELSEWHERE, main, overview
from app.commands.base import Command
from app.version import VERSION
from configs.errors import BadInput, BadMedia, Conflict, StudioError, Unavailable

Cli = Callable[..., Any]
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_the_table_is_one(name: str) -> None:
    command = importlib.import_module(COMMANDS[name].module).COMMAND
    assert isinstance(command, Command)
    assert command.summary.endswith(".")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([name, "--help"])
    assert left.value.code == 0
    said = capsys.readouterr().out
    assert f"usage: python3 launch.py {name}" in said
    assert "--json" in said
    assert "--data-dir" in said


@pytest.mark.parametrize("row", CAPABILITIES, ids=lambda row: row.name)
def test_every_capability_is_a_command_with_its_fields_as_flags(row: Any, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["run", row.name, "--help"])
    assert left.value.code == 0
    said = capsys.readouterr().out
    for field in row.request.model_fields:
        assert f"--{field.replace('_', '-')}" in said
    assert "--json" in said


@pytest.mark.parametrize("argv", [[], ["--help"], ["-h"], ["help"]])
def test_the_overview(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(argv) == 0
    said = capsys.readouterr().out
    assert said.strip() == overview()
    for name in [*COMMANDS, *ELSEWHERE]:
        assert f"\n  {name} " in said
    assert max(map(len, said.splitlines())) <= 110


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert VERSION in capsys.readouterr().out


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["nonsense"], "no command 'nonsense'"),
        (["jobs"], "ACTION"),
        (["jobs", "nonsense"], "'nonsense'"),
        (["jobs", "show"], "JOB"),
        (["jobs", "list", "--limit", "many"], "'many'"),
        (["run"], "CAPABILITY"),
        (["run", "video.nonsense"], "'video.nonsense'"),
        (["analyze"], "VIDEO"),
        (["analyze", "x.mp4", "--detector", "nonsense"], "'nonsense'"),
        (["analyze", "x.mp4", "--nonsense"], "--nonsense"),
    ],
)
def test_a_wrong_command_line_is_one_line_and_two(argv: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(argv) == 2
    said = capsys.readouterr()
    assert words in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""


def failing(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def run(*_: object) -> int:
        raise error

    module = importlib.import_module(COMMANDS["status"].module)
    monkeypatch.setattr(module, "COMMAND", Command("Fails.", lambda parser, argv: None, run))


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (BadInput("It is torn.", "Mend it."), 2),
        (BadMedia("It is torn.", "Mend it."), 2),
        (Conflict("It is torn.", "Mend it."), 2),
        (Unavailable("It is torn.", "Mend it."), 1),
        (StudioError("It is\ntorn.", "Mend it."), 1),
    ],
)
def test_an_error_is_one_line_and_an_exit_code(
    error: StudioError, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing(monkeypatch, error)
    assert main(["status"]) == code
    said = capsys.readouterr()
    assert said.err == "It is torn. Mend it.\n"
    assert said.out == ""
    assert main(["status", "--json"]) == code
    said = capsys.readouterr()
    assert json.loads(said.out)["error"]["remedy"] == "Mend it."
    assert said.err == "It is torn. Mend it.\n"


def test_an_interrupt_is_130(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    failing(monkeypatch, KeyboardInterrupt())
    assert main(["status", "--json"]) == 130
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "cancelled"


def test_settings_that_are_wrong_are_one_line(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIO_PORT", "many")
    said = cli("status")
    assert said.code == 2
    assert "'port'" in said.err
    assert "'many'" in said.err


PROGRAM = """
import sys
from app import capabilities
from app.capability import capability
from jobs.context import JobContext
from pydantic import BaseModel
import time

class Ask(BaseModel):
    pass

@capability("test.slow", lane="io", title="Slow")
def slow(request: Ask, job: JobContext) -> Ask:
    while True:
        job.progress(0.5, "drawing")
        time.sleep(0.02)

capabilities.CAPABILITIES = (slow,)
from app.cli import main
sys.exit(main(sys.argv[1:]))
"""


def start(folder: Path, *argv: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", PROGRAM, *argv, "--data-dir", str(folder / "data")]
    return subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_cancels_the_job(tmp_path: Path, number: int) -> None:
    child = start(tmp_path, "run", "test.slow", "--json")
    try:
        assert child.stderr is not None
        assert child.stderr.readline().startswith("Job j-")
        child.send_signal(number)
        out, err = child.communicate(timeout=30)
    finally:
        child.kill()
    assert child.returncode == 130
    assert json.loads(out)["state"] == "cancelled"
    assert "Cancelling" in err
    assert "Traceback" not in err


def test_a_reader_that_has_seen_enough_is_no_error(tmp_path: Path) -> None:
    child = start(tmp_path, "jobs", "list")
    assert child.stdout is not None
    child.stdout.close()
    assert child.wait(30) in (0, 120)
    assert child.stderr is not None
    assert "Traceback" not in child.stderr.read()
    child.stderr.close()

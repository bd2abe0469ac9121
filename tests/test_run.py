"""The test command itself: its stages, its browser, its closing line."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from configs.errors import StudioError

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def command() -> ModuleType:
    spec = importlib.util.spec_from_file_location("studio_test_command", ROOT / "tests" / "run.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_every_check_is_there(command: ModuleType) -> None:
    stages = [*command.checks("/venv/bin/python"), *command.suites("/venv/bin/python", 2)]
    assert [s.title for s in stages] == ["ruff check", "ruff format", "mypy", "import-linter", "unit tests", "fault and page tests"]
    assert stages[3].command == ("/venv/bin/lint-imports",)


def test_both_suites_together_run_every_test_file_once(command: ModuleType) -> None:
    unit, serial = command.suites("python", 2)
    ignored = {word.removeprefix("--ignore=") for word in unit.command if word.startswith("--ignore=")}
    assert ignored == set(command.SERIAL) <= set(serial.command)
    assert "-n" in unit.command
    assert "-n" not in serial.command
    assert "-n" not in command.suites("python", 1)[0].command


@pytest.mark.parametrize(
    ("lasts", "line"),
    [
        (["120 passed in 10.00s", "30 passed in 5.50s"], "150 passed in 15.50s"),
        (
            ["1 failed, 119 passed, 2 skipped in 10.00s", "30 passed, 1 warning in 5.50s"],
            "1 failed, 149 passed, 2 skipped, 1 warning in 15.50s",
        ),
        (["2 errors in 1.00s", "1 error, 3 warnings in 1.00s"], "3 errors, 3 warnings in 2.00s"),
        (["900 passed, 3 xfailed in 185.10s (0:03:05)"], "900 passed, 3 xfailed in 185.10s"),
        (["no tests ran in 0.01s"], "no tests ran in 0.01s"),
        ([], "no tests ran in 0.00s"),
    ],
)
def test_closing_line(command: ModuleType, lasts: list[str], line: str) -> None:
    assert command.closing_line(lasts) == line


def test_run_passes_output_and_exit_code(command: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    stage = command.Stage("a tool", (sys.executable, "-c", "print('working'); print('1 passed in 0.10s'); raise SystemExit(3)"))
    assert command.run(stage, {}) == (3, "1 passed in 0.10s")
    assert capsys.readouterr().out == "\n== a tool\nworking\n1 passed in 0.10s\n"


def test_the_browser_that_is_there_is_taken(command: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "find_browser", lambda environ: "/usr/bin/chromium")
    assert command.ensure_browser({}) == "/usr/bin/chromium"


def test_a_missing_browser_is_fetched_by_playwright_then_by_the_distribution(command: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []

    class Done:
        returncode = 0

    def run(line: tuple[str, ...], **_: object) -> Done:
        ran.append(" ".join(line[-3:]))
        return Done()

    monkeypatch.setattr(command.subprocess, "run", run)
    monkeypatch.setattr(command, "find_browser", lambda environ: "/usr/bin/chromium" if ran and "-q chromium" in ran[-1] else "")
    monkeypatch.setattr(command.os, "geteuid", lambda: 0)
    monkeypatch.setattr(command.shutil, "which", lambda name: "/usr/bin/apt-get")
    assert command.ensure_browser({}) == "/usr/bin/chromium"
    assert ran == ["playwright install chromium", "apt-get update -q", "-y -q chromium"]
    ran.clear()
    monkeypatch.setattr(command.os, "geteuid", lambda: 1000)
    assert command.ensure_browser({}) == ""
    assert ran == ["playwright install chromium"]


def test_arguments_run_only_pytest(command: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[str]] = []

    class Done:
        returncode = 5

    def run(line: list[str], **_: object) -> Done:
        seen.append(line)
        return Done()

    monkeypatch.setattr(command.subprocess, "run", run)
    monkeypatch.setattr(command, "ensure_browser", lambda environ: "/usr/bin/chromium")
    monkeypatch.setattr(command, "ensure_models", lambda environ: "")
    assert command.main(["-k", "nothing"]) == 5
    assert seen == [[sys.executable, "-m", "pytest", "-k", "nothing"]]


@pytest.mark.parametrize(
    ("codes", "browser", "models", "expected"), [((0,), "b", "", 0), ((1, 0), "b", "", 1), ((0,), "", "", 1), ((0,), "b", "no torch", 1)]
)
def test_one_failure_fails_the_whole(
    command: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    codes: tuple[int, ...],
    browser: str,
    models: str,
    expected: int,
) -> None:
    answers = iter([*codes, *[0] * 9])
    monkeypatch.setattr(command, "ensure_browser", lambda environ: browser)
    monkeypatch.setattr(command, "ensure_models", lambda environ: models)
    monkeypatch.setattr(command, "run", lambda stage, environ: (next(answers), "4 passed in 1.00s" if "tests" in stage.title else "fine"))
    assert command.main([]) == expected
    said = capsys.readouterr().out
    assert said.splitlines()[-1] == "8 passed in 2.00s"
    assert ("NO TORCH" in said) is bool(models)


class FakeRuntime:
    """Installs nothing, or refuses."""

    def __init__(self, error: StudioError | None = None) -> None:
        self.error = error

    def install(self, wishes: Any, on_step: Any, *_: Any) -> None:
        assert wishes.build == "cpu"
        on_step(0.1, "Collecting torch")
        on_step(0.1, "Collecting torch")
        if self.error:
            raise self.error


def test_the_engines_libraries_come_by_the_studios_own_decision(
    command: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environ = {"STUDIO_TORCH_BUILD": "cpu", "HOME": "/nowhere"}
    lacking = iter([["torch"], ["torch"], [], ["torch"], ["torch"]])
    monkeypatch.setattr(command, "missing", lambda modules: next(lacking))
    monkeypatch.setattr("app.models.runtime.missing", lambda modules: next(lacking))
    assert command.ensure_models(environ, FakeRuntime()) == ""
    assert capsys.readouterr().out.splitlines() == ["", "== the libraries of models", "Collecting torch", "beside the torch that is there"]
    assert "no room" in command.ensure_models(environ, FakeRuntime(StudioError("There is no room.")))
    monkeypatch.setattr(command, "missing", lambda modules: [])
    assert command.ensure_models(environ, FakeRuntime(StudioError("never asked"))) == ""


def test_continuous_integration_calls_exactly_the_test_command() -> None:
    script = (ROOT / ".ci" / "run").read_text()
    assert "python3 launch.py test <" in script
    subprocess.run(["bash", "-n", str(ROOT / ".ci" / "run")], check=True)

"""The environment: what is planned from what is found, and what an interruption leaves."""

from __future__ import annotations

import importlib.util
import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from configs import bootstrap
from configs.bootstrap import Environment, Found, SetupError, plan

CORE = {"core": "c1"}
BOTH = {"core": "c1", "tests": "t1"}


@pytest.mark.parametrize(
    ("found", "wanted", "version", "steps"),
    [
        (Found(False, False, {}), CORE, "", ("make", "install core")),
        (Found(False, False, {"core": "c1"}), BOTH, "", ("make", "install core", "install tests")),
        (Found(True, False, {"core": "c1"}), CORE, "", ("make", "install core")),
        (Found(True, True, {}), CORE, "", ("install core",)),
        (Found(True, True, {"core": "old"}), CORE, "", ("install core",)),
        (Found(True, True, {"core": "c1"}), CORE, "", ()),
        (Found(True, True, {"core": "c1"}), BOTH, "", ("install tests",)),
        (Found(True, True, {"core": "old", "tests": "t1"}), BOTH, "", ("install core",)),
        (Found(True, True, {"core": "c1"}, ("opencv-python",)), CORE, "", ("mend cv2",)),
        (Found(True, True, {"core": "c1", "python": "3.11"}), CORE, "3.11", ()),
        (Found(True, True, {"core": "c1", "python": "3.11"}), CORE, "3.12", ("make", "install core")),
        (Found(True, True, {"core": "c1"}), CORE, "3.12", ()),
    ],
)
def test_plan(found: Found, wanted: dict[str, str], version: str, steps: tuple[str, ...]) -> None:
    assert plan(found, wanted, version) == steps


class Quiet:
    """A report that remembers."""

    def __init__(self) -> None:
        self.steps: list[str] = []
        self.stages: list[str] = []
        self.lines: list[str] = []

    def plan(self, steps: Sequence[str]) -> None:
        self.steps = list(steps)

    def stage(self, step: str) -> None:
        self.stages.append(step)

    def line(self, text: str) -> None:
        self.lines.append(text)


class FakeTools:
    """Stands for venv and pip: does to the folder what they would do, and can fail or be cut off at one of them."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.calls: list[str] = []
        self.fail_at = ""
        self.interrupt_at = ""
        self.brings: tuple[str, ...] = ("opencv_python_headless-5.0.dist-info",)
        self.pip_works = True

    def __call__(self, command: Sequence[str], on_line: Callable[[str], None], keep_open: Sequence[int]) -> int:
        word = self._word(command)
        if word == "version":
            on_line("3.11")
            return 0
        if word == "probe":
            return 0 if self.pip_works else 1
        self.calls.append(word)
        if word == self.interrupt_at:
            raise KeyboardInterrupt
        if word == self.fail_at:
            on_line("ERROR: No matching distribution found for gradio<7,>=6.31")
            return 1
        self._act(word)
        return 0

    def _word(self, command: Sequence[str]) -> str:
        if "--version" in command:
            return "probe"
        if command[1] == "-c":
            return "version"
        if "venv" in command:
            return "venv"
        if "uninstall" in command:
            return "uninstall"
        return "reinstall" if "--force-reinstall" in command else f"install {Path(command[-1]).name}"

    def _act(self, word: str) -> None:
        site = self.environment.venv / "lib" / "python3.11" / "site-packages"
        if word == "venv":
            self.environment.python.parent.mkdir(parents=True, exist_ok=True)
            self.environment.python.touch(mode=0o755)
            site.mkdir(parents=True, exist_ok=True)
            self.environment.stamp_file.unlink(missing_ok=True)
            self.pip_works = True
        elif word.startswith("install"):
            for name in self.brings:
                (site / name).mkdir(parents=True, exist_ok=True)
                (site / name / "RECORD").touch()
        elif word == "uninstall":
            for folder in site.glob("opencv_python-*"):
                shutil.rmtree(folder)


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    (tmp_path / "requirements.txt").write_text("gradio>=6.31,<7\nopencv-python-headless>=5\n")
    (tmp_path / "requirements-dev.txt").write_text("pytest\n")
    return Environment(tmp_path, sys.executable)


@pytest.fixture
def tools(environment: Environment) -> FakeTools:
    return FakeTools(environment)


def test_a_fresh_folder_is_made_and_then_left_alone(environment: Environment, tools: FakeTools) -> None:
    report = Quiet()
    assert not environment.ready()
    environment.set_up(("core",), report, tools)
    assert tools.calls == ["venv", "install requirements.txt"]
    assert report.steps == ["make", "install core"]
    assert environment.ready()
    assert environment.stamp()["python"] == "3.11"
    environment.set_up(("core",), report, tools)
    assert tools.calls == ["venv", "install requirements.txt"]


def test_the_test_tools_come_on_top(environment: Environment, tools: FakeTools) -> None:
    environment.set_up(("core",), Quiet(), tools)
    assert not environment.ready(("core", "tests"))
    environment.set_up(("core", "tests"), Quiet(), tools)
    assert tools.calls[2:] == ["install requirements-dev.txt"]
    assert environment.ready(("core", "tests"))
    assert environment.ready()


def test_changed_requirements_are_installed_again(environment: Environment, tools: FakeTools) -> None:
    environment.set_up(("core", "tests"), Quiet(), tools)
    (environment.root / "requirements.txt").write_text("gradio>=6.40,<7\nopencv-python-headless>=5\n")
    assert not environment.ready()
    environment.set_up(("core",), Quiet(), tools)
    assert tools.calls[-1] == "install requirements.txt"
    assert environment.ready(("core", "tests")), "what the stamp said of the test tools still holds"


@pytest.mark.parametrize("moment", ["venv", "install requirements.txt"])
def test_an_interrupted_setup_can_be_run_again(environment: Environment, tools: FakeTools, moment: str) -> None:
    tools.interrupt_at = moment
    with pytest.raises(KeyboardInterrupt):
        environment.set_up(("core",), Quiet(), tools)
    assert not environment.ready()
    assert not environment.stamp_file.exists()
    tools.interrupt_at = ""
    environment.set_up(("core",), Quiet(), tools)
    assert environment.ready()


def test_what_was_made_before_the_interruption_is_kept(environment: Environment, tools: FakeTools) -> None:
    tools.interrupt_at = "install requirements.txt"
    with pytest.raises(KeyboardInterrupt):
        environment.set_up(("core",), Quiet(), tools)
    tools.interrupt_at, tools.calls = "", []
    environment.set_up(("core",), Quiet(), tools)
    assert tools.calls == ["install requirements.txt"]


def test_a_package_that_was_being_written_is_installed_anew(environment: Environment, tools: FakeTools) -> None:
    tools.interrupt_at = "install requirements.txt"
    with pytest.raises(KeyboardInterrupt):
        environment.set_up(("core",), Quiet(), tools)
    site = environment.venv / "lib" / "python3.11" / "site-packages"
    for name, files in (("whole-1.0.dist-info", ("METADATA", "RECORD")), ("half-1.0.dist-info", ("METADATA",))):
        (site / name).mkdir()
        for file in files:
            (site / name / file).touch()
    tools.interrupt_at = ""
    environment.set_up(("core",), Quiet(), tools)
    assert (site / "whole-1.0.dist-info").exists()
    assert not (site / "half-1.0.dist-info").exists(), "pip would take it for installed"


def test_an_environment_without_pip_is_remade(environment: Environment, tools: FakeTools) -> None:
    environment.python.parent.mkdir(parents=True)
    environment.python.touch(mode=0o755)
    tools.pip_works = False
    environment.set_up(("core",), Quiet(), tools)
    assert tools.calls == ["venv", "install requirements.txt"]


def test_a_dangling_interpreter_is_remade(environment: Environment, tools: FakeTools) -> None:
    environment.set_up(("core",), Quiet(), tools)
    environment.python.unlink()
    environment.python.symlink_to("/nowhere/python3")
    assert not environment.ready()


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"core": 3}'])
def test_a_damaged_stamp_counts_as_none(environment: Environment, tools: FakeTools, text: str) -> None:
    environment.set_up(("core",), Quiet(), tools)
    environment.stamp_file.write_text(text)
    assert not environment.ready()


def test_a_failure_names_pips_reason_and_leaves_no_stamp(environment: Environment, tools: FakeTools) -> None:
    tools.fail_at = "install requirements.txt"
    with pytest.raises(SetupError, match=r"No matching distribution found for gradio<7,>=6\.31\. .*run the same command again"):
        environment.set_up(("core",), Quiet(), tools)
    assert not environment.stamp_file.exists()


def test_opencv_with_libgl_is_replaced(environment: Environment, tools: FakeTools) -> None:
    tools.brings += ("opencv_python-5.0.dist-info",)
    report = Quiet()
    environment.set_up(("core",), report, tools)
    assert tools.calls == ["venv", "install requirements.txt", "uninstall", "reinstall"]
    assert environment.intruders() == ()
    assert environment.ready()


def test_opencv_with_libgl_installed_later_is_noticed(environment: Environment, tools: FakeTools) -> None:
    environment.set_up(("core",), Quiet(), tools)
    intruder = environment.venv / "lib/python3.11/site-packages/opencv_python-5.0.dist-info"
    intruder.mkdir()
    (intruder / "RECORD").touch()
    assert environment.intruders() == ("opencv-python",)
    assert not environment.ready()
    environment.set_up(("core",), Quiet(), tools)
    assert tools.calls[2:] == ["uninstall", "reinstall"]


def test_missing_ensurepip_names_the_package_to_install(
    environment: Environment, tools: FakeTools, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, package=None: None if name == "ensurepip" else real(name, package))
    with pytest.raises(SetupError, match=rf"apt install python{bootstrap.VERSION}-venv") as caught:
        environment.set_up(("core",), Quiet(), tools)
    assert caught.value.exit_code == 2
    assert not environment.venv.exists()


def test_a_small_disk_is_said_before_anything_is_written(
    environment: Environment, tools: FakeTools, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 10**8})())
    with pytest.raises(SetupError, match=r"0\.1 GB free and the set-up needs 1\.5 GB"):
        environment.set_up(("core",), Quiet(), tools)
    assert tools.calls == []


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_one_sentence(environment: Environment, tools: FakeTools) -> None:
    environment.root.chmod(0o555)
    try:
        with pytest.raises(SetupError, match="cannot be written to"):
            environment.set_up(("core",), Quiet(), tools)
    finally:
        environment.root.chmod(0o755)


def test_a_folder_that_cannot_be_locked_is_one_sentence(environment: Environment, tools: FakeTools) -> None:
    (environment.root / ".setup.lock").mkdir()
    with pytest.raises(SetupError, match="cannot be written to"):
        environment.set_up(("core",), Quiet(), tools)


def test_two_setups_at_once_do_the_work_once(environment: Environment) -> None:
    first, second = FakeTools(environment), FakeTools(environment)
    inside, go_on = threading.Event(), threading.Event()
    real = first._act

    def slowly(word: str) -> None:
        inside.set()
        assert go_on.wait(10)
        real(word)

    first._act = slowly  # type: ignore[method-assign]
    waiting = Quiet()
    one = threading.Thread(target=environment.set_up, args=(("core",), Quiet(), first))
    two = threading.Thread(target=environment.set_up, args=(("core",), waiting, second))
    one.start()
    assert inside.wait(10)
    two.start()
    while not waiting.stages:
        assert two.is_alive()
    go_on.set()
    one.join(10)
    two.join(10)
    assert waiting.stages == ["wait"]
    assert second.calls == []
    assert environment.ready()


def _killed_setup(root: str, pid_file: str) -> None:
    """A set-up that is killed while its pip runs on."""
    with bootstrap._alone(Path(root) / ".setup.lock", Quiet()) as lock:
        pip = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], pass_fds=lock)
        Path(pid_file).write_text(str(pip.pid))
        os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.skipif(sys.platform == "win32", reason="flock")
def test_the_lock_stays_with_a_pip_whose_setup_was_killed(environment: Environment, tmp_path: Path) -> None:
    import fcntl

    pid_file = tmp_path / "pid"
    process = multiprocessing.get_context("fork").Process(target=_killed_setup, args=(str(environment.root), str(pid_file)))
    process.start()
    process.join(20)
    assert process.exitcode == -signal.SIGKILL
    try:
        with (environment.root / ".setup.lock").open("a") as handle, pytest.raises(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        os.kill(int(pid_file.read_text()), signal.SIGKILL)


def test_run_tool_gives_lines_and_the_exit_code() -> None:
    lines: list[str] = []
    code = bootstrap.run_tool(
        [sys.executable, "-c", "import sys; print('one'); print('two', file=sys.stderr); sys.exit(3)"], lines.append, ()
    )
    assert code == 3
    assert sorted(lines) == ["one", "two"]


def test_run_tool_ends_its_tool_when_interrupted() -> None:
    seen: list[str] = []

    def interrupt(line: str) -> None:
        seen.append(line)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bootstrap.run_tool([sys.executable, "-c", "import os, time; print(os.getpid(), flush=True); time.sleep(60)"], interrupt, ())
    with pytest.raises(ProcessLookupError):
        os.kill(int(seen[0]), 0)


def test_the_stamp_is_the_hash_of_the_files(environment: Environment, tools: FakeTools) -> None:
    environment.set_up(("core",), Quiet(), tools)
    assert json.loads(environment.stamp_file.read_text())["core"] == environment.wanted()["core"]
    assert len(environment.wanted()["core"]) == 64


def test_this_process_runs_in_its_own_environment() -> None:
    assert Environment(Path(sys.prefix).parent, "").is_current_python() == (Path(sys.prefix).name == ".venv")
    assert not Environment(Path("/nowhere"), "").is_current_python()

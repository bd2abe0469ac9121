"""pip is run as a process: its lines come at once, its reason is told, it can be stopped."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.models.pip import ROOT, Pip, PipFailed, end


def python(tmp_path: Path, body: str) -> Pip:
    """An interpreter whose pip does what the test says."""
    (tmp_path / "fake").mkdir()
    (tmp_path / "fake" / "pip.py").write_text(body)
    script = tmp_path / "python"
    script.write_text(f'#!/bin/sh\nPYTHONPATH={tmp_path / "fake"} exec {sys.executable} "$@"\n')
    script.chmod(0o755)
    return Pip(str(script))


def test_lines_come_and_are_returned(tmp_path: Path) -> None:
    heard: list[str] = []
    pip = python(tmp_path, "import sys; print('one'); print(' '.join(sys.argv[1:]))")
    said = pip.run(["install", "x"], heard.append)
    assert said.splitlines()[0] == "one"
    assert said.endswith("install x --progress-bar off --retries 2")
    assert "one" in heard


def test_its_own_reason_is_told(tmp_path: Path) -> None:
    pip = python(tmp_path, "import sys; print('ERROR: No matching distribution found for x'); print('notice: more'); sys.exit(1)")
    with pytest.raises(PipFailed, match=r"pip could not do it: No matching distribution found for x\.") as failed:
        pip.run(["install", "x"], lambda _: None)
    assert failed.value.code == "pip_failed"


@pytest.mark.parametrize(
    ("body", "said"), [("import sys; print('last words'); sys.exit(3)", "last words"), ("import sys; sys.exit(3)", "exit code 3")]
)
def test_a_silent_failure_says_what_there_is(tmp_path: Path, body: str, said: str) -> None:
    with pytest.raises(PipFailed, match=said):
        python(tmp_path, body).run(["check"], lambda _: None)


def test_it_ends_with_all_it_started_when_the_listener_gives_up(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    body = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"open({str(mark)!r}, 'w').write(str(child.pid))\n"
        "print('ready', flush=True)\n"
        "child.wait()\n"
    )

    class Stop(Exception):
        pass

    def stop(line: str) -> None:
        if mark.exists() and mark.read_text():
            raise Stop

    with pytest.raises(Stop):
        python(tmp_path, body).run(["install", "x"], stop)
    child = Path(f"/proc/{mark.read_text()}/stat")
    deadline = time.monotonic() + 10
    while child.exists() and child.read_text().split(")")[1].split()[0] != "Z":
        assert time.monotonic() < deadline, "it still runs"


def test_what_is_installed_is_known_with_its_build() -> None:
    pip = Pip()
    assert pip.installed("pytest")
    assert pip.installed("no-such-package-here") is None


def test_where_packages_lie_is_known() -> None:
    assert (Pip().site_packages() / "pytest").is_dir()


def test_versions_that_nobody_lists_are_no_failure(tmp_path: Path) -> None:
    assert python(tmp_path, "import sys; sys.exit(1)").versions("torch") == ""


def test_a_process_that_does_not_end_by_itself_is_killed() -> None:
    body = "import time; print('up', flush=True); time.sleep(60)"
    command = [sys.executable, "-c", body]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        end(process, grace_s=0.2)
        assert process.returncode is not None


def is_at_work(stat: Path) -> bool:
    """Whether the process of a `/proc/PID/stat` is neither gone nor a zombie."""
    try:
        return stat.read_text().split(")")[1].split()[0] != "Z"
    except OSError:  # it may go while it is being read
        return False


def test_pip_ends_with_the_process_that_runs_it(tmp_path: Path) -> None:
    """A killed studio leaves no pip at work on its environment."""
    mark = tmp_path / "pid"
    pip = python(tmp_path, f"import os, time; open({str(mark)!r}, 'w').write(str(os.getpid())); print('up', flush=True); time.sleep(60)")
    code = f"from app.models.pip import Pip; Pip({pip.python!r}).run(['install', 'x'], lambda line: print(line, flush=True))"
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True) as studio:
        assert studio.stdout is not None
        while studio.stdout.readline().strip() != "up":
            assert studio.poll() is None
        studio.kill()
        studio.wait()
    stat = Path(f"/proc/{mark.read_text()}/stat")
    deadline = time.monotonic() + 20
    while is_at_work(stat):
        assert time.monotonic() < deadline, "it still runs"

"""The one command, run as a person runs it, in copies of the project where venv and pip are quick stand-ins."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import launch

ROOT = Path(launch.__file__).parent
OLD_PYTHONS = ("3.6", "3.7", "3.8", "3.9")

# Stands for `python -m venv`: an environment is a script that passes everything on to this Python with the folder as its prefix.
FAKE_VENV = """
import os, stat, sys
folder = sys.argv[-1]
os.makedirs(os.path.join(folder, "bin"), exist_ok=True)
os.makedirs(os.path.join(folder, "lib", "python3.11", "site-packages"), exist_ok=True)
python = os.path.join(folder, "bin", "python")
with open(python, "w") as file:
    file.write(f"#!/bin/sh\\nSTUDIO_TEST_PREFIX=\\"{folder}\\" exec {sys.executable} \\"$@\\"\\n")
os.chmod(python, 0o755)
"""

# Stands for pip: prints what pip prints and, told to by a file, fails or stays busy until it is killed.
FAKE_PIP = """
import os, sys, time
if "--version" in sys.argv:
    sys.exit(0)
root = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(root, "pip.log"), "a") as log:
    log.write(" ".join(sys.argv[1:]) + "\\n")
print("Collecting gradio<7,>=6.31", flush=True)
if os.path.exists(os.path.join(root, "fail")):
    print("ERROR: No matching distribution found for gradio", flush=True)
    sys.exit(1)
if os.path.exists(os.path.join(root, "stall")):
    time.sleep(120)
"""

SITECUSTOMIZE = """
import os, sys
if os.environ.get("STUDIO_TEST_PREFIX"):
    sys.prefix = os.environ["STUDIO_TEST_PREFIX"]
"""

FAKE_STUDIO = """
import json, os, sys
def main(argv):
    print(json.dumps({"module": __name__, "argv": argv, "pid": os.getpid(), "browser": os.environ.get("STUDIO_OPEN_BROWSER")}))
    return int(os.environ.get("EXIT", "0"))
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The launcher and what it reads, with stand-ins for the studio, venv and pip; no network, nothing installed."""
    root = tmp_path / "a folder"
    for folder in ("ui", "app", "configs", "stand-ins"):
        (root / folder).mkdir(parents=True)
    shutil.copy(ROOT / "launch.py", root)
    for name in ("__init__.py", "bootstrap.py", "handover.py", "setup_page.py", "setup_page.html", "setup_progress.py"):
        shutil.copy(ROOT / "configs" / name, root / "configs")
    for name in ("requirements.txt", "requirements-dev.txt"):
        shutil.copy(ROOT / name, root)
    for module in ("ui/server.py", "app/cli.py"):
        (root / module).write_text(FAKE_STUDIO)
    for name, text in (("venv.py", FAKE_VENV), ("ensurepip.py", ""), ("pip.py", FAKE_PIP), ("sitecustomize.py", SITECUSTOMIZE)):
        (root / "stand-ins" / name).write_text(text)
    return root


def environ(root: Path, **more: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("STUDIO_") and k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    return {**kept, "PYTHONPATH": str(root / "stand-ins"), **more}


def start(root: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(root / "launch.py"), *arguments]
    return subprocess.run(
        command, env=environ(root, **more), cwd="/", capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL, check=False
    )


def pip_calls(root: Path) -> list[str]:
    log = root / "stand-ins" / "pip.log"
    return log.read_text().splitlines() if log.exists() else []


@pytest.mark.parametrize(("version", "accepted"), [((3, 9), False), ((3, 10), True), ((3, 13), True), ((3, 14), False), ((2, 7), False)])
def test_versions(version: tuple[int, int], accepted: bool) -> None:
    sentence = launch.wrong_python(version)
    assert (sentence == "") is accepted
    if not accepted:
        assert f"{version[0]}.{version[1]}" in sentence
        assert sentence.count(". ") == 0, "one sentence"


@pytest.mark.parametrize("version", OLD_PYTHONS)
def test_an_old_python_gets_a_sentence_and_not_a_traceback(version: str) -> None:
    python = shutil.which(f"python{version}")
    if python is None or subprocess.run([python, "--version"], capture_output=True, check=False).returncode != 0:
        import ast

        ast.parse((ROOT / "launch.py").read_text(), feature_version=tuple(int(n) for n in version.split(".")))  # type: ignore[arg-type]
        return
    done = subprocess.run([python, str(ROOT / "launch.py")], capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("The studio needs Python 3.10 to 3.13 and this is Python")


def test_first_and_second_start(copy: Path) -> None:
    first = start(copy, "analyze", "clip.mp4", "--json")
    assert first.returncode == 0, first.stderr
    assert '"argv": ["analyze", "clip.mp4", "--json"]' in first.stdout
    assert first.stdout.count("\n") == 1, "standard output belongs to the command"
    assert "Installing the studio's libraries ..." in first.stderr
    assert len(pip_calls(copy)) == 1
    second = start(copy, "list")
    assert '"module": "app.cli"' in second.stdout
    assert second.stderr == ""
    assert len(pip_calls(copy)) == 1


def test_exit_codes_pass(copy: Path) -> None:
    assert start(copy, "list", EXIT="130").returncode == 130
    assert start(copy, "list", EXIT="2").returncode == 2


def test_serving_gets_its_flags_and_the_same_process(copy: Path) -> None:
    port = free_port()
    command = [sys.executable, str(copy / "launch.py"), "--port", str(port), "--headless"]
    with subprocess.Popen(command, env=environ(copy), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        out, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert '"module": "ui.server"' in out
    assert f'"argv": ["--port", "{port}", "--headless"]' in out
    assert f'"pid": {process.pid}' in out
    assert f"the progress shows at http://localhost:{port}" in errors


def test_changed_requirements_upgrade_by_themselves(copy: Path) -> None:
    start(copy, "list")
    with (copy / "requirements.txt").open("a") as file:
        file.write("another>=1\n")
    done = start(copy, "list")
    assert done.returncode == 0
    assert len(pip_calls(copy)) == 2


def test_a_failed_setup_is_one_sentence_and_can_be_run_again(copy: Path) -> None:
    (copy / "stand-ins" / "fail").touch()
    done = start(copy, "list")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("The set-up stopped: No matching distribution found for gradio. ")
    assert "Traceback" not in done.stderr
    (copy / "stand-ins" / "fail").unlink()
    assert start(copy, "list").returncode == 0


@pytest.mark.parametrize(("how", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -signal.SIGKILL)])
def test_a_setup_cut_off_can_be_run_again(copy: Path, how: signal.Signals, code: int) -> None:
    (copy / "stand-ins" / "stall").touch()
    command = [sys.executable, str(copy / "launch.py"), "list"]
    with subprocess.Popen(
        command, env=environ(copy), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        while not pip_calls(copy):
            assert process.poll() is None
        process.send_signal(how)
        assert process.wait(20) == code
        if how is signal.SIGINT:
            assert process.stderr
            assert process.stderr.read().endswith("the set-up goes on where it stopped.\nInterrupted.\n")
        if how is signal.SIGKILL:
            os.killpg(process.pid, signal.SIGKILL)  # the pip it leaves behind, which still holds the lock
    (copy / "stand-ins" / "stall").unlink()
    done = start(copy, "list")
    assert done.returncode == 0, done.stderr
    assert len(pip_calls(copy)) == 2


def test_missing_ensurepip(copy: Path) -> None:
    (copy / "stand-ins" / "sitecustomize.py").write_text(
        "import importlib.util\nreal = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name, package=None: None if name == 'ensurepip' else real(name, package)\n"
    )
    done = start(copy, "list")
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("This Python cannot make environments because its ensurepip module is missing")
    assert "apt install python3" in done.stderr
    assert not (copy / ".venv").exists()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def test_a_taken_port_is_said_before_anything_is_installed(copy: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(20)
        port = server.getsockname()[1]
        command = [sys.executable, str(copy / "launch.py"), "--port", str(port)]
        with subprocess.Popen(command, env=environ(copy), stderr=subprocess.PIPE, text=True) as process:
            server.accept()[0].close()  # whoever holds the port hangs up
            errors = process.communicate(timeout=60)[1]
    assert process.returncode == 2
    assert errors == f"Port {port} is taken by another program: choose another, for example --port {port + 1}.\n"
    assert not (copy / ".venv").exists()


def test_help_needs_no_setup(copy: Path) -> None:
    done = start(copy, "--help")
    assert done.returncode == 0
    assert "python3 launch.py test" in done.stdout
    assert not (copy / ".venv").exists()
    start(copy, "list")
    assert '"argv": ["--help"]' in start(copy, "--help").stdout


def test_the_launcher_loads_nothing_from_outside_the_standard_library() -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import launch, configs.handover, configs.setup_page, configs.setup_progress;"
        "print(*sorted(m.partition('.')[0] for m in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code, str(ROOT)], capture_output=True, text=True, timeout=30, check=True)
    foreign = {m for m in done.stdout.split() if m not in sys.stdlib_module_names and m not in ("__main__", "launch", "configs")}
    assert foreign == set()

"""A server that ends with whoever started it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
CHILDREN = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(os.getpid(), child.pid, flush=True)
time.sleep(600)
"""


def tethered(*argv: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "backends.tether", *argv], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT
    )


def gone(pid: int, limit_s: float = 20) -> bool:
    """Whether a process has ended, or is a corpse nobody has collected yet."""
    until = time.monotonic() + limit_s
    while time.monotonic() < until:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        with contextlib.suppress(OSError):
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        time.sleep(0.02)
    return False


@pytest.mark.skipif(sys.platform == "win32", reason="process groups")
class TestTether:
    def test_an_exit_code_is_passed_on(self) -> None:
        guard = tethered(sys.executable, "-c", "raise SystemExit(7)")
        assert guard.wait(30) == 7

    def test_cutting_it_ends_the_server_and_its_children(self) -> None:
        guard = tethered(sys.executable, "-c", CHILDREN)
        assert guard.stdout is not None
        assert guard.stdin is not None
        pids = [int(word) for word in guard.stdout.readline().split()]
        guard.stdin.close()
        assert guard.wait(30) == 0
        assert all(gone(pid) for pid in pids)

    def test_a_starter_that_is_killed_takes_the_server_along(self) -> None:
        line = [sys.executable, "-m", "backends.tether", sys.executable, "-c", CHILDREN]
        code = f"import subprocess, time\nguard = subprocess.Popen({line!r}, stdin=subprocess.PIPE)\ntime.sleep(600)"
        starter = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=ROOT)
        assert starter.stdout is not None
        pids = [int(word) for word in starter.stdout.readline().split()]
        starter.send_signal(signal.SIGKILL)
        starter.wait(10)
        assert all(gone(pid) for pid in pids)

    def test_a_server_that_does_not_listen_is_killed(self) -> None:
        stubborn = "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('up', flush=True)\ntime.sleep(600)"
        hasty = f"t.end.__defaults__ = (0.1,); sys.exit(t.main([sys.executable, '-c', {stubborn!r}]))"
        code = f"import sys; import backends.tether as t; {hasty}"
        guard = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT)
        assert guard.stdout is not None
        assert guard.stdin is not None
        assert guard.stdout.readline() == b"up\n"
        guard.stdin.close()
        assert guard.wait(30) == 0

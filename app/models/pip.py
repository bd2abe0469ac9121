"""Runs pip of the studio's environment as a process of its own, line by line, stoppable."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue

from configs.errors import Unavailable

OnLine = Callable[[str], None]
LOOK_EVERY_S = 0.25
ROOT = Path(__file__).parent.parent.parent
# What pip says when a registry does not have something, in the words of the versions that are in use.
_REASON = re.compile(r"^(?:ERROR|error|Error): ?(.+)$")


class PipFailed(Unavailable):
    """pip ended with an error; the message holds its last one."""

    code = "pip_failed"


class Pip:
    """pip of one interpreter."""

    def __init__(self, python: str = sys.executable) -> None:
        self.python = python

    def run(self, arguments: Sequence[str], on_line: OnLine) -> str:
        """Runs pip to its end and returns what it printed.

        ``on_line`` is given each line, and the last one again while nothing comes; what it raises ends pip.

        Raises:
            PipFailed: with pip's own reason.
        """
        command = [self.python, "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments]
        if arguments and arguments[0] in ("install", "download"):
            command += ["--progress-bar", "off", "--retries", "2"]
        lines: list[str] = []
        code = _run(command, lines, on_line)
        if code != 0:
            reasons = [found.group(1).strip() for found in map(_REASON.match, lines) if found]
            why = reasons[-1] if reasons else (lines[-1] if lines else f"exit code {code}")
            raise PipFailed(f"pip could not do it: {why.rstrip('.')}.", "Check the network and pip's own settings, then try again.")
        return "\n".join(lines)

    def versions(self, package: str) -> str:
        """What ``pip index versions`` says of a package; "" when it knows none."""
        try:
            return self.run(["index", "versions", package], lambda _: None)
        except PipFailed:
            return ""

    def site_packages(self) -> Path:
        """Where that interpreter's packages lie."""
        code = "import sysconfig; print(sysconfig.get_paths()['purelib'])"
        done = subprocess.run([self.python, "-c", code], capture_output=True, text=True, timeout=60, check=True)
        return Path(done.stdout.strip())

    def installed(self, package: str) -> str | None:
        """The installed version, local build included, in that interpreter."""
        code = "import importlib.metadata as m, sys\ntry: print(m.version(sys.argv[1]))\nexcept m.PackageNotFoundError: pass"
        done = subprocess.run([self.python, "-c", code, package], capture_output=True, text=True, timeout=60, check=False)
        return done.stdout.strip() or None


def _run(command: Sequence[str], lines: list[str], on_line: OnLine) -> int:
    heard: SimpleQueue[str | None] = SimpleQueue()
    process = subprocess.Popen(  # on a tether: pip must not go on at work on the environment when the studio is killed
        [sys.executable, "-m", "backends.tether", *command],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", errors="replace",
        env={**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            heard.put(line.rstrip())
        heard.put(None)

    threading.Thread(target=read, name="pip", daemon=True).start()
    try:
        last = ""
        while True:
            try:
                line = heard.get(timeout=LOOK_EVERY_S)
            except Empty:
                on_line(last)
                continue
            if line is None:
                return process.wait()
            lines.append(line)
            last = line
            on_line(line)
    finally:
        end(process)


def end(process: subprocess.Popen[str], grace_s: float = 15.0) -> None:
    """Cuts the tether, which ends pip and what it started; nothing happens to a process that has ended."""
    if process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.close()
    try:
        process.wait(timeout=grace_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

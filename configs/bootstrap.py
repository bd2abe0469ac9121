"""Makes and mends the studio's environment, `.venv`. Standard library only: it runs before anything is installed.

A set-up may be interrupted at any moment and run again: what it finished is written to a stamp last of all, and a lock
that the running pip shares keeps two set-ups from working on one folder.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NoReturn, Protocol

REQUIREMENTS = {"core": "requirements.txt", "tests": "requirements-dev.txt"}
NEEDED_BYTES = 1_500_000_000  # the core takes 0.8 GB installed, and pip unpacks beside it
# Builds of cv2 that need libGL; either shadows the headless one and stops the studio on a bare server.
INTRUDERS = ("opencv_python", "opencv_contrib_python")
VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"

OnLine = Callable[[str], None]


class SetupError(Exception):
    """Why the environment cannot be made, in one sentence, and what to do."""

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class Report(Protocol):
    """Whoever shows the set-up's progress: the terminal and the page."""

    def plan(self, steps: Sequence[str]) -> None:
        """What will be done, in order; the words of `plan()`."""

    def stage(self, step: str) -> None:
        """This step has begun, or "wait" while another set-up works on the folder."""

    def line(self, text: str) -> None:
        """The running tool printed this."""


class Runner(Protocol):
    """Runs a tool to its end; replaced in tests."""

    def __call__(self, command: Sequence[str], on_line: OnLine, keep_open: Sequence[int]) -> int:
        """Gives each line printed to `on_line`; the tool inherits the descriptors `keep_open`; returns its exit code."""


@dataclass(frozen=True)
class Found:
    """What stands in the folder now.

    Attributes:
        python: `.venv` holds a Python that can be started.
        pip: that Python has pip.
        stamp: what earlier set-ups finished: group -> hash of its requirements, and "python" -> version.
        intruders: packages that must not be there.
    """

    python: bool
    pip: bool
    stamp: Mapping[str, str]
    intruders: tuple[str, ...] = ()


def plan(found: Found, wanted: Mapping[str, str], version: str = "") -> tuple[str, ...]:
    """What has to be done, in order: "make", "install core", "install tests", "mend cv2".

    Args:
        found: what stands there.
        wanted: group -> hash of its requirements as they are now.
        version: the Python that `.venv` really runs, where known; another than the stamp's means that the system's
            Python was exchanged under the environment, which then holds nothing of use.
    """
    exchanged = bool(version) and found.stamp.get("python", version) != version
    if not found.python or not found.pip or exchanged:
        return ("make", *(f"install {group}" for group in wanted))
    installs = tuple(f"install {group}" for group, digest in wanted.items() if found.stamp.get(group) != digest)
    return installs + (("mend cv2",) if found.intruders else ())


@dataclass(frozen=True)
class Environment:
    """The folder's own Python and what is installed in it."""

    root: Path
    base_python: str = ""

    @classmethod
    def of(cls, root: str | Path) -> Environment:
        """The environment of this checkout, to be made from the Python that is running now."""
        return cls(Path(root).resolve(), getattr(sys, "_base_executable", "") or sys.executable)

    @property
    def venv(self) -> Path:
        """The folder of the environment."""
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def stamp_file(self) -> Path:
        """Written last, so that it never speaks of something unfinished."""
        return self.venv / "studio-setup.json"

    def wanted(self, groups: Sequence[str] = ("core",)) -> dict[str, str]:
        """Group -> SHA-256 of its requirements file."""
        return {group: hashlib.sha256((self.root / REQUIREMENTS[group]).read_bytes()).hexdigest() for group in groups}

    def stamp(self) -> dict[str, str]:
        """What earlier set-ups finished; empty when none did or the file is damaged."""
        try:
            data = json.loads(self.stamp_file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return {str(k): str(v) for k, v in data.items()} if isinstance(data, dict) else {}

    def packages(self) -> list[str]:
        """The folders that describe what is installed, such as `numpy-2.4.6.dist-info`."""
        return [folder.name for folder in self._descriptions()]

    def _descriptions(self) -> list[Path]:
        places = [*self.venv.glob("lib/python*/site-packages"), *self.venv.glob("Lib/site-packages")]
        return [place / name for place in places for name in os.listdir(place) if name.endswith(".dist-info")]

    def intruders(self) -> tuple[str, ...]:
        """Names of installed packages that must not be there."""
        names = {package.split("-", 1)[0] for package in self.packages()}
        return tuple(name.replace("_", "-") for name in INTRUDERS if name in names)

    def is_current_python(self) -> bool:
        """Whether this very process runs in the environment."""
        return os.path.realpath(sys.prefix) == os.path.realpath(self.venv)

    def ready(self, groups: Sequence[str] = ("core",)) -> bool:
        """Whether nothing is to be done; reads three small files and starts nothing."""
        found = Found(os.access(self.python, os.X_OK), True, self.stamp(), self.intruders())
        return not plan(found, self.wanted(groups), VERSION if self.is_current_python() else "")

    def become(self, arguments: Sequence[str]) -> NoReturn:
        """Replaces this process by the environment's Python: same process id, so signals and exit codes pass."""
        sys.stdout.flush()
        sys.stderr.flush()
        os.execv(self.python, [str(self.python), *arguments])

    def set_up(self, groups: Sequence[str], report: Report, runner: Runner | None = None) -> None:
        """Brings the environment up to date.

        Raises:
            SetupError: it cannot be done; the sentence says why and what to do.
        """
        run = runner or run_tool
        with _alone(self.root / ".setup.lock", report) as lock:
            if self.ready(groups):
                return  # another set-up did it while this one waited
            found = Found(os.access(self.python, os.X_OK), self._has_pip(run, lock), self.stamp(), self.intruders())
            wanted = self.wanted(groups)
            _refuse_small_disk(self.root)
            self._forget_half_installed()
            steps = plan(found, wanted, VERSION if self.is_current_python() else "")
            report.plan(steps)
            for step in steps:
                self._carry_out(step, report, run, lock)
            if self.intruders():
                self._carry_out("mend cv2", report, run, lock)
            kept = {k: v for k, v in self.stamp().items() if k in REQUIREMENTS}
            self._write_stamp({**kept, **wanted, "python": self._version(run, lock)})

    def _forget_half_installed(self) -> None:
        """pip writes RECORD last, but takes a package without one for installed: after an interruption it would stay half."""
        for folder in self._descriptions():
            if not (folder / "RECORD").exists():
                shutil.rmtree(folder, ignore_errors=True)

    def _carry_out(self, step: str, report: Report, run: Runner, lock: Sequence[int]) -> None:
        report.stage(step)
        if step == "make":
            refuse_without_venv()
            self._tool(run, [self.base_python, "-m", "venv", "--clear", str(self.venv)], report, lock)
        elif step == "mend cv2":
            self._tool(run, self._pip("uninstall", "--yes", *self.intruders()), report, lock)
            self._tool(run, self._pip("install", "--force-reinstall", "--no-deps", self._headless_cv2()), report, lock)
        else:
            file = self.root / REQUIREMENTS[step.removeprefix("install ")]
            self._tool(run, self._pip("install", "--prefer-binary", "--progress-bar", "off", "-r", str(file)), report, lock)

    def _pip(self, verb: str, *arguments: str) -> list[str]:
        return [str(self.python), "-m", "pip", "--disable-pip-version-check", "--no-input", verb, *arguments]

    def _headless_cv2(self) -> str:
        lines = (self.root / REQUIREMENTS["core"]).read_text(encoding="utf-8").splitlines()
        return next(line for line in lines if line.startswith("opencv-python-headless"))

    def _tool(self, run: Runner, command: Sequence[str], report: Report, lock: Sequence[int]) -> None:
        errors: list[str] = []

        def on_line(text: str) -> None:
            if text.startswith(("ERROR:", "error:", "Error:")):
                errors.append(text.split(":", 1)[1].strip())
            report.line(text)

        if run(command, on_line, lock) != 0:
            why = errors[-1] if errors else f"`{' '.join(command[1:5])} ...` failed"
            raise SetupError(
                f"The set-up stopped: {why.rstrip('.')}. Look at the lines above, check the network, and run the same command again; "
                "it goes on where it stopped."
            )

    def _has_pip(self, run: Runner, lock: Sequence[int]) -> bool:
        return os.access(self.python, os.X_OK) and run([str(self.python), "-m", "pip", "--version"], lambda _: None, lock) == 0

    def _version(self, run: Runner, lock: Sequence[int]) -> str:
        lines: list[str] = []
        run([str(self.python), "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], lines.append, lock)
        return lines[-1] if lines else ""

    def _write_stamp(self, stamp: Mapping[str, str]) -> None:
        half = self.stamp_file.with_suffix(".tmp")
        half.write_text(json.dumps(stamp, indent=1), encoding="utf-8")
        os.replace(half, self.stamp_file)


def refuse_without_venv() -> None:
    """Debian and Ubuntu ship Python without the parts that make environments.

    Raises:
        SetupError: with the command that installs them.
    """
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        raise SetupError(
            f"This Python cannot make environments because its ensurepip module is missing: "
            f"install it with `sudo apt install python{VERSION}-venv` (or `python3-venv`) and run the same command again.",
            exit_code=2,
        )


def _refuse_small_disk(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < NEEDED_BYTES:
        raise SetupError(
            f"{folder} has {free / 1e9:.1f} GB free and the set-up needs {NEEDED_BYTES / 1e9:.1f} GB: make room and run it again."
        )


def run_tool(command: Sequence[str], on_line: OnLine, keep_open: Sequence[int]) -> int:
    """Runs a tool, giving its output line by line; ends it when this process is interrupted."""
    environ = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environ,
        text=True,
        encoding="utf-8",
        errors="replace",
        pass_fds=tuple(keep_open),
    ) as process:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                on_line(line.rstrip())
        except BaseException:
            process.terminate()
            raise
    return process.returncode


@contextmanager
def _alone(path: Path, report: Report) -> Iterator[tuple[int, ...]]:
    """Holds the set-up's lock; yields the descriptors that tools must inherit, so that an orphaned pip still holds it.

    Raises:
        SetupError: the folder cannot be written to.
    """
    try:
        handle = path.open("a")
    except OSError as error:
        raise SetupError(f"{path.parent} cannot be written to ({error.strerror}): copy the studio to a folder of your own.", 2) from None
    with handle:
        descriptors = _lock(handle, report)
        yield descriptors


def _lock(handle: IO[str], report: Report) -> tuple[int, ...]:
    try:
        import fcntl
    except ImportError:  # Windows: without the lock, two set-ups at once are the person's own doing
        return ()
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        report.stage("wait")
        fcntl.flock(handle, fcntl.LOCK_EX)
    return (handle.fileno(),)

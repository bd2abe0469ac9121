"""What only some platforms have: dying with the parent, low priority, a lock on a folder. Each has a fallback."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1
IS_LINUX = sys.platform.startswith("linux")


def die_with_parent(parent_pid: int) -> None:
    """Asks the kernel to kill this process when the thread that started it ends (Linux; elsewhere the closed pipe does it)."""
    if IS_LINUX:
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent_pid:  # it died before we asked
            os._exit(1)


def yield_to_others() -> None:
    """Makes this process the one to suffer first: lower priority, first choice of the out-of-memory killer."""
    with contextlib.suppress(OSError, AttributeError):
        os.nice(10)
    if IS_LINUX:
        with contextlib.suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("500")


def kill_group(pid: int) -> None:
    """Kills a process that leads a session, with everything it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(pid, signal.SIGKILL)
        else:
            os.kill(pid, signal.SIGTERM)


def worker_environment(lane: str, root: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """The environment of a worker: finds our packages, and sees a GPU only in the `gpu` lane."""
    inherited = environ.get("PYTHONPATH")
    found = {**environ, "PYTHONPATH": os.pathsep.join([str(root), *([inherited] if inherited else [])]), "PYTHONUNBUFFERED": "1"}
    if lane != "gpu":
        found["CUDA_VISIBLE_DEVICES"] = ""
    return found


class FolderLock:
    """An exclusive lock on a file; the system drops it when the process ends, however it ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[str] | None = None

    def acquire(self) -> bool:
        """Takes the lock; False when another process holds it."""
        file = self.path.open("a+")
        try:
            _lock(file)
        except OSError:
            file.close()
            return False
        self._file = file
        return True

    @property
    def held(self) -> bool:
        """Whether we hold it."""
        return self._file is not None

    def release(self) -> None:
        """Gives it back."""
        if self._file is not None:
            self._file.close()
            self._file = None


if sys.platform == "win32":  # pragma: no cover - Linux and WSL2 first
    import msvcrt

    def _lock(file: IO[str]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(file: IO[str]) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)

"""A small disk that can be filled, emptied and made read-only, and studios upon it."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.studio import Studio
from configs.settings import Settings
from tests.jobs import handlers

SIZE_MIB = 16


class SmallDisk:
    """A file system of 16 MiB in memory."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._filler = path / "filler"

    def fill(self, leave_bytes: int = 0) -> None:
        """Takes all room but ``leave_bytes``."""
        with self._filler.open("ab", buffering=0) as file:
            for size in (2**20, 2**12):
                with contextlib.suppress(OSError):
                    while file.write(b"\0" * size) == size:
                        continue
            if leave_bytes:
                file.truncate(max(0, self._filler.stat().st_size - leave_bytes))

    def free(self) -> None:
        """Gives the room back."""
        self._filler.unlink(missing_ok=True)

    def make_read_only(self) -> None:
        """No more writing."""
        subprocess.run(["mount", "-o", "remount,ro", str(self.path)], check=True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """A real file system of its own; needs the right to mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    command = [mount or "mount", "-t", "tmpfs", "-o", f"size={SIZE_MIB}m,mode=700", "tmpfs", str(folder)]
    if mount is None or os.name != "posix" or subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("mounting a small disk needs root; the simulated full disk is tested all the same")
    yield SmallDisk(folder)
    subprocess.run(["umount", "-l", str(folder)], check=False)


@pytest.fixture
def open_studio(tmp_path: Path) -> Iterator[Callable[..., Studio]]:
    """Opens studios with the test capabilities; closes them all at the end."""
    opened: list[Studio] = []

    def open_one(**settings: Any) -> Studio:
        options = {"data_dir": tmp_path / "data", "cpu_workers": 1, "cancel_grace_s": 0.3, "min_free_bytes": 0, **settings}
        studio = Studio.open(Settings(**options), capabilities=handlers.TABLE, worker_target="tests.jobs.handlers:build")
        opened.append(studio)
        return studio

    yield open_one
    for studio in opened:
        studio.close()

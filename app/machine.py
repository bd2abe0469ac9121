"""The machine under the studio: meters, the process that probes media, the process that draws the sample."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.intake import Intake
from configs.errors import NotFound, Unavailable
from jobs import host
from jobs.process import ROOT
from storage.artifacts import ArtifactStore
from storage.records import SOURCE, Artifact

if TYPE_CHECKING:
    from app.video.prober import Prober

SAMPLES = {"animation": "studio-sample.mp4"}
SAMPLE_LIMIT_S = 120
USED_EVERY_S = 60.0


def explain_folder(folder: Path, error: OSError) -> Unavailable:
    """Why the data folder cannot be used, in plain words."""
    elsewhere = "or give another with --data-dir."
    if isinstance(error, (FileExistsError, NotADirectoryError)):
        found = next((path for path in (folder, *folder.parents) if path.is_file()), folder)
        return Unavailable(
            f"The data folder {folder} cannot be used: {found} is a file.", f"Move the file away, {elsewhere}", "not_a_folder"
        )
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Unavailable(
            f"The disk of the data folder {folder} is full.", f"Free some space and start again, {elsewhere} Nothing is lost.", "disk_full"
        )
    reason = "it is read-only" if error.errno == errno.EROFS else error.strerror or str(error)
    return Unavailable(f"The data folder {folder} cannot be written: {reason}.", f"Make it writable, {elsewhere}", "read_only")


class LazyProber:
    """Probes media in a process of its own, which starts with the first question."""

    def __init__(self) -> None:
        self._prober: Prober | None = None
        self._lock = threading.Lock()

    def probe(self, path: Path, kind: str) -> dict[str, Any]:
        """What is in a file; raises `BadMedia`."""
        with self._lock:
            if self._prober is None:
                from app.video.prober import Prober

                self._prober = Prober()
        return self._prober.look(path, kind)

    def close(self) -> None:
        """Ends the process."""
        with self._lock:
            if self._prober is not None:
                self._prober.close()


class Meter:
    """CPU, memory, disk and GPU, read when asked."""

    def __init__(self) -> None:
        self._has_gpu = shutil.which("nvidia-smi") is not None
        self._used_bytes, self._used_at = 0, float("-inf")

    def read(self, folder: Path, used_by_studio: Callable[[], int]) -> dict[str, Any]:
        """Percent and bytes; ``gpu`` is None where there is none. What the studio uses is added up at most once a minute."""
        import psutil

        if time.monotonic() - self._used_at > USED_EVERY_S:
            self._used_bytes, self._used_at = used_by_studio(), time.monotonic()

        memory = psutil.virtual_memory()
        disk = shutil.disk_usage(folder)
        return {
            "cpu_percent": psutil.cpu_percent(interval=None),
            "memory": {"total_bytes": memory.total, "used_bytes": memory.total - memory.available},
            "disk": {"free_bytes": disk.free, "total_bytes": disk.total, "used_by_studio_bytes": self._used_bytes},
            "gpu": self._read_gpu(),
        }

    def _read_gpu(self) -> dict[str, Any] | None:
        if not self._has_gpu:
            return None
        query = "--query-gpu=name,memory.total,memory.used,utilization.gpu"
        try:
            answer = subprocess.run(
                ["nvidia-smi", query, "--format=csv,noheader,nounits"], capture_output=True, text=True, timeout=5, check=True
            )
        except (OSError, subprocess.SubprocessError):
            self._has_gpu = False
            return None
        name, total, used, load = (part.strip() for part in answer.stdout.splitlines()[0].split(","))
        return {"name": name, "total_bytes": int(total) * 2**20, "used_bytes": int(used) * 2**20, "percent": float(load)}


def sample_clip(name: str, artifacts: ArtifactStore, intake: Intake) -> Artifact:
    """The sample as an artifact: drawn by a process of its own the first time, found again afterwards."""
    if name not in SAMPLES:
        raise NotFound(f"There is no sample {name!r}.", f"Samples: {', '.join(SAMPLES)}.")
    file_name = SAMPLES[name]
    for known in artifacts.page(kind="video", role=SOURCE, query=file_name).items:
        if known.name == file_name and not known.external and not known.missing:
            return known  # type: ignore[no-any-return]
    intake.require_space()
    with tempfile.TemporaryDirectory(prefix="sample-") as folder:
        path = Path(folder) / file_name
        command = [sys.executable, "-m", "app.video.sample", str(path)]
        done = subprocess.run(
            command,
            cwd=folder,
            env=host.worker_environment("cpu", ROOT, os.environ),
            capture_output=True,
            text=True,
            timeout=SAMPLE_LIMIT_S,
        )
        if done.returncode != 0:
            words = done.stderr.strip().splitlines()
            raise Unavailable(
                f"The sample could not be drawn: {words[-1] if words else 'its process died'}.", "Run `python3 launch.py doctor`."
            )
        return intake.keep(artifacts.blobs.stage_copy(path), file_name, "video", None)

"""What the doctor looks at: each function reads one thing of this machine and judges nothing."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HARDWARE_ENCODERS = ("h264_nvenc", "h264_vaapi", "h264_qsv", "h264_videotoolbox", "h264_amf")


def requirements(path: Path) -> list[str]:
    """The requirement lines of a file, without comments."""
    lines = (line.split(" #")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def installed(name: str) -> str | None:
    """The installed version of a package, or None."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def unmet(lines: list[str]) -> tuple[list[str], int]:
    """(requirements that this environment does not meet, how many apply here)."""
    from packaging.requirements import Requirement

    missing, applying = [], 0
    for line in lines:
        wanted = Requirement(line)
        if wanted.marker is not None and not wanted.marker.evaluate():
            continue
        applying += 1
        version = installed(wanted.name)
        if version is None or not wanted.specifier.contains(version, prereleases=True):
            missing.append(f"{wanted.name} ({version or 'absent'})")
    return missing, applying


def ffmpeg() -> tuple[str, str, frozenset[str]]:
    """(path, version, names of its encoders).

    Raises:
        OSError, RuntimeError: there is none, or it does not run.
    """
    import imageio_ffmpeg

    path = str(imageio_ffmpeg.get_ffmpeg_exe())
    first = _output([path, "-version"]).splitlines()[0]
    version = first.split(" ")[2] if first.startswith("ffmpeg version ") else first
    listing = _output([path, "-hide_banner", "-encoders"])
    return path, version, frozenset(re.findall(r"^ [VAS][A-Z.]{5} (\S+)", listing, re.MULTILINE))


def pyav() -> tuple[str, str]:
    """(version of PyAV, version of the libavcodec in it)."""
    import av

    return av.__version__, ".".join(str(n) for n in av.library_versions["libavcodec"])


def sqlite_features(folder: Path) -> tuple[str, str, bool]:
    """(version, journal mode that a database in this folder takes when asked for WAL, whether FTS5 is there)."""
    with tempfile.TemporaryDirectory(dir=folder, prefix=".doctor-") as place:
        connection = sqlite3.connect(os.path.join(place, "try.db"))
        try:
            mode = str(connection.execute("PRAGMA journal_mode=WAL").fetchone()[0])
            try:
                connection.execute("CREATE VIRTUAL TABLE words USING fts5(word)")
                fts5 = True
            except sqlite3.OperationalError:
                fts5 = False
        finally:
            connection.close()
    return sqlite3.sqlite_version, mode, fts5


def try_folder(folder: Path) -> str:
    """Writes, syncs and renames a small file as the store does; returns the reason why that failed, or nothing."""
    try:
        descriptor, half = tempfile.mkstemp(dir=folder, prefix=".doctor-")
        try:
            os.write(descriptor, b"x")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        whole = half + ".done"
        os.replace(half, whole)
        os.unlink(whole)
    except OSError as error:
        return error.strerror or str(error)
    return ""


def nearest_existing(folder: Path) -> Path:
    """The folder itself, or the first parent that is there."""
    return next(place for place in (folder, *folder.parents) if place.exists())


def filesystem(folder: Path, mounts: Path = Path("/proc/mounts")) -> str:
    """The type of the file system that holds the folder ("ext4", "nfs4", "9p"), or "" where it cannot be told."""
    try:
        table = [line.split(" ") for line in mounts.read_text(encoding="utf-8").splitlines()]
    except OSError:
        return ""
    target = os.path.realpath(folder)
    holding = [(m[1], m[2]) for m in table if len(m) > 2 and (target + "/").startswith(m[1].rstrip("/") + "/")]
    return max(holding, key=lambda mount: len(mount[0]))[1] if holding else ""


def nvidia() -> list[str]:
    """One "name, memory MiB, driver" per NVIDIA card; empty when there is none or its driver does not answer."""
    tool = shutil.which("nvidia-smi")
    if not tool:
        return []
    try:
        return _output([tool, "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader,nounits"]).splitlines()
    except (OSError, RuntimeError):
        return []


def find_browser(environ: Mapping[str, str]) -> str:
    """A Chromium for the tests: STUDIO_CHROMIUM, the system's, else Playwright's own; "" when there is none."""
    named = environ.get("STUDIO_CHROMIUM", "")
    if named and os.access(named, os.X_OK):
        return named
    for name in BROWSERS:
        path = shutil.which(name)
        if path:
            return path
    cache = Path(environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path(environ.get("HOME", "/")) / ".cache" / "ms-playwright")
    return next((str(p) for p in sorted(cache.glob("chromium-*/chrome-linux*/chrome"), reverse=True) if os.access(p, os.X_OK)), "")


def open_file_limit() -> int | None:
    """How many files this process may hold open, or None where there is no such limit."""
    if sys.platform == "win32":
        return None
    import resource

    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def _output(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", stdin=subprocess.DEVNULL, timeout=20, check=False)
    if done.returncode != 0:
        raise RuntimeError((done.stderr.strip() or f"exit code {done.returncode}").splitlines()[-1])
    return done.stdout

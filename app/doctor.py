"""What works on this machine, what does not, and the command that mends it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from app import doctor_facts as facts
from app.doctor_findings import Finding, Level
from app.doctor_models import examine_models, examine_torch
from configs import handover
from configs.bootstrap import SetupError
from configs.settings import Settings

REBUILD = "rm -rf .venv && python3 launch.py"
NETWORK_FILESYSTEMS = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "drvfs", "afs", "fuse.sshfs", "fuse.rclone", "davfs", "glusterfs")
GIB = 2**30


def examine(settings: Settings) -> list[Finding]:
    """Looks at everything; a look that itself fails becomes a finding, so one broken part never hides the others."""
    looks: Sequence[tuple[str, Callable[[], Finding]]] = (
        ("Python", lambda: judge_python(sys.version_info[:3])),
        ("Packages", lambda: judge_packages(*facts.unmet(facts.requirements(facts.ROOT / "requirements.txt")))),
        ("OpenCV", lambda: judge_opencv(_intruders(), facts.installed("opencv-python-headless"))),
        ("ffmpeg", lambda: judge_ffmpeg(*facts.ffmpeg())),
        ("PyAV", lambda: judge_pyav(*facts.pyav())),
        ("Data folder", lambda: judge_folder(settings.data_dir, facts.try_folder(_there(settings)))),
        ("Disk", lambda: judge_disk(settings.data_dir, shutil.disk_usage(_there(settings)).free)),
        ("File system", lambda: judge_filesystem(settings.data_dir, facts.filesystem(_there(settings)))),
        ("SQLite", lambda: judge_sqlite(*facts.sqlite_features(_there(settings)))),
        ("Port", lambda: _port(settings)),
        ("Memory", _memory),
        ("GPU", lambda: judge_gpu(facts.nvidia())),
        ("Torch", lambda: examine_torch(facts.installed("torch"))),
        ("Models", lambda: examine_models(settings)),
        ("Desktop", lambda: judge_desktop(handover.has_desktop(os.environ), settings.port)),
        ("Text", lambda: judge_encoding(sys.getfilesystemencoding())),
        ("Open files", lambda: judge_open_files(facts.open_file_limit())),
        ("Test browser", lambda: judge_browser(facts.find_browser(os.environ))),
    )
    return [_look(name, look) for name, look in looks]


def worst(findings: Sequence[Finding]) -> Level:
    """The gravest level among them."""
    levels = {finding.level for finding in findings}
    return "bad" if "bad" in levels else "warn" if "warn" in levels else "ok"


def _look(name: str, look: Callable[[], Finding]) -> Finding:
    try:
        return look()
    except Exception as error:  # a broken library may raise anything at import
        return Finding(name, "bad", f"{name} could not be examined: {type(error).__name__}: {error}.", REBUILD)


def judge_python(version: Sequence[int]) -> Finding:
    """3.10 to 3.13."""
    text = ".".join(str(n) for n in version)
    if (3, 10) <= tuple(version[:2]) <= (3, 13):
        return Finding("Python", "ok", f"Python {text}.")
    return Finding("Python", "bad", f"Python {text}; the studio needs 3.10 to 3.13.", "rm -rf .venv && python3.12 launch.py")


def judge_packages(unmet: Sequence[str], total: int) -> Finding:
    """Every requirement of the core is installed in its range."""
    if not unmet:
        return Finding("Packages", "ok", f"All {total} required packages are installed.")
    return Finding(
        "Packages",
        "bad",
        f"{len(unmet)} of {total} packages are missing or of another version: {', '.join(unmet)}.",
        f"{sys.executable} -m pip install -r {facts.ROOT / 'requirements.txt'}",
    )


def judge_opencv(intruders: Sequence[str], headless: str | None) -> Finding:
    """Only the headless build may be there: the other needs libGL and overwrites the same files."""
    if intruders:
        names = " ".join(intruders)
        reinstall = f"{sys.executable} -m pip install --force-reinstall --no-deps opencv-python-headless"
        return Finding(
            "OpenCV", "bad", f"{names} hides the headless build.", f"{sys.executable} -m pip uninstall -y {names} && {reinstall}"
        )
    if headless is None:
        return Finding("OpenCV", "bad", "opencv-python-headless is absent.", REBUILD)
    return Finding("OpenCV", "ok", f"opencv-python-headless {headless}, and no other build.")


def judge_ffmpeg(path: str, version: str, encoders: frozenset[str]) -> Finding:
    """It runs and writes H.264 and AAC."""
    missing = [name for name in ("libx264", "aac") if name not in encoders]
    if missing:
        return Finding("ffmpeg", "bad", f"ffmpeg {version} at {path} cannot write {' and '.join(missing)}.", "unset IMAGEIO_FFMPEG_EXE")
    hardware = [name for name in facts.HARDWARE_ENCODERS if name in encoders]
    return Finding("ffmpeg", "ok", f"ffmpeg {version} with libx264; hardware encoders built in: {', '.join(hardware) or 'none'}.")


def judge_pyav(version: str, libavcodec: str) -> Finding:
    """It imports; that is what can fail."""
    return Finding("PyAV", "ok", f"PyAV {version} with libavcodec {libavcodec}.")


def judge_sqlite(version: str, journal_mode: str, fts5: bool) -> Finding:
    """WAL is what lets the page read while a job writes; FTS5 is for search."""
    if journal_mode != "wal":
        return Finding(
            "SQLite",
            "bad",
            f"SQLite {version} cannot use WAL in the data folder (it took {journal_mode!r}), as on a network drive.",
            "STUDIO_DATA_DIR=/path/on/a/local/disk python3 launch.py",
        )
    if not fts5:
        return Finding("SQLite", "warn", f"SQLite {version} without FTS5: search is slower.", "rm -rf .venv && python3.12 launch.py")
    return Finding("SQLite", "ok", f"SQLite {version} with WAL and FTS5.")


def judge_folder(folder: Path, failure: str) -> Finding:
    """Write, fsync and rename all work there."""
    if failure:
        return Finding("Data folder", "bad", f"{folder} cannot be written to: {failure}.", f"sudo chown -R $USER {folder}")
    return Finding("Data folder", "ok", f"{folder} can be written to, synced and renamed in.")


def judge_disk(folder: Path, free_bytes: int) -> Finding:
    """Room for clips and what is made of them."""
    sentence = f"{free_bytes / GIB:.1f} GiB free for {folder}."
    if free_bytes < GIB:
        return Finding("Disk", "bad", sentence, "STUDIO_DATA_DIR=/path/with/room python3 launch.py")
    if free_bytes < 10 * GIB:
        return Finding("Disk", "warn", sentence + " Clips and models need more.", "STUDIO_DATA_DIR=/path/with/room python3 launch.py")
    return Finding("Disk", "ok", sentence)


def judge_filesystem(folder: Path, kind: str) -> Finding:
    """Network drives do not keep SQLite's locks and syncs."""
    if kind in NETWORK_FILESYSTEMS:
        return Finding(
            "File system",
            "warn",
            f"{folder} lies on {kind}, a network or shared drive: a power cut may cost the newest jobs.",
            "STUDIO_DATA_DIR=/path/on/a/local/disk python3 launch.py",
        )
    return Finding("File system", "ok", f"{folder} lies on {kind or 'a file system that does not tell its kind'}.")


def judge_port(where: handover.Address, holder: str) -> Finding:
    """`holder`: "free", "studio", "setup" or "other"."""
    if holder == "free":
        return Finding("Port", "ok", f"Port {where.port} is free.")
    if holder in ("studio", "setup"):
        return Finding("Port", "ok", f"A studio {'runs' if holder == 'studio' else 'is being set up'} at {where.url}.")
    return Finding("Port", "warn", f"Port {where.port} is taken by another program.", f"python3 launch.py --port {where.port + 1}")


def judge_memory(total_bytes: int, available_bytes: int) -> Finding:
    """The built-in engines want about 2 GiB free."""
    sentence = f"{total_bytes / GIB:.1f} GiB of memory, {available_bytes / GIB:.1f} GiB available."
    if available_bytes < 2 * GIB:
        return Finding("Memory", "warn", sentence + " Long or large clips may run short.", "STUDIO_CPU_WORKERS=1 python3 launch.py")
    return Finding("Memory", "ok", sentence)


def judge_gpu(cards: Sequence[str]) -> Finding:
    """None is fine: every tab has an engine that runs on the CPU."""
    if not cards:
        return Finding("GPU", "ok", "No NVIDIA GPU found; the built-in engines run on the CPU.")
    described = [
        f"{name}, {float(memory) / 1024:.0f} GiB, driver {driver}" for name, memory, driver in (card.rsplit(", ", 2) for card in cards)
    ]
    return Finding("GPU", "ok", "; ".join(described) + ".")


def judge_desktop(there: bool, port: int) -> Finding:
    """Without one, the address has to be opened by hand."""
    if there:
        return Finding("Desktop", "ok", "A desktop is there: the browser opens by itself.")
    return Finding(
        "Desktop", "ok", f"No desktop: open http://localhost:{port}, from elsewhere through `ssh -L {port}:localhost:{port} HOST`."
    )


def judge_encoding(filesystem_encoding: str) -> Finding:
    """File names in any language."""
    if filesystem_encoding.lower().replace("-", "") == "utf8":
        return Finding("Text", "ok", "File names are UTF-8.")
    return Finding("Text", "warn", f"File names are {filesystem_encoding}: names with accents may fail.", "export LC_ALL=C.UTF-8")


def judge_open_files(limit: int | None) -> Finding:
    """Connections, workers and clips each hold some."""
    if limit is not None and 0 <= limit < 1024:
        return Finding("Open files", "warn", f"Only {limit} files may be open at once.", "ulimit -n 4096")
    text = "unlimited" if limit is None or limit < 0 else str(limit)
    return Finding("Open files", "ok", f"Limit of open files: {text}.")


def judge_browser(path: str) -> Finding:
    """Only the tests need one."""
    if path:
        return Finding("Test browser", "ok", f"{path} for the page's tests.")
    return Finding("Test browser", "warn", "No Chromium for the page's tests.", "python3 launch.py test")


def _there(settings: Settings) -> Path:
    """The data folder, or where it will be made: looking leaves nothing behind."""
    return facts.nearest_existing(settings.data_dir)


def _intruders() -> list[str]:
    return [name for name in ("opencv-python", "opencv-contrib-python") if facts.installed(name)]


def _memory() -> Finding:
    import psutil

    memory = psutil.virtual_memory()
    return judge_memory(memory.total, memory.available)


def _port(settings: Settings) -> Finding:
    where = handover.Address(settings.host, settings.port)
    try:
        handover.refuse_taken_port(where)
    except SetupError:
        return judge_port(where, handover.who_listens(where))
    return judge_port(where, "free")

"""Writes a job's files into a folder: whole, or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from app.client import Session
from configs.errors import BadInput, Unavailable


def require_folder(folder: Path | None) -> Path | None:
    """The absolute path, after checking that it is or can become a folder; None stays None.

    Raises:
        BadInput: something else has that name, or it cannot be written.
    """
    if folder is None:
        return None
    full = folder.expanduser().absolute()
    if full.exists() and not full.is_dir():
        raise BadInput(f"{full} is a file, not a folder.", "Give another --out.")
    above = full
    while not above.exists():
        above = above.parent
    if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
        raise BadInput(f"{full} cannot be written.", "Give another --out.")
    return full


def write_folder(session: Session, artifacts: Sequence[Mapping[str, Any]], folder: Path) -> list[str]:
    """Fetches everything into a folder beside the target first; returns the names written, in order.

    A folder that is there keeps its other files; only the sub-folders that an export owns are replaced as a whole,
    so that no picture of an earlier export stays among the new ones.
    """
    names = [safe_name(artifact["name"]) for artifact in artifacts]
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-"))
        try:
            for artifact, name in zip(artifacts, names, strict=True):
                target = staging / name
                target.parent.mkdir(parents=True, exist_ok=True)
                session.fetch(artifact["id"], target)
            staging.chmod(0o777 & ~_umask())
            _move_in(staging, folder)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    except OSError as error:
        raise Unavailable(f"{folder} cannot be written: {error.strerror or error}.", "Free space or give another --out.") from None
    return [str(name) for name in names]


def safe_name(name: str) -> PurePosixPath:
    """The relative path an artifact is written to; raises `BadInput` for one that would leave the folder."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or not path.parts:
        raise BadInput(f"The file name {name!r} does not stay inside a folder.", "Export the file by itself.")
    return path


def _move_in(staging: Path, folder: Path) -> None:
    if not folder.exists():
        staging.rename(folder)
        return
    for entry in sorted(staging.iterdir()):
        target = folder / entry.name
        if target.is_dir() and not target.is_symlink():
            aside = staging / f".old-{entry.name}"
            target.rename(aside)
            entry.rename(target)
        else:
            os.replace(entry, target)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask

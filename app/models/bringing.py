"""Files of this machine brought into the studio's own folder: on the same disk without copying a byte."""

from __future__ import annotations

import os
from pathlib import Path

from app.models.install import require_space
from jobs.context import JobContext

PIECE = 4 << 20


def bring(source: Path, target: Path, name: str, min_free_bytes: int, job: JobContext) -> int:
    """A second name for the file, or a copy where the disk is another one or knows no such names; returns its size in bytes.

    Raises:
        Unavailable: not enough space. `JobCancelled`; what was half copied is left to the caller to remove.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    real = source.resolve()  # the hub's cache keeps links
    size = real.stat().st_size
    try:
        os.link(real, target)
    except OSError:
        require_space(target.parent, size, name, min_free_bytes)
        with real.open("rb") as reader, target.open("wb") as writer:
            while piece := reader.read(PIECE):
                job.raise_if_cancelled()
                writer.write(piece)
    return size

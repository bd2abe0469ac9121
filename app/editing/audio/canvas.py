"""A long stereo sound on disk that is worked on piece by piece, so that an hour needs no more memory than a minute."""

from __future__ import annotations

import contextlib
import errno
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.editing.audio.reader import RATE_HZ
from configs.errors import Unavailable

if TYPE_CHECKING:
    import numpy as np

    Samples = np.ndarray[Any, np.dtype[np.float32]]

BYTES_PER_SAMPLE = 8
_PIECE = 1 << 20


@contextlib.contextmanager
def canvas(folder: Path, samples: int) -> Iterator[tuple[Path, Samples]]:
    """(raw file, (samples, 2) float32 zeros kept in it), removed at the end.

    The room on the disk is taken at once: a mapped file on a full disk would end the process instead of raising.

    Raises:
        Unavailable: the disk has no room for it.
    """
    import numpy as np

    path = folder / f".sound-{uuid.uuid4().hex}.f32"
    size = max(1, samples) * BYTES_PER_SAMPLE
    try:
        try:
            _reserve(path, size)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                raise
            raise Unavailable(
                f"The disk is full: the sound of {samples / RATE_HZ:.0f} seconds needs {size / 1e6:.0f} MB while it is mixed.",
                "Free some room and start again.",
            ) from error
        mapped = np.memmap(path, np.float32, "r+", shape=(max(1, samples), 2))
        yield path, mapped[:samples]
        del mapped
    finally:
        path.unlink(missing_ok=True)


def _reserve(path: Path, size: int) -> None:
    with path.open("xb") as file:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(file.fileno(), 0, size)
            return
        for at in range(0, size, _PIECE):
            file.write(bytes(min(_PIECE, size - at)))

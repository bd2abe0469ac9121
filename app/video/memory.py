"""Giving freed memory back to the system."""

from __future__ import annotations

import contextlib
import ctypes
import sys


def give_back() -> None:
    """What a long job has freed goes back to the system at once (Linux with glibc; elsewhere nothing happens).

    Large arrays that were freed once are later taken from the heap of their thread, which keeps what is freed.
    """
    if sys.platform.startswith("linux"):
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)

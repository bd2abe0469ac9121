"""Memory: when to start no further job, and when to replace a worker that has grown. Pure decisions; `measure` reads the machine."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

LOW_AVAILABLE = 0.06  # below this share of all memory, what runs may finish but nothing is started beside it
RECYCLE_RSS_BYTES = 1536 * 2**20


@dataclass(frozen=True)
class Memory:
    """Bytes of the whole machine."""

    total_bytes: int
    available_bytes: int


def may_start(memory: Memory, running: int) -> bool:
    """Whether another job may start now. With nothing running one always may: waiting would free nothing."""
    return running == 0 or memory.available_bytes >= LOW_AVAILABLE * memory.total_bytes


def should_recycle(rss_bytes: int) -> bool:
    """Whether an idle worker holds so much memory that a fresh one is better."""
    return rss_bytes > RECYCLE_RSS_BYTES


def measure() -> Memory:
    """The machine's memory now."""
    import psutil

    found = psutil.virtual_memory()
    return Memory(found.total, found.available)


def rss_bytes(pid: int) -> int:
    """A process's resident memory; 0 when it has gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_bytes().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, AttributeError):  # it has gone, or the platform keeps no such file
        return _rss_anywhere(pid)


def _rss_anywhere(pid: int) -> int:
    import psutil

    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0

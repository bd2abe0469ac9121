"""Memory decides when nothing more is started."""

from __future__ import annotations

import os

from jobs.guard import RECYCLE_RSS_BYTES, Memory, may_start, measure, rss_bytes, should_recycle


def test_low_memory_starts_nothing_beside_what_runs() -> None:
    assert not may_start(Memory(100, 3), running=1)
    assert may_start(Memory(100, 50), running=1)


def test_with_nothing_running_one_job_may_always_start() -> None:
    assert may_start(Memory(100, 0), running=0)


def test_a_grown_worker_is_replaced() -> None:
    assert should_recycle(RECYCLE_RSS_BYTES + 1)
    assert not should_recycle(RECYCLE_RSS_BYTES)


def test_the_machine_can_be_read() -> None:
    memory = measure()
    assert 0 < memory.available_bytes <= memory.total_bytes
    assert rss_bytes(os.getpid()) > 2**20
    assert rss_bytes(2**30) == 0

"""Freed memory goes back to the system."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from app.video import memory


def resident_mb() -> float:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmRSS"))) / 1024


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only there is memory told this way")
def test_what_a_thread_has_freed_is_given_back() -> None:
    def work() -> None:
        np.ones(3_000_000)  # from now on smaller arrays come from the thread's heap
        kept = [np.ones(100_000) for _ in range(60)]
        del kept

    thread = threading.Thread(target=work)
    before = resident_mb()
    thread.start()
    thread.join()
    memory.give_back()
    assert resident_mb() - before < 30


def test_elsewhere_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    memory.give_back()

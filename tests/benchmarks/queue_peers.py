"""Other embedded queues on the same disk in the same minute: one job through each, in and out, as durably as each of them can."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

Cycle = Callable[[], object]


def _huey(folder: Path) -> Cycle:
    """SQLite, fsync on. Taking a job out deletes it: what runs when the process dies is lost."""
    from huey import SqliteHuey

    huey = SqliteHuey("bench", filename=str(folder / "huey.db"), fsync=True)

    @huey.task()
    def nothing() -> None:
        return None

    def cycle() -> None:
        nothing()
        huey.execute(huey.dequeue())

    return cycle


def _persist_queue(folder: Path) -> Cycle:
    """SQLiteAckQueue: put, get, ack."""
    from persistqueue import SQLiteAckQueue

    waiting = SQLiteAckQueue(str(folder / "persist"), auto_commit=True)

    def cycle() -> None:
        waiting.put({"text": "x"})
        waiting.ack(waiting.get())

    return cycle


def _litequeue(folder: Path) -> Cycle:
    """put, pop, done, with its synchronous setting raised to ours."""
    from litequeue import LiteQueue

    waiting = LiteQueue(str(folder / "lite.db"))
    waiting.conn.execute("PRAGMA synchronous = FULL")

    def cycle() -> None:
        waiting.put("x")
        waiting.done(waiting.pop().message_id)

    return cycle


PEERS: dict[str, Callable[[Path], Cycle]] = {"huey": _huey, "persist-queue": _persist_queue, "litequeue": _litequeue}


def rates(seconds: float, folder: Path) -> dict[str, float | None]:
    """Jobs per second of every peer that is installed; None for those that are not."""
    found: dict[str, float | None] = {}
    for name, make in PEERS.items():
        with tempfile.TemporaryDirectory(dir=folder) as place:
            try:
                cycle = make(Path(place))
            except ImportError:
                found[name] = None
                continue
            found[name] = rate(cycle, seconds)
    return found


def rate(cycle: Cycle, seconds: float) -> float:
    """Calls per second, after a few to warm up."""
    for _ in range(20):
        cycle()
    count, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        cycle()
        count += 1
    return count / (time.perf_counter() - began)

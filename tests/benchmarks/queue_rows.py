"""Stores of a hundred thousand and a million jobs made quickly, and the yardstick that writes are held against: a bare fsync."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from storage.database import Database
from storage.ids import new_id

CAPABILITIES = ("video.analyze", "image.generate", "voice.speak", "video.edit", "video.parody")
RARE = "model.install"
PROJECTS = ("default", "p-film", "p-series", "p-tests")
EMPTY_PROJECT = "p-empty"


def make_store(folder: Path, rows: int, running: int = 0) -> Database:
    """A closed database of an old studio: nine in ten jobs succeeded, two in a hundred wait, ``running`` were at work when it died."""
    database = Database(f"sqlite:///{folder / 'studio.db'}")
    folder.mkdir(parents=True, exist_ok=True)
    database.open()
    database.close()
    with closing(sqlite3.connect(database.path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -256000")
        connection.execute("BEGIN")
        rest = _drop(connection)  # filling first and building the indices afterwards takes a fraction of the time
        names = [(p, p, 0.0) for p in (*PROJECTS[1:], EMPTY_PROJECT)]
        connection.executemany("INSERT INTO projects VALUES (?, ?, ?)", names)
        connection.executemany(
            "INSERT INTO jobs (id, capability, title, state, lane, priority, attempt, request, result, project_id, created_at)"
            " VALUES (?, ?, ?, ?, 'cpu', ?, ?, ?, ?, ?, ?)",
            _rows(rows, running),
        )
        for statement in rest:
            connection.execute(statement)
        connection.execute("INSERT INTO counters SELECT project_id, lane, state, count(*) FROM jobs GROUP BY 1, 2, 3")
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    if hasattr(os, "sync"):
        os.sync()  # else the first writes that are measured wait for a gigabyte of ours
    return database


def _drop(connection: sqlite3.Connection) -> list[str]:
    chosen = "SELECT type, name, sql FROM sqlite_master WHERE tbl_name = 'jobs' AND type IN ('index', 'trigger') AND sql IS NOT NULL"
    found = connection.execute(chosen).fetchall()
    for kind, name, _ in found:
        connection.execute(f"DROP {kind} {name}")
    return [statement for _, _, statement in found]


def _rows(count: int, running: int) -> Iterator[tuple[object, ...]]:
    request = json.dumps({"video": "a-0000000000000000", "frames_per_scene": 3, "scene_threshold": 27.0, "note": "x" * 120})
    result = json.dumps({"values": list(range(100))})
    states = ("succeeded",) * 90 + ("failed",) * 5 + ("cancelled",) * 2 + ("quarantined",) + ("queued",) * 2
    start = time.time() - count
    for number in range(count):
        state = "running" if number < running else states[number * 37 % 100]
        capability = RARE if number % 5000 == 7 else CAPABILITIES[number % len(CAPABILITIES)]
        project = PROJECTS[number * 7 % 10 % len(PROJECTS)]
        ended = result if state == "succeeded" else None
        attempt = 0 if state == "queued" else 1
        yield (new_id("j-", start + number), capability, "Job", state, number % 3, attempt, request, ended, project, start + number)


def time_each(action: Callable[[int], object], count: int) -> list[float]:
    """Milliseconds of each of ``count`` calls, sorted."""
    took = []
    for number in range(count):
        began = time.perf_counter()
        action(number)
        took.append((time.perf_counter() - began) * 1000)
    return sorted(took)


def percentile(ordered: list[float], share: float) -> float:
    """The value that ``share`` of the sorted values do not exceed."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def fsync_times(folder: Path, count: int) -> list[float]:
    """Milliseconds of appending 4 KiB and forcing them to the disk, unsorted: what no durable write can beat."""
    path = folder / "fsync.bin"
    handle = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    page = b"\0" * 4096

    def append(_: int) -> None:
        os.write(handle, page)
        os.fsync(handle)

    try:
        return time_each(append, count)
    finally:
        os.close(handle)
        path.unlink()

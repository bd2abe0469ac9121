"""The benchmark of the job queue runs, on sizes too small for figures."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from tests.benchmarks import job_queue, queue_peers
from tests.benchmarks.queue_rows import make_store, percentile


def test_the_made_store_is_a_plausible_old_studio(tmp_path: Path) -> None:
    database = make_store(tmp_path / "store", 1000, running=5)
    with closing(sqlite3.connect(database.path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        states = Counter(dict(connection.execute("SELECT state, count(*) FROM jobs GROUP BY state").fetchall()))
        counted = dict(connection.execute("SELECT state, sum(jobs) FROM counters GROUP BY state").fetchall())
    assert states.total() == 1000
    assert states == Counter(counted)
    assert states["running"] == 5
    assert states["succeeded"] > 800


def test_every_row_of_the_store_says_what_was_measured_and_whether_it_suffices(tmp_path: Path) -> None:
    found = job_queue.store_rows(tmp_path / "store", 500, 20)
    assert {"enqueue at 500 jobs, p99 ms", "claim at 500 jobs, p99 ms"} <= {line["what"] for line in found}
    for line in found:
        assert line["ours"] >= 0
        assert line["met"] is None or line["target"]


def test_every_filter_is_tried() -> None:
    names = [name for name, _ in job_queue.combinations(100)]
    assert len(names) == len(set(names)) == 120


def test_a_peer_that_is_not_installed_is_said_to_be_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(_: Path) -> queue_peers.Cycle:
        raise ModuleNotFoundError("huey")

    monkeypatch.setattr(queue_peers, "PEERS", {"there": lambda _: int, "absent": absent})
    found = queue_peers.rates(0.01, tmp_path)
    assert found["absent"] is None
    assert found["there"]


def test_workers_are_measured(tmp_path: Path) -> None:
    found = job_queue.worker_rows(tmp_path / "trips", 5)
    assert len(found) == 3
    assert all(line["ours"] > 0 for line in found)


def test_percentiles_are_values_that_occurred() -> None:
    assert percentile([1.0, 2.0, 3.0, 4.0], 0.5) == 3.0
    assert percentile([1.0], 0.99) == 1.0

"""The rows of the scheduler's benchmark, at small sizes."""

from __future__ import annotations

import pytest

from tests.benchmarks import scheduler


def test_every_target_is_met() -> None:
    rows = scheduler.storm_rows(4_000) + scheduler.learning_rows() + scheduler.waste_rows() + scheduler.overhead_rows(50)
    assert [row for row in rows if row.get("met") is False] == []
    assert all(row["what"] for row in rows)


@pytest.mark.slow
def test_a_day_of_jobs() -> None:
    rows = scheduler.day_rows(1000)
    assert [row["met"] for row in rows if "met" in row] == [True, True]

"""Studio and workers killed at random moments under load: nothing lost, nothing twice, nothing left lying."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults import storm


@pytest.mark.slow
def test_forty_kills_over_four_hundred_jobs_lose_nothing(tmp_path: Path) -> None:
    figures = storm.run(kills=40, jobs=400, seed=20, folder=tmp_path / "storm")
    assert figures["problems"] == []
    assert figures["kills"] == 40
    assert figures["studio_kills"] >= 10
    assert figures["worker_kills"] >= 10
    assert figures["jobs"] == 400

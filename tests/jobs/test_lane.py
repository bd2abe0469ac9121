"""What a lane begins with."""

from __future__ import annotations

import dataclasses

import pytest

from jobs.calls import CallBoard
from jobs.lane import Lane, LaneSpec


def test_a_plain_lane_runs_one_job_a_process_and_keeps_a_spare() -> None:
    spec = LaneSpec(workers=2, target="app.worker:build")
    assert (spec.jobs_each, spec.keep_spare, spec.on_demand, spec.recycle, spec.start_data) == (1, True, False, True, None)
    with pytest.raises(dataclasses.FrozenInstanceError):
        spec.workers = 3  # type: ignore[misc]


def test_lanes_share_no_workers() -> None:
    spec = LaneSpec(workers=1, target="x:y")
    one, two = (Lane(name, spec, CallBoard(lambda: None)) for name in ("cpu", "gpu"))
    one.workers.append(None)  # type: ignore[arg-type]
    assert two.workers == []

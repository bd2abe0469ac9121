"""Limits of speed, and where a freeze may be."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from app.editing.operations.time import FASTEST, SLOWEST, Freeze, Ramp, Reverse, Speed
from tests.app.editing.short_plans import faults_of, row, timeline_of


@pytest.mark.parametrize("factor", [0, -1, SLOWEST / 2, FASTEST * 1.01, 1000, float("nan"), float("inf"), "fast", None])
def test_speeds_that_are_refused(factor: Any) -> None:
    for fields in ({"factor": factor}, {"from_factor": factor, "to_factor": 1}, {"from_factor": 1, "to_factor": factor}):
        with pytest.raises(ValidationError):
            (Speed if "factor" in fields else Ramp).model_validate(fields)


@pytest.mark.parametrize("factor", [SLOWEST, 1, FASTEST])
def test_the_limits_themselves_are_allowed(factor: float) -> None:
    assert Speed(factor=factor).factor == Ramp(from_factor=factor, to_factor=1).from_factor == factor


@pytest.mark.parametrize(("at_s", "good"), [(0, True), (1, True), (1.019, True), (1.021, False), (50, False)])
def test_a_freeze_lies_in_its_segment(at_s: float, good: bool) -> None:
    found = faults_of(row(2, 3, {"op": "freeze", "at_s": at_s, "duration_s": 1}))
    assert [problem.code for problem in found] == ["freeze_outside"] * (not good)
    assert all(problem.fits == 1 for problem in found)


def test_a_freeze_counts_in_the_source_and_not_on_the_film() -> None:
    assert faults_of(row(0, 4, {"op": "speed", "factor": 4}, {"op": "freeze", "at_s": 3.5, "duration_s": 1})) == []


def test_freezes_may_be_many_and_the_others_stand_once() -> None:
    assert [kind.ONCE for kind in (Freeze, Speed, Ramp, Reverse)] == [False, True, True, True]
    twice = [{"op": "freeze", "at_s": 0.5, "duration_s": 0.2}] * 2
    assert timeline_of(row(0, 1, *twice)).frames == 35

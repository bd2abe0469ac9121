"""What a model is told: everything that is needed, never more than the budget."""

from __future__ import annotations

import pytest

from app.editing.planner.context import context_of
from app.editing.planner.wishes import Wishes
from tests.app.editing.planner.footages import footage, silent


def test_brief_shots_peaks_and_beats_are_told() -> None:
    told = context_of(footage(speech=((5.0, 6.0),)), Wishes(goal="make it epic"), "dramatic", 20.0)
    for piece in ("WANTED: make it epic", "STYLE: dramatic", "LENGTH: 20.0 s", "3 | 9.00-15.00", "loudest -9 LUFS", "12.10 (sound 100%)",
                  "BEATS (120 a minute)", "SPEECH: 5.0-6.0", "medium shot"):  # fmt: skip
        assert piece in told, piece


def test_a_silent_clip_says_so() -> None:
    told = context_of(silent(), Wishes(captions=False), "highlights", 10.0)
    assert "no sound" in told
    assert "LUFS" not in told
    assert "BEATS" not in told
    assert "Captions: no" in told
    assert "a good film" in told


@pytest.mark.parametrize("budget", [1500, 4000, 9000])
def test_a_long_clip_stays_within_the_budget_and_keeps_its_order(budget: int) -> None:
    hour = footage(cuts=tuple(float(at) for at in range(6, 3600, 6)), seconds=3600.0)
    told = context_of(hour, Wishes(), "highlights", 30.0, budget)
    assert len(told) <= budget + 200
    numbers = [int(line.split(" | ")[0]) for line in told.splitlines() if " | " in line and line[0].isdigit()]
    assert numbers == sorted(numbers)
    assert "weaker ones are left out" in told
    assert 3 in numbers  # the loudest

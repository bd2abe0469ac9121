"""The fewest switches, against every order of small cases."""

from __future__ import annotations

import random
from itertools import permutations

import pytest

from backends.simulate import GIB, Trace, TraceJob, TraceModel, play
from backends.simulate_optimum import contenders, fewest_switches

LARGE = tuple(TraceModel(name, 9 * GIB, GIB, 1.0, 0.1) for name in "abc")
SMALL = TraceModel("s", GIB, GIB // 2, 0.5, 0.05)


def trace(names: str, models: tuple[TraceModel, ...] = LARGE) -> Trace:
    return Trace(15 * GIB, 64 * GIB, models, tuple(TraceJob(0.0, name, 1.0) for name in names))


def by_trying(names: str, limit: int) -> int:
    best = len(names)
    for order in permutations(range(len(names))):
        passed = [sum(1 for other in order[: order.index(job)] if other > job) for job in range(len(names))]
        if max(passed) <= limit:
            best = min(best, sum(1 for i, job in enumerate(order) if i == 0 or names[job] != names[order[i - 1]]))
    return best


@pytest.mark.parametrize("limit", [0, 1, 2, 6])
@pytest.mark.parametrize("seed", range(4))
def test_it_is_what_trying_every_order_finds(seed: int, limit: int) -> None:
    names = "".join(random.Random(seed).choice("abc") for _ in range(7))
    assert fewest_switches(trace(names), limit) == by_trying(names, limit)


def test_models_that_fit_together_stay() -> None:
    pair = (TraceModel("a", 9 * GIB, GIB, 1, 0.1), TraceModel("b", 4 * GIB, GIB, 1, 0.1))
    assert fewest_switches(trace("abababab", pair)) == 2
    assert contenders(list(pair), 15 * GIB) == []


def test_small_models_hold_nobody_back() -> None:
    models = (*LARGE[:2], SMALL)
    assert contenders(list(models), 15 * GIB) == ["a", "b"]
    assert fewest_switches(trace("asbsasbs", models), 0) == 5


def test_no_schedule_beats_it() -> None:
    chance = random.Random(7)
    for _ in range(5):
        names = "".join(chance.choice("abcs") for _ in range(60))
        made = trace(names, (*LARGE, SMALL))
        assert play(made).switches >= fewest_switches(made)

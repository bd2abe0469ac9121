"""What losing a model costs, and the cheapest set."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backends.scheduler_costs import EXACT_UP_TO, LEAST_CHANCE, Victim, chance_of_use, cheapest, victim
from backends.scheduler_state import Model

victims = st.lists(st.tuples(st.integers(1, 50), st.integers(1, 100)), max_size=8).map(
    lambda found: [Victim(f"m{i}", frees, float(cost), 1.0, 1.0) for i, (frees, cost) in enumerate(found)]
)


@given(victims, st.integers(1, 200))
def test_it_is_the_cheapest_of_all_sets(candidates: list[Victim], needed: int) -> None:
    chosen = cheapest(candidates, needed)
    sets = [s for n in range(len(candidates) + 1) for s in combinations(candidates, n) if sum(v.frees for v in s) >= needed]
    if not sets:
        assert chosen is None
        return
    assert chosen is not None
    assert sum(v.frees for v in chosen) >= needed
    assert sum(v.cost for v in chosen) == min(sum(v.cost for v in s) for s in sets)


def test_many_candidates_are_taken_greedily_without_waste() -> None:
    candidates = [Victim(f"m{i}", 10, 1.0 + i, 1.0, 1.0) for i in range(EXACT_UP_TO + 8)]
    chosen = cheapest(candidates, 35)
    assert chosen is not None
    assert sorted(v.name for v in chosen) == ["m0", "m1", "m2", "m3"]
    small_then_large = [Victim("small", 1, 0.001, 1.0, 1.0), *(Victim(f"m{i}", 40, 1.0 + i, 1.0, 1.0) for i in range(EXACT_UP_TO))]
    assert [v.name for v in cheapest(small_then_large, 40) or []] == ["m0"], "the small one turned out to be unnecessary"


def test_nothing_needed_and_too_little() -> None:
    assert cheapest([], 0) == []
    assert cheapest([Victim("a", 0, 0.0, 1.0, 1.0)], 1) is None


def test_chance_grows_with_use_and_fades_with_time() -> None:
    model = Model("a", 1, 1)
    never = chance_of_use(model, 0.0, False, None)
    model.used(0.0)
    once = chance_of_use(model, 0.0, False, None)
    model.used(0.0)
    twice = chance_of_use(model, 0.0, False, None)
    later = chance_of_use(model, 3600.0, False, None)
    assert never == LEAST_CHANCE < later < once < twice < 1
    assert chance_of_use(model, 3600.0, True, None) == 1.0
    assert chance_of_use(model, 3600.0, False, 600.0) == LEAST_CHANCE


@pytest.mark.parametrize(("place", "drop", "back_s"), [("resident", False, 0.5), ("parked", True, 4.0), ("resident", True, 4.5)])
def test_the_way_back(place: str, drop: bool, back_s: float) -> None:
    model = Model("a", 10, 10, load_s=4.0, activate_s=0.5, place=place)  # type: ignore[arg-type]
    found = victim(model, 0.0, drop=drop, frees=10, wanted=True, keep_alive_s=None)
    assert (found.back_s, found.cost, found.frees) == (back_s, back_s, 10)

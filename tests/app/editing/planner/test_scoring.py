"""Choosing stretches: by what a part wants, fresh before seen, quickly for long clips."""

from __future__ import annotations

from random import Random

import pytest

from app.editing.planner.scoring import CANDIDATES, COMPONENTS, Stretch, Used, choose, leading, parts_of, stretches
from tests.app.editing.planner.footages import LIVELY_S, LOUD_S, footage, shot


def test_every_component_is_a_share() -> None:
    film = footage(speech=((1.0, 3.0),))
    for one in film.shots:
        parts = parts_of(film, one, one.start_s, one.end_s)
        assert set(parts) == set(COMPONENTS)
        assert all(0 <= value <= 1 for value in parts.values()), parts


@pytest.mark.parametrize(("weights", "span"), [({"sound": 1.0}, LOUD_S), ({"action": 1.0}, LIVELY_S)])
def test_the_best_stretch_is_where_it_is_loud_or_lively(weights: dict[str, float], span: tuple[float, float]) -> None:
    for seed in range(5):
        found = choose(footage(), 1.0, weights, Used(), Random(seed))
        assert found is not None
        assert found.start_s < span[1]
        assert found.end_s > span[0]


def test_what_was_seen_is_left_for_what_was_not() -> None:
    used = Used()
    used.add(*LOUD_S, 2)
    found = choose(footage(), 1.0, {"sound": 1.0}, used, Random(0))
    assert found is not None
    assert found.end_s <= LOUD_S[0] + 0.5 or found.start_s >= LOUD_S[1] - 0.5
    again = choose(footage(), 1.0, {"sound": 1.0}, used, Random(0), repeats=0.0)
    assert again is not None
    assert again.start_s < LOUD_S[1]


def test_a_time_to_be_near_draws() -> None:
    found = choose(footage(), 1.0, {"picture": 1.0}, Used(), Random(1), near_s=22.0)
    assert found is not None
    assert found.start_s > 16.0


def test_a_shot_that_is_too_short_is_a_candidate_as_it_is() -> None:
    spans = [(start, end) for _, start, end in stretches(footage(cuts=(0.5,), seconds=2.0), 1.0)]
    assert (0.0, 0.5) in spans
    assert all(end - start <= 1.0 + 1e-6 for start, end in spans)


def test_the_number_of_candidates_does_not_grow_with_the_clip() -> None:
    hours = footage(cuts=(), seconds=2 * 3600.0, shots=(shot(0, 0.0, 7200.0),), sound=footage().sound, action=footage().action)
    assert len(list(stretches(hours, 3.0))) <= CANDIDATES + 1


def test_no_shot_no_stretch() -> None:
    assert choose(footage(shots=()), 1.0, {"sound": 1.0}, Used(), Random(0)) is None


def test_used_counts_every_showing() -> None:
    used = Used()
    used.add(1.0, 2.0, 0)
    used.add(1.0, 2.0, 0)
    assert used.share(1.0, 2.0) == 2.0
    assert used.share(1.5, 2.5) == 1.0
    assert used.shots == {0: 2}
    assert used.seen_once(24.0) == pytest.approx(1.0)


def test_what_spoke_for_a_stretch() -> None:
    stretch = Stretch(0, 0.0, 1.0, 1.0, {"sound": 0.9, "action": 0.5, "calm": 1.0})
    assert list(leading(stretch.parts, {"sound": 1.0, "action": 1.0, "calm": -1.0})) == ["sound", "action"]
    assert stretch.seconds == 1.0

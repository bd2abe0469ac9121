"""Mending whole plans."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from app.editing.check import problems_of
from app.editing.plan import EditPlan
from app.editing.problems import BadPlan
from app.editing.repair import MOST_NOTES, repair
from tests.app.editing.mutations import WAYS, mutants, scrambled
from tests.app.editing.random_plans import random_plan, synthetic_facts
from tests.app.editing.short_plans import clip, facts, plan_of, row, sound, still

FACTS = synthetic_facts()
HOPELESS = {"nothing approved", "no segments", "segments are null", "no segments at all"}
LEFT_WITH_NOTHING = {  # where the broken segment was the only one
    "empty cut", "start beyond the source", "unknown source", "source with a slash", "a sound as a segment", "no source of a segment",
    "a film of two days",
}  # fmt: skip


def mended(*rows: dict[str, Any], **fields: Any) -> EditPlan:
    """A plan as data, mended."""
    data = {"sources": [{"id": "a", "media": "art-a"}], "segments": [{"id": f"s{n}", **one} for n, one in enumerate(rows, 1)], **fields}
    plan, notes = repair(data, facts(clip(), still(), sound()))
    assert notes
    return plan


def test_a_good_plan_stays_as_it_is_without_notes() -> None:
    plan = plan_of(row(0, 1), row(2, 3))
    assert repair(plan, facts()) == (plan, [])
    assert repair(plan.model_dump(mode="json"), facts()) == (plan, [])


def test_what_is_given_is_not_changed() -> None:
    data = plan_of(row(0, 1)).model_dump(mode="json")
    data["segments"][0]["end_s"] = 99
    before = json.dumps(data)
    repair(data, facts())
    assert json.dumps(data) == before


def test_json_is_found_among_other_words() -> None:
    text = plan_of(row(0, 1)).model_dump_json()
    plan, _ = repair(f"Here is your plan:\n```json\n{text}\n```\nEnjoy!", facts())
    assert plan == plan_of(row(0, 1))


def test_cuts_are_clamped_turned_and_left_out() -> None:
    plan = mended(row(8, 15), row(3, 2), row(20, 30), row(1, 1), row(-1, 0.5))
    assert [(one.start_s, one.end_s) for one in plan.segments] == [(8, 10), (2, 3), (0, 0.5)]


def test_speeds_are_clamped_or_left_out() -> None:
    plan = mended(
        row(0, 1, {"op": "speed", "factor": 1000}), row(0, 1, {"op": "speed", "factor": 0}), row(0, 1, {"op": "speed", "factor": "2x"})
    )
    assert [[one.factor for one in segment.operations] for segment in plan.segments] == [[50], [], [2]]  # type: ignore[union-attr]


def test_times_on_a_clock_are_understood() -> None:
    plan = mended(row("0:02", "00:00:04.5 s"))  # type: ignore[arg-type]
    assert (plan.segments[0].start_s, plan.segments[0].end_s) == (2, 4.5)


def test_transitions_are_shortened_until_they_fit() -> None:
    joined = {"op": "transition", "duration_s": 5}
    plan = mended(row(0, 1), row(1, 2, joined), row(2, 3, joined))
    assert [one.duration_s for segment in plan.segments for one in segment.operations] == [1.0]  # type: ignore[union-attr]


def test_sources_that_were_forgotten_are_filled_in() -> None:
    plan, _ = repair({"segments": [row(0, 1)]}, facts())
    assert [(one.id, one.media) for one in plan.sources] == [("a", "art-a")]
    assert plan.segments[0].id == "s2"


def test_an_unknown_source_is_the_only_one_there_is() -> None:
    plan, notes = repair({**plan_of(row(0, 1)).model_dump(mode="json"), "segments": [{"id": "x", **row(0, 1, source="video1")}]}, facts())
    assert plan.segments[0].source == "a"
    assert "'video1'" in notes[0]


def test_operations_of_the_film_move_there() -> None:
    plan = mended(row(0, 1, {"op": "loudness"}), film=[{"op": "reverse"}])
    assert [one.op for one in plan.film] == ["loudness"]
    assert plan.segments[0].operations == ()


def test_only_what_is_wrong_is_left_out() -> None:
    rows = [{"op": "text", "text": "hello", "sparkle": 3, "x": "left"}, {"op": "explode"}, {"op": "zoom", "at_s": 9}, {"op": "grade"}]
    plan = mended(row(0, 1, *rows), author="me", output={"fps": 0, "format": "avi", "alpha": True}, seed=-4)
    assert [one.op for one in plan.segments[0].operations] == ["text", "grade"]
    assert (plan.output.fps, plan.output.format, plan.seed) == (1, "mov", 0)


def test_a_way_is_brought_into_order() -> None:
    points = [{"at_s": 1, "x": 0, "y": 0}, {"at_s": 0.5, "x": 1, "y": 1}, {"at_s": 1, "x": 0.5, "y": 0}]
    plan = mended(row(0, 2, {"op": "reframe", "path": points}))
    assert [point.at_s for point in plan.segments[0].operations[0].path] == [0.5, 1]  # type: ignore[union-attr]


def test_the_same_fault_is_mended_in_the_same_way() -> None:
    data = scrambled(random.Random(5), random_plan(3, FACTS))
    assert repair(data, FACTS) == repair(data, FACTS)


@pytest.mark.parametrize("data", ["no plan", "{", None, 3, [], {}, {"segments": []}, "[" * 50_000])
def test_hopeless(data: Any) -> None:
    with pytest.raises(BadPlan):
        repair(data, FACTS)


@pytest.mark.parametrize("seed", range(4))
def test_nearly_every_broken_plan_can_be_mended(seed: int) -> None:
    plan = random_plan(seed, FACTS)
    alone = len(plan.approved) == 1
    for mutant in mutants(random.Random(seed), plan, FACTS):
        if mutant.way in HOPELESS or (alone and mutant.way in LEFT_WITH_NOTHING):
            with pytest.raises(BadPlan):
                repair(mutant.data, FACTS)
            continue
        made, notes = repair(mutant.data, FACTS)
        assert problems_of(made, FACTS) == [], mutant.way
        assert 0 < len(notes) <= MOST_NOTES + 1, mutant.way


def test_scrambled_plans_are_mended_or_refused() -> None:
    plans = [random_plan(seed, FACTS) for seed in range(20)]
    good = 0
    for seed in range(300):
        try:
            made, _ = repair(scrambled(random.Random(seed), plans[seed % len(plans)]), FACTS)
        except BadPlan:
            continue
        assert problems_of(made, FACTS) == []
        good += 1
    assert good > 240


def test_the_ways_that_are_hopeless_exist() -> None:
    assert set(WAYS) >= HOPELESS | LEFT_WITH_NOTHING

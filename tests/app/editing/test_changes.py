"""Changes of plans."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from app.editing.changes import CHANGES, free_id, read_change, row_of
from app.editing.plan import EditPlan
from configs.errors import NotFound
from tests.app.editing.random_plans import random_plan, synthetic_facts
from tests.app.editing.short_plans import clip, facts, plan_of, row, timeline_of

PLAN = plan_of(row(0, 1), row(2, 4), row(5, 6))


def changed(before: EditPlan, change: str, **fields: Any) -> EditPlan:
    return read_change({"change": change, **fields}).applied(before)


def ids(plan: EditPlan) -> list[str]:
    return [segment.id for segment in plan.segments]


def test_trimming() -> None:
    plan = changed(PLAN, "trim", segment="s2", end_s=3.5)
    assert (plan.segments[1].start_s, plan.segments[1].end_s) == (2, 3.5)
    assert PLAN.segments[1].end_s == 4
    assert plan.segments[0] is PLAN.segments[0]


@pytest.mark.parametrize(("to", "order"), [(0, "s2 s1 s3"), (1, "s1 s2 s3"), (2, "s1 s3 s2"), (99, "s1 s3 s2")])
def test_moving(to: int, order: str) -> None:
    assert ids(changed(PLAN, "move", segment="s2", to=to)) == order.split()


def test_deleting_and_duplicating() -> None:
    assert ids(changed(PLAN, "delete", segment="s2")) == ["s1", "s3"]
    joined = changed(PLAN, "set_operations", segment="s2", operations=[{"op": "transition"}, {"op": "reverse"}])
    twice = changed(joined, "duplicate", segment="s2")
    assert ids(twice) == ["s1", "s2", "s4", "s3"]
    assert [one.op for one in twice.segments[2].operations] == ["reverse"]


def test_approving() -> None:
    one = changed(PLAN, "approve", segment="s2", approved=False)
    assert [segment.approved for segment in one.segments] == [True, False, True]
    assert len(changed(PLAN, "approve", approved=False).approved) == 0
    assert len(changed(one, "approve").approved) == 3


def test_setting_operations_of_the_film() -> None:
    assert [one.op for one in changed(PLAN, "set_operations", operations=[{"op": "loudness"}]).film] == ["loudness"]


def test_splitting_makes_two_rows() -> None:
    plan = changed(PLAN, "split", segment="s2", at_s=3)
    assert [(one.id, one.start_s, one.end_s) for one in plan.segments[1:3]] == [("s2", 2, 3), ("s4", 3, 4)]
    with pytest.raises(NotFound, match="not within"):
        changed(PLAN, "split", segment="s2", at_s=4)


def test_appending_another_plan() -> None:
    other = plan_of(row(0, 1, {"op": "composite", "source": "b"}), row(1, 2, source="b"), sources=facts(clip(), clip("b")))
    mine = plan_of(row(0, 1, source="b"), sources={"b": clip("other")})
    plan = changed(mine, "append", plan=other.model_dump(mode="json"))
    assert [(one.id, one.media) for one in plan.sources] == [("b", "art-other"), ("a", "art-a"), ("b3", "art-b")]
    assert [one.source for one in plan.segments] == ["b", "a", "b3"]
    assert plan.segments[1].operations[0].source == "b3"  # type: ignore[union-attr]
    assert len(set(ids(plan))) == 3


def test_appending_the_same_media_adds_no_source() -> None:
    plan = changed(PLAN, "append", plan=PLAN.model_dump(mode="json"))
    assert len(plan.sources) == 1
    assert len(plan.segments) == 6
    assert len(set(ids(plan))) == 6


def test_labels_for_the_history() -> None:
    def label(**fields: Any) -> str:
        return read_change(fields).label(PLAN)

    assert label(change="trim", segment="s3", end_s=1) == "Trim row 3"
    assert label(change="approve", segment="s1", approved=False) == "Leave out row 1"
    assert label(change="approve") == "Approve all rows"
    assert label(change="set_operations", operations=[]) == "Change the film"
    assert label(change="append", plan=PLAN) == "Append a plan"


@pytest.mark.parametrize("change", ["trim", "split", "move", "delete", "duplicate", "approve", "set_operations"])
def test_rows_that_are_not_there(change: str) -> None:
    needed = {"split": {"at_s": 1}, "move": {"to": 0}, "set_operations": {"operations": []}}.get(change, {})
    with pytest.raises(NotFound, match="'gone'"):
        changed(PLAN, change, segment="gone", **needed)


def test_unknown_changes_are_refused() -> None:
    with pytest.raises(ValidationError):
        read_change({"change": "explode"})
    with pytest.raises(ValidationError):
        read_change({"change": "move", "segment": "s1", "to": -1})


def test_the_table_is_whole() -> None:
    assert set(CHANGES) == {"trim", "split", "move", "delete", "duplicate", "approve", "set_operations", "append"}
    assert (row_of(PLAN, "s2"), free_id(PLAN)) == (1, "s4")


@pytest.mark.parametrize("seed", range(20))
def test_two_halves_are_as_long_as_the_whole(seed: int) -> None:
    known = synthetic_facts()
    plan = random_plan(seed, known)
    for segment in plan.approved:
        if known[segment.source].kind == "video" and segment.end_s - segment.start_s > 0.3:
            rows = [
                one.model_dump(mode="json")
                for one in (segment, *changed(plan, "split", segment=segment.id, at_s=segment.start_s + 0.2).segments)
            ]
            timing = [{**one, "operations": [op for op in one["operations"] if op["op"] in ("speed", "freeze", "reverse")]} for one in rows]
            parts = [one for one in timing[1:] if one["id"] == segment.id or one["id"] not in ids(plan)]
            whole = timeline_of(timing[0], sources=known).seconds
            assert timeline_of(*parts, sources=known).seconds == pytest.approx(whole, abs=0.2)

"""Names, scopes and how often."""

from __future__ import annotations

from typing import Any

import pytest

from app.editing.check_references import reference_problems
from tests.app.editing.short_plans import clip, facts, plan_of, row, sound, still

KNOWN = facts(clip(), clip("b"), still(), sound())


def found(*rows: dict[str, Any], **fields: Any) -> list[tuple[str, str]]:
    plan = plan_of(*rows, sources=KNOWN, **fields)
    return [(problem.code, problem.path) for problem in reference_problems(plan, KNOWN)]


def test_nothing_wrong() -> None:
    assert found(row(0, 1, {"op": "composite", "source": "still"}), film=[{"op": "music", "source": "song"}]) == []


def test_names_are_given_once() -> None:
    assert found(row(0, 1, id="x"), row(1, 2, id="x"), row(2, 3, id="x")) == [
        ("duplicate_id", "$.segments[1].id"), ("duplicate_id", "$.segments[2].id"),
    ]  # fmt: skip
    plan = plan_of(row(0, 1), sources=KNOWN)
    twice = plan.model_copy(update={"sources": (*plan.sources, plan.sources[0])})
    assert [problem.path for problem in reference_problems(twice, KNOWN)] == ["$.sources[4].id"]


def test_sources_whose_files_are_not_known() -> None:
    plan = plan_of(row(0, 1), sources=KNOWN)
    (problem,) = reference_problems(plan, {name: one for name, one in KNOWN.items() if name != "b"})
    assert (problem.code, problem.path) == ("missing_source", "$.sources[1].media")


def test_names_of_no_source() -> None:
    assert found(
        row(0, 1, source="x"), row(0, 1, {"op": "chroma_key", "background": "y"}, {"op": "match_colour", "reference": "z"}),
        film=[{"op": "watermark", "source": "w"}],
    ) == [
        ("unknown_source", "$.segments[0].source"), ("unknown_source", "$.segments[1].operations[0].background"),
        ("unknown_source", "$.segments[1].operations[1].reference"), ("unknown_source", "$.film[0].source"),
    ]  # fmt: skip


def test_operations_stand_where_they_may() -> None:
    assert found(row(0, 1, {"op": "loudness"}), film=[{"op": "zoom"}, {"op": "reverse"}]) == [
        ("wrong_scope", "$.segments[0].operations[0]"), ("wrong_scope", "$.film[0]"), ("wrong_scope", "$.film[1]"),
    ]  # fmt: skip


def test_some_stand_there_once_and_some_as_often_as_one_likes() -> None:
    text, fade = {"op": "text", "text": "x"}, {"op": "fade", "in_s": 0.1}
    assert found(row(0, 1, text, text, fade, fade), row(1, 2, fade), film=[fade]) == [("twice", "$.segments[0].operations[3]")]


@pytest.mark.parametrize("order", [1, -1])
def test_speed_and_ramp_exclude_each_other(order: int) -> None:
    pair = [{"op": "speed", "factor": 2}, {"op": "ramp", "from_factor": 1, "to_factor": 2}][::order]
    assert found(row(0, 1, *pair)) == [("speed_and_ramp", "$.segments[0].operations[1]")]


@pytest.mark.parametrize("timing", [{"op": "speed", "factor": 2}, {"op": "reverse"}, {"op": "freeze", "at_s": 0, "duration_s": 1}])
def test_a_still_has_no_time(timing: dict[str, Any]) -> None:
    assert found(row(0, 1, {"op": "zoom"}, timing, source="still")) == [("still_has_no_time", "$.segments[0].operations[1]")]


def test_rows_left_out_are_not_looked_at_but_for_their_names() -> None:
    assert found(row(0, 1), row(0, 1, {"op": "loudness"}, source="x", approved=False)) == []
    assert found(row(0, 1), row(0, 1, id="s1", approved=False)) == [("duplicate_id", "$.segments[1].id")]

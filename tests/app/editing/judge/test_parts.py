"""How parts become a score."""

from __future__ import annotations

import pytest

from app.editing.judge.evidence import Evidence, known, unknown
from app.editing.judge.forms import Part
from app.editing.judge.parts import GOAL, TECHNICAL, judge, pooled


def part(score: float | None, weight: float = 0.1) -> Part:
    return Part(score=score, weight=weight)


def test_the_mean_is_weighed_and_the_worst_counts_again() -> None:
    parts = {"a": part(1.0, 0.3), "b": part(0.5, 0.1)}
    assert pooled(parts, 0.0) == pytest.approx(0.875)
    assert pooled(parts, 0.2) == pytest.approx(0.8 * 0.875 + 0.2 * 0.5)


def test_what_cannot_be_judged_does_not_count() -> None:
    assert pooled({"a": part(0.7), "b": part(None)}, 0.25) == pytest.approx(0.7)
    assert pooled({"a": part(None)}, 0.25) is None


def test_without_a_wish_the_technical_score_is_the_score(evidence: Evidence) -> None:
    found = judge(evidence, unknown("No content was asked for."), engine="e", took_s=0.1)
    assert found.goal_score is None
    assert found.score == found.technical > 0.9
    assert found.parts.keys() == {*TECHNICAL, *GOAL, "content"}
    for name, (weight, _) in TECHNICAL.items():
        assert found.parts[name].weight == (0 if found.parts[name].score is None else weight)
        assert found.parts[name].why


def test_content_weighs_when_it_was_seen(evidence: Evidence) -> None:
    found = judge(evidence, known(0.5, 5, "of 10", "", "a ball"), engine="e", took_s=0.1)
    assert found.goal_score == 0.5
    assert found.score == pytest.approx(0.6 * found.technical + 0.4 * 0.5, abs=1e-3)


def test_issues_come_gravest_first(evidence: Evidence) -> None:
    found = judge(evidence, unknown("-"), engine="e", took_s=0.1)
    order = [{"error": 0, "warning": 1, "note": 2}[one.severity] for one in found.issues]
    assert order == sorted(order)


def test_the_same_film_has_the_same_score(evidence: Evidence) -> None:
    one, other = (judge(evidence, unknown("-"), engine="e", took_s=0.1) for _ in range(2))
    assert one == other

"""Duration, aspect and style against what was asked for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.editing.judge import parts_goal
from app.editing.judge.evidence import Asked, Evidence


def asked(evidence: Evidence, **wanted: object) -> Evidence:
    return replace(evidence, asked=Asked(**wanted))  # type: ignore[arg-type]


@pytest.mark.parametrize(("times", "score"), [(1.0, 1.0), (1.02, 1.0), (0.8, 0.55), (2.0, 0.0), (0.5, 0.0)])
def test_duration(evidence: Evidence, times: float, score: float) -> None:
    found = parts_goal.duration(asked(evidence, duration_s=evidence.seconds * times))
    assert found.part.score == pytest.approx(score, abs=0.03)
    assert [one.code for one in found.issues] == ([] if score == 1 else ["too_short" if times > 1 else "too_long"])


def test_aspect(evidence: Evidence) -> None:
    assert parts_goal.aspect(asked(evidence, aspect="16:9")).part.score == 1.0
    found = parts_goal.aspect(asked(evidence, aspect="9:16"))
    assert found.part.score == 0.0
    assert "9:16 was asked for" in found.issues[0].message


@pytest.mark.parametrize("judge", [parts_goal.duration, parts_goal.aspect, parts_goal.style])
def test_what_nobody_asked_for_is_not_judged(evidence: Evidence, judge: object) -> None:
    assert judge(evidence).part.score is None  # type: ignore[operator]


def test_a_style_that_nobody_knows_is_not_judged(evidence: Evidence) -> None:
    assert "not known" in parts_goal.style(asked(evidence, style="baroque")).part.why


def test_style_by_its_means(evidence: Evidence) -> None:
    assert evidence.expected is not None
    wish = asked(evidence, style="chaotic")
    bare = parts_goal.style(replace(wish, expected=replace(evidence.expected, means={}))).part
    means = {"zoom": 9, "speed": 9, "text": 5, "sound_effect": 9, "grade": 9, "transition": 3}
    rich = parts_goal.style(replace(wish, expected=replace(evidence.expected, means=means))).part
    assert bare.score is not None
    assert rich.score is not None
    assert rich.score > bare.score + 0.4
    missing = parts_goal.style(replace(wish, expected=replace(evidence.expected, means={})))
    assert [one.code for one in missing.issues] == ["style"]


def test_style_without_a_plan_goes_by_the_cutting(alone: Evidence) -> None:
    found = parts_goal.style(asked(alone, style="dramatic")).part
    assert found.score is not None
    assert "need the plan" in found.limits

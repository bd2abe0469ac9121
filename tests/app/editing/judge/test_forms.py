"""What the judge's forms refuse and what they keep."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from app.editing.judge.forms import AutoEdit, EvaluateVideo, Evaluation, Issue, Part
from tests.app.editing.judge.plans import plan_of


def test_a_film_to_improve_needs_a_clip_or_a_plan() -> None:
    with pytest.raises(ValidationError, match="give a video to make a film of, or a plan to begin with"):
        AutoEdit(goal="anything")
    assert AutoEdit(plan=plan_of((0.0, 1.0))).rounds == 3
    assert AutoEdit(video="a-1").threshold == 0.8


@pytest.mark.parametrize("wrong", [{"threshold": 1.2}, {"rounds": 0}, {"duration_s": 0}, {"aspect": "5:4"}, {"tempo": 3}])
def test_what_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        AutoEdit.model_validate({"video": "a-1", **wrong})


def test_a_part_may_be_unknown_but_not_beyond_its_scale() -> None:
    assert Part(score=None, weight=0, why="nothing to hear").score is None
    with pytest.raises(ValidationError):
        Part(score=1.1, weight=0.1)


def test_an_evaluation_goes_through_json() -> None:
    one = Issue(code="black", severity="error", message="Black.", suggestion="Cut.", at_s=1.0, end_s=1.2)
    made = Evaluation(score=0.5, technical=0.5, parts={"black": Part(score=0.5, weight=0.1)}, issues=[one], took_s=0.1)
    assert Evaluation.model_validate_json(made.model_dump_json()) == made


def test_a_plan_goes_into_the_question() -> None:
    asked = EvaluateVideo.model_validate({"video": "a-1", "plan": plan_of((0.0, 1.0)).model_dump(mode="json")})
    assert asked.plan is not None
    assert asked.plan.sources[0].media == "a-clip"

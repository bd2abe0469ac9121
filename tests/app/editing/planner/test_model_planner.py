"""Planning with a scripted model: good answers, bad ones sent back once, mended ones, and those that nothing can be made of."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.editing.check import compile_plan
from app.editing.plan import EditPlan
from app.editing.planner.asking import Limits
from app.editing.planner.film import CLIP
from app.editing.planner.footage import Footage
from app.editing.planner.model_planner import plan_with_model, prompt, reason_of
from app.editing.planner.styles import read_styles
from app.editing.planner.wishes import Wishes
from app.editing.problems import BadPlan
from configs.errors import StudioError, Unavailable
from tests.app.editing.planner.footages import RATE, facts, footage, material
from tests.app.editing.planner.stand_in import StandIn
from tests.app.editing.planner.test_decisions import cut

QUICK = Limits(first_s=0.2, silence_s=0.2, whole_s=0.5, tokens=100)


def answer(*cuts: dict[str, Any], style: str = "dramatic") -> str:
    return json.dumps({"title": "The Fall", "style": style, "cuts": cuts})


GOOD = answer(
    cut(from_s=9.5, to_s=13.5),
    cut(shot=4, from_s=15.2, to_s=17.8, effect="freeze", at_s=17.0, caption="oh"),
    cut(shot=5, from_s=19.0, to_s=21.0),
)


def planned(models: StandIn, film: Footage | None = None, **wishes: Any) -> EditPlan:
    film = film or footage()
    values = {"style": "dramatic", "duration_s": 10.0, "seed": 7, **wishes}
    given = Wishes(**values)
    plan = plan_with_model(
        material(film), given, read_styles(), {CLIP: facts(film)}, models, "tiny", limits=QUICK, keep_on=lambda: None
    )  # fmt: skip
    compile_plan(plan, {CLIP: facts(film)})
    return plan


def test_a_good_answer_becomes_a_plan_of_the_length_asked_for() -> None:
    models = StandIn(GOOD)
    plan = planned(models)
    assert compile_plan(plan, {CLIP: facts(footage())}).frames == 10 * RATE
    assert (plan.planner, plan.title, plan.style) == ("tiny", "The Fall", "dramatic")
    assert len(plan.segments) == 3
    assert "grade" in {one.op for one in plan.film}
    assert len(models.calls) == 1
    assert models.calls[0].json_schema is not None
    assert models.calls[0].seed == 7
    assert "SHOTS" in models.words
    assert "record_scratch" in models.words


def test_the_model_is_told_once_what_is_wrong_and_plans_again() -> None:
    models = StandIn(answer(cut(shot=40)), GOOD)
    plan = planned(models)
    assert len(models.calls) == 2
    assert "no_such_shot at $.cuts[0].shot" in models.words
    assert any("told of" in note for note in plan.notes)


@pytest.mark.parametrize("rubbish", ["", "I cannot help with that.", '{"title": "x", "cuts": [{"shot"', "null", '{"cuts": []}'])
def test_rubbish_twice_is_no_plan(rubbish: str) -> None:
    models = StandIn(rubbish)
    with pytest.raises(BadPlan):
        planned(models)
    assert len(models.calls) == 2


def test_rubbish_and_then_sense_is_a_plan() -> None:
    assert planned(StandIn("What a lovely clip!", GOOD)).planner == "tiny"


def test_cuts_out_of_range_are_mended_after_the_second_time() -> None:
    wild = answer(cut(from_s=5.0, to_s=99.0), cut(shot=77, from_s=16.0, to_s=400.0), cut(shot=2, from_s=8.0, to_s=6.0))
    plan = planned(StandIn(wild))
    assert len(plan.segments) >= 2
    assert any("brought to" in note for note in plan.notes)
    assert all(segment.end_s <= 24.0 for segment in plan.segments)


def test_a_length_far_off_is_told_and_then_fitted_or_noted() -> None:
    models = StandIn(answer(cut(from_s=11.0, to_s=12.0)))
    plan = planned(models, duration_s=20.0)
    assert "wrong_length" in models.words
    assert any("instead of 20 s" in note for note in plan.notes)


def test_the_model_chooses_the_style_where_nobody_has() -> None:
    assert (
        planned(StandIn(answer(cut(), cut(shot=4, from_s=15.2, to_s=17.8), style="wholesome")), style=None, duration_s=None).style
        == "wholesome"
    )
    assert (
        planned(StandIn(answer(cut(), cut(shot=4, from_s=15.2, to_s=17.8), style="noir")), style=None, duration_s=None).style
        == "highlights"
    )


def test_silence_and_errors_are_raised() -> None:
    with pytest.raises(Unavailable):
        planned(StandIn(None))
    with pytest.raises(StudioError, match="It broke"):
        planned(StandIn({}))


def test_a_thousand_cuts_are_a_plan() -> None:
    many = [
        cut(shot=1 + number % 5, from_s=[0.5, 4.5, 9.5, 15.2, 18.5][number % 5], to_s=[1.5, 5.5, 10.5, 16.2, 19.5][number % 5])
        for number in range(300)
    ]
    plan = planned(StandIn(answer(*many)), duration_s=None)
    assert len(plan.segments) == 300


def test_a_caption_cannot_hold_more_than_it_may() -> None:
    plan = planned(StandIn(answer(cut(caption="x" * 5000, why="y" * 5000), cut(shot=4, from_s=15.2, to_s=17.8))), duration_s=None)
    texts = [one for segment in plan.segments for one in segment.operations if one.op == "text"]
    assert all(len(one.text) <= 80 for one in texts)
    assert all(len(segment.reason) <= 1000 for segment in plan.segments)


def test_the_prompt_names_what_there_is() -> None:
    told = prompt(tuple(read_styles()))
    assert "wholesome" in told
    assert "sad_trombone" in told
    assert "STYLES" not in told.replace("one of STYLES", "")


def test_why_the_built_in_planner_took_over() -> None:
    assert reason_of(StudioError("It broke.", "Ask again.")) == "It broke. Ask again."

"""One rule per issue: each mends what it says, and gives up what could not be rendered."""

from __future__ import annotations

from typing import Any

import pytest

from app.editing.check import compile_plan
from app.editing.judge.forms import Evaluation, Issue
from app.editing.judge.revise import RULES, revise
from app.editing.plan import EditPlan
from tests.app.editing.judge.plans import FACTS, plan_of
from tests.app.editing.judge.test_drafts import analysis as analysis  # a fixture


def issue(
    code: str, at_s: float | None = None, end_s: float | None = None, value: float | None = None, message: str = "It is so."
) -> Issue:
    return Issue(code=code, severity="warning", message=message, suggestion="Mend it.", at_s=at_s, end_s=end_s, value=value)


def revised(plan: EditPlan, *issues: Issue, analyses: dict[str, Any] | None = None, again: int = 0) -> EditPlan:
    found = Evaluation(score=0.5, technical=0.5, parts={}, issues=list(issues), took_s=0.0)
    return revise(plan, found, FACTS, analyses or {}, again)


def spans(plan: EditPlan) -> list[tuple[float, float]]:
    return [(round(one.start_s, 2), round(one.end_s, 2)) for one in plan.segments]


PLAN = plan_of((0.0, 2.0), (4.0, 6.0))


def test_a_fault_at_the_end_is_trimmed_off() -> None:
    made = revised(PLAN, issue("black", 1.7, 1.9))
    assert spans(made)[1][1] > 6.0  # the other one makes up for it
    assert made.segments[0].end_s == pytest.approx(1.62, abs=0.03)
    assert "trimmed off" in made.segments[0].reason


def test_a_fault_at_the_beginning_is_trimmed_off() -> None:
    made = revised(PLAN, issue("frozen", 2.0, 2.3))
    assert made.segments[1].start_s == pytest.approx(4.4, abs=0.05)


def test_what_was_trimmed_is_made_up_for() -> None:
    made = revised(PLAN, issue("black", 1.6, 1.9))
    assert compile_plan(made, FACTS).seconds == pytest.approx(4.0, abs=0.1)


def test_a_blurred_segment_shows_something_else(analysis: Any) -> None:
    made = revised(PLAN, issue("blurred", 0.1, 1.9), analyses={"clip": analysis})
    assert spans(made)[0] == (6.0, 8.0)
    assert spans(made)[1] == (4.0, 6.0)


def test_a_fault_in_the_middle_with_nothing_else_to_show_stays() -> None:
    assert revised(PLAN, issue("flash", 0.9, 1.1)) == PLAN


@pytest.mark.parametrize("off_s", [0.15, -0.2])
def test_a_cut_goes_to_its_beat(off_s: float) -> None:
    made = revised(PLAN, issue("off_beat", 2.0, 2.0, off_s))
    assert spans(made) == [(0.0, round(2.0 - off_s, 2)), (round(4.0 - off_s, 2), 6.0)]
    assert compile_plan(made, FACTS).seconds == pytest.approx(4.0, abs=0.05)


def test_a_cut_of_fast_motion_takes_more_of_the_source() -> None:
    plan = plan_of((0.0, 2.0), (4.0, 8.0, {"op": "speed", "factor": 2.0}))
    assert spans(revised(plan, issue("off_beat", 2.0, 2.0, 0.1))) == [(0.0, 1.9), (3.8, 8.0)]


def test_a_transition_is_not_moved() -> None:
    plan = plan_of((0.0, 2.0), (4.0, 6.0, {"op": "transition", "duration_s": 0.5}))
    assert revised(plan, issue("off_beat", 1.5, 1.5, 0.1)) == plan


def test_loudness_is_normalised_once_and_lower_where_it_still_clips() -> None:
    one = revised(PLAN, issue("loudness", value=-9.0))
    assert [op.op for op in one.film] == ["loudness"]
    assert revised(one, issue("loudness", value=-9.0)) == one
    two = revised(one, issue("clipped_audio", 0.1, 0.9, 1.2))
    assert two.film[0].model_dump()["peak_dbtp"] == -2.0


def test_too_long() -> None:
    made = revised(PLAN, issue("too_long", value=1.0))
    assert compile_plan(made, FACTS).seconds == pytest.approx(3.0, abs=0.06)


def test_too_short(analysis: Any) -> None:
    made = revised(PLAN, issue("too_short", value=-3.0), analyses={"clip": analysis})
    assert compile_plan(made, FACTS).seconds == pytest.approx(7.0, abs=0.3)
    assert compile_plan(made, FACTS).frames > 96


def test_shape() -> None:
    made = revised(PLAN, issue("aspect", message="The film is 320x180; 9:16 was asked for."))
    assert (made.output.aspect, made.output.fit) == ("9:16", "crop")


def test_burnt_pictures_are_graded_back() -> None:
    made = revised(PLAN, issue("blown_whites", value=0.3))
    assert made.film[0].model_dump()["exposure_ev"] == pytest.approx(-0.33)
    graded = plan_of((0.0, 2.0), film=[{"op": "grade", "exposure_ev": 0.2, "contrast": 1.4, "vignette": 0.6}])
    again = revised(graded, issue("crushed_blacks", value=0.3)).film[0].model_dump()
    assert (again["exposure_ev"], again["contrast"], again["vignette"]) == pytest.approx((0.53, 1.2, 0.3))


def test_music_goes_on_through_silence() -> None:
    plan = plan_of((0.0, 2.0), film=[{"op": "music", "source": "music", "duration_s": 1.0}])
    assert revised(plan, issue("silence", 1.0, 2.0)).film[0].model_dump()["duration_s"] is None


def test_style_gets_moves() -> None:
    made = revised(PLAN, issue("style", message="A film in this style has more moves, captions."))
    assert [op.op for one in made.segments for op in one.operations] == ["zoom"]
    assert revised(PLAN, issue("style", message="A film in this style has more captions.")) == PLAN


def test_what_cannot_be_mended_changes_nothing() -> None:
    assert revised(PLAN, issue("out_of_sync", value=0.2), issue("colour_cast"), issue("content")) == PLAN
    assert revised(PLAN) == PLAN


def test_later_tries_do_less() -> None:
    issues = (issue("loudness", value=-9.0), issue("black", 1.7, 1.9))
    assert revised(PLAN, *issues, again=2).film
    assert revised(PLAN, *issues, again=2).segments == PLAN.segments
    assert revised(PLAN, *issues, again=3).film == ()
    assert revised(PLAN, *issues, again=9) == PLAN


@pytest.mark.parametrize("code", RULES)
def test_every_rule_leaves_a_plan_that_can_be_rendered(code: str, analysis: Any) -> None:
    plan = plan_of(
        (0.0, 2.0, {"op": "freeze", "at_s": 1.0, "duration_s": 0.5}), (4.0, 4.6),
        (5.0, 9.0, {"op": "ramp", "from_factor": 1.0, "to_factor": 3.0}),
        (9.0, 10.0, {"op": "transition", "duration_s": 0.25}), film=[{"op": "fade", "in_s": 0.2}],
    )  # fmt: skip
    for at_s in (0.0, 0.7, 2.4, 3.2, 5.0):
        for value in (-2.0, -0.1, 0.1, 2.0):
            made = revised(plan, issue(code, at_s, at_s + 0.3, value, "9:16 was asked for; moves"), analyses={"clip": analysis})
            assert compile_plan(made, FACTS).frames > 0
            assert made == revised(plan, issue(code, at_s, at_s + 0.3, value, "9:16 was asked for; moves"), analyses={"clip": analysis})

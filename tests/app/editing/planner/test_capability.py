"""`video.plan` with scripted models: who plans, who takes over, and what the person is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.editing.planner.capability import plan_video, wishes_of
from app.editing.planner.requests import PlannedFilm, PlanVideo
from configs.errors import BadInput
from jobs.context import JobCancelled
from tests.app.editing.planner.analyses import analysis
from tests.app.editing.planner.jobs import Link, artifact, context
from tests.app.editing.planner.stand_in import StandIn
from tests.app.editing.planner.test_decisions import cut
from tests.app.editing.planner.test_materials import CLIP, probe
from tests.app.editing.planner.test_model_planner import answer

GOOD = answer(cut(shot=1, from_s=0.0, to_s=0.4, at_s=0.2), cut(shot=2, from_s=0.4, to_s=1.0, at_s=0.6))


def planned(folder: Path, models: StandIn | None, **asked: Any) -> tuple[PlannedFilm, Link]:
    link = Link(results={"video.analyze": analysis().model_dump(mode="json")}, parts={} if models is None else {"models": models})
    job = context(link, folder, {CLIP: artifact(CLIP, meta={"probe": probe()})})
    return plan_video(PlanVideo(video=CLIP, **asked), job), link


def test_without_a_model_the_built_in_planner_plans(tmp_path: Path) -> None:
    found, link = planned(tmp_path, None, style="dramatic")
    assert found.planner == "built in"
    assert found.plan.style == "dramatic"
    assert found.seconds > 0
    assert link.told[-1] == "Done"


def test_an_installed_model_plans(tmp_path: Path) -> None:
    found, link = planned(tmp_path, StandIn(GOOD))
    assert found.planner == "tiny"
    assert "Tiny is planning" in link.told


def test_the_built_in_planner_can_be_asked_for(tmp_path: Path) -> None:
    for name in ("built_in", "built in"):
        models = StandIn(GOOD)
        assert planned(tmp_path, models, planner=name)[0].planner == "built in"
        assert models.calls == []


@pytest.mark.parametrize(
    "script", ["", "I am sorry, I cannot help with that.", '{"title": "x", "cuts": [{"shot": 1', {}, {"message": "Out of memory."}]
)
def test_a_model_that_fails_is_stood_in_for_and_the_notes_say_why(tmp_path: Path, script: Any) -> None:
    found, _ = planned(tmp_path, StandIn(script), style="chaotic")
    assert found.planner == "built in"
    assert found.plan.style == "chaotic"
    assert found.notes[0].startswith("tiny gave no plan that could be used, so the built-in planner made it.")
    assert tuple(found.notes) == found.plan.notes


def test_a_model_by_its_name(tmp_path: Path) -> None:
    models = StandIn(GOOD, names=("small", "large"), states=("resident", "installed"))
    assert planned(tmp_path, models, planner="large")[0].planner == "large"
    assert set(models.asked) == {"large"}
    with pytest.raises(BadInput, match="gpt-9"):
        planned(tmp_path, StandIn(GOOD), planner="gpt-9")


LUCA = {"name": "luca", "title": "Luca", "description": "a chaotic boy of 9 seconds, in a vertical scarf"}


def test_a_character_is_described_to_whoever_plans(tmp_path: Path) -> None:
    models = StandIn(GOOD)
    found, _ = planned(tmp_path, models, goal="a dramatic film of @luca and @luca's dog", cast=[LUCA])
    wanted = "a dramatic film of Luca (a chaotic boy of 9 seconds, in a vertical scarf) and Luca's dog"
    assert wanted in "".join(part.text for message in models.calls[0].messages for part in message.parts if part.type == "text")
    assert found.plan.goal == wanted


def test_what_a_character_is_like_is_no_wish_for_the_film() -> None:
    found = wishes_of(PlanVideo(video=CLIP, goal="a dramatic film of @luca", cast=[LUCA]))  # type: ignore[list-item]
    assert (found.style, found.duration_s, found.aspect) == ("dramatic", None, None)
    assert wishes_of(PlanVideo(video=CLIP, goal="film of @luca " + "x" * 3980, cast=[LUCA])).goal.endswith("x")  # type: ignore[list-item]


def test_a_person_who_is_escaped_stays_so(tmp_path: Path) -> None:
    found, _ = planned(tmp_path, None, goal=r"for \@mychannel")
    assert found.plan.goal == r"for \@mychannel"


def test_cancelling_is_no_reason_to_plan_otherwise(tmp_path: Path) -> None:
    models = StandIn(None)

    def start(*_: Any, **__: Any) -> Any:
        raise JobCancelled("j-1")

    models.start = start  # type: ignore[method-assign]
    with pytest.raises(JobCancelled):
        planned(tmp_path, models)


def test_fields_count_more_than_the_sentence() -> None:
    asked = PlanVideo(video=CLIP, goal="a 30 second vertical chaotic film", style="wholesome", duration_s=12.0, aspect="1:1", seed=4)
    found = wishes_of(asked)
    assert (found.style, found.duration_s, found.aspect, found.seed) == ("wholesome", 12.0, "1:1", 4)
    found = wishes_of(PlanVideo(video=CLIP, goal="a 30 second vertical chaotic film"))
    assert (found.style, found.duration_s, found.aspect) == ("chaotic", 30.0, "9:16")
    with pytest.raises(BadInput, match="noir") as caught:
        wishes_of(PlanVideo(video=CLIP, style="noir"))
    assert "wholesome" in caught.value.remedy

"""Bad plans are refused before there is a job: over HTTP, on the command line and from other jobs, in one shape."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.api.server import create_api
from app.capabilities import CAPABILITIES
from app.editing.admission import check_plan
from app.editing.edit import EditVideo
from app.editing.judge.forms import EvaluateVideo
from app.editing.problems import BadPlan
from app.studio import Studio
from configs.settings import Settings

WITH_PLAN = ("video.edit", "video.moment", "video.export", "video.auto_edit", "video.evaluate")


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    with Studio.open(Settings(data_dir=tmp_path / "data", headless=True), start_workers=False) as opened:
        yield opened


@pytest.fixture
def clip(studio: Studio, make_clip: Callable[..., Path]) -> str:
    return studio.add_path(make_clip("clip.mp4", cuts=(12,), frames=24)).id


def plan(clip: str, *operations: dict[str, Any], start_s: float = 0.0, end_s: float = 0.5) -> dict[str, Any]:
    row = {"id": "s1", "source": "clip", "start_s": start_s, "end_s": end_s, "operations": list(operations)}
    return {"version": 1, "sources": [{"id": "clip", "media": clip}], "segments": [row]}


def test_every_capability_that_takes_a_plan_checks_it() -> None:
    assert {row.name for row in CAPABILITIES if "plan" in row.request.model_fields} == set(WITH_PLAN)
    assert {row.name for row in CAPABILITIES if row.checks is check_plan} == set(WITH_PLAN)


def test_a_field_that_is_no_plan_says_where_within_the_plan() -> None:
    with pytest.raises(BadPlan) as caught:
        EditVideo.model_validate({"plan": plan("a", {"op": "speed", "factor": 0})})
    assert [(p.code, p.path) for p in caught.value.problems] == [("out_of_range", "$.segments[0].operations[0].factor")]


def test_no_plan_is_fine_where_none_is_needed() -> None:
    assert EvaluateVideo.model_validate({"video": "a", "plan": None}).plan is None
    assert EvaluateVideo.model_validate({"video": "a"}).plan is None


@pytest.mark.parametrize("name", WITH_PLAN)
def test_a_plan_that_cannot_be_rendered_never_becomes_a_job(studio: Studio, clip: str, name: str) -> None:
    client = TestClient(create_api(studio), base_url="http://127.0.0.1:7930", client=("127.0.0.1", 1))
    video = {"video": clip} if name == "video.evaluate" else {}
    formats = {"formats": ["edl"]} if name == "video.export" else {}
    moment = {"at_s": 0.1} if name == "video.moment" else {}
    for wrong, code in ((plan(clip, start_s=0.4, end_s=0.1), None), (plan(clip, {"op": "speed", "factor": 0}), "out_of_range")):
        answer = client.post(f"/api/capabilities/{name}", json={"plan": wrong, **video, **formats, **moment})
        assert answer.status_code == 422, answer.text
        problem = answer.json()["error"]["problems"][0]
        assert problem["path"].startswith("$.segments[0]")
        assert code is None or problem["code"] == code
    assert studio.counts() == {} or not any(studio.counts().values())
    good = client.post(f"/api/capabilities/{name}", json={"plan": plan(clip), **video, **formats, **moment})
    assert good.status_code == 202, good.text

"""`video.evaluate` in a real studio: children, stored analyses, the plan's sources, what is kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.editing.judge.evaluate import asked_of
from app.editing.judge.evidence import Asked
from app.editing.judge.forms import EvaluateVideo, Evaluation
from app.studio import JobDetail, Studio
from configs.settings import Settings
from tests.app.editing.judge.damages import Film
from tests.app.editing.judge.plans import plan_of


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with Studio.open(Settings(data_dir=tmp_path_factory.mktemp("judge") / "data", headless=True, cpu_workers=2)) as opened:
        yield opened


def evaluated(studio: Studio, **request: Any) -> tuple[JobDetail, Evaluation]:
    detail = studio.wait(studio.submit("video.evaluate", request, allow_paths=True).job.id, 120)
    assert detail.job.state == "succeeded", detail.job.error
    return detail, Evaluation.model_validate(detail.result)


def plan_json(film: Film) -> dict[str, Any]:
    plan = film.plan.model_dump(mode="json")
    for source in plan["sources"]:
        source["media"] = str(film.source if source["id"] == "clip" else film.music)
    return plan


@pytest.fixture(scope="module")
def with_plan(studio: Studio, film: Film, original_path: Path) -> tuple[JobDetail, Evaluation]:
    return evaluated(studio, video=str(original_path), plan=plan_json(film), duration_s=film.frames / 24, goal="a ball")


def test_with_the_plan_everything_is_judged(with_plan: tuple[JobDetail, Evaluation]) -> None:
    _, found = with_plan
    for name in ("speed", "sync", "colour", "sharpness", "black", "duration"):
        score = found.parts[name].score
        assert score is not None, name
        assert score > 0.85, (name, found.parts[name])
    assert found.score > 0.9
    assert found.parts["content"].score is None
    assert "no model that sees" in found.parts["content"].why
    assert found.engine == "built in, CPU"


def test_it_is_kept(with_plan: tuple[JobDetail, Evaluation]) -> None:
    detail, found = with_plan
    (kept,) = [artifact for artifact in detail.artifacts if artifact.name == "evaluation.json"]
    assert Evaluation.model_validate_json(kept.path.read_bytes()) == found
    assert detail.job.progress == 1


def test_again_with_the_reference_alone_and_with_nothing(studio: Studio, film: Film, original_path: Path, with_plan: object) -> None:
    _, against = evaluated(studio, video=str(original_path), reference=str(film.source))
    assert against.parts["speed"].score is not None
    _, alone = evaluated(studio, video=str(original_path))
    assert alone.parts["speed"].score is None
    assert alone.goal_score is None
    assert alone.score == alone.technical
    traces = [job for job in studio.jobs(capability="video.trace").items if job.state == "succeeded"]
    assert len(traces) == 2  # the film and its source, measured once each


def test_what_is_not_said_is_what_the_plan_says() -> None:
    kept = {"goal": "a ball", "style": "dramatic", "duration_s": 12.0, "output": {"aspect": "9:16"}}
    plan = {**plan_of((0.0, 2.0)).model_dump(mode="json"), **kept}
    assert asked_of(EvaluateVideo.model_validate({"video": "a", "plan": plan})) == Asked("a ball", "dramatic", 12.0, "9:16")
    said = {"goal": "a cat", "style": "chaotic", "duration_s": 5.0, "aspect": "1:1"}
    assert asked_of(EvaluateVideo.model_validate({"video": "a", "plan": plan, **said})) == Asked(*said.values())  # type: ignore[arg-type]
    unsaid = {**plan, "goal": "", "style": None, "duration_s": None, "output": {}}
    assert asked_of(EvaluateVideo.model_validate({"video": "a", "plan": unsaid})) == Asked()

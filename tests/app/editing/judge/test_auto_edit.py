"""`video.auto_edit`: versions are made, kept and told, the best becomes the film; first with stand-ins, then in a real studio."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.editing.judge.auto_edit import auto_edit
from app.editing.judge.forms import AutoEdit, AutoEdited, Evaluation, Issue
from app.editing.plan import EditPlan
from app.studio import Studio
from configs.errors import StudioError
from configs.settings import Settings
from tests.app.editing.judge.damages import Film
from tests.app.editing.judge.plans import plan_of
from tests.app.editing.judge.test_drafts import analysis as analysis  # a fixture
from tests.app.editing.judge.test_evaluate import plan_json

QUIET = Issue(code="loudness", severity="warning", message="It is too soft.", suggestion="Make it louder.", value=-9.0)
OFF = Issue(code="off_beat", severity="warning", message="Off.", suggestion="Move it.", at_s=2.0, end_s=2.0, value=0.1)
HOPELESS = Issue(code="content", severity="warning", message="No ball.", suggestion="Choose other moments.")
PLAN = plan_of((0.0, 2.0), (4.0, 6.0))


class Job:
    """Children answered by stand-ins: ``scores`` and ``issues`` of one version after the other."""

    def __init__(self, folder: Path, analysis: Any, scores: list[float], issues: list[list[Issue]]) -> None:
        self.work_dir, self._analysis, self._scores, self._issues = folder, analysis, scores, issues
        self.attempt, self.asked, self.published, self.saved, self.logged = 1, [], {}, {}, []  # type: ignore[var-annotated]
        self.planner, self.before, self.said = "built in", {}, []  # type: ignore[var-annotated]
        self.plans: list[EditPlan] = [PLAN, plan_of((1.0, 3.0), (4.0, 6.0))]

    def run(self, key: str, capability: str, request: Any) -> Any:
        self.asked.append((key, capability, request))
        return getattr(self, f"_{capability.rpartition('.')[2]}")(key, request)

    def _plan(self, key: str, request: Any) -> Any:
        plan = self.plans[0 if key == "plan" else 1].model_copy(update={"planner": self.planner})
        return {"plan": plan.model_dump(mode="json")}

    def _analyze(self, key: str, request: Any) -> Any:
        return self._analysis.model_dump(mode="json")

    def _edit(self, key: str, request: Any) -> Any:
        return {"artifact_id": f"a-{key}", "frames": 96, "seconds": 4.0}

    def _evaluate(self, key: str, request: Any) -> Any:
        n = int(key.rpartition("-")[2]) - 1
        score = self._scores[n]
        return Evaluation(score=score, technical=score, parts={}, issues=self._issues[n], took_s=0.0).model_dump(mode="json")

    def made(self, artifact_id: str) -> Any:
        kinds = {"a-clip": "video", "a-still": "image", "a-music": "audio"}
        return SimpleNamespace(
            id=artifact_id,
            kind=kinds[artifact_id],
            name="x",
            path=Path("x"),
            content_hash="0",
            external=False,
            meta={"probe": PROBES[artifact_id]},
        )

    def part(self, name: str) -> Any:
        assert name == "renders"
        return SimpleNamespace(find=lambda edit, plan, *, preview: self.before.get((edit, plan.segments, preview)))

    def progress(self, fraction: float, message: str = "") -> None:
        assert 0 <= fraction <= 1
        self.said.append(message)

    def publish(self, key: str, value: Any) -> None:
        self.published[key] = json.loads(json.dumps(value))

    def save(self, name: str, path: Path, **more: Any) -> Any:
        self.saved[name] = path.read_text(encoding="utf-8")
        return SimpleNamespace(id=f"k-{name}")

    def log(self, message: str) -> None:
        self.logged.append(message)


PROBES: dict[str, Any] = {
    "a-still": {"width": 320, "height": 180},
    "a-music": {"duration_s": 30.0, "audio": [{"codec": "pcm", "channels": 2, "layout": "stereo", "sample_rate_hz": 48000}]},
}


@pytest.fixture
def improved(tmp_path: Path, analysis: Any, film: Film) -> Callable[..., tuple[AutoEdited, Job]]:
    """``improved(scores, issues, **request)``: what comes of it, and the job."""
    from app.video.probe import probe_video

    PROBES["a-clip"] = probe_video(film.source).model_dump(mode="json")

    def run(
        scores: list[float], issues: list[list[Issue]], planner: str = "built in", before: dict[Any, Any] | None = None, **request: Any
    ) -> tuple[AutoEdited, Job]:
        job = Job(tmp_path, analysis, scores, issues)
        job.planner, job.before = planner, before or {}
        given: Any = job
        return auto_edit.function(AutoEdit(video="a-clip", **request), given), job

    return run


def test_good_enough_at_once(improved: Callable[..., tuple[AutoEdited, Job]]) -> None:
    found, job = improved([0.9], [[QUIET]])
    assert (found.best, found.reached, len(found.versions), found.artifact_id) == (1, True, 1, "a-film")
    assert [key for key, _, _ in job.asked] == ["plan", "analysis-clip", "preview-1", "judge-1", "film"]


def test_it_improves_until_it_is_good(improved: Callable[..., tuple[AutoEdited, Job]]) -> None:
    found, job = improved([0.6, 0.85], [[QUIET, OFF], []])
    assert (found.best, found.reached, found.score) == (2, True, 0.85)
    assert [one.score for one in found.versions] == [0.6, 0.85]
    assert found.versions[1].plan.film[0].op == "loudness"
    assert found.versions[1].changes
    assert job.published.keys() == {"version-1", "version-2"}
    assert {"versions/1/plan.json", "versions/2/plan.json", "versions/1/evaluation.json", "versions/2/evaluation.json"} == job.saved.keys()
    final = job.asked[-1]
    assert (final[0], final[2]["preview"]) == ("film", False)
    assert EditPlan.model_validate(final[2]["plan"]) == found.versions[1].plan


def test_the_best_is_rendered_even_if_it_is_not_the_last(improved: Callable[..., tuple[AutoEdited, Job]]) -> None:
    found, _ = improved([0.7, 0.5, 0.6], [[QUIET, OFF]] * 3)
    assert (found.best, found.reached, len(found.versions)) == (1, False, 3)
    assert "below 0.80" in found.notes[0]
    assert len({version.plan.model_dump_json() for version in found.versions}) == 3  # what did not help is not tried again


def test_it_ends_when_nothing_can_be_mended(improved: Callable[..., tuple[AutoEdited, Job]]) -> None:
    found, _ = improved([0.5], [[HOPELESS]])
    assert len(found.versions) == 1
    assert "Nothing of what was found can be mended" in found.notes[0]


def test_the_same_twice_is_the_same(improved: Callable[..., tuple[AutoEdited, Job]]) -> None:
    one, other = (improved([0.6, 0.7, 0.75], [[QUIET, OFF], [OFF], []])[0] for _ in range(2))
    assert one.model_dump(exclude={"took_s"}) == other.model_dump(exclude={"took_s"})


def test_a_model_that_planned_is_told_the_issues_once(improved: Callable[..., tuple[AutoEdited, Job]]) -> None:
    found, job = improved([0.5, 0.6, 0.7], [[HOPELESS, QUIET]] * 3, planner="some model", goal="a ball")
    again = [request for key, _, request in job.asked if key == "plan-again"]
    assert len(again) == 1
    assert again[0]["goal"].startswith("a ball")
    assert "No ball." in again[0]["goal"]
    assert found.versions[1].plan.segments == job.plans[1].segments
    assert found.versions[2].plan.film[0].op == "loudness"


def test_a_model_that_fails_is_not_needed(improved: Callable[..., tuple[AutoEdited, Job]], monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(self: Job, key: str, request: Any) -> Any:
        if key == "plan-again":
            raise StudioError("It fell over.")
        return {"plan": PLAN.model_copy(update={"planner": "some model"}).model_dump(mode="json")}

    monkeypatch.setattr(Job, "_plan", fails)
    found, job = improved([0.5, 0.9], [[QUIET], []])
    assert found.reached
    assert "fell over" in job.logged[0]


def test_a_given_plan_is_where_it_begins(improved: Callable[..., tuple[AutoEdited, Job]]) -> None:
    found, job = improved([0.9], [[]], plan=PLAN, edit="e-1")
    assert "plan" not in [key for key, _, _ in job.asked]
    assert found.versions[0].plan == PLAN
    assert all(request["edit"] == "e-1" for _, name, request in job.asked if name == "video.edit")


def test_what_is_good_already_is_not_rendered_again(improved: Callable[..., tuple[AutoEdited, Job]]) -> None:
    preview, film = ({"artifact_id": name, "frames": 96, "seconds": 4.0} for name in ("a-small", "a-full"))
    before = {("e-1", PLAN.segments, True): preview, ("e-1", PLAN.segments, False): film}
    found, job = improved([0.9], [[]], plan=PLAN, edit="e-1", before=before)
    assert [key for key, _, _ in job.asked] == ["analysis-clip", "judge-1"]
    assert (found.artifact_id, found.versions[0].artifact_id) == ("a-full", "a-small")
    assert "Nothing had to be changed" in found.notes[0]
    assert "there already" in found.notes[0]


def test_the_full_film_is_judged_where_it_is_all_there_is(improved: Callable[..., tuple[AutoEdited, Job]]) -> None:
    film = {"artifact_id": "a-full", "frames": 96, "seconds": 4.0}
    found, job = improved([0.6, 0.9], [[QUIET], []], plan=PLAN, edit="e-1", before={("e-1", PLAN.segments, False): film})
    assert job.asked[1][2]["video"] == "a-full"
    assert "Judging, round 1" in job.said
    assert found.best == 2
    assert not any("Nothing had to be changed" in note for note in found.notes)


# In a real studio ----------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with Studio.open(Settings(data_dir=tmp_path_factory.mktemp("auto") / "data", headless=True, cpu_workers=2)) as opened:
        yield opened


def test_a_real_film_gets_better(studio: Studio, film: Film) -> None:
    plan = plan_json(film)
    plan["segments"] = plan["segments"][:2]
    plan["film"] = [{"op": "music", "source": "music", "gain_db": -30, "duck_db": 0}, {"op": "grade", "exposure_ev": 2.5}]
    request = {"plan": plan, "threshold": 0.99, "rounds": 2}
    detail = studio.wait(studio.submit("video.auto_edit", request, allow_paths=True).job.id, 180)
    assert detail.job.state == "succeeded", detail.job.error
    found = AutoEdited.model_validate(detail.result)
    assert [version.n for version in found.versions] == [1, 2]
    assert found.versions[1].score > found.versions[0].score
    assert found.best == 2
    assert studio.artifact(found.artifact_id).kind == "video"
    assert {"versions/1/plan.json", "versions/2/evaluation.json"} <= {artifact.name for artifact in detail.artifacts}
    assert detail.published.keys() >= {"version-1", "version-2"}

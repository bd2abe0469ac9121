"""Shots of an analysis under other settings: from what the store holds, with the clip's review, never from the pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.api.server import create_api
from app.studio import Studio
from app.video.reshots import Detection
from configs.errors import BadInput, Conflict, NotFound
from configs.settings import Settings


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("shots") / "data", headless=True, cpu_workers=1)
    with Studio.open(settings, keep_spare=False) as opened:
        yield opened


@pytest.fixture
def analysed(studio: Studio, make_clip: Callable[..., Path]) -> tuple[str, str]:
    """(clip, job): cuts at 24 and 48 of 72 frames; a clip of its own for each test."""
    clip = studio.add_path(make_clip("clip.mp4", cuts=(24, 48), frames=72))
    job = studio.wait(studio.submit("video.analyze", {"video": clip.id}, reuse=False).job.id, 120)
    assert job.job.state == "succeeded", job.job.error
    return clip.id, job.job.id


def starts(answer: dict[str, Any]) -> list[int]:
    return [shot["start_frame"] for shot in answer["shots"]]


def test_shots_are_those_of_the_analysis_with_the_review_on_top(studio: Studio, analysed: tuple[str, str]) -> None:
    clip, job = analysed
    plain = studio.shots.of_job(job, Detection())
    assert [{k: v for k, v in shot.items() if k != "edited"} for shot in plain["shots"]] == studio.job(job).result["scenes"]
    assert not any(shot["edited"] for shot in plain["shots"])
    studio.reviews.change(clip, {"op": "merge", "frame": 24})
    studio.reviews.change(clip, {"op": "split", "frame": 60})
    reviewed = studio.shots.of_job(job, Detection())
    assert starts(reviewed) == [0, 48, 60]
    assert [shot["edited"] for shot in reviewed["shots"]] == [True, True, True]
    assert starts(studio.shots.of_job(job, Detection(), use_review=False)) == [0, 24, 48]
    assert starts(studio.shots.of_job(job, Detection(min_shot_s=1.5))) == [0, 48, 60]
    with pytest.raises(BadInput, match="No shot begins at frame 24"):
        studio.reviews.change(clip, {"op": "merge", "frame": 24})
    with pytest.raises(BadInput, match="begins at frame 48 already"):
        studio.reviews.change(clip, {"op": "split", "frame": 48})


def test_an_operation_is_judged_by_what_the_person_sees(studio: Studio, analysed: tuple[str, str]) -> None:
    clip, job = analysed
    client = TestClient(create_api(studio), base_url="http://127.0.0.1:7860", client=("127.0.0.1", 1))
    seen = {"job": job, "min_shot_s": "1.5"}  # one shot of 48 frames, then one of 24
    assert starts(client.get(f"/api/jobs/{job}/shots", params={"min_shot_s": "1.5"}).json()) == [0, 48]
    refused = client.post(f"/api/artifacts/{clip}/review", params=seen, json={"op": "merge", "frame": 24})
    assert refused.status_code == 422
    assert client.post(f"/api/artifacts/{clip}/review", params=seen, json={"op": "split", "frame": 24}).status_code == 200
    assert starts(client.get(f"/api/jobs/{job}/shots?min_shot_s=1.5").json()) == [0, 24, 48]


@pytest.mark.parametrize(
    "query", ["sensitivity=0", "sensitivity=-1", "sensitivity=nan", "sensitivity=300", "min_shot_s=-1", "min_shot_s=x"]
)
def test_settings_out_of_range_are_one_sentence(studio: Studio, query: str) -> None:
    client = TestClient(create_api(studio), base_url="http://127.0.0.1:7860", client=("127.0.0.1", 1))
    answer = client.get(f"/api/jobs/j-0000000000000000/shots?{query}")
    assert answer.status_code == 422
    assert query.split("=")[0] in answer.json()["error"]["message"]


def test_what_is_no_finished_analysis_says_so(studio: Studio, analysed: tuple[str, str], make_clip: Callable[..., Path]) -> None:
    with pytest.raises(NotFound):
        studio.shots.of_job("j-0000000000000000", Detection())
    proxy = studio.wait(studio.submit("video.proxy", {"video": analysed[0]}).job.id, 60)
    with pytest.raises(BadInput, match="left no analysis"):
        studio.shots.of_job(proxy.job.id, Detection())
    curves = next(a for a in studio.job(analysed[1]).artifacts if a.name == "curves.npz")
    studio.delete_artifact(curves.id)
    with pytest.raises(BadInput, match="no longer stored"):
        studio.shots.of_job(analysed[1], Detection())


def test_a_deleted_clip_leaves_its_analysis_without_a_review(studio: Studio, analysed: tuple[str, str]) -> None:
    clip, job = analysed
    studio.reviews.change(clip, {"op": "merge", "frame": 24})
    studio.delete_artifact(clip)
    assert starts(studio.shots.of_job(job, Detection())) == [0, 24, 48]


def test_a_job_that_waits_is_a_conflict(studio: Studio, analysed: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    job = studio.job(analysed[1]).job
    monkeypatch.setattr(studio.shots, "_find_job", lambda _: replace(job, state="running"))
    with pytest.raises(Conflict, match="is running"):
        studio.shots.of_job(job.id, Detection())


def test_a_damaged_analysis_leaves_the_review_usable(studio: Studio, analysed: tuple[str, str]) -> None:
    clip, job = analysed
    document = next(a for a in studio.job(job).artifacts if a.name == "analysis.json")
    document.path.chmod(0o600)
    document.path.write_text("{")
    assert studio.reviews.change(clip, {"op": "split", "frame": 24}).added == {24}

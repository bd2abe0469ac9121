"""`video.parody` and `video.plan` in a real studio: a clip goes in, a film comes out, step by step and with everything it is made from."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.studio import Studio
from app.video.ffmpeg import executable
from configs.errors import BadInput, NotFound
from configs.settings import Settings


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seconds, 160x90: two shots, a tone that swells."""
    path = tmp_path_factory.mktemp("clip") / "walk.mp4"
    pictures = "testsrc2=s=160x90:r=25:d=1.5[a];mandelbrot=s=160x90:r=25:start_scale=0.5[m];[m]trim=duration=1.5[b];[a][b]concat=n=2:v=1"
    sound = "aevalsrc=0.4*sin(880*PI*t)*gt(mod(t\\,0.75)\\,0.5):s=48000:d=3"
    subprocess.run(
        [executable(), "-v", "error", "-y", "-f", "lavfi", "-i", pictures, "-f", "lavfi", "-i", sound, "-t", "3", "-c:v", "libx264",
         "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", str(path)], check=True,
    )  # fmt: skip
    return path


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with Studio.open(Settings(data_dir=tmp_path_factory.mktemp("studio") / "data", headless=True, cpu_workers=1)) as opened:
        yield opened


@pytest.fixture(scope="module")
def made(studio: Studio, clip: Path) -> Any:
    """A parody, judged."""
    request = {"video": str(clip), "style": "chaotic", "duration_s": 4.0, "seed": 3, "planner": "built_in"}
    return studio.wait(studio.submit("video.parody", request, allow_paths=True).job.id, 180)


def test_a_clip_becomes_a_film_with_its_plan_and_score(made: Any, studio: Studio) -> None:
    assert made.job.state == "succeeded", made.job.error
    result = made.result
    assert result["seconds"] == pytest.approx(4.0, abs=0.05)
    assert result["plan"]["style"] == "chaotic"
    assert result["planner"] == "built in"
    assert 0 <= result["score"] <= 1
    assert result["evaluation"]["score"] == result["score"]
    film = studio.artifact(result["artifact_id"])
    assert film.kind == "video"
    assert film.path.stat().st_size > 1000


def test_the_plan_was_shown_before_the_film(made: Any) -> None:
    assert set(made.published) >= {"plan", "film", "attempt-1"}
    assert made.published["plan"]["plan"] == made.result["plan"]


def test_the_steps_are_jobs_of_their_own(made: Any, studio: Studio) -> None:
    children = {job.capability for job in studio.jobs(parent_id=made.job.id).items}
    assert {"video.plan", "video.edit", "video.evaluate"} <= children


def test_several_attempts_differ_and_the_best_is_kept(studio: Studio, clip: Path) -> None:
    request = {"video": str(clip), "goal": "make it wholesome, 3 seconds", "rounds": 2, "planner": "built_in"}
    found = studio.wait(studio.submit("video.parody", request, allow_paths=True).job.id, 180)
    assert found.job.state == "succeeded", found.job.error
    attempts = found.result["attempts"]
    assert [attempt["seed"] for attempt in attempts] == [0, 1]
    assert found.result["score"] == max(attempt["score"] for attempt in attempts)
    assert found.result["artifact_id"] not in [attempt["artifact_id"] for attempt in attempts]  # those were previews
    assert found.result["plan"]["style"] == "wholesome"


def test_a_plan_goes_by_the_analysis_that_is_named(studio: Studio, clip: Path) -> None:
    analysis = studio.submit("video.analyze", {"video": str(clip)}, allow_paths=True).job.id
    studio.wait(analysis, 60)
    request = {"video": str(clip), "goal": '2 second square teaser called "Shapes"', "analysis": analysis, "planner": "built_in"}
    found = studio.wait(studio.submit("video.plan", request, allow_paths=True).job.id, 60)
    assert found.job.state == "succeeded", found.job.error
    assert found.result["analysis"] == analysis
    assert found.result["plan"]["output"]["aspect"] == "1:1"
    assert found.result["plan"]["title"] == "Shapes"
    assert found.result["seconds"] == pytest.approx(2.0, abs=0.05)


def test_the_same_wish_and_seed_give_the_same_plan(studio: Studio, clip: Path) -> None:
    request = {"video": str(clip), "style": "dramatic", "seed": 9, "planner": "built_in"}
    one, two = (studio.wait(studio.submit("video.plan", request, allow_paths=True, reuse=False).job.id, 60).result for _ in range(2))
    assert one["plan"] == two["plan"]


def test_music_lays_its_beats_under_the_film(studio: Studio, clip: Path) -> None:
    request = {"video": str(clip), "style": "beat", "duration_s": 3.0, "music": str(clip), "planner": "built_in"}
    found = studio.wait(studio.submit("video.plan", request, allow_paths=True).job.id, 60)
    assert found.job.state == "succeeded", found.job.error
    assert [source["id"] for source in found.result["plan"]["sources"]] == ["clip", "music"]
    assert any(one["op"] == "music" for one in found.result["plan"]["film"])


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"style": "noir"}, "noir"), ({"planner": "gpt-9"}, "gpt-9"), ({"analysis": "other"}, "which is not the clip")],
)
def test_what_cannot_be_is_said_in_a_sentence(studio: Studio, clip: Path, tmp_path: Path, wrong: dict[str, str], said: str) -> None:
    if "analysis" in wrong:
        other = tmp_path / "other.mp4"
        subprocess.run([executable(), "-v", "error", "-f", "lavfi", "-i", "testsrc=s=160x90:r=25:d=0.4", str(other)], check=True)
        analysis = studio.submit("video.analyze", {"video": str(other)}, allow_paths=True).job.id
        studio.wait(analysis, 60)
        wrong = {"analysis": analysis}
    found = studio.wait(studio.submit("video.plan", {"video": str(clip), **wrong}, allow_paths=True).job.id, 60)
    assert found.job.state == "failed"
    assert found.job.error is not None
    assert said in found.job.error["message"]
    assert found.job.error["remedy"]


@pytest.mark.parametrize("wrong", [{"duration_s": 0}, {"duration_s": -3}, {"rounds": 0}, {"rounds": 99}, {"aspect": "7:3"}, {"seed": -1}])
def test_a_wish_that_makes_no_sense_never_becomes_a_job(studio: Studio, clip: Path, wrong: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match=next(iter(wrong))):
        studio.submit("video.parody", {"video": str(clip), **wrong}, allow_paths=True)


def test_a_character_in_the_wish_is_kept_with_the_job_in_words(studio: Studio, clip: Path) -> None:
    from app.characters.pack import Pack

    with pytest.raises(NotFound, match="no character @luca"):
        studio.submit("video.parody", {"video": str(clip), "goal": "@luca loses it"}, allow_paths=True)
    studio.characters.create("luca", Pack(title="Luca", description="a boy with curls"))
    job = studio.submit(
        "video.plan", {"video": str(clip), "goal": "a wholesome film of @luca", "planner": "built_in"}, allow_paths=True
    ).job
    assert [member["description"] for member in job.request["cast"]] == ["a boy with curls"]
    done = studio.wait(job.id, 120)
    assert done.result["plan"]["goal"] == "a wholesome film of Luca (a boy with curls)"

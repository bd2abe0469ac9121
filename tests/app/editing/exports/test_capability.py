"""`video.export` as a job."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from app.editing.exports.capability import REPORT, export_film
from app.editing.problems import BadPlan
from app.studio import Studio
from configs.settings import Settings


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    """A studio with this capability and a worker."""
    settings = Settings(data_dir=tmp_path / "data", headless=True, cpu_workers=1)
    with Studio.open(settings, keep_spare=False) as opened:
        yield opened


def plan(clip: Path, **more: Any) -> dict[str, Any]:
    return {
        "title": "Cut", "sources": [{"id": "a", "media": str(clip)}],
        "segments": [{"id": "s1", "source": "a", "start_s": 0.5, "end_s": 1.0, "operations": [{"op": "shake"}]}], **more,
    }  # fmt: skip


def test_files_are_kept_with_their_originals_and_what_is_lost(studio: Studio, make_clip: Callable[..., Path]) -> None:
    clip = make_clip("take one.mp4", cuts=(24,), frames=48)
    submitted = studio.submit(
        "video.export", {"plan": plan(clip), "formats": ["otio", "chapters", "otio"], "name": "final/1"}, allow_paths=True
    )
    detail = studio.wait(submitted.job.id, 60)
    assert detail.job.state == "succeeded", detail.job.error
    assert detail.result is not None
    files = detail.result["files"]
    assert [(file["format"], file["name"]) for file in files] == [
        ("otio", "final 1.otio"), ("chapters", "final 1.ffmeta"), ("chapters", "final 1.chapters.txt"),
    ]  # fmt: skip
    assert [lost["what"] for lost in files[0]["lost"]] == ["Shake"]
    kept = {artifact.name: artifact for artifact in detail.artifacts}
    assert (kept["final 1.otio"].kind, kept["final 1.otio"].role) == ("timeline", "result")
    read = otio.adapters.read_from_string(kept["final 1.otio"].path.read_text(), "otio_json")
    assert read.tracks[0][0].media_reference.target_url == clip.as_uri()
    report = json.loads(kept[REPORT].path.read_text())
    assert report["title"] == "Cut"
    assert [lost["what"] for lost in report["formats"]["otio"]] == ["Shake"]
    assert (detail.result["cuts"], detail.result["frames"], detail.result["report_artifact_id"]) == (1, 12, kept[REPORT].id)


def test_a_plan_that_cannot_be_rendered_is_not_exported(studio: Studio, make_clip: Callable[..., Path]) -> None:
    clip = make_clip("a.mp4", cuts=(12,), frames=24)
    wrong = plan(clip, segments=[{"id": "s1", "source": "a", "start_s": 5, "end_s": 9}])
    with pytest.raises(BadPlan, match=r"\$\.segments\[0\]"):
        studio.submit("video.export", {"plan": wrong, "formats": ["edl"]}, allow_paths=True)


def test_it_says_what_it_is() -> None:
    assert (export_film.name, export_film.lane) == ("video.export", "cpu")

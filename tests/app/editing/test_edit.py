"""The capabilities that render: what is kept, what it is called, what is refused."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from app.editing.edit import EditVideo, TakeMoment, edit_video, file_name, take_moment
from app.editing.plan import EditPlan
from app.editing.problems import BadPlan
from configs.errors import BadInput, StudioError
from jobs.context import JobCancelled, JobContext, artifact_to_json
from jobs.order import Order
from storage.records import Artifact
from tests.app.editing.barcode import facts, read_numbers, write_clip


class Studio:
    """Keeps what a job's context sends."""

    def __init__(self, folder: Path, clip: Path) -> None:
        self.folder, self.kept = folder, {}  # type: ignore[var-annotated]
        from app.video.probe import probe_video

        self.clip = Artifact(
            id="clip-1", name=clip.name, kind="video", role="source", media_type="video/mp4", size_bytes=1, content_hash="hash", path=clip,
            external=True, missing=False, project_id="default", job_id=None, created_at=0.0,
            meta={"probe": probe_video(clip).model_dump(mode="json")},
        )  # fmt: skip
        self.cancelled = False
        self.jobs = 0

    def call(self, verb: str, **fields: Any) -> Any:
        assert verb == "save"
        artifact = Artifact(
            id=f"kept-{len(self.kept)}", name=fields["name"], kind=fields["kind"], role=fields["role"],
            media_type=fields["media_type"] or "", size_bytes=fields["size_bytes"], content_hash="",
            path=Path(fields["staged"]), external=False, missing=False,
            project_id="default", job_id="job", created_at=0.0, meta=fields["meta"], inputs=tuple(fields["inputs"]),
        )  # fmt: skip
        self.kept[artifact.name] = artifact
        return artifact_to_json(artifact)

    def tell(self, verb: str, **fields: Any) -> None:
        pass

    def stage_blob(self, path: Path) -> tuple[str, str, int]:
        copy = self.folder / f"blob-{len(self.kept)}{path.suffix}"
        copy.write_bytes(path.read_bytes())
        return str(copy), "", copy.stat().st_size

    def job(self) -> JobContext:
        self.jobs += 1
        work = self.folder / f"work-{self.jobs}"
        work.mkdir()
        order = Order(
            job_id="job", attempt=1, capability="test", request={}, project_id="default", work_dir=str(work), blob_dir="",
            cache_dir=str(self.folder / "cache"), media={"clip-1": artifact_to_json(self.clip)},
        )  # fmt: skip
        return JobContext(order, self, lambda: self.cancelled)  # type: ignore[arg-type]


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return Studio(tmp_path, write_clip(tmp_path / "Léa's clip.mp4", 48, clicks=[4]))


def plan(*segments: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    rows = [{"id": f"s{number}", "source": "a", **one} for number, one in enumerate(segments or ({"start_s": 0.5, "end_s": 1.5},))]
    return {"sources": [{"id": "a", "media": "clip-1"}], "segments": rows, **more}


def test_a_film_is_kept_with_its_plan(studio: Studio) -> None:
    request = EditVideo.model_validate({"plan": plan(title="My film: a/b"), "edit": "e-1", "revision": 4})
    result = edit_video(request, studio.job())
    film, kept_plan = studio.kept["My film a b.mp4"], studio.kept["plan.json"]
    assert (result.artifact_id, result.plan_artifact_id) == (film.id, kept_plan.id)
    assert (film.kind, film.role, film.inputs) == ("video", "result", ("clip-1",))
    assert film.meta["probe"]["video"]["frame_count"] == result.frames == 24
    assert (film.meta["edit"], film.meta["revision"], film.meta["preview"]) == ("e-1", 4, False)
    assert EditPlan.model_validate_json(kept_plan.path.read_text(encoding="utf-8")) == request.plan
    assert read_numbers(film.path) == list(range(12, 36))
    again = edit_video(request, studio.job())
    assert again.pieces_reused == again.pieces


def test_a_preview_is_called_one(studio: Studio) -> None:
    edit_video(EditVideo.model_validate({"plan": plan(), "preview": True}), studio.job())
    assert "Léa's clip edit-preview.mp4" in studio.kept


def test_a_plan_that_cannot_be_is_refused_before_anything_is_made(studio: Studio) -> None:
    with pytest.raises(BadPlan) as caught:
        edit_video(EditVideo.model_validate({"plan": plan({"start_s": 1, "end_s": 99})}), studio.job())
    assert caught.value.problems[0].path.startswith("$.segments[0]")
    assert not studio.kept


def test_cancelling_keeps_nothing(studio: Studio) -> None:
    studio.cancelled = True
    with pytest.raises(JobCancelled):
        edit_video(EditVideo.model_validate({"plan": plan()}), studio.job())
    assert not studio.kept


@pytest.mark.parametrize(("when", "frame"), [({"at_s": 0.5}, 12), ({"frame": 12}, 12), ({"frame": 0}, 0)])
def test_a_moment_is_one_frame(studio: Studio, when: dict[str, Any], frame: int) -> None:
    result = take_moment(TakeMoment.model_validate({"plan": plan(), "format": "png", **when}), studio.job())
    kept = studio.kept[f"moment-{frame:06d}.png"]
    assert (result.frame, result.time_s, kept.kind, kept.role) == (frame, frame / 24, "image", "support")
    assert read_numbers(kept.path) == [12 + frame]
    assert (result.width, result.height) == (160, 90)


@pytest.mark.parametrize("when", [{}, {"at_s": 0.1, "frame": 2}, {"at_s": 1.0}, {"frame": 24}])
def test_moments_that_are_none_are_refused(studio: Studio, when: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        take_moment(TakeMoment.model_validate({"plan": plan(), **when}), studio.job())


def test_a_file_that_has_gone_is_one_sentence(studio: Studio) -> None:
    studio.clip.path.unlink()
    with pytest.raises(StudioError) as caught:
        edit_video(EditVideo.model_validate({"plan": plan()}), studio.job())
    assert caught.value.code == "media_missing"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("", "Léa's clip edit"),
        ("../../etc/passwd", "etc passwd"),
        ("???", "film"),
        ("Dramatic: a.b.MP4", "Dramatic a.b"),
        ("x" * 200, "x" * 80),
        ("a\nb", "a b"),
    ],
)
def test_names_are_names_of_files(studio: Studio, title: str, name: str) -> None:
    from app.editing.check import compile_plan

    made = EditPlan.model_validate(plan(title=title))
    assert file_name(made, compile_plan(made, {"a": facts(studio.clip.path)})) == name


def test_what_a_request_does_not_know_is_refused() -> None:
    with pytest.raises(ValidationError):
        EditVideo.model_validate({"plan": plan(), "quality": "best"})

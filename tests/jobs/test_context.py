"""What a handler may do, over a link that only remembers."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from configs.errors import NotFound, StudioError
from jobs.context import JobCancelled, JobContext, artifact_from_json, artifact_to_json
from jobs.order import Order
from storage.records import Artifact, Json


def an_artifact(path: Path) -> Artifact:
    return Artifact(
        id="a-1", name="clip.mp4", kind="video", role="source", media_type="video/mp4", size_bytes=1, content_hash="h", path=path,
        external=True, missing=False, project_id="default", job_id=None, created_at=0.0, inputs=("a-0",),
    )  # fmt: skip


class Memory:
    """A link that keeps what it is told."""

    def __init__(self, tmp_path: Path) -> None:
        self.heard: list[tuple[str, dict[str, Any]]] = []
        self.path = tmp_path

    def call(self, verb: str, **fields: Json) -> Json:
        self.heard.append((verb, fields))
        return artifact_to_json(an_artifact(self.path)) if verb == "save" else None

    def tell(self, verb: str, **fields: Json) -> None:
        self.heard.append((verb, fields))

    def stage_blob(self, path: Path) -> tuple[str, str, int]:
        data = path.read_bytes()
        return str(path), hashlib.sha256(data).hexdigest(), len(data)

    def start_child(self, key: str, capability: str, request: Mapping[str, Json]) -> None:
        self.heard.append(("start", {"key": key, "capability": capability, **request}))

    def run_child(self, key: str, capability: str, request: Mapping[str, Json]) -> Json:
        return [key, capability, dict(request)]


class Setup:
    def __init__(self, tmp_path: Path, **more: Any) -> None:
        self.link = Memory(tmp_path)
        self.cancelled = False
        media = {"a-1": artifact_to_json(an_artifact(tmp_path))}
        room = more.pop("room", None)
        order = Order(
            job_id="j-1", attempt=1, capability="test", request={}, project_id="default", work_dir=str(tmp_path), blob_dir="",
            media=media, **more,
        )  # fmt: skip
        self.job = JobContext(order, self.link, lambda: self.cancelled, room)


def test_a_step_is_run_once_and_kept(tmp_path: Path) -> None:
    setup = Setup(tmp_path, steps={"old": 1})
    assert setup.job.step("old", lambda: pytest.fail("a kept step ran again")) == 1
    assert setup.job.step("new", lambda: 2) == 2
    assert setup.job.step("new", lambda: 3) == 2
    assert setup.link.heard == [("step", {"name": "new", "value": 2})]


def test_a_forgotten_step_is_not_done_again(tmp_path: Path) -> None:
    setup = Setup(tmp_path)
    setup.job.step("large", lambda: "x" * 1000)
    setup.job.forget("large")
    setup.job.forget("never kept")
    assert setup.job.step("large", lambda: pytest.fail("a kept step ran again")) is None
    assert setup.link.heard == [("step", {"name": "large", "value": "x" * 1000})]


def test_progress_is_clamped_and_thinned(tmp_path: Path) -> None:
    setup = Setup(tmp_path)
    for n in range(1000):
        setup.job.progress(n, "same words")
    assert len(setup.link.heard) < 20
    setup.job.progress(-1, "other words")
    assert setup.link.heard[0] == ("progress", {"fraction": 0.0, "message": "same words"})
    assert setup.link.heard[-1] == ("progress", {"fraction": 0.0, "message": "other words"})


def test_a_span_maps_into_its_part_of_the_bar(tmp_path: Path) -> None:
    setup = Setup(tmp_path)
    setup.job.span(0.2, 0.6)(0.5, "half of it")
    assert setup.link.heard == [("progress", {"fraction": pytest.approx(0.4), "message": "half of it"})]


def test_every_verb_stops_a_cancelled_job(tmp_path: Path) -> None:
    setup = Setup(tmp_path)
    setup.cancelled = True
    (tmp_path / "f").write_text("x")
    for act in (
        lambda: setup.job.progress(0.1),
        lambda: setup.job.step("s", lambda: 1),
        lambda: setup.job.checkpoint(1),
        lambda: setup.job.save("f", tmp_path / "f", kind="data"),
    ):
        with pytest.raises(JobCancelled):
            act()
    assert setup.link.heard == []


def test_saving_sends_the_hash_and_returns_the_artifact(tmp_path: Path) -> None:
    setup = Setup(tmp_path)
    path = tmp_path / "f.txt"
    path.write_text("content")
    artifact = setup.job.save("out/f.txt", path, kind="data", meta={"m": 1}, inputs=["a-1"], thumbnail=True)
    verb, fields = setup.link.heard[0]
    assert artifact.id == "a-1"
    assert verb == "save"
    assert fields["sha256"] == hashlib.sha256(b"content").hexdigest()
    assert (fields["size_bytes"], fields["name"], fields["inputs"], fields["thumbnail"]) == (7, "out/f.txt", ["a-1"], True)


def test_only_the_jobs_own_media_can_be_reached(tmp_path: Path) -> None:
    job = Setup(tmp_path).job
    assert job.artifact("a-1").name == "clip.mp4"
    with pytest.raises(NotFound, match="'a-2'"):
        job.artifact("a-2")


def test_the_rest_is_passed_on(tmp_path: Path) -> None:
    setup = Setup(tmp_path, checkpoint={"at": 3})
    setup.job.publish("shot", 1)
    setup.job.emit("token", "x")
    setup.job.log("line")
    setup.job.checkpoint(4)
    assert [verb for verb, _ in setup.link.heard] == ["publish", "emit", "log", "checkpoint"]
    assert setup.job.saved == {"at": 3}
    assert setup.job.run("k", "c", {"a": 1}) == ["k", "c", {"a": 1}]


def test_an_artifact_survives_the_pipe(tmp_path: Path) -> None:
    artifact = an_artifact(tmp_path)
    assert artifact_from_json(artifact_to_json(artifact)) == artifact
    with pytest.raises(StudioError):
        artifact_from_json(None)  # type: ignore[arg-type]


def test_a_child_is_started_without_waiting_unless_the_job_is_cancelled(tmp_path: Path) -> None:
    setup = Setup(tmp_path)
    setup.job.start("a", "test.nothing", {"text": "x"})
    assert setup.link.heard == [("start", {"key": "a", "capability": "test.nothing", "text": "x"})]
    setup.cancelled = True
    with pytest.raises(JobCancelled):
        setup.job.start("b", "test.nothing", {})


def test_what_people_have_said_about_a_clip_is_asked_for_when_it_is_needed(tmp_path: Path) -> None:
    setup = Setup(tmp_path)
    assert setup.job.review("a-1") is None
    assert setup.link.heard == [("review", {"id": "a-1"})]


def test_what_another_job_saved_under_a_name_is_asked_for(tmp_path: Path) -> None:
    setup = Setup(tmp_path)
    assert setup.job.named("j-7", "curves.npz") is None
    assert setup.link.heard == [("named", {"job_id": "j-7", "name": "curves.npz"})]


class Room:
    """Runs what it is given on an engine that is a word."""

    def __init__(self) -> None:
        self.asked: list[Any] = []

    def call(self, model: str, operation: str, shape: Any, work: Any, *, priority: int, is_cancelled: Any, on_step: Any) -> Any:
        self.asked.append((model, operation, dict(shape), priority))
        on_step(0.5, "Loading")
        return work("engine")

    def installed(self, model: str) -> str:
        return f"files of {model}"

    def adapter(self, kind: str, name: str) -> str:
        return f"{kind} {name}"


def test_work_on_a_model_holds_it_for_as_long_as_it_lasts(tmp_path: Path) -> None:
    room = Room()
    setup = Setup(tmp_path, room=room, priority=3)
    assert setup.job.with_model("tiny", "draw", {"width": 8}, lambda engine: engine * 2) == "engineengine"
    assert room.asked == [("tiny", "draw", {"width": 8}, 3)]
    held = [fields["held"] for verb, fields in setup.link.heard if verb == "holding"]
    assert held == [True, False]


def test_a_model_is_given_back_when_the_work_fails_or_is_cancelled(tmp_path: Path) -> None:
    setup = Setup(tmp_path, room=Room())
    with pytest.raises(ZeroDivisionError):
        setup.job.with_model("tiny", "draw", {}, lambda engine: 1 / 0)
    assert [fields["held"] for verb, fields in setup.link.heard if verb == "holding"] == [True, False]
    setup.cancelled = True
    with pytest.raises(JobCancelled):
        setup.job.with_model("tiny", "draw", {}, lambda engine: engine)


def test_files_of_models_are_told_in_the_gpu_lane_alone(tmp_path: Path) -> None:
    job = Setup(tmp_path, room=Room()).job
    assert (job.installed("tiny"), job.adapter("lora", "ink")) == ("files of tiny", "lora ink")
    with pytest.raises(StudioError, match="outside the gpu lane"):
        Setup(tmp_path).job.adapter("lora", "ink")

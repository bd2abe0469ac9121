"""The studio's side of an attempt: commits what is current, refuses what is stale, keeps lineage."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from configs.errors import BadMedia
from jobs.context import LeaseLost
from jobs.desk import LOG_LINES_PER_ATTEMPT, Desk
from storage.records import Job
from tests.jobs.conftest import new_job


def running(desk: Desk, **more: Any) -> Job:
    desk.queue.submit(new_job(**more))
    job = desk.queue.claim("cpu")
    assert job is not None
    return job


def save(desk: Desk, job: Job, attempt: int, data: bytes = b"data", thumbnail: bool = False) -> Any:
    staged = desk.artifacts.blobs.stage()
    staged.write(data)
    fields = {
        "name": "out.txt", "kind": "data", "role": "result", "media_type": None, "meta": {"m": 1}, "inputs": [], "thumbnail": thumbnail,
        "sha256": staged.finish(), "size_bytes": len(data), "staged": str(staged.path),
    }  # fmt: skip
    try:
        return desk.handle(job.id, attempt, "save", fields)
    finally:
        assert not staged.path.exists()


def test_a_saved_file_knows_what_made_it(desk: Desk) -> None:
    job = running(desk, request={"a": 1})
    with desk.queue.events.subscribe(job.id) as listener:
        answer = save(desk, job, 1, thumbnail=True)
        events = {event.kind: event.data for event in listener.drain()}
    artifact = desk.artifacts.get(answer["id"])
    assert artifact.meta == {"m": 1, "made_by": {"capability": "test.nothing", "engine": "e", "request": {"a": 1}}}
    assert "path" not in events["artifact"]
    assert desk.queue.find(job.id).thumbnail_id == artifact.id


def test_saving_again_returns_the_first(desk: Desk) -> None:
    job = running(desk)
    first = save(desk, job, 1)
    desk.queue.give_back(job.id, 1, charge=False)
    desk.queue.claim("cpu")
    assert save(desk, job, 2, b"another try")["id"] == first["id"]
    assert len(desk.artifacts.of_job(job.id)) == 1


def test_a_stale_attempt_saves_nothing(desk: Desk) -> None:
    job = running(desk)
    desk.queue.give_back(job.id, 1, charge=False)
    with pytest.raises(LeaseLost):
        save(desk, job, 1)
    assert desk.artifacts.of_job(job.id) == ()
    assert list(desk.artifacts.blobs.root.glob("??/??/*")) == []


def test_an_order_holds_what_earlier_attempts_left(desk: Desk, tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(b"film")
    artifact = desk.artifacts.add_file(clip, "video", "default", {})
    job = running(desk, request={"video": artifact.id, "n": 1})
    desk.handle(job.id, 1, "step", {"name": "s", "value": [1]})
    desk.handle(job.id, 1, "checkpoint", {"state": {"at": 2}})
    order = desk.order(job)
    assert (order.steps, order.checkpoint, order.request["video"]) == ({"s": [1]}, {"at": 2}, artifact.id)
    assert order.media[artifact.id]["path"] == str(clip)
    clip.unlink()
    with pytest.raises(BadMedia, match="no longer"):
        desk.order(job)


def test_the_log_has_an_end(desk: Desk) -> None:
    job = running(desk)
    desk.handle(job.id, 1, "log", {"message": "line\n" * (LOG_LINES_PER_ATTEMPT + 50)})
    with desk.queue.events.subscribe(job.id) as listener:
        desk.handle(job.id, 1, "log", {"message": "too much"})
        assert listener.drain() == []
    desk.forget(job.id, 1)
    desk.handle(job.id, 2, "log", {"message": "a new attempt may speak"})


def test_an_unknown_verb_is_an_error_of_ours(desk: Desk) -> None:
    with pytest.raises(ValueError, match="'sing'"):
        desk.handle("j", 1, "sing", {})

"""A command sees the same studio whether it is its own or one that runs elsewhere: one contract, both sessions."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app import client
from app.client import LocalSession, Session, open_session
from app.remote import RemoteSession
from app.studio import Studio
from configs.errors import BadInput, BadMedia, Conflict, NotFound
from configs.settings import Settings

MakeClip = Callable[..., Path]


@pytest.fixture(params=["local", "remote"])
def session(request: pytest.FixtureRequest, studio: Studio) -> Session:
    """Both kinds of session over the same studio."""
    if request.param == "local":
        return LocalSession(studio)
    served = request.getfixturevalue("served")
    return RemoteSession(served.url, studio.token, studio.settings.data_dir)


def ended(session: Session, job_id: str) -> dict[str, Any]:
    return list(session.follow(job_id))[-1][1]


def test_a_job_from_submitting_to_its_end(session: Session) -> None:
    job = session.submit("test.echo", {"text": "hi"}, priority=3)
    assert job["reused"] is False
    assert job["priority"] >= 3
    events = list(session.follow(job["id"]))
    assert events[0][0] == "snapshot"
    assert events[-1][0] == "end"
    last = events[-1][1]
    assert last["state"] == "succeeded"
    assert last["result"] == {"said": "hi"}
    assert last == session.job(job["id"])
    assert session.counts()["succeeded"] == 1
    json.dumps(last)


def test_following_an_ended_job(session: Session) -> None:
    job_id = session.submit("test.echo", {"text": "hi"})["id"]
    ended(session, job_id)
    assert [kind for kind, _ in session.follow(job_id)] == ["snapshot", "end"]


def test_the_same_request_again(session: Session) -> None:
    first = ended(session, session.submit("test.echo", {"text": "hi"})["id"])
    again = session.submit("test.echo", {"text": "hi"})
    assert (again["id"], again["reused"], again["result"]) == (first["id"], True, first["result"])
    assert session.submit("test.echo", {"text": "hi"}, reuse=False)["id"] != first["id"]


def test_lists(session: Session) -> None:
    good, bad = session.submit("test.echo", {"text": "hi"})["id"], session.submit("test.fail", {})["id"]
    for job_id in (good, bad):
        ended(session, job_id)
    assert [job["id"] for job in session.jobs(limit=5)["items"]] == [bad, good]
    assert [job["id"] for job in session.jobs(state=("failed", "queued"))["items"]] == [bad]
    assert [job["id"] for job in session.jobs(capability="test.echo", project_id="default", before=None)["items"]] == [good]
    assert session.jobs(limit=1)["next_before"] is not None


def test_cancel_and_retry(session: Session, gates: dict[str, threading.Event]) -> None:
    job_id = session.submit("test.hold", {"note": "a"})["id"]
    session.cancel(job_id)
    assert ended(session, job_id)["state"] == "cancelled"
    gates.setdefault("a", threading.Event()).set()
    session.retry(job_id)
    assert ended(session, job_id)["state"] == "succeeded"
    with pytest.raises(Conflict):
        session.cancel(job_id)
    with pytest.raises(Conflict):
        session.run_next(job_id)


def test_paths_are_taken_where_they_lie(session: Session, make_clip: MakeClip) -> None:
    clip = make_clip("my clip.mp4")
    job = ended(session, session.submit("test.look", {"video": str(clip)})["id"])
    assert job["result"] == {"name": "my clip.mp4"}
    assert session.add_path(str(clip))["id"] == job["request"]["video"]
    with pytest.raises(BadMedia, match=r"none\.mp4") as caught:
        session.add_path("/no/such/none.mp4")
    assert caught.value.exit_code == 2


def test_files(session: Session, tmp_path: Path) -> None:
    job = ended(session, session.submit("test.echo", {"text": "hi"})["id"])
    artifact = session.artifacts(role="result", query="echo")["items"][0]
    assert artifact == session.artifact(artifact["id"]) == job["artifacts"][0]
    lineage = session.lineage(artifact["id"])
    assert lineage["artifact"] == artifact
    assert lineage["job"]["id"] == job["id"]
    session.fetch(artifact["id"], tmp_path / "copy.txt")
    assert (tmp_path / "copy.txt").read_text() == "hi"
    with pytest.raises(FileExistsError):
        session.fetch(artifact["id"], tmp_path / "copy.txt")
    assert session.delete_artifact(artifact["id"]) == 2
    with pytest.raises(NotFound, match="no artifact"):
        session.artifact(artifact["id"])


def test_moved_media(session: Session, make_clip: MakeClip, tmp_path: Path) -> None:
    artifact = session.add_path(str(make_clip("old.mp4")))
    moved = (tmp_path / "old.mp4").rename(tmp_path / "new.mp4")
    assert session.artifact(artifact["id"])["missing"] is True
    with pytest.raises(NotFound, match="no longer there"):
        session.fetch(artifact["id"], tmp_path / "copy.mp4")
    assert not (tmp_path / "copy.mp4").exists()
    assert session.relink(artifact["id"], str(moved))["missing"] is False


def test_projects_and_status(session: Session) -> None:
    made = session.create_project("Trailer")
    assert [project["id"] for project in session.projects()] == ["default", made["id"]]
    job = session.submit("test.echo", {"text": "hi"}, project_id=made["id"])
    assert job["project_id"] == made["id"]
    assert {"version", "workers", "counts", "memory", "disk"} <= set(session.status())


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda s: s.job("j-none"), NotFound, "j-none"),
        (lambda s: list(s.follow("j-none")), NotFound, "j-none"),
        (lambda s: s.submit("test.none", {}), NotFound, "test.none"),
        (lambda s: s.submit("test.echo", {"text": "a", "times": 9}), BadInput, "times"),
        (lambda s: s.jobs(state=("nonsense",)), BadInput, "nonsense"),
        (lambda s: s.create_project("  "), BadInput, "name"),
        (lambda s: s.artifact("../../x y"), NotFound, "x y"),
    ],
)
def test_what_is_wrong_is_the_same_error(session: Session, call: Callable[[Session], Any], kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=words) as caught:
        call(session)
    assert getattr(caught.value, "exit_code", None) == 2
    assert getattr(caught.value, "remedy", "")


# -- which of the two ------------------------------------------------------------------------------------------------


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch, studio: Studio) -> Settings:
    """The small capabilities as the real table, and a closed studio's folder."""
    from app import capabilities

    monkeypatch.setattr(capabilities, "CAPABILITIES", tuple(studio.capabilities.values()))
    studio.close()
    return studio.settings


def test_without_a_studio_the_command_is_one(table: Settings) -> None:
    with open_session(table, pytest.fail) as session:
        assert isinstance(session, LocalSession)
        assert not session.lasting
        assert ended(session, session.submit("test.echo", {"text": "hi"})["id"])["state"] == "succeeded"
    assert not (table.data_dir / "studio.json").exists()


def test_opened_only_to_look_nothing_runs(table: Settings) -> None:
    with open_session(table, pytest.fail, workers=False) as session:
        job_id = session.submit("test.echo", {"text": "hi"})["id"]
        assert session.job(job_id)["state"] == "queued"
    with open_session(table, pytest.fail) as session:
        assert ended(session, job_id)["state"] == "succeeded"


def test_a_running_studio_gets_the_job(served: Any, studio: Studio) -> None:
    studio.announce(served.url)
    with open_session(studio.settings, pytest.fail) as session:
        assert isinstance(session, RemoteSession)
        assert session.lasting
        job_id = session.submit("test.echo", {"text": "hi"})["id"]
    assert studio.wait(job_id, 10).result == {"said": "hi"}


def test_our_own_job_goes_before_what_was_left_waiting(table: Settings, gates: dict[str, threading.Event]) -> None:
    gates["left"] = threading.Event()
    with open_session(table, pytest.fail, workers=False) as session:
        left = session.submit("test.hold", {"note": "left"})["id"]
        ours = session.submit("test.echo", {"text": "ours"})["id"]
        jobs = {job["id"]: job for job in session.jobs()["items"]}
        assert jobs[ours]["priority"] >= jobs[left]["priority"]
    gates["left"].set()


def test_a_folder_held_by_another_command_is_waited_for(table: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "RETRY_S", 0.02)
    holder = Studio.open(table, start_workers=False)
    notes: list[str] = []

    def note(line: str) -> None:
        notes.append(line)
        threading.Thread(target=holder.close).start()

    with open_session(table, note, workers=False) as session:
        assert isinstance(session, LocalSession)
    assert len(notes) == 1
    assert str(table.data_dir) in notes[0]


def test_what_a_killed_studio_left_behind_does_not_mislead(table: Settings) -> None:
    (table.data_dir / "studio.json").write_text('{"pid": 1, "url": "http://127.0.0.1:9"}')
    (table.data_dir / "studio.token").write_text("old")
    with open_session(table, pytest.fail, workers=False) as session:
        assert isinstance(session, LocalSession)

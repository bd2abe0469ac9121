"""The composition root: opening, refusing, submitting, reusing, deleting, closing."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.announcement import held_by, read_announcement, write_private
from app.studio import Studio
from configs.errors import BadInput, BadMedia, Conflict, NotFound, Unavailable
from configs.settings import Settings
from storage.records import CANCELLED, QUEUED, SUCCEEDED
from tests.app.clip import register_clip
from tests.jobs import handlers

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def open_studio(tmp_path: Path) -> Iterator[Callable[..., Studio]]:
    opened: list[Studio] = []

    def open_one(start_workers: bool = False, **settings: Any) -> Studio:
        options = {"data_dir": tmp_path / "data", "cpu_workers": 1, **settings}
        target = "tests.jobs.handlers:build"
        opened.append(Studio.open(Settings(**options), capabilities=handlers.TABLE, worker_target=target, start_workers=start_workers))
        return opened[-1]

    yield open_one
    for studio in opened:
        studio.close()


@pytest.fixture
def studio(open_studio: Callable[..., Studio]) -> Studio:
    return open_studio()


def test_a_second_studio_on_the_same_folder_is_refused_with_the_address_of_the_first(open_studio: Callable[..., Studio]) -> None:
    first = open_studio()
    first.announce("http://127.0.0.1:7999")
    with pytest.raises(Conflict, match=r"already runs at http://127\.0\.0\.1:7999") as caught:
        open_studio()
    assert caught.value.code == "already_running"
    assert first.submit("test.nothing", {}).job.state == QUEUED


def test_closing_gives_the_folder_back_and_leaves_no_announcement(open_studio: Callable[..., Studio]) -> None:
    first = open_studio()
    first.close()
    assert read_announcement(first.settings.data_dir) == {}
    open_studio().submit("test.nothing", {})


def test_the_token_is_the_owners_alone(studio: Studio) -> None:
    path = studio.settings.data_dir / "studio.token"
    assert path.read_text() == studio.token
    assert len(studio.token) >= 32
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE((studio.settings.data_dir / "studio.json").stat().st_mode) == 0o600


def test_a_data_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a letter")
    with pytest.raises(Unavailable, match=str(tmp_path / "data")):
        Studio.open(Settings(data_dir=tmp_path / "data"), capabilities=handlers.TABLE)


def test_an_announcement_that_is_garbage_is_no_announcement(tmp_path: Path) -> None:
    (tmp_path / "studio.json").write_text("{half")
    assert read_announcement(tmp_path) == {}
    (tmp_path / "studio.json").write_text("[1]")
    assert read_announcement(tmp_path) == {}


def test_private_files_replace_whole(tmp_path: Path) -> None:
    write_private(tmp_path / "f", "one")
    write_private(tmp_path / "f", "two")
    assert (tmp_path / "f").read_text() == "two"
    assert [p.name for p in tmp_path.iterdir()] == ["f"]


def test_a_start_clears_what_a_dead_studio_left_half_done(open_studio: Callable[..., Studio], tmp_path: Path) -> None:
    data = tmp_path / "data"
    orphan, kept = data / "blobs" / "ab" / "cd" / "abcd", data / "blobs" / "ab" / "ef" / "abef"
    incoming = data / "blobs" / "incoming"
    for left in (data / "work" / "j-1-1" / "scratch", incoming / "half", incoming / "abcd.adopting", orphan, kept):
        left.parent.mkdir(parents=True, exist_ok=True)
        left.write_text("x")
    (data / "studio.json").write_text(json.dumps({"pid": 1}))
    open_studio()
    assert list((data / "work").iterdir()) == []
    assert list((data / "blobs" / "incoming").iterdir()) == []
    assert not orphan.exists()
    assert kept.exists()  # of a database that was set aside, perhaps: not ours to throw away


@pytest.mark.parametrize(
    ("name", "request_", "words"),
    [
        ("test.nope", {}, "no capability 'test.nope'"),
        ("test.nothing", {"steps": "many"}, "steps is 'many'"),
        ("test.read", {"clip": "a-0000000000000000"}, "no artifact"),
        ("test.read", {"clip": "/no/such/file.mp4"}, "not an artifact id"),
    ],
)
def test_a_bad_request_makes_no_job(studio: Studio, name: str, request_: dict[str, Any], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        studio.submit(name, request_)
    assert studio.jobs().items == ()


def test_a_path_is_taken_from_the_owner_and_probed_first(studio: Studio, tmp_path: Path) -> None:
    text = tmp_path / "letter.mp4"
    text.write_text("Dear aunt")
    for bad in (text, tmp_path, tmp_path / "nothing.mp4"):
        with pytest.raises(BadMedia):
            studio.submit("test.read", {"clip": str(bad)}, allow_paths=True)
    assert studio.jobs().items == ()
    assert studio.artifacts().items == ()


def test_a_wrong_project_is_refused(studio: Studio) -> None:
    with pytest.raises(NotFound, match="'p-none'"):
        studio.submit("test.nothing", {}, project_id="p-none")


@pytest.mark.parametrize("priority", [1001, -1001])
def test_a_wild_priority_is_refused(studio: Studio, priority: int) -> None:
    with pytest.raises(BadInput, match=str(priority)):
        studio.submit("test.nothing", {}, priority=priority)


def test_the_same_question_gets_the_stored_answer(open_studio: Callable[..., Studio], tmp_path: Path) -> None:
    studio = open_studio(start_workers=True)
    clip = register_clip(studio, tmp_path / "clip.mp4")
    first = studio.submit("test.read", {"clip": clip.id})
    assert not first.reused
    in_the_making = studio.submit("test.read", {"clip": clip.id})
    assert (in_the_making.reused, in_the_making.job.id) == (True, first.job.id)
    assert studio.wait(first.job.id, 30).job.state == SUCCEEDED
    again = studio.submit("test.read", {"clip": clip.id})
    assert (again.reused, again.job.id) == (True, first.job.id)
    assert not studio.submit("test.read", {"clip": clip.id, "steps": 9}).reused
    assert not studio.submit("test.read", {"clip": clip.id}, reuse=False).reused
    assert not studio.submit("test.nothing", {}).reused


def test_a_renamed_copy_is_another_question(studio: Studio, tmp_path: Path) -> None:
    one, two = register_clip(studio, tmp_path / "one.mp4"), register_clip(studio, tmp_path / "two.mp4")
    first = studio.submit("test.read", {"clip": one.id})
    assert not studio.submit("test.read", {"clip": two.id}).reused
    assert studio.submit("test.read", {"clip": one.id}).job.id == first.job.id


def test_an_artifact_in_use_is_not_deleted(studio: Studio, tmp_path: Path) -> None:
    clip = register_clip(studio, tmp_path / "clip.mp4")
    job = studio.submit("test.read", {"clip": clip.id}).job
    with pytest.raises(Conflict, match=job.id):
        studio.delete_artifact(clip.id)
    assert studio.cancel(job.id).state == CANCELLED
    assert studio.delete_artifact(clip.id) == 0
    assert clip.path.exists()


def test_lineage_names_job_parents_and_children(open_studio: Callable[..., Studio]) -> None:
    studio = open_studio(start_workers=True)
    detail = studio.wait(studio.submit("test.steps", {"steps": 1}).job.id, 30)
    lineage = studio.lineage(detail.artifacts[0].id)
    assert lineage["job"] == detail.job
    assert (lineage["parents"], lineage["children"]) == ([], [])


def test_listing_checks_what_it_is_asked(studio: Studio) -> None:
    with pytest.raises(BadInput, match="'asleep'"):
        studio.jobs(state=["asleep"])
    for limit in (0, 501):
        with pytest.raises(BadInput, match=str(limit)):
            studio.jobs(limit=limit)
        with pytest.raises(BadInput, match=str(limit)):
            studio.artifacts(limit=limit)


def test_projects_can_be_made_and_filter(studio: Studio) -> None:
    project = studio.create_project("Trailer")
    studio.submit("test.nothing", {}, project_id=project.id)
    studio.submit("test.nothing", {})
    assert len(studio.jobs(project_id=project.id).items) == 1
    assert studio.counts(project.id)[QUEUED] == 1
    assert studio.queue_depths() == {"cpu": 2}
    assert [p.name for p in studio.projects()] == ["My studio", "Trailer"]


def test_the_status_is_json(studio: Studio) -> None:
    status = json.loads(json.dumps(studio.status()))
    assert status["memory"]["used_bytes"] < status["memory"]["total_bytes"]
    assert status["disk"]["free_bytes"] > 0
    assert status["counts"][QUEUED] == 0


def test_a_nearly_full_disk_takes_no_more_work(open_studio: Callable[..., Studio]) -> None:
    studio = open_studio(min_free_bytes=2**60)
    with pytest.raises(Unavailable) as caught:
        studio.submit("test.nothing", {})
    assert caught.value.code == "disk_full"
    with pytest.raises(Unavailable):
        studio.begin_upload("clip.mp4")


def test_importing_the_studio_loads_nothing_heavy() -> None:
    heavy = ("torch", "cv2", "av", "numpy", "gradio", "scenedetect", "PIL", "alembic")
    code = f"import sys, app.studio; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_command_at_work_is_called_one(tmp_path: Path) -> None:
    said, remedy = held_by({"pid": 7, "url": None, "command": "parody"}, tmp_path)
    assert "`parody`" in said
    assert "process 7" in said
    assert remedy.startswith("Wait for its end")
    assert held_by({"pid": 7, "url": "http://x", "command": ""}, tmp_path)[0].startswith("A studio already runs at http://x")


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [("look.cube", "LUT_1D_SIZE 2\n0 0 0\n1 1 1\n", "lut"), ("words.srt", "1\n00:00:00,000 --> 00:00:01,000\nHello\n", "subtitles")],
)
def test_colour_tables_and_subtitles_come_in_by_path_and_by_upload(tmp_path: Path, name: str, text: str, kind: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with Studio.open(Settings(data_dir=tmp_path / "data", headless=True), start_workers=False) as studio:
        assert studio.add_path(path, "media").kind == kind
        with studio.begin_upload(name) as upload:
            upload.write(text.encode())
            assert upload.finish(kind).kind == kind

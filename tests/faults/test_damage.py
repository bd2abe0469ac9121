"""A data folder that cannot be used as it is: one clear sentence, and nothing in it is changed."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from app.studio import Studio
from configs.errors import Conflict, StudioError, Unavailable
from storage.database import SCHEMA_VERSION
from storage.records import SUCCEEDED
from tests.faults.studio_process import ROOT, StudioProcess

OpenStudio = Callable[..., Studio]
PAGE = 4096


def used(open_studio: OpenStudio, data: Path) -> Path:
    """The database of a studio that has done some work and has ended in order."""
    studio = open_studio(data_dir=data)
    for number in range(60):
        studio.submit("test.nothing", {"text": f"{number} " * 200})
    assert studio.wait(studio.submit("test.steps", {"steps": 1}).job.id, 60).job.state == SUCCEEDED
    studio.close()
    database = data / "studio.db"
    assert database.stat().st_size > 20 * PAGE
    assert not database.with_name("studio.db-wal").exists()
    return database


def garbage_header(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"This was a database once. ")


def other_file(path: Path) -> None:
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\7" * 50_000)


def truncated(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2 // PAGE * PAGE + 100)


def lost_pages(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - 5 * PAGE)


def flipped_bytes(path: Path) -> None:
    """Damage in the middle of many pages, as a dying disk does it."""
    data = bytearray(path.read_bytes())
    for page in range(2, len(data) // PAGE, 2):
        for offset in range(64):
            data[page * PAGE + offset] ^= 0xFF
    path.write_bytes(bytes(data))


def zeroed_schema(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(100)
        file.write(b"\0" * (PAGE - 100))


@pytest.mark.parametrize("damage", [garbage_header, other_file, truncated, lost_pages, flipped_bytes, zeroed_schema])
def test_a_damaged_database_is_named_left_alone_and_can_be_set_aside(
    open_studio: OpenStudio, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    data = tmp_path / "data"
    database = used(open_studio, data)
    blobs = sorted(data.glob("blobs/??/??/*"))
    assert blobs
    damage(database)
    before = hashlib.sha256(database.read_bytes()).hexdigest()
    with pytest.raises(Unavailable) as refused:
        open_studio(data_dir=data)
    assert refused.value.code == "database_damaged"
    assert str(database) in refused.value.message
    assert "damaged" in refused.value.message
    assert "\n" not in refused.value.message
    assert "Nothing was changed" in refused.value.remedy
    assert hashlib.sha256(database.read_bytes()).hexdigest() == before
    assert sorted(data.glob("blobs/??/??/*")) == blobs  # the bytes of the artifacts are not swept away as unknown
    database.rename(tmp_path / "damaged.db")  # what the sentence says to do
    for rest in data.glob("studio.db-*"):
        rest.unlink()
    studio = open_studio(data_dir=data)
    assert studio.wait(studio.submit("test.nothing", {}).job.id, 30).job.state == SUCCEEDED
    assert sorted(data.glob("blobs/??/??/*")) == blobs


def test_starting_afresh_beside_old_blobs_keeps_them(open_studio: OpenStudio, tmp_path: Path) -> None:
    """A start after a crash removes blobs that no row names yet; a folder whose database was set aside has only such blobs."""
    data = tmp_path / "data"
    with StudioProcess(data) as process:
        process.ready()
        process.wait(process.submit("test.steps", steps=2))
        process.kill()
    blobs = sorted(data.glob("blobs/??/??/*"))
    assert len(blobs) == 2
    for part in data.glob("studio.db*"):
        part.rename(tmp_path / part.name)
    open_studio(data_dir=data).close()
    assert sorted(data.glob("blobs/??/??/*")) == blobs


def test_a_newer_database_is_left_to_the_newer_studio(open_studio: OpenStudio, tmp_path: Path) -> None:
    data = tmp_path / "data"
    database = used(open_studio, data)
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    before = database.read_bytes()
    with pytest.raises(Unavailable) as refused:
        open_studio(data_dir=data)
    assert refused.value.code == "database_newer"
    assert "9999" in refused.value.message
    assert SCHEMA_VERSION in refused.value.message
    assert "Update" in refused.value.remedy
    assert database.read_bytes() == before


def test_a_data_folder_that_is_a_file_is_refused(open_studio: OpenStudio, tmp_path: Path) -> None:
    path = tmp_path / "data"
    path.write_text("precious")
    with pytest.raises(Unavailable) as refused:
        open_studio(data_dir=path)
    assert str(path) in refused.value.message
    assert "is a file" in refused.value.message
    assert path.read_text() == "precious"


def test_a_data_folder_below_a_file_is_refused(open_studio: OpenStudio, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("precious")
    with pytest.raises(Unavailable) as refused:
        open_studio(data_dir=tmp_path / "file" / "data")
    assert str(tmp_path / "file" / "data") in refused.value.message
    assert (tmp_path / "file").read_text() == "precious"


def test_a_database_that_is_a_folder_is_refused(open_studio: OpenStudio, tmp_path: Path) -> None:
    (tmp_path / "data" / "studio.db").mkdir(parents=True)
    with pytest.raises(StudioError) as refused:
        open_studio(data_dir=tmp_path / "data")
    assert "studio.db" in refused.value.message
    assert refused.value.remedy


def test_a_second_studio_is_told_where_the_first_one_is(open_studio: OpenStudio, tmp_path: Path) -> None:
    first = open_studio()
    first.announce("http://127.0.0.1:7960")
    with pytest.raises(Conflict) as refused:
        open_studio()
    assert refused.value.code == "already_running"
    assert "http://127.0.0.1:7960" in refused.value.message
    assert str(tmp_path / "data") in refused.value.message
    assert first.wait(first.submit("test.nothing", {}).job.id, 30).job.state == SUCCEEDED  # the first never noticed


def test_a_second_studio_in_another_process_is_refused_until_the_first_is_dead(tmp_path: Path) -> None:
    with StudioProcess(tmp_path / "data") as first:
        first.ready()
        job_id = first.submit("test.steps", steps=2, seconds=0.05)
        with StudioProcess(tmp_path / "data") as second:
            answer = second.ready()
        assert answer["error"]["code"] == "already_running"
        assert str(first.pid) in answer["error"]["message"]
        assert first.wait(job_id)["state"] == "succeeded"
        first.kill()
    with StudioProcess(tmp_path / "data") as third:  # the lock died with its holder, no matter how
        assert third.ready() == {"ready": True}
        assert third.close() == 0


def test_of_many_studios_started_at_once_exactly_one_gets_the_folder(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.faults.studio_process", str(tmp_path / "data")]
    racers = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) for _ in range(4)
    ]
    try:
        answers = [json.loads(racer.stdout.readline()) for racer in racers if racer.stdout is not None]
    finally:
        for racer in racers:
            racer.communicate(timeout=60)
    assert sorted("ready" in answer for answer in answers) == [False, False, False, True]
    assert {answer["error"]["code"] for answer in answers if "error" in answer} == {"already_running"}

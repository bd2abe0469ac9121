"""Full and failing disks: one clear sentence, nothing lost, nothing half-written left."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.studio import Studio
from configs.errors import StudioError, Unavailable
from storage.blobs import Staged
from storage.records import FAILED, QUEUED, RUNNING, SUCCEEDED
from tests.faults.conftest import SmallDisk

MIB = 2**20
OpenStudio = Callable[..., Studio]


def leftovers(studio: Studio) -> list[Path]:
    """What lies in the working folder, beside the blobs, and in blobs that no artifact names."""
    data = studio.settings.data_dir
    files = [path for folder in ("work", "blobs/incoming") for path in (data / folder).rglob("*")]
    return files + [path for path in studio.settings.blobs.glob("??/??/*") if not studio._artifacts.is_known_blob(path.name)]


def assert_clear(error: StudioError, *words: str) -> None:
    """One sentence for a person, with what to do."""
    assert error.message.endswith(".")
    assert "\n" not in error.message
    assert "Traceback" not in error.message
    assert "Errno" not in error.message
    assert error.remedy.endswith(".")
    for word in words:
        assert word in error.message.lower()


def wait_running(studio: Studio, job_id: str) -> None:
    """Until the job runs."""
    with studio.events.subscribe(job_id) as listener:
        while studio.job(job_id).job.state == QUEUED:
            assert listener.get(30) is not None


def submit_many(studio: Studio) -> None:
    """More than the last free pages of a database can take."""
    for _ in range(200):
        studio.submit("test.nothing", {"text": "x" * 4000})


# -- a disk that is really full ----------------------------------------------------------------------------------


def test_a_job_that_fills_the_disk_fails_in_plain_words_and_goes_on_after_a_retry(
    open_studio: OpenStudio, small_disk: SmallDisk, tmp_path: Path
) -> None:
    studio = open_studio(data_dir=small_disk.path / "data")
    small_disk.fill(leave_bytes=5 * MIB)
    job_id = studio.submit("test.large", {"steps": 8, "marks": str(tmp_path)}).job.id
    job = studio.wait(job_id, 30).job
    assert job.state == FAILED
    assert job.error is not None
    assert (job.error["code"], "disk" in job.error["message"].lower()) == ("disk_full", True)
    assert "Free some" in job.error["remedy"]
    assert leftovers(studio) == []
    small_disk.free()
    retried = studio.submit("test.large", {"steps": 4, "marks": str(tmp_path)}).job.id
    assert studio.wait(retried, 30).job.state == SUCCEEDED
    assert studio.wait(studio.retry(job_id).id, 30).job.state == FAILED  # 8 MiB twice never fit on this disk
    assert len((tmp_path / job_id).read_text().splitlines()) == 1  # its finished step was not done again


def test_an_artifact_that_does_not_fit_is_not_kept_by_half(open_studio: OpenStudio, small_disk: SmallDisk, tmp_path: Path) -> None:
    studio = open_studio(data_dir=small_disk.path / "data")
    small_disk.fill(leave_bytes=8 * MIB)
    job_id = studio.submit("test.large", {"steps": 5, "marks": str(tmp_path)}).job.id
    detail = studio.wait(job_id, 30)
    assert detail.job.state == FAILED  # the file fits, its copy beside the blobs does not
    assert detail.job.error is not None
    assert (detail.job.error["code"], detail.artifacts) == ("disk_full", ())
    assert leftovers(studio) == []
    small_disk.free()
    detail = studio.wait(studio.retry(job_id).id, 30)
    assert detail.job.state == SUCCEEDED
    assert [a.size_bytes for a in detail.artifacts] == [5 * MIB]


def test_the_end_of_a_job_is_kept_until_there_is_room_to_write_it(
    open_studio: OpenStudio, small_disk: SmallDisk, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    studio = open_studio(data_dir=small_disk.path / "data")
    job_id = studio.submit("test.gate", {"marks": str(tmp_path)}).job.id
    wait_running(studio, job_id)
    small_disk.fill()
    (tmp_path / "open").touch()
    ended = studio.wait(job_id, 2.5).job
    assert ended.state == RUNNING  # done, but not yet on disk: nobody is told a lie
    assert "cannot be written yet" in caplog.text
    small_disk.free()
    job = studio.wait(job_id, 30).job
    assert (job.state, job.attempt) == (SUCCEEDED, 1)
    assert len((tmp_path / job_id).read_text().splitlines()) == 1
    assert studio.wait(studio.submit("test.nothing", {}).job.id, 30).job.state == SUCCEEDED


def test_a_full_disk_refuses_new_jobs_and_keeps_the_old(open_studio: OpenStudio, small_disk: SmallDisk, tmp_path: Path) -> None:
    studio = open_studio(data_dir=small_disk.path / "data")
    running = studio.submit("test.gate", {"marks": str(tmp_path)}).job.id
    waiting = studio.submit("test.nothing", {"text": "waits"}).job.id
    wait_running(studio, running)
    small_disk.fill()
    with pytest.raises(Unavailable) as refused:
        submit_many(studio)
    assert_clear(refused.value, "disk", "full")
    assert refused.value.code == "disk_full"
    assert studio.counts() == {**studio.counts(), RUNNING: 1}
    small_disk.free()
    (tmp_path / "open").touch()
    for job_id in (running, waiting, studio.submit("test.nothing", {}).job.id):
        assert studio.wait(job_id, 30).job.state == SUCCEEDED
    assert studio.counts()[QUEUED] == 0


def test_the_reserve_is_kept_for_what_has_begun(open_studio: OpenStudio, small_disk: SmallDisk) -> None:
    studio = open_studio(data_dir=small_disk.path / "data", min_free_bytes=8 * MIB)
    small_disk.fill(leave_bytes=4 * MIB)
    with pytest.raises(Unavailable) as no_job:
        studio.submit("test.nothing", {})
    with pytest.raises(Unavailable) as no_upload:
        studio.begin_upload("clip.mp4")
    for refused in (no_job.value, no_upload.value):
        assert_clear(refused, "free", "mib")
        assert refused.code == "disk_full"
    assert sum(studio.counts().values()) == 0
    assert leftovers(studio) == []


def test_an_upload_that_does_not_fit_leaves_nothing(open_studio: OpenStudio, small_disk: SmallDisk) -> None:
    studio = open_studio(data_dir=small_disk.path / "data")
    small_disk.fill(leave_bytes=2 * MIB)

    def receive() -> None:
        with studio.begin_upload("big clip.mp4") as upload:
            for _ in range(64):
                upload.write(b"\1" * 65_537)

    with pytest.raises(Unavailable) as refused:
        receive()
    assert_clear(refused.value, "big clip.mp4", "disk")
    assert refused.value.code == "disk_full"
    assert leftovers(studio) == []
    assert studio.artifacts().items == ()


def test_a_studio_on_a_full_disk_says_so_and_starts_once_there_is_room(open_studio: OpenStudio, small_disk: SmallDisk) -> None:
    data = small_disk.path / "data"
    data.mkdir()
    small_disk.fill()
    with pytest.raises(Unavailable) as refused:
        open_studio(data_dir=data)
    assert_clear(refused.value)
    assert refused.value.code == "disk_full"
    small_disk.free()
    studio = open_studio(data_dir=data)
    assert studio.wait(studio.submit("test.nothing", {}).job.id, 30).job.state == SUCCEEDED


def test_a_studio_that_dies_on_a_full_disk_loses_nothing(open_studio: OpenStudio, small_disk: SmallDisk, tmp_path: Path) -> None:
    """The outcome that could not be written dies with it: the job runs again."""
    studio = open_studio(data_dir=small_disk.path / "data")
    job_id = studio.submit("test.gate", {"marks": str(tmp_path)}).job.id
    wait_running(studio, job_id)
    small_disk.fill()
    (tmp_path / "open").touch()
    studio.wait(job_id, 1.5)
    studio.close()
    small_disk.free()
    again = open_studio(data_dir=small_disk.path / "data")
    job = again.wait(job_id, 30).job
    assert (job.state, job.attempt) == (SUCCEEDED, 2)


# -- a disk that may only be read --------------------------------------------------------------------------------


@pytest.mark.parametrize("used_before", [False, True])
def test_a_read_only_data_folder_is_refused_in_one_sentence(open_studio: OpenStudio, small_disk: SmallDisk, used_before: bool) -> None:
    data = small_disk.path / "data"
    if used_before:
        open_studio(data_dir=data).close()
    small_disk.make_read_only()
    with pytest.raises(Unavailable) as refused:
        open_studio(data_dir=data)
    assert_clear(refused.value, "read-only", str(data).lower())
    assert refused.value.code == "read_only"


# -- the same without the right to mount -------------------------------------------------------------------------


def test_a_database_without_room_refuses_and_recovers(open_studio: OpenStudio) -> None:
    studio = open_studio()
    first = studio.wait(studio.submit("test.nothing", {}).job.id, 30).job
    writer = studio._database
    with writer.write() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(Unavailable) as refused:
        submit_many(studio)
    assert_clear(refused.value, "disk", "full")
    with writer.write() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    assert studio.wait(studio.submit("test.nothing", {}).job.id, 30).job.state == SUCCEEDED
    assert studio.job(first.id).job.state == SUCCEEDED


@pytest.mark.parametrize(
    ("number", "code"), [(errno.ENOSPC, "disk_full"), (errno.EDQUOT, "disk_full"), (errno.EROFS, "read_only"), (errno.EIO, "unavailable")]
)
def test_an_upload_says_what_the_disk_says(open_studio: OpenStudio, monkeypatch: pytest.MonkeyPatch, number: int, code: str) -> None:
    studio = open_studio()

    def refuse(self: Staged, data: Any) -> None:
        raise OSError(number, "the disk refused")

    monkeypatch.setattr(Staged, "write", refuse)
    upload = studio.begin_upload("clip.mp4")
    with pytest.raises(Unavailable) as refused:
        upload.write(b"x")
    assert_clear(refused.value, "clip.mp4")
    assert refused.value.code == code
    assert leftovers(studio) == []

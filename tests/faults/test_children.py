"""Whatever a worker has started dies with it: ffmpeg, plain children, the process that checks media."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.faults.studio_process import StudioProcess, wait_gone


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[StudioProcess]:
    with StudioProcess(tmp_path / "data", grace_s=0.3) as process:
        assert "ready" in process.ready()
        yield process
        if process.popen.poll() is None:
            process.close()
        assert process.strays() == []


def encoding(studio: StudioProcess) -> tuple[str, psutil.Process, psutil.Process]:
    """A job in the middle of an encode, its worker and its ffmpeg."""
    job_id = studio.submit("test.encode", seconds=120)
    studio.wait_message(job_id, "Encoding")
    worker = studio.worker_of(job_id)
    (child,) = worker.children(recursive=True)
    assert "ffmpeg" in child.name()
    return job_id, worker, child


def work_files(studio: StudioProcess) -> list[Path]:
    """What lies in the working folder and beside the blobs."""
    return [path for folder in ("work", "blobs/incoming") for path in (studio.data_dir / folder).rglob("*") if path.is_file()]


def test_ffmpeg_dies_with_a_killed_worker(studio: StudioProcess) -> None:
    job_id, worker, child = encoding(studio)
    worker.kill()
    assert wait_gone([worker, child]) == []
    studio.ask("wait_message", job=job_id, message="Encoding", timeout_s=30)  # the job is tried again, by a new worker
    again = studio.worker_of(job_id)
    assert again.pid != worker.pid
    studio.ask("cancel", job=job_id)
    assert studio.wait(job_id)["state"] == "cancelled"
    assert work_files(studio) == []


def test_ffmpeg_dies_with_a_killed_studio(studio: StudioProcess) -> None:
    _, worker, child = encoding(studio)
    studio.kill()
    assert wait_gone([worker, child]) == []


def test_ffmpeg_ends_when_its_job_is_cancelled_and_the_worker_lives_on(tmp_path: Path) -> None:
    with StudioProcess(tmp_path / "data", grace_s=60) as studio:
        studio.ready()
        job_id, worker, child = encoding(studio)
        studio.ask("cancel", job=job_id)
        assert studio.wait(job_id)["state"] == "cancelled"
        assert wait_gone([child]) == []
        assert worker.is_running()
        assert work_files(studio) == []
        studio.close()


def test_a_stopped_ffmpeg_dies_with_the_worker_that_is_killed_for_not_answering(studio: StudioProcess) -> None:
    """A hung encoder: its worker waits for a line that never comes, so cancelling needs force."""
    job_id, worker, child = encoding(studio)
    child.send_signal(signal.SIGSTOP)
    studio.ask("cancel", job=job_id)
    assert studio.wait(job_id)["state"] == "cancelled"
    assert wait_gone([worker, child]) == []
    assert work_files(studio) == []


def kill_worker(studio: StudioProcess, job_id: str) -> None:
    """The machine's memory killer, say."""
    studio.worker_of(job_id).kill()
    studio.wait_for_state(job_id, "running")
    studio.ask("cancel", job=job_id)


def cancel(studio: StudioProcess, job_id: str) -> None:
    """A person's wish, which the handler does not hear."""
    studio.ask("cancel", job=job_id)


def close(studio: StudioProcess, _: str) -> None:
    """The studio ends in order while the job runs."""
    studio.close()


@pytest.mark.parametrize("end", [kill_worker, cancel, close])
def test_a_plain_child_dies_too(studio: StudioProcess, end: Callable[[StudioProcess, str], None]) -> None:
    job_id = studio.submit("test.child_process")
    child = psutil.Process(studio.wait_published(job_id, "pid"))
    end(studio, job_id)
    assert wait_gone([child]) == []


def test_the_process_that_checks_media_dies_with_the_studio(studio: StudioProcess, make_clip: Callable[..., Path]) -> None:
    studio.wait(studio.submit("test.read", clip=str(make_clip("clip.mp4", frames=48, cuts=(24,)))))
    children = psutil.Process(studio.pid).children(recursive=True)
    assert any("app.video.prober" in child.cmdline() for child in children)
    studio.kill()
    assert wait_gone(children) == []

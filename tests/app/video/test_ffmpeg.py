"""The ffmpeg program: progress, cancelling, errors, and no child that outlives its worker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from app.video import ffmpeg
from app.video.safe_input import ffmpeg_arguments
from configs.errors import StudioError, Unavailable
from jobs.context import JobCancelled

ROOT = Path(__file__).resolve().parents[3]
ENDLESS = ["-re", "-f", "lavfi", "-i", "testsrc2=s=64x48:r=24:d=600"]  # at the speed of a clock: never done by itself


def encode(path: Path) -> list[str]:
    return [*ffmpeg_arguments(), "-i", f"file:{path}", "-c:v", "libx264", "-preset", "ultrafast"]


def test_progress_rises_to_one_and_the_file_appears(clips: Callable[..., Path], tmp_path: Path) -> None:
    seen: list[tuple[float, str]] = []
    out = ffmpeg.run(
        encode(clips("plain.mp4", "-pix_fmt", "yuv420p")),
        tmp_path / "out.mp4",
        duration_s=4.0,
        on_step=lambda fraction, message: seen.append((fraction, message)),
        message="Copying",
    )
    fractions = [fraction for fraction, _ in seen]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert {message for _, message in seen} == {"Copying"}
    assert [p.name for p in tmp_path.iterdir()] == [out.name]


def test_cancelling_stops_ffmpeg_and_leaves_nothing(tmp_path: Path) -> None:
    before = set(psutil.Process().children(recursive=True))

    def stop(fraction: float, message: str) -> None:
        assert set(psutil.Process().children(recursive=True)) - before
        raise JobCancelled("job")

    with pytest.raises(JobCancelled):
        ffmpeg.run(ENDLESS, tmp_path / "out.mp4", duration_s=600, on_step=stop)
    assert list(tmp_path.iterdir()) == []
    assert not set(psutil.Process().children(recursive=True)) - before


def test_the_error_says_what_ffmpeg_said(tmp_path: Path) -> None:
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(b"this is no video" * 100)
    with pytest.raises(StudioError, match=r"ffmpeg stopped with code \d+: .*Invalid data") as caught:
        ffmpeg.run(encode(bad), tmp_path / "out.mp4")
    assert caught.value.remedy
    assert [p.name for p in tmp_path.iterdir()] == ["bad.mp4"]


def test_an_existing_file_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    out = tmp_path / "out.mp4"
    out.write_bytes(b"old")
    with pytest.raises(StudioError):
        ffmpeg.run(["-f", "lavfi", "-i", "nosuchsource"], out)
    assert out.read_bytes() == b"old"


def test_an_empty_outcome_is_an_error(clips: Callable[..., Path], tmp_path: Path) -> None:
    source = clips("plain.mp4", "-pix_fmt", "yuv420p")
    with pytest.raises(StudioError):
        ffmpeg.run([*encode(source), "-t", "0"], tmp_path / "out.yuv")
    assert list(tmp_path.iterdir()) == []


def test_pictures_are_fed_from_python(tmp_path: Path) -> None:
    from app.video.probe import probe_video

    raw = ["-f", "rawvideo", "-pix_fmt", "bgr24", "-s", "32x24", "-r", "24", "-i", "pipe:0", "-pix_fmt", "yuv420p"]
    out = ffmpeg.run(raw, tmp_path / "out.mp4", frames=(bytes([n]) * (32 * 24 * 3) for n in range(30)))
    assert probe_video(out).video.frame_count == 30


def test_an_error_in_making_pictures_comes_through(tmp_path: Path) -> None:
    def pictures() -> Iterator[bytes]:
        yield bytes(32 * 24 * 3)
        raise ZeroDivisionError("in the drawing")

    raw = ["-f", "rawvideo", "-pix_fmt", "bgr24", "-s", "32x24", "-r", "24", "-i", "pipe:0", "-pix_fmt", "yuv420p"]
    with pytest.raises(ZeroDivisionError, match="in the drawing"):
        ffmpeg.run(raw, tmp_path / "out.mp4", frames=pictures())
    assert list(tmp_path.iterdir()) == []


def test_ffmpeg_that_ends_early_does_not_hang_the_feeder(tmp_path: Path) -> None:
    raw = ["-f", "rawvideo", "-pix_fmt", "nosuchformat", "-s", "32x24", "-i", "pipe:0"]
    with pytest.raises(StudioError):
        ffmpeg.run(raw, tmp_path / "out.mp4", frames=(bytes(32 * 24 * 3) for _ in range(10_000)))


def test_no_ffmpeg_is_said_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    import imageio_ffmpeg

    def none() -> str:
        raise RuntimeError("no binary")

    monkeypatch.setattr(imageio_ffmpeg, "get_ffmpeg_exe", none)
    with pytest.raises(Unavailable, match="No ffmpeg was found"):
        ffmpeg.executable()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux can tie a child to its parent")
def test_ffmpeg_dies_with_a_worker_that_is_killed(tmp_path: Path) -> None:
    """The worker tells the child's id once ffmpeg reports progress, and is then killed the hard way."""
    code = """
        import os, sys, psutil
        from pathlib import Path
        from app.video import ffmpeg
        def tell(fraction, message):
            print(psutil.Process().children()[0].pid, flush=True)
        ffmpeg.run(sys.argv[2:], Path(sys.argv[1]), duration_s=600, on_step=tell)
    """
    command = [sys.executable, "-c", textwrap.dedent(code), str(tmp_path / "out.mp4"), *ENDLESS]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)}) as worker:
        assert worker.stdout is not None
        child = psutil.Process(int(worker.stdout.readline()))
        assert "ffmpeg" in child.name()
        worker.send_signal(signal.SIGKILL)
        worker.wait(10)
        psutil.wait_procs([child], timeout=10)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


def test_elsewhere_nothing_is_asked_of_the_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert ffmpeg.leash() == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel's leash is Linux's")
def test_without_the_small_program_python_itself_holds_the_leash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ffmpeg, "_setpriv", lambda: None)
    said = subprocess.run([*ffmpeg.leash(), "/bin/echo", "here"], capture_output=True, text=True, check=True)
    assert said.stdout == "here\n"


def test_encoding_beside_arithmetic_on_another_thread_never_waits_for_ever(tmp_path: Path) -> None:
    code = """
        import sys, threading, time
        import numpy as np
        from pathlib import Path
        from app.video import ffmpeg
        stop = threading.Event()
        def reckon():
            one = np.ones((64, 400))
            while not stop.is_set():
                one @ one.T
        threading.Thread(target=reckon, daemon=True).start()
        for number in range(12):
            ffmpeg.watch(["-f", "lavfi", "-i", "color=s=16x16:r=5:d=0.2", "-f", "null", "-"])
        stop.set()
        print("done")
    """
    said = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert said.stdout == "done\n", said.stderr


def test_several_outputs_at_once(tmp_path: Path) -> None:
    source = ["-f", "lavfi", "-i", "color=s=16x16:r=5:d=1"]
    ffmpeg.watch([*source, "-frames:v", "1", str(tmp_path / "a.png"), "-frames:v", "2", str(tmp_path / "b%d.png")])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "b1.png", "b2.png"]


def test_a_full_disk_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Unavailable, match="disk is full") as caught:
        ffmpeg.watch(["-f", "lavfi", "-i", "testsrc2=s=320x240:d=20", "-f", "rawvideo", "/dev/full"])
    assert caught.value.code == "disk_full"


def test_the_version_is_that_of_the_program() -> None:
    assert ffmpeg.version().startswith("ffmpeg version")

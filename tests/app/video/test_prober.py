"""The process that probes: it may crash, hang or be killed, and the studio goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from app.video import prober as prober_module
from app.video.probe import probe_video
from app.video.prober import Prober
from configs.errors import BadInput, BadMedia, Unavailable

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def prober() -> Iterator[Prober]:
    with Prober() as made:
        yield made


@pytest.fixture
def clip(clips: Callable[..., Path]) -> Path:
    return clips("plain.mp4", "-pix_fmt", "yuv420p", sound=True)


def child_of(prober: Prober) -> subprocess.Popen[bytes]:
    assert prober._child is not None
    return prober._child


def test_it_tells_what_probing_tells(prober: Prober, clip: Path) -> None:
    assert prober.probe(clip) == probe_video(clip)


def test_it_starts_with_the_first_question_and_stays(prober: Prober, clip: Path) -> None:
    assert prober._child is None
    prober.probe(clip)
    first = child_of(prober).pid
    prober.probe(clip)
    assert child_of(prober).pid == first


def test_bad_media_keeps_its_sentence(prober: Prober, tmp_path: Path) -> None:
    empty = tmp_path / "empty.mp4"
    empty.touch()
    with pytest.raises(BadMedia, match=r"'empty.mp4' is empty\.") as caught:
        prober.probe(empty)
    assert caught.value.remedy == "Copy or export it again."


def test_relative_paths_and_odd_names(prober: Prober, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = tmp_path / 'a film\nof "quotes" 100% ünïcode -y.mp4'
    odd.write_bytes(clip.read_bytes())
    monkeypatch.chdir(tmp_path)
    assert prober.probe(Path(odd.name)).video.frame_count == 96


def test_only_video_is_probed(prober: Prober, clip: Path) -> None:
    with pytest.raises(BadInput, match="'scent'"):
        prober.probe(clip, kind="scent")


def test_it_comes_back_after_being_killed_between_questions(prober: Prober, clip: Path) -> None:
    prober.probe(clip)
    child = child_of(prober)
    child.kill()
    child.wait()
    assert prober.probe(clip).container == "mp4"
    assert child_of(prober).pid != child.pid


def test_a_crash_while_probing_is_the_files_fault(prober: Prober, clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    exchange = prober_module._exchange

    def crash(child: subprocess.Popen[bytes], request: object) -> bytes:
        child.send_signal(signal.SIGSEGV)
        child.wait()
        return exchange(child, request)  # type: ignore[arg-type]

    monkeypatch.setattr(prober_module, "_exchange", crash)
    with pytest.raises(BadMedia, match="crashed the decoder"):
        prober.probe(clip)
    monkeypatch.undo()
    assert prober.probe(clip).container == "mp4"


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="a process cannot be stopped here")
def test_a_file_that_hangs_the_decoder_is_given_up(clip: Path) -> None:
    with Prober(timeout_s=20) as prober:
        prober.probe(clip)
        prober._timeout_s = 0.2
        child_of(prober).send_signal(signal.SIGSTOP)
        with pytest.raises(BadMedia, match=r"could not be read within 0\.2 s"):
            prober.probe(clip)
        prober._timeout_s = 20
        assert prober.probe(clip).container == "mp4"


def test_many_threads_share_it(prober: Prober, clip: Path, tmp_path: Path) -> None:
    results: list[object] = []

    def ask(path: Path) -> None:
        try:
            results.append(prober.probe(path).container)
        except BadMedia as error:
            results.append(error.code)

    threads = [threading.Thread(target=ask, args=(clip if n % 2 else tmp_path,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, results)) == ["bad_media"] * 6 + ["mp4"] * 6


def test_closing_ends_the_child_and_is_final(clip: Path) -> None:
    prober = Prober()
    prober.probe(clip)
    child = child_of(prober)
    prober.close()
    prober.close()
    assert child.poll() is not None
    with pytest.raises(Unavailable, match="closing"):
        prober.probe(clip)


def test_the_child_ends_when_the_studio_is_killed(clip: Path) -> None:
    code = """
        import sys
        from pathlib import Path
        from app.video.prober import Prober
        prober = Prober()
        prober.probe(Path(sys.argv[1]))
        print(prober._child.pid, flush=True)
        sys.stdin.read()
    """
    command = [sys.executable, "-c", textwrap.dedent(code), str(clip)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)}) as studio:
        assert studio.stdout is not None
        child = psutil.Process(int(studio.stdout.readline()))
        studio.kill()
        studio.wait(10)
        psutil.wait_procs([child], timeout=10)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


def test_memory_is_limited(prober: Prober, clip: Path) -> None:
    resource = pytest.importorskip("resource")
    prober.probe(clip)
    soft, _ = psutil.Process(child_of(prober).pid).rlimit(resource.RLIMIT_AS)
    assert 0 < soft <= 6 * 2**30


def test_it_does_not_load_what_probing_does_not_need() -> None:
    code = "import sys, app.video.prober, app.video.probe; print([m for m in ('cv2', 'numpy', 'av', 'scenedetect') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"

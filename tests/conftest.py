"""What every test shares: a home of its own, data folders, clips with known cuts, the browser."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest

KEPT = ("STUDIO_CHROMIUM", "STUDIO_BENCH_MEDIA")
SHOT_COLOURS = ("0x8b2f2f", "0x2f8b4a", "0x2f4a8b", "0xc9a227", "0x5c2f8b", "0x20b2aa", "0xd9d4c7", "0x3a3a3a")


def _leave_home() -> tempfile.TemporaryDirectory[str]:
    """Points home, caches and settings at an empty folder before any of our modules can read them."""
    folder = tempfile.TemporaryDirectory(prefix="studio-tests-", ignore_cleanup_errors=True)
    real_home = os.path.expanduser("~")
    os.environ.setdefault("PLAYWRIGHT_BROWSERS_PATH", os.path.join(real_home, ".cache", "ms-playwright"))
    for name in [n for n in os.environ if n.startswith("STUDIO_") and n not in KEPT]:
        del os.environ[name]
    os.environ["HOME"] = folder.name
    for name, below in (("XDG_DATA_HOME", ".local/share"), ("XDG_CACHE_HOME", ".cache"), ("XDG_CONFIG_HOME", ".config")):
        os.environ[name] = os.path.join(folder.name, below)
    os.environ["STUDIO_OPEN_BROWSER"] = "false"
    return folder


_HOME = _leave_home()


def pytest_configure() -> None:
    """Whoever runs the tests in the background of a shell ignores Ctrl+C, and so would every process that a test starts and interrupts."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_unconfigure() -> None:
    """The home of the tests goes with them."""
    _HOME.cleanup()


@pytest.fixture
def tmp_data_dir(tmp_path: Path) -> Path:
    """A data folder that does not exist yet."""
    return tmp_path / "data"


@dataclass(frozen=True)
class ClipSpec:
    """A clip made of flat-coloured, slowly sliding shots: every cut is hard and its frame is known.

    Attributes:
        cuts: first frame of each shot but the first.
        frames: frames in all.
        fps: as ffmpeg writes it: "24", "30000/1001".
        size: width and height in pixels.
        codec: an encoder of ffmpeg.
        audio: number of audio streams, each a tone.
        extra: further output options.
    """

    cuts: tuple[int, ...] = (24, 48)
    frames: int = 72
    fps: str = "24"
    size: tuple[int, int] = (320, 180)
    codec: str = "libx264"
    audio: int = 0
    extra: tuple[str, ...] = field(default=())

    def command(self, ffmpeg: str, out: Path) -> list[str]:
        """The ffmpeg call that makes it."""
        edges = (0, *self.cuts, self.frames)
        inputs: list[str] = []
        for index, (first, end) in enumerate(pairwise(edges)):
            colour = SHOT_COLOURS[index % len(SHOT_COLOURS)]
            source = f"color=c={colour}:s={self.size[0]}x{self.size[1]}:r={self.fps},drawgrid=w=40:h=40:t=3:c=white@0.6,scroll=h=0.004"
            inputs += ["-f", "lavfi", "-i", f"{source},trim=end_frame={end - first}"]
        shots = len(edges) - 1
        for tone in range(self.audio):
            inputs += ["-f", "lavfi", "-i", f"sine=f={440 * (tone + 1)}:r=48000"]
        joined = "".join(f"[{i}:v]" for i in range(shots)) + f"concat=n={shots}:v=1:a=0,format=yuv420p[v]"
        maps = ["-map", "[v]", *(word for t in range(self.audio) for word in ("-map", f"{shots + t}:a"))]
        tail = ["-c:v", self.codec, *(("-shortest",) if self.audio else ()), *self.extra, str(out)]
        return [ffmpeg, "-v", "error", "-nostdin", "-y", *inputs, "-filter_complex", joined, *maps, *tail]


@pytest.fixture(scope="session")
def ffmpeg_exe() -> str:
    """The ffmpeg that the studio itself uses."""
    import imageio_ffmpeg

    return str(imageio_ffmpeg.get_ffmpeg_exe())


@pytest.fixture(scope="session")
def clip_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where clips are kept for the whole session."""
    return tmp_path_factory.mktemp("clips")


@pytest.fixture
def make_clip(tmp_path: Path, clip_store: Path, ffmpeg_exe: str) -> Callable[..., Path]:
    """`make_clip("name.mp4", cuts=(24, 48), frames=72, fps="24", size=(320, 180), codec="libx264", audio=0, extra=())` -> its path.

    The same clip is encoded once per session and copied, so a test may damage its own.
    """

    def make(name: str = "clip.mp4", **options: object) -> Path:
        values = {
            key: tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else value for key, value in options.items()
        }
        spec = ClipSpec(**values)  # type: ignore[arg-type]
        kept = clip_store / f"{abs(hash(spec)):x}{Path(name).suffix}"
        if not kept.exists():
            subprocess.run(spec.command(ffmpeg_exe, kept), check=True, stdin=subprocess.DEVNULL, timeout=60)
        out = tmp_path / name
        out.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(kept, out)
        return out

    return make


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """A Chromium that can be driven; `launch.py test` sees to it that there is one."""
    from app.doctor_facts import find_browser

    found = find_browser(os.environ)
    if not found:
        pytest.skip("no Chromium on this machine; `python3 launch.py test` installs one")
    return found


@pytest.fixture
def working_directory(tmp_path: Path) -> Iterator[Path]:
    """An empty folder as the working directory."""
    before = os.getcwd()
    folder = tmp_path / "cwd"
    folder.mkdir()
    os.chdir(folder)
    yield folder
    os.chdir(before)

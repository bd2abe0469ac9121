"""What the tests of the page share: a studio in a process of its own, a Chromium, clips whose frames tell their number."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).parent.parent.parent
CHROMIUM_FLAGS = [
    "--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
    "--disable-dev-shm-usage", "--autoplay-policy=no-user-gesture-required",
]  # fmt: skip
BITS = 12  # of the frame number, as black and white bars at the top of each picture
READY_S = 40
WAIT_MS = 30_000


class StudioProcess:
    """A studio as a person starts it: a subprocess on a free port with a data folder of its own."""

    def __init__(self, data_dir: Path, flags: Sequence[str] = (), environ: dict[str, str] | None = None, entry: str = "ui.server") -> None:
        self.data_dir, self.flags, self.environ, self.entry = data_dir, list(flags), environ or {}, entry
        self.port, self.lines = 0, []  # type: int, list[str]
        self.process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        """The address on this machine."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> StudioProcess:
        """Returns once it has said that it answers; after the first time, on the same port again."""
        code = f"import sys; from {self.entry} import main; sys.exit(main(sys.argv[1:]))"
        command = [sys.executable, "-c", code, "--port", str(self.port), "--data-dir", str(self.data_dir), *self.flags]
        environ = {**os.environ, **self.environ, "PYTHONPATH": str(ROOT), "STUDIO_OPEN_BROWSER": "false"}
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environ, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        self.lines = []
        ready = threading.Event()
        threading.Thread(target=self._read, args=(self.process, ready), daemon=True).start()
        assert ready.wait(READY_S), self.lines
        assert self.process.poll() is None, self.lines
        return self

    def _read(self, process: subprocess.Popen[str], ready: threading.Event) -> None:
        assert process.stderr is not None
        for line in process.stderr:
            self.lines.append(line.rstrip())
            if " answers at " in line:
                self.port = int(line.rsplit(":", 1)[1].strip().rstrip("/"))
                ready.set()
        ready.set()

    def kill(self) -> None:
        """SIGKILL, as the machine would."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """SIGTERM, as a person would; returns the exit code."""
        return self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> int:
        if self.process is None:
            return 0
        self.process.send_signal(number)
        code = self.process.wait(20)
        self.process = None
        return code

    def get(self, path: str, **params: Any) -> Any:
        """JSON of a GET as the owner."""
        return httpx.get(self.url + path, params=params, timeout=30).raise_for_status().json()

    def post(self, path: str, body: Any = None) -> Any:
        """JSON of a POST as the owner."""
        return httpx.post(self.url + path, json=body, timeout=60).raise_for_status().json()

    def upload(self, path: Path) -> Any:
        """The artifact made from a file."""
        with path.open("rb") as file:
            answer = httpx.post(self.url + "/api/artifacts", data={"kind": "video"}, files={"file": (path.name, file)}, timeout=60)
        return answer.raise_for_status().json()

    def finished(self, job: Any) -> Any:
        """The job after its end."""
        with httpx.stream("GET", f"{self.url}/api/jobs/{job['id']}/events", timeout=60) as stream:
            for line in stream.iter_lines():
                if line == "event: end":
                    break
        return self.get(f"/api/jobs/{job['id']}")

    def analyzed(self, path: Path, **settings: Any) -> Any:
        """A finished analysis of a file."""
        return self.finished(self.post("/api/capabilities/video.analyze", {"video": self.upload(path)["id"], **settings}))

    def signal_workers(self, number: signal.Signals) -> None:
        """Freezes (SIGSTOP) or frees (SIGCONT) the work, so that a test can look at a job half-way."""
        for worker in self.get("/api/status")["workers"]:
            if worker.get("pid"):
                os.kill(worker["pid"], number)


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StudioProcess]:
    """One studio per test file."""
    process = StudioProcess(tmp_path_factory.mktemp("studio") / "data").start()
    yield process
    process.stop()


@pytest.fixture
def own_studio(tmp_path: Path) -> Iterator[Callable[..., StudioProcess]]:
    """`own_studio("--host", "0.0.0.0")` starts a studio for one test alone."""
    made: list[StudioProcess] = []

    def start(*flags: str, **environ: str) -> StudioProcess:
        made.append(StudioProcess(tmp_path / f"studio-{len(made)}", flags, environ).start())
        return made[-1]

    yield start
    for process in made:
        process.stop()


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> Iterator[Any]:
    """One Chromium for the whole session; every test gets a context of its own."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=WAIT_MS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path, args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()


class Watched:
    """A page whose console, failures and requests are kept."""

    def __init__(self, page: Any) -> None:
        self.page, self.problems, self.requests = page, [], []  # type: Any, list[str], list[str]
        page.on("console", lambda message: message.type == "error" and self.problems.append(message.text))
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))


@pytest.fixture
def open_page(browser: Any, studio: StudioProcess) -> Iterator[Callable[..., Any]]:
    """`open_page("/?tab=jobs", width=400, color_scheme="light")` -> a page that is ready; console errors fail the test.

    Give ``errors_expected=True`` where the server is killed or refuses on purpose.
    """
    contexts: list[Any] = []
    watched: list[tuple[Watched, bool]] = []

    def make(
        path: str = "/?tab=analyze", *, url: str = "", width: int = 1280, height: int = 720, errors_expected: bool = False, **options: Any
    ) -> Any:  # fmt: skip
        context = browser.new_context(viewport={"width": width, "height": height}, **{"color_scheme": "dark", **options})
        context.set_default_timeout(WAIT_MS)
        contexts.append(context)
        page = context.new_page()
        seen = Watched(page)
        watched.append((seen, errors_expected))
        page.watched = seen
        page.goto((url or studio.url) + path)
        page.get_by_role("tab", name="Analyze Video").wait_for()
        page.locator("#panel-library .page-head").wait_for(state="attached")
        return page

    yield make
    for context in contexts:
        context.close()
    problems = [problem for seen, expected in watched if not expected for problem in seen.problems]
    assert problems == []


@pytest.fixture(scope="session")
def coded_clip(tmp_path_factory: pytest.TempPathFactory, ffmpeg_exe: str) -> Callable[..., Path]:
    """`coded_clip(frames=96, cuts=(24, 60), fps="24")` -> an MP4 whose every picture carries its frame number as bars."""
    folder = tmp_path_factory.mktemp("coded")

    def make(
        name: str = "coded.mp4", *, frames: int = 96, cuts: Sequence[int] = (24, 60), fps: str = "24", size: tuple[int, int] = (384, 216),
        extra: Sequence[str] = ("-g", "12"),
    ) -> Path:  # fmt: skip
        path = folder / name
        if path.exists():
            return path
        raw = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{size[0]}x{size[1]}", "-r", fps, "-i", "-"]
        command = [ffmpeg_exe, "-v", "error", "-y", *raw, "-c:v", "libx264", "-preset", "ultrafast", "-crf", "16",
                   "-pix_fmt", "yuv420p", *extra, str(path)]  # fmt: skip
        with subprocess.Popen(command, stdin=subprocess.PIPE) as encoder:
            assert encoder.stdin is not None
            for number in range(frames):
                encoder.stdin.write(picture(number, sum(number >= cut for cut in cuts), size))
        assert encoder.returncode == 0
        return path

    return make


def picture(number: int, shot: int, size: tuple[int, int]) -> bytes:
    """RGB of one frame: the ground's colour tells the shot, the bars at the top the number, most significant first."""
    import numpy as np

    colours = ((150, 60, 50), (50, 110, 160), (190, 170, 80), (70, 130, 80), (130, 80, 150))
    image = np.empty((size[1], size[0], 3), np.uint8)
    image[:] = colours[shot % len(colours)]
    wide = size[0] // BITS
    for bit in range(BITS):
        image[: size[1] // 4, bit * wide : (bit + 1) * wide] = 235 if number >> (BITS - 1 - bit) & 1 else 20
    image[size[1] // 2 :, (number * 5) % (size[0] - 24) : (number * 5) % (size[0] - 24) + 24] = 235
    return image.tobytes()


READ_FRAME = """() => {
  const video = document.querySelector('.stage video'), bits = BITS;
  if (!video || video.readyState < 2 || video.seeking) return -1;
  const canvas = document.createElement('canvas');
  canvas.width = video.videoWidth; canvas.height = video.videoHeight;
  const context = canvas.getContext('2d');
  context.drawImage(video, 0, 0);
  let number = 0;
  for (let bit = 0; bit < bits; bit += 1) {
    const x = Math.floor((bit + 0.5) * Math.floor(canvas.width / bits)), y = Math.floor(canvas.height / 8);
    number = number * 2 + (context.getImageData(x, y, 1, 1).data[1] > 127 ? 1 : 0);
  }
  return number;
}""".replace("BITS", str(BITS))


@pytest.fixture(scope="session")
def shows_frame() -> Callable[[Any, int], None]:
    """`shows_frame(page, 60)` waits until the picture on the stage is frame 60, read from its pixels."""

    def check(page: Any, frame: int) -> None:
        page.wait_for_function(f"(frame) => ({READ_FRAME})() === frame", arg=frame)

    return check


@pytest.fixture(scope="session")
def read_frame() -> Callable[[Any], int]:
    """The frame number in the picture on the stage."""
    return lambda page: int(page.evaluate(READ_FRAME))


@pytest.fixture(scope="session")
def drop() -> Callable[[Any, Path], None]:
    """`drop(page, path)` drops a file onto the page as a hand would."""

    def onto(page: Any, path: Path) -> None:
        import base64

        page.evaluate(
            """async ([name, data]) => {
              const bytes = await (await fetch('data:application/octet-stream;base64,' + data)).arrayBuffer();
              const transfer = new DataTransfer();
              transfer.items.add(new File([bytes], name));
              const target = document.querySelector('.panel:not([hidden])');
              for (const type of ['dragenter', 'dragover', 'drop']) {
                target.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: transfer }));
              }
            }""",
            [path.name, base64.b64encode(path.read_bytes()).decode()],
        )

    return onto

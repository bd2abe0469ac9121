"""The page, measured as a person meets it: start, answer, first picture, scrubbing, exactness, and what it costs when idle."""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
FRAMES, FPS, BITS, CUTS = 240, 24, 12, (48, 120, 180)
STUDIO = "import sys; sys.path.insert(0, sys.argv[1]); from ui.server import main; sys.exit(main(sys.argv[2:]))"
BARE = """
import os, sys
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
import gradio
with gradio.Blocks() as page:
    gradio.HTML("<p>bare</p>")
page.launch(server_port=int(sys.argv[1]), prevent_thread_lock=True, quiet=True, ssr_mode=False)
print("answers at :" + sys.argv[1], file=sys.stderr, flush=True)
page.block_thread()
"""
FRAME_SHOWN = """() => {
  const video = document.querySelector('.stage video'), canvas = document.createElement('canvas');
  canvas.width = video.videoWidth; canvas.height = video.videoHeight;
  const context = canvas.getContext('2d');
  context.drawImage(video, 0, 0);
  let number = 0;
  for (let bit = 0; bit < 12; bit += 1) {
    const pixel = context.getImageData(Math.floor((bit + 0.5) * Math.floor(canvas.width / 12)), Math.floor(canvas.height / 8), 1, 1).data;
    number = number * 2 + (pixel[1] > 127 ? 1 : 0);
  }
  return number;
}"""
SCRUB = """async ([target, count]) => {
  const canvas = document.querySelector('.timeline canvas'), video = document.querySelector('.stage video');
  const box = canvas.getBoundingClientRect(), clientY = box.top + 30;
  const clientX = box.left + 84 + ((target + 0.5) / count) * (box.width - 85);
  const at = (type) => canvas.dispatchEvent(new PointerEvent(type, { clientX, clientY, pointerId: 9, button: 0, bubbles: true }));
  const began = performance.now();
  const sought = new Promise((resolve) => video.addEventListener('seeked', resolve, { once: true }));
  at('pointerdown');
  await sought;
  const took = performance.now() - began;
  at('pointerup');
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  return took;
}"""
# From the click on "Analyze with these settings" until the page says that the work is taken up.
CLICK_TO_RUNNING = """async () => {
  const clip = () => new URL(location).searchParams.get('clip'), before = clip(), began = performance.now();
  document.querySelector('.settings button[type=submit]').click();
  // The address names the new job in the same breath as its state is drawn.
  await new Promise((resolve, reject) => {
    const look = () => (clip() !== before ? requestAnimationFrame(resolve) : requestAnimationFrame(look));
    look();
    setTimeout(() => reject(new Error('nothing ran within 20 s')), 20000);
  });
  return performance.now() - began;
}"""


def run(quick: bool = False) -> list[dict[str, Any]]:
    """Rows for the benchmark table; ``quick`` repeats less and idles shorter."""
    from playwright.sync_api import sync_playwright

    from app.doctor_facts import find_browser

    with tempfile.TemporaryDirectory(prefix="page-bench-") as folder, sync_playwright() as playwright:
        clip = coded_clip(Path(folder) / "coded.mp4")
        with started(Path(folder) / "data") as (process, url, answered_s), started_bare() as (bare, bare_url, bare_s):
            browser = playwright.chromium.launch(executable_path=find_browser(os.environ), args=FLAGS)
            page = browser.new_page(viewport={"width": 1280, "height": 720})
            rows = [row("page answers after start, s", answered_s, bare_s, 3.0)]
            rows += interaction(page, url, clip, 3 if quick else 8, 30 if quick else 120)
            rows.append(idle(browser, (process, url), (bare, bare_url), 4 if quick else 15))
            browser.close()
    return rows


def row(what: str, ours: float, peer: float | None, target: float, more_is_better: bool = False) -> dict[str, Any]:
    """One line; ``peer`` is bare Gradio where there is one."""
    met = ours >= target if more_is_better else ours <= target
    return {"what": what, "ours": ours, "peer": peer, "ratio": ours / peer if peer else None, "target": target, "met": met}


def interaction(page: Any, url: str, clip: Path, clicks: int, scrubs: int) -> list[dict[str, Any]]:
    """First picture, click to "running", scrubbing, exactness."""
    page.goto(url)
    page.get_by_role("button", name="Try the sample").wait_for()
    began = time.perf_counter()
    page.get_by_label("Clip file").set_input_files(clip)
    page.wait_for_function("() => document.querySelector('.stage video').readyState >= 2")
    picture_s = time.perf_counter() - began
    page.get_by_role("link", name="Report").wait_for()
    page.get_by_text("Settings", exact=True).click()
    waits = []
    for number in range(clicks):
        page.get_by_label("Shortest shot, frames").fill(str(5 + number))
        waits.append(page.evaluate(CLICK_TO_RUNNING))
        page.get_by_role("link", name="Report").wait_for()
    chosen = random.Random(11)
    took = [page.evaluate(SCRUB, [chosen.randrange(FRAMES), FRAMES]) for _ in range(scrubs)]
    right = 0
    for frame in [chosen.randrange(FRAMES) for _ in range(60)]:
        page.evaluate(
            SCRUB.replace("await sought", "await Promise.race([sought, new Promise((r) => setTimeout(r, 800))])"), [frame, FRAMES]
        )
        right += page.evaluate(FRAME_SHOWN) == frame
    return [
        row("first picture after a drop, s", picture_s, None, 1.0),
        row("click to running, median ms", statistics.median(waits), None, 150.0),
        row("scrub p95, ms", sorted(took)[int(len(took) * 0.95)], None, 50.0),
        row("exact frames of 60", float(right), None, 60.0, more_is_better=True),
    ]


def idle(browser: Any, ours: tuple[Any, str], bare: tuple[Any, str], seconds: float) -> dict[str, Any]:
    """Processor time of the server with one page open, in percent of a core, beside bare Gradio over the same seconds."""
    pages = [browser.new_page() for _ in range(2)]
    for page, (_, url) in zip(pages, (ours, bare), strict=True):
        page.goto(url)
        page.wait_for_load_state("load")
    time.sleep(3.0)
    before, began = [cpu_s(ours[0].pid), cpu_s(bare[0].pid)], time.perf_counter()
    time.sleep(seconds)
    took = time.perf_counter() - began
    mine, theirs = ((cpu_s(pid) - was) / took * 100 for pid, was in zip((ours[0].pid, bare[0].pid), before, strict=True))
    for page in pages:
        page.close()
    return row("idle with a page open, % of a core", mine, theirs, theirs + 0.5)


def cpu_s(pid: int) -> float:
    """Processor seconds of a process and its children so far."""
    import psutil

    process = psutil.Process(pid)
    return sum(sum(member.cpu_times()[:2]) for member in [process, *process.children(recursive=True)])


@contextmanager
def started(data_dir: Path) -> Iterator[tuple[Any, str, float]]:
    """A studio: (process, address, seconds until its page answered)."""
    with running([sys.executable, "-c", STUDIO, str(ROOT), "--port", "0", "--no-browser", "--data-dir", str(data_dir)]) as made:
        yield made


@contextmanager
def started_bare() -> Iterator[tuple[Any, str, float]]:
    """The smallest Gradio app: (process, address, seconds until its page answered)."""
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with running([sys.executable, "-c", BARE, str(port)]) as made:
        yield made


@contextmanager
def running(command: list[str]) -> Iterator[tuple[Any, str, float]]:
    """Starts a server and waits until GET / answers."""
    import urllib.request

    began = time.perf_counter()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        port = next(line.rsplit(":", 1)[1].strip().rstrip("/") for line in process.stderr if "answers at" in line)
        threading.Thread(target=process.stderr.read, daemon=True).start()
        url = f"http://127.0.0.1:{port}"
        urllib.request.urlopen(url, timeout=30).read()
        yield process, url, time.perf_counter() - began
    finally:
        process.terminate()
        process.wait(20)


def coded_clip(path: Path) -> Path:
    """An MP4 of 10 s whose every picture carries its number as bars; keyframes every 12 frames."""
    import imageio_ffmpeg
    import numpy as np

    width, height = 640, 360
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}",
               "-r", str(FPS), "-i", "-", "-c:v", "libx264", "-preset", "ultrafast", "-g", "12", "-bf", "0", "-pix_fmt", "yuv420p",
               "-movflags", "+faststart", str(path)]  # fmt: skip
    with subprocess.Popen(command, stdin=subprocess.PIPE) as encoder:
        assert encoder.stdin is not None
        for number in range(FRAMES):
            image = np.full((height, width, 3), 60 + 50 * sum(number >= cut for cut in CUTS), np.uint8)
            for bit in range(BITS):
                image[: height // 4, bit * width // BITS : (bit + 1) * width // BITS] = 235 if number >> (BITS - 1 - bit) & 1 else 20
            encoder.stdin.write(image.tobytes())
    return path


if __name__ == "__main__":
    print(json.dumps(run("--quick" in sys.argv), indent=2))

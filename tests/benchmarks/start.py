"""Start-up and idling beside a bare Gradio page: set-up, second start, headless start, imports, idle processor time, memory."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).parent.parent.parent
LAUNCHER = getattr(sys, "_base_executable", "") or sys.executable
PAGE_TARGET_S, SETUP_PAGE_TARGET_S, IMPORT_TARGET_S, IDLE_TARGET_PERCENT = 3.0, 2.0, 0.5, 0.5

BARE_GRADIO = """
import sys
import gradio as gr
with gr.Blocks(analytics_enabled=False) as page:
    gr.HTML("<b>bare</b>")
page.launch(server_port=int(sys.argv[1]), quiet=True, ssr_mode=False)
"""


def run(quick: bool) -> list[dict[str, Any]]:
    """Rows of the benchmark; the fresh set-up, which downloads, is left out when quick."""
    repeats, idle_s = (1, 3.0) if quick else (5, 30.0)
    with tempfile.TemporaryDirectory(prefix="studio-bench-") as folder:
        place = Path(folder)
        rows = [_imports(repeats), *_starts(place, repeats), *_idling(place, idle_s)]
        if not quick:
            rows += _fresh_setup(place)
    return rows


def _imports(repeats: int) -> dict[str, Any]:
    times = [_timed([sys.executable, "-c", "import app.studio"]) for _ in range(repeats)]
    nothing = [_timed([sys.executable, "-c", ""]) for _ in range(repeats)]
    ours = statistics.median(times) - statistics.median(nothing)
    return {"what": "import app.studio, s", "ours": ours, "target": IMPORT_TARGET_S, "met": ours <= IMPORT_TARGET_S}


def _starts(place: Path, repeats: int) -> list[dict[str, Any]]:
    page = statistics.median(_until_answer(_studio(place), "/") for _ in range(repeats))
    bare = statistics.median(_until_answer(_bare(place), "/") for _ in range(repeats))
    headless = statistics.median(_until_answer([*_studio(place), "--headless"], "/health") for _ in range(repeats))
    return [
        {
            "what": "second start until the page answers, s (peer: bare Gradio)",
            "ours": page,
            "peer": bare,
            "ratio": page / bare,
            "target": PAGE_TARGET_S,
            "met": page <= PAGE_TARGET_S,
        },
        {
            "what": "second start until the API answers, headless, s",
            "ours": headless,
            "target": PAGE_TARGET_S,
            "met": headless <= PAGE_TARGET_S,
        },
    ]


def _idling(place: Path, seconds: float) -> list[dict[str, Any]]:
    ours, our_bytes = _idle(_studio(place), seconds)
    bare, bare_bytes = _idle(_bare(place), seconds)
    more = ours - bare
    return [
        {
            "what": "idle, % of one core, all processes (peer: bare Gradio)",
            "ours": ours,
            "peer": bare,
            "target": f"<= peer + {IDLE_TARGET_PERCENT}",
            "met": more <= IDLE_TARGET_PERCENT,
        },
        {
            "what": "memory when idle, MiB, all processes",
            "ours": our_bytes / 2**20,
            "peer": bare_bytes / 2**20,
            "ratio": our_bytes / bare_bytes,
        },
    ]


def _fresh_setup(place: Path) -> list[dict[str, Any]]:
    copy = place / "fresh"
    left_out = shutil.ignore_patterns(".venv", ".git", "__pycache__", ".*_cache", ".setup.lock")
    shutil.copytree(ROOT, copy, ignore=left_out)
    port = _free_port()
    command = [LAUNCHER, str(copy / "launch.py"), "--port", str(port), "--no-browser", "--data-dir", str(place / "fresh-data")]
    began = time.monotonic()
    with _process(command):
        page = _wait_for(port, "/", began, lambda answer: True)
        whole = _wait_for(port, "/health", began, lambda answer: answer.status == 200, limit_s=900)
    size = sum(f.stat().st_size for f in (copy / ".venv").rglob("*") if f.is_file() and not f.is_symlink())
    return [
        {
            "what": "first start until the set-up page answers, s",
            "ours": page,
            "target": SETUP_PAGE_TARGET_S,
            "met": page <= SETUP_PAGE_TARGET_S,
        },
        {"what": "first start until the studio answers, s", "ours": whole},
        {"what": "size of .venv, MiB", "ours": size / 2**20},
    ]


def _studio(place: Path) -> list[str]:
    port = _free_port()
    return [LAUNCHER, str(ROOT / "launch.py"), "--port", str(port), "--no-browser", "--data-dir", str(place / "data")]


def _bare(place: Path) -> list[str]:
    script = place / "bare.py"
    script.write_text(BARE_GRADIO, encoding="utf-8")
    return [sys.executable, str(script), str(_free_port())]


def _port_of(command: Sequence[str]) -> int:
    return int(command[command.index("--port") + 1] if "--port" in command else command[-1])


def _until_answer(command: Sequence[str], path: str) -> float:
    began = time.monotonic()
    with _process(command):
        return _wait_for(_port_of(command), path, began, lambda answer: answer.status == 200)


def _idle(command: Sequence[str], seconds: float) -> tuple[float, float]:
    """(percent of one core, bytes of memory not shared) of the process and its children, after it has come to rest."""
    with _process(command) as process:
        _wait_for(_port_of(command), "/", time.monotonic(), lambda answer: answer.status == 200)
        time.sleep(min(5.0, seconds))
        family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
        before = _processor_s(family)
        time.sleep(seconds)
        used = _processor_s(family) - before
        return 100 * used / seconds, float(sum(member.memory_full_info().uss for member in family))


def _processor_s(family: Sequence[psutil.Process]) -> float:
    return sum(sum(member.cpu_times()[:2]) for member in family)


@contextlib.contextmanager
def _process(command: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
    environ = {**os.environ, "GRADIO_ANALYTICS_ENABLED": "False"}
    process = subprocess.Popen(command, env=environ, cwd=tempfile.gettempdir(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def _wait_for(port: int, path: str, began: float, good: Any, limit_s: float = 120.0) -> float:
    """Seconds from `began` until the address gives a good answer.

    Raises:
        TimeoutError: it did not in time.
    """
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() - began < limit_s:
        try:
            with opener.open(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
                answer.read()
                if good(answer):
                    return time.monotonic() - began
        except (OSError, urllib.error.HTTPError):
            pass
        time.sleep(0.01)
    raise TimeoutError(f"nothing answered at port {port} within {limit_s:.0f} s")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _timed(command: Sequence[str]) -> float:
    began = time.monotonic()
    subprocess.run(command, cwd=ROOT, check=True, stdin=subprocess.DEVNULL)
    return time.monotonic() - began

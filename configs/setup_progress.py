"""How far a set-up is: reads pip's lines, estimates the time left, and shows both. Standard library only."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TextIO

TITLES = {
    "wait": "Waiting for another set-up in this folder",
    "make": "Making the environment",
    "install core": "Installing the studio's libraries",
    "install tests": "Installing the test tools",
    "mend cv2": "Replacing opencv-python by its headless twin",
}
# Seconds on a 2-core machine with a quick network: weights of the bar, and the estimate before anything was measured.
TYPICAL_S = {"wait": 20.0, "make": 4.0, "install core": 30.0, "install tests": 15.0, "mend cv2": 8.0}
EXPECTED_PACKAGES = {"install core": 70, "install tests": 40}
COLLECTING = ("Collecting ", "Requirement already satisfied: ")
INSTALLING = "Installing collected packages: "
PRIVATE = ("Looking in indexes:", "Looking in links:")  # may name a private index: not for the page
LOG_LINES = 300
STARTING = "Starting the studio"


@dataclass(frozen=True)
class Count:
    """How far one step is: packages resolved, packages to write, and packages written."""

    collected: int = 0
    to_write: int = 0
    written: int = 0


def step_fraction(step: str, count: Count) -> float:
    """0..1 within one step; resolving and downloading takes about half of an installation, writing the rest."""
    expected = EXPECTED_PACKAGES.get(step)
    if expected is None:
        return 0.0
    if count.to_write:
        return 0.5 + 0.5 * min(1.0, count.written / count.to_write)
    return 0.5 * min(1.0, count.collected / expected)


def total_fraction(steps: Sequence[str], current: str, within: float) -> float:
    """0..1 over the whole plan, each step weighing as much as it typically lasts."""
    total = sum(TYPICAL_S[s] for s in steps)
    if current not in steps or total == 0:
        return 0.0
    before = sum(TYPICAL_S[s] for s in steps[: list(steps).index(current)])
    return (before + within * TYPICAL_S[current]) / total


def eta_s(steps: Sequence[str], fraction: float, elapsed_s: float) -> float:
    """Seconds left: the typical duration at first, what was measured the more the further it is."""
    typical = sum(TYPICAL_S[s] for s in steps)
    return (1.0 - fraction) * (elapsed_s + (1.0 - fraction) * typical)


class Progress:
    """Collects what the set-up reports, from any thread, and tells it as one snapshot."""

    def __init__(self, installed: Callable[[], int] = lambda: 0, clock: Callable[[], float] = time.monotonic) -> None:
        self._installed, self._clock = installed, clock
        self._lock = threading.Lock()
        self._steps: tuple[str, ...] = ()
        self._step = ""
        self._count = Count()
        self._already = 0
        self._furthest = 0.0
        self._state, self._error = "working", ""
        self._log: deque[str] = deque(maxlen=LOG_LINES)
        self._titles: list[str] = []
        self._began = clock()

    def plan(self, steps: Sequence[str]) -> None:
        """What will be done."""
        with self._lock:
            self._steps = tuple(steps)

    def stage(self, step: str) -> None:
        """A step has begun."""
        with self._lock:
            self._step, self._count = step, Count()
            if step not in self._steps and step != "wait":
                self._steps += (step,)
            self._titles.append(TITLES[step])
            self._log.append(f"== {TITLES[step]}")

    def line(self, text: str) -> None:
        """The tool printed this."""
        if text.startswith(PRIVATE) or not text.strip():
            return
        with self._lock:
            self._log.append(text)
            if text.startswith(COLLECTING):
                self._count = Count(self._count.collected + 1)
            elif text.startswith(INSTALLING):
                self._already = self._installed()
                self._count = Count(self._count.collected, text.count(",") + 1)

    def fail(self, sentence: str) -> None:
        """The set-up has stopped for this reason."""
        with self._lock:
            self._state, self._error = "failed", sentence

    def hand_over(self) -> None:
        """Everything is in place; the studio is about to take the port."""
        with self._lock:
            self._state, self._furthest = "starting", 1.0
            self._titles.append(STARTING)

    def titles(self) -> list[str]:
        """What has begun so far, in order."""
        with self._lock:
            return list(self._titles)

    def snapshot(self) -> dict[str, Any]:
        """{state: working|failed|starting, title, fraction 0..1, eta_s, elapsed_s, error, log: [lines]}."""
        with self._lock:
            elapsed = self._clock() - self._began
            if self._count.to_write:
                written = max(0, self._installed() - self._already)
                self._count = Count(self._count.collected, self._count.to_write, written)
            now = total_fraction(self._steps, self._step, step_fraction(self._step, self._count))
            self._furthest = max(self._furthest, now)
            return {
                "state": self._state,
                "title": self._titles[-1] if self._titles else "Looking at what is here",
                "fraction": round(self._furthest, 3),
                "eta_s": round(eta_s(self._steps, self._furthest, elapsed)),
                "elapsed_s": round(elapsed, 1),
                "error": self._error,
                "log": list(self._log),
            }


def bar(snapshot: dict[str, Any], width: int = 24) -> str:
    """One line for a terminal."""
    full = round(snapshot["fraction"] * width)
    left = f"about {snapshot['eta_s']} s left" if snapshot["state"] == "working" and snapshot["fraction"] else ""
    return f"[{'#' * full}{'.' * (width - full)}] {round(snapshot['fraction'] * 100):3d} %  {snapshot['title']}  {left}".rstrip()


class Terminal:
    """Draws a snapshot twice a second: one line redrawn in place, or in a log file one line per new step."""

    def __init__(self, progress: Progress, stream: TextIO, every_s: float = 0.5) -> None:
        self._progress, self._stream, self._every_s = progress, stream, every_s
        self._live = stream.isatty()
        self._shown = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="setup-terminal", daemon=True)

    def __enter__(self) -> Terminal:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self.draw()
        if self._live:
            print(file=self._stream, flush=True)

    def _loop(self) -> None:
        while not self._stop.wait(self._every_s):
            self.draw()

    def draw(self) -> None:
        """Shows the present state once."""
        if self._live:
            print(f"\r\x1b[K{bar(self._progress.snapshot())}", end="", file=self._stream, flush=True)
            return
        titles = self._progress.titles()
        for title in titles[self._shown :]:
            print(f"{title} ...", file=self._stream, flush=True)
        self._shown = len(titles)

"""Every check of the project, as `python3 launch.py test` runs it; with arguments, only pytest with those."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.doctor_facts import find_browser
from app.models.runtime import Runtime, Wishes, missing, require
from configs.errors import StudioError
from configs.settings import load_settings

ROOT = Path(__file__).parent.parent
# What the tests of engines import; without it they would be skipped unnoticed.
MODEL_MODULES = (
    "torch",
    "transformers",
    "diffusers",
    "sentence_transformers",
    "accelerate",
    "peft",
    "safetensors",
    "llguidance",
    "einops",
    "spandrel",
)
SERIAL = ("tests/faults", "tests/ui", "tests/benchmarks")


@dataclass(frozen=True)
class Stage:
    """One tool: a title and its command line."""

    title: str
    command: tuple[str, ...]


def checks(python: str) -> tuple[Stage, ...]:
    """The tools that read the sources."""
    folder = Path(python).parent
    return (
        Stage("ruff check", (python, "-m", "ruff", "check", ".")),
        Stage("ruff format", (python, "-m", "ruff", "format", "--check", ".")),
        Stage("mypy", (python, "-m", "mypy")),
        Stage("import-linter", (str(folder / "lint-imports"),)),
    )


def suites(python: str, cores: int) -> tuple[Stage, ...]:
    """Unit tests on two processes where there are two cores; what kills processes or drives a browser, one after the other."""
    pytest = (python, "-m", "pytest", "-q")
    parallel = ("-n", "2", "--dist", "loadfile") if cores >= 2 else ()
    unit = Stage("unit tests", (*pytest, *parallel, "tests", *(f"--ignore={folder}" for folder in SERIAL)))
    return (unit, Stage("fault and page tests", (*pytest, *SERIAL)))


def run(stage: Stage, environ: dict[str, str]) -> tuple[int, str]:
    """Runs one stage, its output passing through; returns (exit code, its last line)."""
    print(f"\n== {stage.title}", flush=True)
    last = ""
    with subprocess.Popen(
        stage.command, cwd=ROOT, env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, errors="replace"
    ) as tool:
        assert tool.stdout is not None
        for line in tool.stdout:
            print(line, end="", flush=True)
            last = line.strip() or last
    return tool.returncode, last


def ensure_browser(environ: dict[str, str]) -> str:
    """A Chromium: the system's, else Playwright's, else the distribution's where this is root; "" when none can be had."""
    for attempt in ((), *_installers()):
        for command in attempt:
            print(f"$ {' '.join(command)}", flush=True)
            quiet = {**environ, "DEBIAN_FRONTEND": "noninteractive"}
            if subprocess.run(command, env=quiet, stdin=subprocess.DEVNULL, check=False).returncode != 0:
                break
        found = find_browser(environ)
        if found:
            return found
    return ""


def ensure_models(environ: dict[str, str], runtime: Runtime | None = None) -> str:
    """Installs torch and the libraries of models as the studio itself would; returns why that failed, or ""."""
    if not missing(MODEL_MODULES):
        return ""
    print("\n== the libraries of models", flush=True)
    said = [""]

    def show(fraction: float, line: str) -> None:
        if line and line != said[-1]:
            said.append(line)
            print(line, flush=True)

    try:
        settings = load_settings(environ=environ)
        wishes = Wishes(settings.torch_index, settings.torch_build, settings.cuda_without_gpu)
        plan = require(MODEL_MODULES, wishes, show, runtime)
    except StudioError as error:
        print(error, flush=True)
        return str(error)
    print(plan.describe() if plan else "beside the torch that is there", flush=True)
    return ""


def _installers() -> tuple[tuple[tuple[str, ...], ...], ...]:
    playwright = ((sys.executable, "-m", "playwright", "install", "chromium"),)
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        return (playwright, (("apt-get", "update", "-q"), ("apt-get", "install", "-y", "-q", "chromium")))
    return (playwright,)


def main(argv: Sequence[str]) -> int:
    """Returns pytest's exit code for `argv`; without arguments, 0 only when every stage passed."""
    environ = dict(os.environ)
    browser = ensure_browser(environ)
    if browser:
        environ["STUDIO_CHROMIUM"] = browser
    no_models = ensure_models(environ)
    if argv:
        return subprocess.run([sys.executable, "-m", "pytest", *argv], cwd=ROOT, env=environ, check=False).returncode
    results: list[tuple[Stage, int, str, float]] = []
    for stage in (*checks(sys.executable), *suites(sys.executable, os.cpu_count() or 1)):
        began = time.monotonic()
        code, last = run(stage, environ)
        results.append((stage, code, last, time.monotonic() - began))
    print("\n== summary")
    if not browser:
        print("NO BROWSER  the page's tests need a Chromium: sudo apt-get install chromium")
    if no_models:
        print(f"NO TORCH    the engines' tests need it: {no_models}")
    for stage, code, last, seconds in results:
        print(f"{'ok    ' if code == 0 else 'FAILED'}  {stage.title:<22} {seconds:6.1f} s  {last}")
    failed = not browser or bool(no_models) or any(code != 0 for _, code, _, _ in results)
    print(closing_line([last for stage, _, last, _ in results if "tests" in stage.title]))
    return 1 if failed else 0


def closing_line(lasts: Sequence[str]) -> str:
    """Pytest's closing line over all suites: "3 failed, 120 passed, 1 skipped in 61.20s"."""
    import re

    totals: dict[str, int] = {}
    seconds = 0.0
    for last in lasts:
        for count, word in re.findall(r"(\d+) (failed|passed|skipped|errors?|xfailed|xpassed|warnings?|deselected)", last):
            word = {"errors": "error", "warnings": "warning"}.get(word, word)
            totals[word] = totals.get(word, 0) + int(count)
        took = re.search(r"in ([\d.]+)s", last)
        seconds += float(took.group(1)) if took else 0.0
    order = ("failed", "error", "passed", "skipped", "deselected", "xfailed", "xpassed", "warning")
    counted = ", ".join(
        f"{totals[word]} {word}{'s' if word in ('error', 'warning') and totals[word] != 1 else ''}" for word in order if word in totals
    )
    return f"{counted or 'no tests ran'} in {seconds:.2f}s"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Poisonous jobs among innocent ones: `python -m tests.faults.poison --trials 100` prints the figures as text and as JSON."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.faults.studio_process import StudioProcess

BYSTANDERS = 4


def run(trials: int, folder: Path, workers: int = 2) -> dict[str, Any]:
    """In each trial a job that kills its worker every time, between bystanders; ``problems`` must be empty."""
    marks = folder / "marks"
    marks.mkdir(parents=True)
    started = time.monotonic()
    problems: list[str] = []
    right = 0
    with StudioProcess(folder / "data", workers=workers) as studio:
        studio.ready()
        for trial in range(trials):
            found = _try_one(studio, marks)
            right += not found
            problems += [f"trial {trial}: {problem}" for problem in found]
        deaths = studio.ask("status")["worker_deaths"]["cpu"]
        studio.close()
        problems += [f"stray process: {line}" for line in studio.strays()]
    if deaths != 2 * trials:
        problems.append(f"{deaths} workers died in {trials} trials; two each were to die")
    seconds = round(time.monotonic() - started, 1)
    return {
        "trials": trials,
        "right": right,
        "worker_deaths": deaths,
        "bystanders": trials * BYSTANDERS,
        "seconds": seconds,
        "problems": problems,
    }


def _try_one(studio: StudioProcess, marks: Path) -> list[str]:
    before = [studio.submit("test.steps", steps=1, marks=str(marks)) for _ in range(BYSTANDERS // 2)]
    poison = studio.submit("test.suicide", marks=str(marks))
    after = [studio.submit("test.nothing", text="after") for _ in range(BYSTANDERS - len(before))]
    problems = []
    for job_id in (*before, *after):
        job = studio.wait(job_id)
        if (job["state"], job["attempt"]) != ("succeeded", 1):
            problems.append(f"bystander {job['capability']} is {job['state']} in attempt {job['attempt']}")
    job = studio.wait(poison)
    error = job["error"] or {}
    if (job["state"], job["attempt"], error.get("code")) != ("quarantined", 2, "quarantined"):
        problems.append(f"the poison is {job['state']} in attempt {job['attempt']}: {error}")
    executions = len((marks / poison).read_text().splitlines())
    if executions != 2:
        problems.append(f"the poison was given {executions} times")
    return problems


def main(argv: list[str]) -> int:
    """Prints the figures; 0 when every trial went right."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.poison", description=__doc__)
    parser.add_argument("--trials", type=int, default=100)
    given = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="poison-") as folder:
        figures = run(given.trials, Path(folder))
    for name, value in figures.items():
        print(f"{name:>14}  {value}", file=sys.stderr)
    print(json.dumps(figures))
    return 1 if figures["problems"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

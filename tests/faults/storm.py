"""The kill storm: SIGKILL studio and workers at random moments under load, then count what was lost, doubled or left lying.

`python -m tests.faults.storm --kills 200 --jobs 2000 --seed 1` prints the figures as text and as JSON.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from configs.errors import StudioError
from tests.faults.aftermath import Aftermath, examine
from tests.faults.studio_process import Gone, StudioProcess, strays, wait_gone

LEAD_IN_KILLS = 4  # the feeder stays this many kills' worth of jobs ahead, so that every kill falls into the middle of work
LAG_IN_KILLS = 4  # and so many may be unfinished behind: a slow machine is not just killed while it starts
EARLY_SHARE = 0.1  # of the studio's deaths come while it is still starting
STALLED_S = 90.0  # nothing ended and nothing was killed for so long: the studio hangs
PAUSE_S = 0.8  # the longest time between a studio that works and the next kill


@dataclass
class Storm:
    """What is asked for and what has happened so far."""

    folder: Path
    kills: int
    jobs: int
    seed: int
    workers: int = 2
    acknowledged: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    studio_kills: int = 0
    worker_kills: int = 0
    retried: int = 0
    restarts: int = 0
    seen_pids: dict[int, psutil.Process] = field(default_factory=dict)
    settled: bool = False
    ended: int = 0
    last_change: tuple[tuple[int, int, int], float] = ((0, 0, 0), 0.0)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.marker = f"storm-{self.seed}-{time.time_ns()}"
        self.marks = self.folder / "marks"
        self.marks.mkdir(parents=True)
        self.studio: StudioProcess | None = None
        self.last_change = ((0, 0, 0), time.monotonic())
        self.working = threading.Event()  # a studio is open
        self.over = threading.Event()

    @property
    def killed(self) -> int:
        """Kills so far."""
        return self.studio_kills + self.worker_kills

    # -- feeding -----------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Feeds jobs and restarts the studio until every kill is done and every job has ended."""
        killer = threading.Thread(target=self._kill_at_random, name="killer", daemon=True)
        killer.start()
        try:
            while not self._is_done():
                try:
                    self._work()
                except Gone:
                    self._restart()
        finally:
            self.over.set()
            killer.join()

    def finish(self) -> None:
        """Ends the last studio in order."""
        assert self.studio is not None
        code = self.studio.close()
        assert code == 0, f"the studio ended with {code}; see {self.studio.data_dir}.stderr"

    def _is_done(self) -> bool:
        return self.over.is_set() and len(self.acknowledged) >= self.jobs and self.settled

    def _work(self) -> None:
        if self.studio is None:
            raise Gone
        allowed = min(self.jobs, (self.killed + LEAD_IN_KILLS) * self.jobs // max(1, self.kills))
        if self.over.is_set():
            allowed = self.jobs
        while len(self.acknowledged) < allowed:
            name, request = self._next_job()
            self.acknowledged[self.studio.submit(name, **request)] = (name, request)
        counts = self.studio.ask("settle", timeout_s=0.2)
        self.ended = max(self.ended, counts["succeeded"])
        self._notice_a_stall(counts)
        if counts["quarantined"]:
            self._retry_quarantined()
        elif self.over.is_set() and len(self.acknowledged) >= self.jobs:
            self.settled = counts["queued"] + counts["running"] == 0

    def _notice_a_stall(self, counts: dict[str, int]) -> None:
        now, at = (self.killed, counts["succeeded"], len(self.acknowledged)), time.monotonic()
        if now != self.last_change[0]:
            self.last_change = (now, at)
        elif at - self.last_change[1] > STALLED_S:
            raise TimeoutError(f"nothing has moved for {STALLED_S:.0f} s: {counts} after {self.killed} kills; see {self.folder}")

    def _retry_quarantined(self) -> None:
        """Two random kills of its worker in a row look like a poisonous job; a person would press Retry."""
        assert self.studio is not None
        for job_id in self.studio.ask("ids", state="quarantined") + self.studio.ask("ids", state="failed"):
            try:
                self.studio.ask("retry", job=job_id)
                self.retried += 1
            except StudioError:
                continue  # it was retried before a kill that we did not see answered

    def _next_job(self) -> tuple[str, dict[str, Any]]:
        number = len(self.acknowledged)
        marks = str(self.marks)
        kinds: tuple[tuple[int, str, dict[str, Any]], ...] = (
            (30, "test.nothing", {"text": f"job {number}"}),
            (30, "test.steps", {"steps": 3, "seconds": self.random.uniform(0.01, 0.05), "marks": marks}),
            (15, "test.checkpoint", {"steps": 4, "seconds": self.random.uniform(0.01, 0.05), "marks": marks}),
            (10, "test.family", {"steps": 2, "marks": marks}),
            (15, "test.patient", {"seconds": self.random.uniform(0.05, 0.25)}),
        )
        _, name, request = self.random.choices(kinds, weights=[k[0] for k in kinds])[0]
        return name, request

    def _restart(self) -> None:
        self.working.clear()
        if self.studio is not None:
            self.studio.kill()
            self.restarts += 1
        self.studio = StudioProcess(self.folder / "data", workers=self.workers, marker=self.marker)
        if self.random.random() < EARLY_SHARE:
            self.working.set()  # fair game while it starts
        try:
            answer = self.studio.ready()
        except Gone:
            code = self.studio.popen.wait()
            assert code == -signal.SIGKILL, f"a studio did not start ({code}); see {self.studio.data_dir}.stderr"
            return  # killed while it was starting: the next turn starts another
        assert "error" not in answer, answer
        self.working.set()

    # -- killing -----------------------------------------------------------------------------------------------

    def _kill_at_random(self) -> None:
        chance = random.Random(self.seed + 1)
        while self.killed < self.kills and not self.over.is_set():
            self.working.wait(1.0)
            self.over.wait(chance.uniform(0, PAUSE_S))
            studio = self.studio
            behind = self.ended < (self.killed - LAG_IN_KILLS) * self.jobs / self.kills
            if studio is None or not self.working.is_set() or behind:
                continue
            workers = studio.workers()
            self.seen_pids |= {p.pid: p for p in workers}
            if chance.random() < 0.5:
                self.working.clear()  # the next one waits until there is a studio again
                studio.popen.kill()
                self.studio_kills += 1
            elif workers:
                victim = chance.choice(workers)
                try:
                    victim.kill()
                    self.worker_kills += 1
                except psutil.NoSuchProcess:
                    continue
        self.over.set()


def run(kills: int, jobs: int, seed: int, folder: Path) -> dict[str, Any]:
    """One storm in an empty folder; the figures, of which ``problems`` must be empty."""
    started = time.monotonic()
    storm = Storm(folder, kills, jobs, seed)
    try:
        storm.run()
        storm.finish()
    finally:
        if storm.studio is not None:
            storm.studio.kill()
    alive = wait_gone(list(storm.seen_pids.values()))
    after = examine(folder / "data", storm.marks, storm.acknowledged)
    return _figures(storm, after, [*strays(storm.marker), *(str(p) for p in alive)], time.monotonic() - started)


def _figures(storm: Storm, after: Aftermath, left: list[str], seconds: float) -> dict[str, Any]:
    asked = Counter(name for name, _ in storm.acknowledged.values())
    problems = [*after.problems, *(f"stray process: {line}" for line in left)]
    if after.redone_units > storm.killed:
        problems.append(f"{after.redone_units} units were done again after {storm.killed} kills")
    return {
        "kills": storm.killed, "studio_kills": storm.studio_kills, "worker_kills": storm.worker_kills, "seed": storm.seed,
        "jobs": len(storm.acknowledged), "mix": dict(sorted(asked.items())), "jobs_in_store": after.jobs, "mean_job_s": after.mean_job_s,
        "lost": after.lost, "artifacts": after.artifacts, "duplicate_artifacts": after.duplicates, "integrity": after.integrity,
        "units": after.units, "redone_units": after.redone_units, "orphan_blobs": after.orphans, "left_lying": after.left_lying,
        "stray_processes": len(left), "quarantined_by_chance_and_retried": storm.retried, "most_attempts": after.most_attempts,
        "seconds": round(seconds, 1), "problems": problems,
    }  # fmt: skip


def main(argv: list[str]) -> int:
    """Prints the figures; 0 when nothing was lost, doubled or left."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.storm", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="keep the data folder for a look")
    given = parser.parse_args(argv)
    folder = Path(tempfile.mkdtemp(prefix="storm-"))
    try:
        figures = run(given.kills, given.jobs, given.seed, folder)
    finally:
        if given.keep:
            print(f"kept: {folder}", file=sys.stderr)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    for name, value in figures.items():
        print(f"{name:>34}  {value}", file=sys.stderr)
    print(json.dumps(figures))
    return 1 if figures["problems"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

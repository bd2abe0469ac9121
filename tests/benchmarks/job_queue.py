"""The job store and the workers: writes beside a bare fsync, pages of a long list, round trips, recovery, idling, peers.

`python -m tests.benchmarks.job_queue [--rows 1000000] [--store-only]` runs it by itself.
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from app.studio import Studio
from configs.settings import Settings
from jobs.events import EventBus
from jobs.queue import JobQueue
from storage import jobs as rows
from storage.database import Database
from storage.ids import new_id
from storage.jobs import NewJob
from storage.records import QUEUED, STATES, SUCCEEDED
from tests.benchmarks.queue_peers import rate, rates
from tests.benchmarks.queue_rows import CAPABILITIES, EMPTY_PROJECT, PROJECTS, RARE, fsync_times, make_store, percentile, time_each
from tests.faults.studio_process import StudioProcess
from tests.jobs import handlers

Row = dict[str, Any]
ABOVE_FSYNC_MS, READ_MS, TRIP_MS, WAKE_MS, CANCEL_MS, RECOVERY_MS, FIRST_CLAIM_S, JOBS_PER_S, IDLE_PERCENT = (
    2,
    5,
    20,
    20,
    10,
    50,
    2,
    500,
    0.5,
)

RUNNING = 500  # far more than a studio has workers and threads


def run(quick: bool) -> list[Row]:
    """Every row; a quick run uses 10,000 jobs instead of 100,000 and short times."""
    count = 10_000 if quick else 100_000
    with tempfile.TemporaryDirectory(prefix="bench-queue-", dir=os.environ.get("TMPDIR")) as place:
        folder = Path(place)
        found = store_rows(folder / "store", count, 100 if quick else 500)
        found += throughput_rows(folder, 0.5 if quick else 5.0)
        found += worker_rows(folder / "trips", 50 if quick else 400)
        found += recovery_rows(folder / "recovery", count)
        found.append(idle_row(folder / "idle", 3.0 if quick else 20.0))
    return found


def row(what: str, ours: float, target: str, met: bool, **more: Any) -> Row:
    """One line of the table."""
    return {"what": what, "ours": round(ours, 3), "target": target, "met": met, **more}


# -- the store ---------------------------------------------------------------------------------------------------


def store_rows(folder: Path, count: int, repeats: int) -> list[Row]:
    """Writes and reads on a list of ``count`` jobs."""
    database = make_store(folder, count)
    database.open()
    queue = JobQueue(database, EventBus())
    before = fsync_times(folder, repeats)
    writes = _time_writes(queue, repeats)
    raw = sorted([*before, *fsync_times(folder, repeats)])
    found = [row("fsync of 4 KiB, p50 / p99, ms", percentile(raw, 0.5), "", True, p99=round(percentile(raw, 0.99), 3))]
    found[0]["met"] = None
    for name, took in writes.items():
        ours, bare = percentile(took, 0.99), percentile(raw, 0.99)
        found.append(
            row(f"{name} at {count:,} jobs, p99 ms", ours, f"<= fsync p99 + {ABOVE_FSYNC_MS}", ours <= bare + ABOVE_FSYNC_MS,
                peer=round(bare, 3), ratio=round(ours / bare, 2), p50=round(percentile(took, 0.5), 3))
        )  # fmt: skip
    found += _read_rows(queue, database, count, max(20, repeats // 10))
    database.close()
    return found


def _time_writes(queue: JobQueue, repeats: int) -> dict[str, list[float]]:
    def new(_: int) -> NewJob:
        request = {"text": "x" * 200}
        return NewJob(
            id=new_id("j-"),
            capability=CAPABILITIES[0],
            title="T",
            lane="cpu",
            engine="e",
            request=request,
            project_id="default",
            priority=9,
        )

    claimed = []
    waiting = [new(n) for n in range(repeats)]
    queue.submit(new(0))
    queue.claim("cpu")  # statements are compiled once, before anybody waits
    found = {"enqueue": time_each(lambda n: queue.submit(waiting[n]), repeats)}
    found["claim"] = time_each(lambda _: claimed.append(queue.claim("cpu")), repeats)
    taken = [job for job in claimed if job is not None]
    found["step"] = time_each(lambda n: queue.add_step(taken[n].id, taken[n].attempt, "unit", {"value": n}), repeats)
    found["finish"] = time_each(lambda n: queue.finish(taken[n].id, taken[n].attempt, SUCCEEDED, result={"values": [n]}), repeats)
    return found


def combinations(count: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every way a list can be filtered, from its newest end and from deep inside."""
    states: tuple[tuple[str, ...], ...] = ((), ("queued",), ("succeeded",), ("failed", "quarantined"), STATES)
    capabilities = (None, CAPABILITIES[0], RARE)
    projects = (None, *PROJECTS[:2], EMPTY_PROJECT)
    for state, capability, project, before in itertools.product(states, capabilities, projects, (None, count // 2)):
        end = "deep" if before else "newest"
        name = f"states={'+'.join(state) or 'any'} capability={capability or 'any'} project={project or 'any'} {end}"
        yield name, {"states": state, "capability": capability, "project_id": project, "before": before}


def _read_rows(queue: JobQueue, database: Database, count: int, repeats: int) -> list[Row]:
    worst, worst_name, every = 0.0, "", []
    for name, filters in combinations(count):
        queue.page(limit=50, **filters)
        took = time_each(lambda _, f=filters: queue.page(limit=50, **f), repeats)  # type: ignore[misc]
        every += took
        if percentile(took, 0.99) > worst:
            worst, worst_name = percentile(took, 0.99), name
    every.sort()
    newest = queue.page(limit=200).items
    with database.read() as connection:
        counts = time_each(lambda _: rows.counts(connection), 200)
    finds = time_each(lambda n: queue.find(newest[n % len(newest)].id), 200)
    found = []
    for name, took in (("page of 50, all 120 filters", every), ("counts", counts), ("one job by id", finds)):
        p99 = percentile(took, 0.99)
        found.append(row(f"{name}, at {count:,} jobs, p99 ms", p99, f"<= {READ_MS}", p99 <= READ_MS, p50=round(percentile(took, 0.5), 3)))
    found.append({**row(f"page of 50, slowest single answer, at {count:,} jobs, p99 ms", worst, "", True, note=worst_name), "met": None})
    return found


def throughput_rows(folder: Path, seconds: float, rounds: int = 5) -> list[Row]:
    """Submit, claim and finish, each on disk before the next; beside the peers' in and out. Medians of rounds that take turns."""
    (folder / "rate").mkdir()
    database = Database(f"sqlite:///{folder / 'rate' / 'studio.db'}")
    database.open()
    queue = JobQueue(database, EventBus())

    def cycle() -> None:
        new = NewJob(id=new_id("j-"), capability="test.nothing", title="T", lane="cpu", engine="e", request={}, project_id="default")
        queue.submit(new)
        job = queue.claim("cpu")
        assert job is not None
        queue.finish(job.id, job.attempt, SUCCEEDED, result={})

    ours, peers = [], []
    for _ in range(rounds):
        ours.append(rate(cycle, seconds / rounds))
        peers.append(rates(seconds / rounds, folder))
    database.close()
    middle = statistics.median(ours)
    found = [row("no-op jobs/s through the store (submit, claim, finish)", middle, f">= {JOBS_PER_S}", middle >= JOBS_PER_S)]
    for name in peers[0]:
        theirs = [one[name] or 0.0 for one in peers]
        line = {"what": f"the same beside {name}, jobs/s", "ours": round(middle, 3), "target": "", "met": None}
        if not all(theirs):
            found.append({**line, "note": "not installed"})
            continue
        ratio = statistics.median(mine / other for mine, other in zip(ours, theirs, strict=True))
        found.append({**line, "peer": round(statistics.median(theirs)), "ratio": round(ratio, 2)})
    return found


# -- the workers -------------------------------------------------------------------------------------------------


@contextmanager
def opened(folder: Path, workers: int = 1) -> Iterator[Studio]:
    """A studio with the test capabilities whose workers are warm."""
    settings = Settings(data_dir=folder, cpu_workers=workers, cancel_grace_s=0.5)
    with Studio.open(settings, capabilities=handlers.TABLE, worker_target="tests.jobs.handlers:build") as studio:
        for _ in range(10):
            studio.wait(studio.submit("test.clock", {}).job.id, 60)
        yield studio


def worker_rows(folder: Path, repeats: int) -> list[Row]:
    """Round trip, wake and cancel through a studio with a warm worker."""
    trips, wakes = [], []
    with opened(folder) as studio:
        for _ in range(repeats):
            began, clock = time.perf_counter(), time.time()
            detail = studio.wait(studio.submit("test.clock", {}).job.id, 60)
            trips.append((time.perf_counter() - began) * 1000)
            wakes.append((detail.result["values"][0] - clock) * 1000)
        busy = studio.submit("test.patient", {"seconds": 600}).job.id
        queued = [studio.submit("test.nothing", {}).job.id for _ in range(repeats)]
        cancels = time_each(lambda n: studio.cancel(queued[n]), repeats)
        assert studio.counts()[QUEUED] == 0
        studio.cancel(busy)
        studio.wait(busy, 30)
    trips.sort()
    wakes.sort()
    named = (
        ("round trip submit -> result seen", trips, TRIP_MS), ("wake: submit -> handler begins", wakes, WAKE_MS),
        ("cancel of a queued job", cancels, CANCEL_MS),
    )  # fmt: skip
    found = []
    for name, took, limit in named:
        p99 = percentile(took, 0.99)
        found.append(row(f"{name}, p99 ms", p99, f"<= {limit}", p99 <= limit, p50=round(percentile(took, 0.5), 3)))
    return found


def recovery_rows(folder: Path, count: int) -> list[Row]:
    """After a death with jobs at work: the SQL, and a fresh process until the first recovered job is claimed."""
    data = folder / "data"
    database = make_store(data, count, running=RUNNING)
    database.open()
    began = time.perf_counter()
    recovered, _ = JobQueue(database, EventBus()).recover()
    sql = (time.perf_counter() - began) * 1000
    assert recovered == RUNNING
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE jobs SET state = 'cancelled' WHERE state = 'queued'")
        connection.exec_driver_sql(
            "UPDATE jobs SET state = 'running', capability = 'test.patient', request = '{\"seconds\": 1}' WHERE seq <= 8"
        )
    first = next(job.id for job in sorted(queue_of(database), key=lambda job: (-job.priority, job.seq)))
    database.close()
    began = time.perf_counter()
    with StudioProcess(data, workers=1) as studio:
        studio.ready()
        studio.wait_for_state(first, "running")
        claim = time.perf_counter() - began
        studio.close()
    return [
        row(f"recovery of {RUNNING:,} running among {count:,} jobs, ms", sql, f"<= {RECOVERY_MS}", sql <= RECOVERY_MS),
        row(f"process start -> first recovered claim at {count:,} jobs, s", claim, f"<= {FIRST_CLAIM_S}", claim <= FIRST_CLAIM_S),
    ]


def queue_of(database: Database) -> tuple[Any, ...]:
    """The jobs that a dead studio left running."""
    with database.read() as connection:
        return rows.page(connection, states=["running"]).items


def idle_row(folder: Path, seconds: float) -> Row:
    """Processor time of an open studio without a page, all its processes together, in percent of one core."""
    with StudioProcess(folder / "data", workers=2) as studio:
        studio.ready()
        for _ in range(4):  # until every worker has started and has worked
            studio.wait(studio.submit("test.patient", seconds=0.5))
        family = [psutil.Process(studio.pid), *psutil.Process(studio.pid).children(recursive=True)]
        before = sum(sum(p.cpu_times()[:2]) for p in family)
        time.sleep(seconds)
        used = sum(sum(p.cpu_times()[:2]) for p in family) - before
        studio.close()
    percent = 100 * used / seconds
    return row(f"idle studio without a page over {seconds:.0f} s, % of a core", percent, f"<= {IDLE_PERCENT}", percent <= IDLE_PERCENT)


def main(argv: list[str]) -> int:
    """Prints the table; 1 when a target was missed."""
    from tests.benchmarks.run import machine, machine_line, table

    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.job_queue", description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--store-only", action="store_true", help="only the store, with --rows jobs")
    given = parser.parse_args(argv)
    print(f"{machine_line(machine())}, load {os.getloadavg()[0]:.1f}")
    if given.store_only:
        with tempfile.TemporaryDirectory(prefix="bench-queue-") as place:
            found = [*store_rows(Path(place) / "store", given.rows, 500), *recovery_rows(Path(place) / "recovery", given.rows)]
    else:
        found = run(given.quick)
    print(table(found))
    return 1 if any(line.get("met") is False for line in found) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

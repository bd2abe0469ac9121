"""What a closed data folder must look like after any number of deaths: nothing lost, doubled, miscounted or left lying."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import defaultdict
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Asked = Mapping[str, tuple[str, Mapping[str, Any]]]  # job id -> (capability, request)


@dataclass
class Aftermath:
    """Counts, and one sentence for everything that is wrong."""

    problems: list[str] = field(default_factory=list)
    jobs: int = 0
    lost: int = 0
    artifacts: int = 0
    duplicates: int = 0
    integrity: str = ""
    units: int = 0
    redone_units: int = 0
    orphans: int = 0
    left_lying: int = 0
    most_attempts: int = 0
    mean_job_s: float = 0.0


def examine(data_dir: Path, marks: Path, asked: Asked) -> Aftermath:
    """Reads the store of a closed studio and its files; ``marks`` holds one file per unit of work, one line per execution."""
    after = Aftermath()
    with closing(sqlite3.connect(f"file:{data_dir / 'studio.db'}?mode=ro", uri=True)) as database:
        database.row_factory = sqlite3.Row
        after.integrity = str(database.execute("PRAGMA integrity_check").fetchone()[0])
        if after.integrity != "ok":
            after.problems.append(f"integrity check: {after.integrity}")
        jobs = {row["id"]: row for row in database.execute("SELECT * FROM jobs")}
        artifacts = database.execute("SELECT * FROM artifacts").fetchall()
        _check_counters(database, after)
    _check_jobs(jobs, asked, after)
    _check_artifacts(data_dir / "blobs", jobs, artifacts, after)
    _check_units(marks, jobs, after)
    _check_leftovers(data_dir, after)
    return after


def _check_counters(database: sqlite3.Connection, after: Aftermath) -> None:
    counted = {tuple(r) for r in database.execute("SELECT project_id, lane, state, jobs FROM counters WHERE jobs <> 0")}
    real = {tuple(r) for r in database.execute("SELECT project_id, lane, state, count(*) FROM jobs GROUP BY 1, 2, 3")}
    if counted != real:
        after.problems.append(f"counters {sorted(counted)} are not {sorted(real)}")


def _check_jobs(jobs: Mapping[str, sqlite3.Row], asked: Asked, after: Aftermath) -> None:
    after.jobs = len(jobs)
    after.most_attempts = max((row["attempt"] for row in jobs.values()), default=0)
    times = [row["finished_at"] - row["started_at"] for row in jobs.values() if row["finished_at"] and row["lane"] == "cpu"]
    after.mean_job_s = round(sum(times) / max(1, len(times)), 3)
    for job_id, (name, request) in asked.items():
        row = jobs.get(job_id)
        if row is None or row["state"] != "succeeded":
            after.lost += 1
            after.problems.append(f"acknowledged {name} {job_id} is {'gone' if row is None else row['state']}")
        else:
            _check_result(row, name, request, after)
    for row in jobs.values():
        if row["state"] != "succeeded" and row["id"] not in asked:
            after.problems.append(f"job {row['id']} ended {row['state']}")
    children: dict[str, list[str]] = defaultdict(list)
    for row in jobs.values():
        if row["parent_id"]:
            children[row["parent_id"]].append(row["child_key"])
    for row in jobs.values():
        if row["capability"] == "test.family":
            expected = [f"child-{n}" for n in range(json.loads(row["request"])["steps"])]
            if sorted(children[row["id"]]) != expected:
                after.problems.append(f"family {row['id']} has the children {children[row['id']]}")


def _check_result(row: sqlite3.Row, name: str, request: Mapping[str, Any], after: Aftermath) -> None:
    values = json.loads(row["result"])["values"]
    right = {
        "test.nothing": lambda: values == [request["text"]],
        "test.steps": lambda: values == [n * n for n in range(request["steps"])],
        "test.checkpoint": lambda: values[-1] == request["steps"],
        "test.family": lambda: values == [{"values": [0]}] * request["steps"],
    }.get(name, lambda: values == [])
    if not right():
        after.problems.append(f"{name} {row['id']} answered {values}")


def _check_artifacts(blobs: Path, jobs: Mapping[str, sqlite3.Row], artifacts: list[sqlite3.Row], after: Aftermath) -> None:
    after.artifacts = len(artifacts)
    names: dict[str, list[str]] = defaultdict(list)
    for row in artifacts:
        names[row["job_id"]].append(row["name"])
        number = row["name"].removeprefix("out/").removesuffix(".txt")
        content = f"{row['job_id']} {number}".encode()
        sha = row["content_hash"]
        path = blobs / sha[:2] / sha[2:4] / sha
        if not path.exists() or path.read_bytes() != content or hashlib.sha256(content).hexdigest() != sha:
            after.problems.append(f"artifact {row['name']} of {row['job_id']} does not hold {content!r}")
    for job_id, row in jobs.items():
        if row["capability"] == "test.steps":
            expected = [f"out/{n}.txt" for n in range(json.loads(row["request"])["steps"])]
            after.duplicates += len(names[job_id]) - len(set(names[job_id]))
            if sorted(names[job_id]) != expected and row["state"] == "succeeded":
                after.problems.append(f"job {job_id} has the artifacts {names[job_id]}")
    known = {row["content_hash"] for row in artifacts}
    found = {path.name for path in blobs.glob("??/??/*")}
    after.orphans = len(found - known)
    if found != known:
        after.problems.append(f"{len(found - known)} blobs without a row, {len(known - found)} rows without a blob")


def _check_units(marks: Path, jobs: Mapping[str, sqlite3.Row], after: Aftermath) -> None:
    redone: dict[str, int] = defaultdict(int)
    for path in marks.iterdir():
        again = max(0, len(path.read_text().splitlines()) - 1)
        redone[path.name.rpartition("-")[0]] += again
        after.units += 1
    after.redone_units = sum(redone.values())
    for job_id, number in redone.items():
        if number > jobs[job_id]["attempt"] - 1:
            after.problems.append(f"job {job_id} did {number} units again in {jobs[job_id]['attempt']} attempts")
    expected = {f"{i}-{n}" for i, r in jobs.items() if r["capability"] in ("test.steps", "test.checkpoint") for n in range(_steps(r))}
    if expected != {path.name for path in marks.iterdir()}:
        after.problems.append("the units done are not the units asked for")


def _steps(row: sqlite3.Row) -> int:
    return int(json.loads(row["request"])["steps"])


def _check_leftovers(data_dir: Path, after: Aftermath) -> None:
    lying = [p for folder in (data_dir / "work", data_dir / "blobs" / "incoming") for p in folder.glob("*")]
    after.left_lying = len(lying)
    after.problems += [f"left lying: {path.relative_to(data_dir)}" for path in lying]

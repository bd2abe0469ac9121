"""A batch of fifty pictures whose studio and whose worker are killed: none is lost, none is made twice."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.faults.studio_process import StudioProcess, wait_gone

COUNT = 50
SEED = 1000


def rows(data_dir: Path, query: str, *values: Any) -> list[sqlite3.Row]:
    with closing(sqlite3.connect(f"file:{data_dir / 'studio.db'}?mode=ro", uri=True)) as database:
        database.row_factory = sqlite3.Row
        return database.execute(query, values).fetchall()


def gpu_worker(studio: StudioProcess) -> Any:
    """The process that makes the pictures."""
    row = next(worker for worker in studio.ask("status")["workers"] if worker["lane"] == "gpu" and worker["pid"])
    return next(process for process in studio.workers() if process.pid == row["pid"])


@pytest.mark.slow
def test_a_batch_killed_half_way_loses_and_repeats_nothing(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    with StudioProcess(data_dir, real=True) as studio:
        studio.ready()
        job = studio.submit("image.batch", prompt="a {red|blue|green} fox __places__", count=COUNT, seed=SEED, width=64, height=64)
        studio.wait_published(job, "picture-9")
        worker = gpu_worker(studio)
        worker.kill()
        assert wait_gone([worker]) == []
        studio.wait_published(job, "picture-24")
        workers = studio.workers()
        studio.kill()
    assert wait_gone(workers) == []
    kept = {row["id"] for row in rows(data_dir, "SELECT id FROM artifacts")}
    assert 20 <= len(kept) < COUNT
    with StudioProcess(data_dir, real=True) as studio:
        studio.ready()
        ended = studio.wait(job, 120)
        assert ended["state"] == "succeeded", ended["error"]
        assert studio.close() == 0
    result = ended["result"]
    assert (result["planned"], result["made"], result["failed"]) == (COUNT, COUNT, 0)
    assert [picture["seed"] for picture in result["pictures"]] == list(range(SEED, SEED + COUNT))
    children = rows(data_dir, "SELECT * FROM jobs WHERE parent_id = ?", job)
    assert sorted(row["child_key"] for row in children) == sorted(f"picture-{number}" for number in range(COUNT))
    assert {row["state"] for row in children} == {"succeeded"}
    artifacts = rows(data_dir, "SELECT * FROM artifacts")
    assert len(artifacts) == len({row["job_id"] for row in artifacts}) == COUNT
    assert {picture["artifact_id"] for picture in result["pictures"]} == {row["id"] for row in artifacts} >= kept
    for row in artifacts:
        blob = data_dir / "blobs" / row["content_hash"][:2] / row["content_hash"][2:4] / row["content_hash"]
        assert blob.stat().st_size == row["size_bytes"]
    prompts = {json.loads(row["request"])["seed"]: json.loads(row["request"])["prompt"] for row in children}
    assert prompts == {picture["seed"]: picture["prompt"] for picture in result["pictures"]}
    assert rows(data_dir, "PRAGMA integrity_check")[0][0] == "ok"

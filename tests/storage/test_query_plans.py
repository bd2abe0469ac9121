"""Every query that runs while somebody waits walks an index: asserted from SQLite's own plan, on a store with many jobs."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event

from storage import jobs as rows
from storage.artifacts import ArtifactStore
from storage.blobs import BlobStore
from storage.database import Database
from storage.ids import new_id
from storage.jobs import NewJob
from storage.records import STATES

FILTERS = {"capability": "video.analyze", "project_id": "default"}


class Recorder:
    """Collects the statements that run on the readers and the writer, with their plans."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.statements: list[tuple[str, Any]] = []
        for engine in (database._read_engine, database._write_engine):
            event.listen(engine, "before_cursor_execute", self._record)

    def _record(self, _c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        if statement.split(None, 1)[0] in ("SELECT", "UPDATE"):
            self.statements.append((statement, parameters))

    def plans(self) -> list[str]:
        """One plan per statement, its lines joined; forgets them."""
        found = []
        with closing(sqlite3.connect(self._database.path)) as connection:
            for statement, parameters in self.statements:
                lines = connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
                found.append("\n".join(line[3] for line in lines))
        self.statements.clear()
        return found


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Two thousand jobs of every state, analysed by SQLite, as the planner sees an old studio."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('plans') / 'studio.db'}")
    database.open()
    with database.write() as connection:
        for number in range(2000):
            add(connection, number)
        connection.exec_driver_sql(
            "UPDATE jobs SET state = CASE seq / 10 % 20 WHEN 0 THEN 'queued' WHEN 1 THEN 'failed' ELSE 'succeeded' END"
        )
        connection.exec_driver_sql("UPDATE jobs SET parent_id = NULL, child_key = NULL WHERE seq % 10 <> 3")
        connection.exec_driver_sql("ANALYZE")
    yield database
    database.close()


def add(connection: Connection, number: int) -> None:
    """A child job."""
    new = NewJob(
        id=new_id("j-"), capability="video.analyze", title="T", lane="cpu", engine="e", request={}, project_id="default",
        parent_id="j-parent", child_key=str(number), cache_key=str(number),
    )  # fmt: skip
    rows.add(connection, new, float(number))


@pytest.fixture
def recorder(full: Database) -> Recorder:
    return Recorder(full)


def assert_walks_an_index(plan: str) -> None:
    """Neither a sort, nor a temporary index, nor a scan of anything but a short list made just before."""
    assert "TEMP B-TREE" not in plan, plan
    assert "AUTOMATIC" not in plan, plan
    for line in plan.splitlines():
        assert not line.startswith("SCAN") or line.startswith("SCAN anon_"), plan


def test_the_claim_reads_its_own_index_and_nothing_else(full: Database, recorder: Recorder) -> None:
    with full.write() as connection:
        rows.claim(connection, "cpu", 1.0)
    choose, take = recorder.plans()
    assert choose == "SEARCH jobs USING INDEX jobs_claim (lane=? AND alone=?)"
    assert take == "SEARCH jobs USING INTEGER PRIMARY KEY (rowid=?)"


def combinations() -> list[Any]:
    """Every way to filter a page but by parent."""
    found = []
    states = ((), ("queued",), ("failed", "succeeded"), STATES)
    for state, names, before in itertools.product(states, ((), ("capability",), ("project_id",), tuple(FILTERS)), (None, 1000)):
        title = f"{len(state)} states, {'+'.join(names) or 'all'}, {'deep' if before else 'newest'}"
        found.append(pytest.param(state, names, before, id=title))
    return found


@pytest.mark.parametrize(("states", "names", "before"), combinations())
def test_every_page_walks_an_index_without_sorting(
    full: Database, recorder: Recorder, states: tuple[str, ...], names: tuple[str, ...], before: int | None
) -> None:
    with full.read() as connection:
        page = rows.page(connection, states=states, before=before, **{name: FILTERS[name] for name in names})
    assert [job.seq for job in page.items] == sorted((job.seq for job in page.items), reverse=True)
    (plan,) = recorder.plans()
    if names or (states and states != STATES):
        assert_walks_an_index(plan)
        index = {(): "jobs_by_state", ("capability",): "jobs_by_capability", ("project_id",): "jobs_by_project"}
        assert f"COVERING INDEX {index.get(names, 'jobs_by_project_capability')} " in plan
    else:  # everything, newest first: the table itself in the order of its rowid, which LIMIT cuts short
        assert plan in ("SCAN jobs", "SEARCH jobs USING INTEGER PRIMARY KEY (rowid<?)")


@pytest.mark.parametrize("states", [(), ("succeeded",), ("queued", "failed")])
@pytest.mark.parametrize("before", [None, 1000])
def test_a_parents_children_come_by_their_index(full: Database, recorder: Recorder, states: tuple[str, ...], before: int | None) -> None:
    with full.read() as connection:
        assert rows.page(connection, states=states, parent_id="j-parent", before=before).items
    (plan,) = recorder.plans()
    assert "INDEX jobs_by_parent_age (parent_id=?" in plan
    assert_walks_an_index(plan)


def test_single_jobs_and_their_belongings_come_by_key(full: Database, recorder: Recorder) -> None:
    with full.read() as connection:
        job_id = rows.page(connection, limit=1).items[0].id
        recorder.statements.clear()
        rows.find(connection, job_id)
        rows.result_of(connection, job_id)
        rows.saved_by(connection, job_id)
        rows.published_by(connection, job_id)
        rows.is_current(connection, job_id, 1)
        rows.find_reusable(connection, "7")
        rows.find_child(connection, "j-parent", "7")
        rows.live_children(connection, "j-parent")
        rows.log_of(connection, job_id)
    plans = recorder.plans()
    assert len(plans) == 10
    for plan in plans:
        assert "SEARCH" in plan
        assert "SCAN" not in plan


def test_what_an_attempt_writes_finds_its_row_by_key(full: Database, recorder: Recorder) -> None:
    with full.write() as connection:
        job = rows.claim(connection, "cpu", 1.0)
        assert job is not None
        recorder.statements.clear()
        rows.set_progress(connection, job.id, job.attempt, 0.5, "half", None)
        rows.add_step(connection, job.id, job.attempt, "one", 1, 1.0)
        rows.set_checkpoint(connection, job.id, job.attempt, 1)
        rows.finish(connection, job.id, job.attempt, "succeeded", 2.0, result=1)
        rows.request_cancel(connection, job.id, 2.0)
    for plan in recorder.plans():
        assert "SEARCH jobs USING INDEX sqlite_autoindex_jobs_1 (id=?)" in plan or "PRIMARY KEY" in plan
        assert "SCAN" not in plan


def test_recovery_looks_only_at_what_was_running(full: Database, recorder: Recorder) -> None:
    with full.write() as connection:
        rows.recover(connection, 1.0)
        rows.release_all(connection)
    plans = recorder.plans()
    assert len(plans) == 3
    for plan in plans:
        assert "INDEX jobs_by_state (state=?)" in plan
        assert "SCAN" not in plan.replace("SCALAR", "")


def test_counts_come_from_the_counters(full: Database, recorder: Recorder) -> None:
    with full.read() as connection:
        assert sum(rows.counts(connection).values()) == 2000
        rows.queue_depths(connection)
    for plan in recorder.plans():
        assert "counters" in plan
        assert "jobs" not in plan.replace("counters", "")


@pytest.mark.parametrize(
    "filters",
    [
        {},
        {"role": "result"},
        {"role": "result", "kind": "video"},
        {"project_id": "default", "role": "result", "kind": "video"},
        {"job_id": "j-1"},
    ],
)
def test_pages_of_the_library_walk_an_index(full: Database, recorder: Recorder, tmp_path: Path, filters: dict[str, str]) -> None:
    ArtifactStore(full, BlobStore(tmp_path)).page(**filters)
    plan = recorder.plans()[0]
    assert "SEARCH artifacts USING" in plan or plan == "SCAN artifacts"
    assert plan != "SCAN artifacts" or filters == {}

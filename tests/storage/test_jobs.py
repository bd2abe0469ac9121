"""The rows of jobs: order, fencing, pages, counters, recovery."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from sqlalchemy import func, select

from storage import jobs as rows
from storage.database import Database
from storage.ids import new_id
from storage.records import CANCELLED, FAILED, QUARANTINED, QUEUED, RUNNING, STATES, SUCCEEDED, Job
from storage.tables import counters, jobs


def put(database: Database, **more: Any) -> str:
    fields: dict[str, Any] = {"capability": "c", "title": "T", "lane": "cpu", "engine": "e", "request": {}, "project_id": "default", **more}
    job = rows.NewJob(id=new_id("j-"), **fields)
    with database.write() as connection:
        rows.add(connection, job, 1.0)
    return job.id


def take(database: Database, **more: Any) -> Job | None:
    with database.write() as connection:
        return rows.claim(connection, "cpu", 2.0, **more)


def look(database: Database, job_id: str) -> Job:
    with database.read() as connection:
        found = rows.find(connection, job_id)
    assert found is not None
    return found


def test_jobs_are_claimed_by_priority_then_age(database: Database) -> None:
    first, second, urgent = put(database), put(database), put(database, priority=5)
    claimed = [take(database) for _ in range(4)]
    assert [job and job.id for job in claimed] == [urgent, first, second, None]
    assert all(job.state == RUNNING and job.attempt == 1 for job in claimed if job)


def test_a_lane_claims_only_its_own(database: Database) -> None:
    put(database, lane="gpu")
    assert take(database) is None


def test_run_next_overtakes_everything(database: Database) -> None:
    put(database, priority=9)
    late = put(database)
    with database.write() as connection:
        assert rows.run_next(connection, late)
    claimed = take(database)
    assert claimed is not None
    assert claimed.id == late
    with database.write() as connection:
        assert not rows.run_next(connection, late)


def test_a_stale_attempt_writes_nothing(database: Database) -> None:
    job_id = put(database)
    take(database)
    with database.write() as connection:
        rows.give_back(connection, job_id, 1, 3.0, charge=False)
    take(database)
    with database.write() as connection:
        assert not rows.set_progress(connection, job_id, 1, 0.5, "x", None)
        assert not rows.add_step(connection, job_id, 1, "s", 1, 3.0)
        assert not rows.set_checkpoint(connection, job_id, 1, {})
        assert not rows.put_published(connection, job_id, 1, "k", 1)
        assert not rows.finish(connection, job_id, 1, SUCCEEDED, 3.0, result=1)
        assert rows.give_back(connection, job_id, 1, 3.0, charge=True) is None
        assert rows.saved_by(connection, job_id) == rows.Saved(steps={}, checkpoint=None)
    assert look(database, job_id).state == RUNNING


def test_an_ended_job_takes_no_more(database: Database) -> None:
    job_id = put(database)
    take(database)
    with database.write() as connection:
        assert rows.finish(connection, job_id, 1, SUCCEEDED, 3.0, result={"a": [1]})
        assert not rows.finish(connection, job_id, 1, FAILED, 3.0)
        assert not rows.set_progress(connection, job_id, 1, 0.1, "late", None)
        assert rows.result_of(connection, job_id) == {"a": [1]}
    job = look(database, job_id)
    assert (job.state, job.progress, job.finished_at) == (SUCCEEDED, 1.0, 3.0)


def test_steps_and_checkpoints_wait_for_the_next_attempt(database: Database) -> None:
    job_id = put(database)
    take(database)
    with database.write() as connection:
        rows.add_step(connection, job_id, 1, "a", {"x": 1}, 3.0)
        rows.add_step(connection, job_id, 1, "a", "second write is ignored", 3.0)
        rows.set_checkpoint(connection, job_id, 1, [1, 2])
        rows.put_published(connection, job_id, 1, "k", 1)
        rows.put_published(connection, job_id, 1, "k", 2)
        rows.give_back(connection, job_id, 1, 4.0, charge=True)
        assert rows.saved_by(connection, job_id) == rows.Saved(steps={"a": {"x": 1}}, checkpoint=[1, 2])
        assert rows.published_by(connection, job_id) == {"k": 2}


def test_two_charges_quarantine(database: Database) -> None:
    job_id = put(database)
    take(database)
    with database.write() as connection:
        assert rows.give_back(connection, job_id, 1, 3.0, charge=True) == QUEUED
    take(database)
    with database.write() as connection:
        assert rows.give_back(connection, job_id, 2, 4.0, charge=True) == QUARANTINED
    job = look(database, job_id)
    assert job.error is not None
    assert "died 2 times" in job.error["message"]
    assert job.finished_at == 4.0


@pytest.mark.parametrize("progressed", ["step", "checkpoint"])
def test_a_step_clears_the_charge(database: Database, progressed: str) -> None:
    job_id = put(database)
    for attempt in (1, 2, 3):
        take(database)
        with database.write() as connection:
            if progressed == "step":
                rows.add_step(connection, job_id, attempt, f"s{attempt}", 1, 3.0)
            else:
                rows.set_checkpoint(connection, job_id, attempt, attempt)
            assert rows.give_back(connection, job_id, attempt, 3.0, charge=True) == QUEUED


def test_our_own_kills_charge_nobody(database: Database) -> None:
    job_id = put(database)
    for attempt in range(1, 6):
        take(database)
        with database.write() as connection:
            assert rows.give_back(connection, job_id, attempt, 3.0, charge=False) == QUEUED


def test_cancelling(database: Database) -> None:
    waiting, running = put(database), put(database)
    with database.write() as connection:
        rows.run_next(connection, running)
    take(database)
    with database.write() as connection:
        assert rows.request_cancel(connection, waiting, 3.0) == CANCELLED
        assert rows.request_cancel(connection, running, 3.0) == RUNNING
        assert rows.request_cancel(connection, "j-nobody", 3.0) is None
    assert look(database, running).cancel_requested
    with database.write() as connection:
        assert rows.give_back(connection, running, 1, 4.0, charge=True) == CANCELLED


def test_recovery_queues_what_ran_and_cancels_what_was_asked_to_stop(database: Database) -> None:
    plain, stopping, waiting = put(database), put(database), put(database)
    take(database)
    take(database)
    with database.write() as connection:
        rows.request_cancel(connection, stopping, 3.0)
        assert rows.recover(connection, 4.0) == (1, 1)
    assert [look(database, i).state for i in (plain, stopping, waiting)] == [QUEUED, CANCELLED, QUEUED]


def test_the_third_death_of_the_studio_sends_a_job_to_the_end(database: Database) -> None:
    suspect = put(database, priority=100)
    for _ in range(3):
        assert take(database) is not None
        with database.write() as connection:
            rows.recover(connection, 3.0)
    assert take(database) is None
    bystander = put(database)
    claimed = take(database)
    assert claimed is not None
    assert claimed.id == bystander
    alone = take(database, alone=True)
    assert alone is not None
    assert alone.id == suspect


def test_an_orderly_end_is_no_death(database: Database) -> None:
    put(database)
    for _ in range(5):
        assert take(database) is not None
        with database.write() as connection:
            assert rows.release_all(connection) == 1


def test_retry_takes_only_what_ended_badly(database: Database) -> None:
    job_id = put(database)
    with database.write() as connection:
        assert not rows.retry(connection, job_id)
    take(database)
    with database.write() as connection:
        rows.add_step(connection, job_id, 1, "kept", 1, 3.0)
        rows.finish(connection, job_id, 1, FAILED, 3.0, error={"code": "x", "message": "m", "remedy": ""})
        assert rows.retry(connection, job_id)
        assert rows.saved_by(connection, job_id).steps == {"kept": 1}
    job = look(database, job_id)
    assert (job.state, job.error, job.finished_at) == (QUEUED, None, None)
    take(database)
    with database.write() as connection:
        rows.finish(connection, job_id, 2, SUCCEEDED, 5.0, result=None)
        assert not rows.retry(connection, job_id)


def test_children_are_found_by_their_key(database: Database) -> None:
    child = put(database, parent_id="j-parent", child_key="one")
    with database.read() as connection:
        assert rows.find_child(connection, "j-parent", "one") == child
        assert rows.find_child(connection, "j-parent", "two") is None
        assert rows.live_children(connection, "j-parent") == [child]


def test_a_result_is_reused_while_it_is_made_and_when_it_is_there(database: Database) -> None:
    job_id = put(database, cache_key="k")
    with database.read() as connection:
        assert rows.find_reusable(connection, "k") == job_id
    take(database)
    with database.write() as connection:
        rows.finish(connection, job_id, 1, FAILED, 3.0)
        assert rows.find_reusable(connection, "k") is None


def make_many(database: Database) -> list[Job]:
    for n in range(60):
        job_id = put(database, capability="ab"[n % 2], project_id=["default", "other"][n // 3 % 2])
        state = STATES[n % len(STATES)]
        with database.write() as connection:
            connection.execute(jobs.update().where(jobs.c.id == job_id).values(state=state))
    with database.read() as connection:
        return list(rows.page(connection, limit=100).items)


@pytest.mark.parametrize("states", [(), (QUEUED,), (FAILED, SUCCEEDED)])
@pytest.mark.parametrize("capability", [None, "a"])
@pytest.mark.parametrize("project_id", [None, "other"])
def test_every_filter_pages_like_the_whole_list(
    database: Database, states: tuple[str, ...], capability: str | None, project_id: str | None
) -> None:
    everything = make_many(database)
    expected = [
        job.id for job in everything
        if (not states or job.state in states) and capability in (None, job.capability) and project_id in (None, job.project_id)
    ]  # fmt: skip
    found: list[str] = []
    before = None
    for _ in itertools.count():
        with database.read() as connection:
            page = rows.page(connection, states=states, capability=capability, project_id=project_id, limit=4, before=before)
        found += [job.id for job in page.items]
        before = page.next_before
        if before is None:
            break
    assert found == expected


def test_counters_follow_every_change(database: Database) -> None:
    make_many(database)
    with database.write() as connection:
        connection.execute(jobs.delete().where(jobs.c.capability == "a", jobs.c.state == QUEUED))
        real = {
            (project, lane, state): number
            for project, lane, state, number in connection.execute(
                select(jobs.c.project_id, jobs.c.lane, jobs.c.state, func.count()).group_by(jobs.c.project_id, jobs.c.lane, jobs.c.state)
            )
        }
        kept = {(p, lane, s): n for p, lane, s, n in connection.execute(select(counters)) if n}
        assert kept == real
        assert sum(rows.counts(connection).values()) == sum(real.values())
        assert rows.counts(connection, "other")[QUEUED] == sum(n for (p, _, s), n in real.items() if p == "other" and s == QUEUED)
        assert rows.queue_depths(connection)["cpu"] == sum(n for (_, _, s), n in real.items() if s == QUEUED)


def test_the_log_keeps_its_order(database: Database) -> None:
    job_id = put(database)
    with database.write() as connection:
        rows.add_log(connection, job_id, 1.0, ["one", "two"])
        rows.add_log(connection, job_id, 1.0, ["three"])
        assert rows.log_of(connection, job_id) == ("one", "two", "three")

"""The SQL of jobs: every state change is fenced by the attempt number, every listing walks an index."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Executable, Integer, Row, bindparam, case, exists, func, insert, select, text, union_all, update
from sqlalchemy.dialects.sqlite import insert as upsert

from storage.ids import is_id
from storage.records import CANCELLED, LIVE, QUARANTINED, QUEUED, RUNNING, STATES, SUCCEEDED, Job, Json, Page
from storage.tables import counters, jobs, log_lines, published, steps

CHARGES_TO_QUARANTINE = 2
DEATHS_TO_RUN_ALONE = 3
LOG_LINES_SHOWN = 500

_LISTED = [c for c in jobs.c if c.name not in ("result", "checkpoint", "charges", "deaths", "alone", "child_key")]
_LISTED_NAMES = [c.name for c in _LISTED]

# INDEXED BY: the planner would rather walk jobs_by_state, which is a thousand times slower with a long queue.
CLAIM_SQL = (
    "SELECT seq FROM jobs INDEXED BY jobs_claim WHERE state = 'queued' AND lane = :lane AND alone = :alone"
    " ORDER BY priority DESC, seq LIMIT 1"
)
_CLAIM = text(CLAIM_SQL)


@dataclass(frozen=True, kw_only=True)
class NewJob:
    """What an enqueue needs to know."""

    id: str
    capability: str
    title: str
    lane: str
    engine: str
    request: dict[str, Json]
    project_id: str
    priority: int = 0
    parent_id: str | None = None
    child_key: str | None = None
    cache_key: str | None = None


@dataclass(frozen=True, kw_only=True)
class Saved:
    """What earlier attempts left behind for the next."""

    steps: dict[str, Json]
    checkpoint: Json


def add(connection: Connection, new: NewJob, now: float) -> Job:
    """Puts a job at the end of its lane's queue."""
    values = {**new.__dict__, "request": json.dumps(new.request), "state": QUEUED, "created_at": now}
    return _job(connection.execute(_ADD, values).one())


def media_of(job: Job) -> list[str]:
    """Ids of the artifacts that the job was asked to work on."""
    found: dict[str, None] = {}  # each once, in order
    waiting: list[Json] = [job.request]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str) and is_id("a-", value):
            found[value] = None
        elif isinstance(value, (dict, list)):
            waiting.extend(reversed(list(value.values()) if isinstance(value, dict) else value))
    return list(found)


def find(connection: Connection, job_id: str) -> Job | None:
    """One job, or None."""
    row = connection.execute(_BY_ID, {"id": job_id}).first()
    return None if row is None else _job(row)


def result_of(connection: Connection, job_id: str) -> Json:
    """The result of a succeeded job, else None."""
    return _loads(connection.execute(select(jobs.c.result).where(jobs.c.id == job_id)).scalar())


def saved_by(connection: Connection, job_id: str) -> Saved:
    """Steps and checkpoint kept for the next attempt."""
    rows = connection.execute(select(steps.c.name, steps.c.value).where(steps.c.job_id == job_id))
    found = {name: json.loads(value) for name, value in rows}
    checkpoint = connection.execute(select(jobs.c.checkpoint).where(jobs.c.id == job_id)).scalar()
    return Saved(steps=found, checkpoint=_loads(checkpoint))


def published_by(connection: Connection, job_id: str) -> dict[str, Json]:
    """Partial results shown so far, in order of their keys."""
    query = select(published.c.key, published.c.value).where(published.c.job_id == job_id).order_by(published.c.key)
    return {key: json.loads(value) for key, value in connection.execute(query)}


def log_of(connection: Connection, job_id: str) -> tuple[str, ...]:
    """The newest lines of the job's log, oldest first."""
    query = select(log_lines.c.line).where(log_lines.c.job_id == job_id).order_by(log_lines.c.id.desc()).limit(LOG_LINES_SHOWN)
    return tuple(reversed(connection.execute(query).scalars().all()))


def page(
    connection: Connection,
    *,
    states: Sequence[str] = (),
    capability: str | None = None,
    project_id: str | None = None,
    parent_id: str | None = None,
    limit: int = 50,
    before: int | None = None,
) -> Page:
    """Jobs, newest first, at most ``limit``, older than the cursor ``before``.

    Without a filter the rowid is walked, with a parent its children. Otherwise each wanted state is an equality on a
    prefix of an index whose next column is ``seq``, so each costs ``limit`` rows at most, and the short lists are merged.
    """
    wanted = tuple(dict.fromkeys(states)) or STATES
    if set(wanted) == set(STATES) and capability is None and project_id is None:
        wanted = ()
    shape = (len(wanted), capability is not None, project_id is not None, parent_id is not None, before is not None)
    given = {"capability": capability, "project_id": project_id, "parent_id": parent_id, "before": before, "limit": limit}
    given |= {f"state_{number}": state for number, state in enumerate(wanted)}
    found = connection.execute(_page_statement(*shape), given).all()
    items = tuple(_job(row) for row in found)
    return Page(items=items, next_before=items[-1].seq if len(items) == limit else None)


@cache
def _page_statement(states: int, capability: bool, project: bool, parent: bool, before: bool) -> Executable:
    conditions = [jobs.c.seq < bindparam("before")] if before else []
    for name, wanted in (("capability", capability), ("project_id", project), ("parent_id", parent)):
        if wanted:
            conditions.append(jobs.c[name] == bindparam(name))
    limit = bindparam("limit", type_=Integer)
    if parent or not states:
        if states:  # a parent's children are few enough to look at each; `coalesce` keeps the planner from walking all of a state
            conditions.append(func.coalesce(jobs.c.state, "").in_([bindparam(f"state_{n}") for n in range(states)]))
        return select(*_LISTED).where(*conditions).order_by(jobs.c.seq.desc()).limit(limit)
    each = [
        select(
            select(jobs.c.seq)
            .where(jobs.c.state == bindparam(f"state_{n}"), *conditions)
            .order_by(jobs.c.seq.desc())
            .limit(limit)
            .subquery()
            .c.seq
        )
        for n in range(states)
    ]
    return select(*_LISTED).where(jobs.c.seq.in_(union_all(*each))).order_by(jobs.c.seq.desc()).limit(limit)


def counts(connection: Connection, project_id: str | None = None) -> dict[str, int]:
    """Jobs per state, from the counters that triggers keep."""
    query = select(counters.c.state, func.sum(counters.c.jobs)).group_by(counters.c.state)
    if project_id is not None:
        query = query.where(counters.c.project_id == project_id)
    found = {state: int(number) for state, number in connection.execute(query)}
    return {state: found.get(state, 0) for state in STATES}


def queue_depths(connection: Connection) -> dict[str, int]:
    """Waiting jobs per lane."""
    query = select(counters.c.lane, func.sum(counters.c.jobs)).where(counters.c.state == QUEUED).group_by(counters.c.lane)
    return {lane: int(number) for lane, number in connection.execute(query)}


def claim(connection: Connection, lane: str, now: float, *, alone: bool = False) -> Job | None:
    """Takes the first waiting job of the lane and opens its next attempt; None when nothing waits."""
    seq = connection.execute(_CLAIM, {"lane": lane, "alone": alone}).scalar()
    if seq is None:
        return None
    return _job(connection.execute(_TAKE, {"at": seq, "now": now}).one())


# Statements are built once: building one costs more than running it.
_ADD = insert(jobs).returning(*_LISTED)
_BY_ID = select(*_LISTED).where(jobs.c.id == bindparam("id"))
_TAKE = (
    update(jobs)
    .where(jobs.c.seq == bindparam("at"))
    .values(
        state=RUNNING, attempt=jobs.c.attempt + 1, started_at=bindparam("now"), finished_at=None, message="",
        eta_s=None, cancel_requested=False, error=None,
    )
    .returning(*_LISTED)
)  # fmt: skip
_CURRENT = (jobs.c.id == bindparam("job"), jobs.c.attempt == bindparam("try"), jobs.c.state == RUNNING)
_PROGRESS = update(jobs).where(*_CURRENT).values(progress=bindparam("to"), message=bindparam("say"), eta_s=bindparam("eta"))
_FINISH = update(jobs).where(*_CURRENT)
_HOLDS = select(jobs.c.seq).where(*_CURRENT)
_CLEAR = {"charges": 0, "deaths": 0}
_ADVANCE = update(jobs).where(*_CURRENT).values(**_CLEAR)
_CHECKPOINT = _ADVANCE.values(checkpoint=bindparam("kept"))
_KEEP_STEP = upsert(steps).on_conflict_do_nothing()
_PUBLISH = upsert(published)
_PUBLISH = _PUBLISH.on_conflict_do_update(index_elements=["job_id", "key"], set_={"value": _PUBLISH.excluded.value})
_END = update(jobs).where(*_CURRENT).values(state=bindparam("end"), finished_at=bindparam("now"), eta_s=None, error=bindparam("why"))
_SUCCEED = _END.values(progress=1.0, message="", result=bindparam("answer"), checkpoint=None).returning(*_LISTED)
_END = _END.returning(*_LISTED)


def is_current(connection: Connection, job_id: str, attempt: int) -> bool:
    """Whether ``attempt`` still holds the lease of the job."""
    return connection.execute(_HOLDS, {"job": job_id, "try": attempt}).first() is not None


def set_progress(connection: Connection, job_id: str, attempt: int, fraction: float, message: str, eta_s: float | None) -> bool:
    """Moves the bar; False when the attempt is stale."""
    values = {"job": job_id, "try": attempt, "to": fraction, "say": message, "eta": eta_s}
    return connection.execute(_PROGRESS, values).rowcount == 1


def add_step(connection: Connection, job_id: str, attempt: int, name: str, value: Json, now: float) -> bool:
    """Keeps the result of a step and clears the job's charges; False when the attempt is stale."""
    if connection.execute(_ADVANCE, {"job": job_id, "try": attempt}).rowcount != 1:
        return False
    row = {"job_id": job_id, "name": name, "value": json.dumps(value), "attempt": attempt, "created_at": now}
    connection.execute(_KEEP_STEP, row)
    return True


def set_checkpoint(connection: Connection, job_id: str, attempt: int, state: Json) -> bool:
    """Replaces the checkpoint and clears the job's charges; False when the attempt is stale."""
    return connection.execute(_CHECKPOINT, {"job": job_id, "try": attempt, "kept": json.dumps(state)}).rowcount == 1


def put_published(connection: Connection, job_id: str, attempt: int, key: str, value: Json) -> bool:
    """Shows a partial result; the same key replaces. False when the attempt is stale."""
    if not is_current(connection, job_id, attempt):
        return False
    row = {"job_id": job_id, "key": key, "value": json.dumps(value)}
    connection.execute(_PUBLISH, row)
    return True


def add_log(connection: Connection, job_id: str, at: float, lines: Sequence[str]) -> None:
    """Adds lines to the job's log."""
    connection.execute(insert(log_lines), [{"job_id": job_id, "at": at, "line": line} for line in lines])


def set_thumbnail(connection: Connection, job_id: str, artifact_id: str) -> None:
    """Makes an artifact the picture of its job."""
    connection.execute(update(jobs).where(jobs.c.id == job_id).values(thumbnail_id=artifact_id))


def finish(
    connection: Connection, job_id: str, attempt: int, state: str, now: float, *, result: Json = None, error: dict[str, str] | None = None
) -> Job | None:
    """Ends a running job and returns it; None when the attempt is stale."""
    values = {"job": job_id, "try": attempt, "end": state, "now": now, "why": None if error is None else json.dumps(error)}
    statement = _END
    if state == SUCCEEDED:
        statement, values["answer"] = _SUCCEED, json.dumps(result)
    row = connection.execute(statement, values).first()
    return None if row is None else _job(row)


def give_back(connection: Connection, job_id: str, attempt: int, now: float, *, charge: bool, alone: bool = False) -> str | None:
    """Returns a running job to the queue; with ``charge`` its worker died under it, and the second time it is quarantined.

    With ``alone`` it runs alone from now on.

    Returns the new state, or None when the attempt is stale.
    """
    row = connection.execute(select(jobs.c.charges, jobs.c.cancel_requested).where(*_CURRENT), {"job": job_id, "try": attempt}).first()
    if row is None:
        return None
    charges = row.charges + charge
    if row.cancel_requested:
        state, error = CANCELLED, None
    elif charges >= CHARGES_TO_QUARANTINE:
        state = QUARANTINED
        error = json.dumps({
            "code": "quarantined", "message": f"The worker process died {charges} times in a row while running this job.",
            "remedy": "Nothing else was harmed. Check the input; Retry runs it again from its last step.",
        })  # fmt: skip
    else:
        state, error = QUEUED, None
    ended: dict[str, Any] = {"finished_at": now} if state != QUEUED else {"alone": True} if alone else {}
    change = _FINISH.values(state=state, charges=charges, error=error, eta_s=None, **ended)
    connection.execute(change, {"job": job_id, "try": attempt})
    return state


def recover(connection: Connection, now: float) -> tuple[int, int]:
    """After a studio's death: what ran is queued again, what was being cancelled is cancelled. Returns (queued, cancelled).

    The death counts against what was at work, not against a job that was waiting for its child.
    """
    running = jobs.c.state == RUNNING
    child = jobs.alias()
    waited = exists().where(child.c.parent_id == jobs.c.id, child.c.state.in_(LIVE))
    deaths = jobs.c.deaths + case((waited, 0), else_=1)
    stopped = connection.execute(
        update(jobs).where(running, jobs.c.cancel_requested).values(state=CANCELLED, finished_at=now, eta_s=None)
    ).rowcount  # fmt: skip
    queued = connection.execute(
        update(jobs).where(running).values(state=QUEUED, eta_s=None, deaths=deaths, alone=deaths >= DEATHS_TO_RUN_ALONE)
    ).rowcount  # fmt: skip
    return queued, stopped


def release_all(connection: Connection) -> int:
    """At an orderly end: what runs goes back to the queue, charged to nobody."""
    return connection.execute(update(jobs).where(jobs.c.state == RUNNING).values(state=QUEUED, eta_s=None)).rowcount


def request_cancel(connection: Connection, job_id: str, now: float) -> str | None:
    """Cancels a waiting job at once and asks a running one to stop; returns its state, None when there is no such job."""
    mine = jobs.c.id == job_id
    if connection.execute(update(jobs).where(mine, jobs.c.state == QUEUED).values(state=CANCELLED, finished_at=now)).rowcount:
        return CANCELLED
    connection.execute(update(jobs).where(mine, jobs.c.state == RUNNING).values(cancel_requested=True))
    return connection.execute(select(jobs.c.state).where(mine)).scalar()


def retry(connection: Connection, job_id: str) -> bool:
    """Queues an ended, unsuccessful job again, keeping its steps; False when it is in another state."""
    fresh = {"state": QUEUED, "error": None, "message": "", "finished_at": None, "cancel_requested": False, "alone": False, **_CLEAR}
    ended = jobs.c.state.not_in((*LIVE, SUCCEEDED))
    return connection.execute(update(jobs).where(jobs.c.id == job_id, ended).values(**fresh)).rowcount == 1


def run_next(connection: Connection, job_id: str) -> bool:
    """Moves a waiting job to the head of its lane; False when it does not wait."""
    lane = connection.execute(select(jobs.c.lane).where(jobs.c.id == job_id, jobs.c.state == QUEUED)).scalar()
    if lane is None:
        return False
    first = connection.execute(_CLAIM, {"lane": lane, "alone": False}).scalar()
    top = connection.execute(select(jobs.c.priority).where(jobs.c.seq == first)).scalar() if first is not None else 0
    connection.execute(update(jobs).where(jobs.c.id == job_id).values(priority=(top or 0) + 1, alone=False))
    return True


def find_reusable(connection: Connection, cache_key: str) -> str | None:
    """The newest job with this cache key that has succeeded or is on its way."""
    query = select(jobs.c.id).where(jobs.c.cache_key == cache_key, jobs.c.state.in_((SUCCEEDED, *LIVE)), ~jobs.c.cancel_requested)
    return connection.execute(query.order_by(jobs.c.seq.desc()).limit(1)).scalar()


def find_child(connection: Connection, parent_id: str, child_key: str) -> str | None:
    """The child that a parent already started under this key."""
    return connection.execute(select(jobs.c.id).where(jobs.c.parent_id == parent_id, jobs.c.child_key == child_key)).scalar()


def live_children(connection: Connection, parent_id: str) -> list[str]:
    """Children of a job that wait or run."""
    return list(connection.execute(select(jobs.c.id).where(jobs.c.parent_id == parent_id, jobs.c.state.in_(LIVE))).scalars())


def _loads(value: str | None) -> Json:
    return None if value is None else json.loads(value)


def _job(row: Row[Any]) -> Job:
    values = dict(zip(_LISTED_NAMES, row, strict=True))
    values["request"], values["error"] = json.loads(values["request"]), _loads(values["error"])
    values["cancel_requested"] = bool(values["cancel_requested"])
    return Job(**values)

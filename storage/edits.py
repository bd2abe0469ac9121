"""Drafts of edits: every state of a plan in order, and a cursor that undo and redo move."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from configs.errors import Conflict, NotFound
from storage.database import Database
from storage.ids import new_id
from storage.records import Json
from storage.tables import edit_steps, edits, jobs

KEPT_STEPS = 200  # states of one draft; the oldest are let go of
VERSION_LIMIT = 200


@dataclass(frozen=True, kw_only=True)
class Edit:
    """A draft as it stands. ``revision`` rises with every change, undo and redo; ``plan`` is None in listings."""

    id: str
    seq: int
    title: str
    project_id: str
    video_id: str | None
    analysis_id: str | None
    revision: int
    plan: Json
    undo_label: str | None
    redo_label: str | None
    created_at: float
    updated_at: float


@dataclass(frozen=True, kw_only=True)
class NewEdit:
    """A draft about to be kept."""

    title: str
    project_id: str
    plan: Json
    label: str
    video_id: str | None = None
    analysis_id: str | None = None


def create(database: Database, new: NewEdit) -> Edit:
    """Keeps a new draft."""
    edit_id, now = new_id("e-"), time.time()
    row = {
        "id": edit_id, "title": new.title, "project_id": new.project_id, "video_id": new.video_id, "analysis_id": new.analysis_id,
        "revision": 1, "at": 0, "created_at": now, "updated_at": now,
    }  # fmt: skip
    with database.write() as connection:
        connection.execute(insert(edits), row)
        _add_step(connection, edit_id, 0, new.label, new.plan, now)
    return find(database, edit_id)


def find(database: Database, edit_id: str) -> Edit:
    """One draft with its plan; raises `NotFound`."""
    with database.read() as connection:
        return _require(connection, edit_id)


def page(database: Database, *, project_id: str | None = None, limit: int = 50, before: int | None = None) -> list[Edit]:
    """Drafts, the newest first, without their plans."""
    query = select(edits).order_by(edits.c.seq.desc()).limit(limit)
    if project_id is not None:
        query = query.where(edits.c.project_id == project_id)
    if before is not None:
        query = query.where(edits.c.seq < before)
    with database.read() as connection:
        return [_edit(row, None, None, None) for row in connection.execute(query)]


def change(database: Database, edit_id: str, plan: Json, revision: int, label: str) -> Edit:
    """Makes ``plan`` the state of the draft; what could be redone is dropped.

    Raises:
        Conflict: the draft is no longer at ``revision``: somebody else was quicker.
        NotFound: there is no such draft.
    """
    now = time.time()
    with database.write() as connection:
        row = _row(connection, edit_id)
        if row.revision != revision:
            raise Conflict(
                f"The draft has been changed meanwhile: it is at revision {row.revision}, not {revision}.", "Load it again.", "edit_changed"
            )
        connection.execute(delete(edit_steps).where(edit_steps.c.edit_id == edit_id, edit_steps.c.step > row.at))
        _add_step(connection, edit_id, row.at + 1, label, plan, now)
        connection.execute(delete(edit_steps).where(edit_steps.c.edit_id == edit_id, edit_steps.c.step <= row.at + 1 - KEPT_STEPS))
        _move(connection, edit_id, row.at + 1, revision + 1, now)
        return _require(connection, edit_id)


def turn(database: Database, edit_id: str, by: int) -> Edit:
    """Undo (-1) or redo (1); raises `Conflict` when there is nothing to turn to."""
    with database.write() as connection:
        row = _row(connection, edit_id)
        if _label(connection, edit_id, row.at + by) is None:
            what = "undo" if by < 0 else "redo"
            raise Conflict(f"There is nothing to {what} in this draft.", "Change something first.", f"nothing_to_{what}")
        _move(connection, edit_id, row.at + by, row.revision + 1, time.time())
        return _require(connection, edit_id)


def remove(database: Database, edit_id: str) -> None:
    """Forgets a draft; what was rendered from it stays."""
    with database.write() as connection:
        _row(connection, edit_id)
        connection.execute(delete(edit_steps).where(edit_steps.c.edit_id == edit_id))
        connection.execute(delete(edits).where(edits.c.id == edit_id))


def versions(database: Database, edit_id: str, capabilities: tuple[str, ...]) -> list[str]:
    """Ids of the jobs of these capabilities that were asked for in the draft's name (``request.edit``), the newest first."""
    query = select(jobs.c.id).where(jobs.c.capability.in_(capabilities), func.json_extract(jobs.c.request, "$.edit") == edit_id)
    with database.read() as connection:
        return [row.id for row in connection.execute(query.order_by(jobs.c.seq.desc()).limit(VERSION_LIMIT))]


def _require(connection: Connection, edit_id: str) -> Edit:
    row = _row(connection, edit_id)
    here = select(edit_steps.c.plan, edit_steps.c.label).where(edit_steps.c.edit_id == edit_id, edit_steps.c.step == row.at)
    step = connection.execute(here).one()
    undo = step.label if _label(connection, edit_id, row.at - 1) is not None else None
    return _edit(row, json.loads(step.plan), undo, _label(connection, edit_id, row.at + 1))


def _row(connection: Connection, edit_id: str) -> Any:
    row = connection.execute(select(edits).where(edits.c.id == edit_id)).first()
    if row is None:
        raise NotFound(f"There is no draft {edit_id!r}.", "It may have been deleted; begin a new one.")
    return row


def _label(connection: Connection, edit_id: str, step: int) -> str | None:
    found = connection.execute(select(edit_steps.c.label).where(edit_steps.c.edit_id == edit_id, edit_steps.c.step == step)).first()
    return None if found is None else str(found.label)


def _add_step(connection: Connection, edit_id: str, step: int, label: str, plan: Json, now: float) -> None:
    row = {"edit_id": edit_id, "step": step, "label": label, "plan": json.dumps(plan), "created_at": now}
    connection.execute(insert(edit_steps), row)


def _move(connection: Connection, edit_id: str, at: int, revision: int, now: float) -> None:
    connection.execute(update(edits).where(edits.c.id == edit_id).values(at=at, revision=revision, updated_at=now))


def _edit(row: Any, plan: Json, undo_label: str | None, redo_label: str | None) -> Edit:
    return Edit(
        id=row.id, seq=row.seq, title=row.title, project_id=row.project_id, video_id=row.video_id, analysis_id=row.analysis_id,
        revision=row.revision, plan=plan, undo_label=undo_label, redo_label=redo_label, created_at=row.created_at,
        updated_at=row.updated_at,
    )  # fmt: skip

"""Drafts in the store: a cursor over states, revisions against overwriting, a bounded history."""

from __future__ import annotations

import pytest

from configs.errors import Conflict, NotFound
from storage import edits
from storage.database import Database
from storage.edits import NewEdit


def begin(database: Database, project: str = "p-1") -> edits.Edit:
    return edits.create(database, NewEdit(title="Reel", project_id=project, plan={"n": 0}, label="Begin"))


def test_a_draft_reads_back_as_it_was_written(database: Database) -> None:
    made = begin(database)
    assert edits.find(database, made.id) == made
    assert (made.plan, made.revision, made.undo_label, made.redo_label) == ({"n": 0}, 1, None, None)


def test_changes_undo_and_redo(database: Database) -> None:
    made = begin(database)
    edits.change(database, made.id, {"n": 1}, 1, "Trim")
    third = edits.change(database, made.id, {"n": 2}, 2, "Move")
    assert (third.revision, third.undo_label) == (3, "Move")
    back = edits.turn(database, made.id, -1)
    assert (back.plan, back.revision, back.undo_label, back.redo_label) == ({"n": 1}, 4, "Trim", "Move")
    assert edits.turn(database, made.id, 1).plan == {"n": 2}


def test_a_change_after_undo_drops_what_could_be_redone(database: Database) -> None:
    made = begin(database)
    edits.change(database, made.id, {"n": 1}, 1, "Trim")
    edits.turn(database, made.id, -1)
    changed = edits.change(database, made.id, {"n": 9}, 3, "Other")
    assert (changed.plan, changed.redo_label) == ({"n": 9}, None)
    with pytest.raises(Conflict, match="nothing to redo"):
        edits.turn(database, made.id, 1)


def test_nobody_overwrites_anybody(database: Database) -> None:
    made = begin(database)
    edits.change(database, made.id, {"n": 1}, 1, "Trim")
    with pytest.raises(Conflict, match="at revision 2, not 1"):
        edits.change(database, made.id, {"n": 5}, 1, "Late")
    assert edits.find(database, made.id).plan == {"n": 1}


def test_the_history_is_bounded_and_the_newest_states_stay(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edits, "KEPT_STEPS", 3)
    made = begin(database)
    for number in range(1, 6):
        edits.change(database, made.id, {"n": number}, number, f"Change {number}")
    assert edits.turn(database, made.id, -1).plan == {"n": 4}
    assert edits.turn(database, made.id, -1).plan == {"n": 3}
    with pytest.raises(Conflict):
        edits.turn(database, made.id, -1)


def test_pages_are_newest_first_without_plans(database: Database) -> None:
    made = [begin(database, "p-1"), begin(database, "p-2"), begin(database, "p-1")]
    found = edits.page(database, project_id="p-1")
    assert [edit.id for edit in found] == [made[2].id, made[0].id]
    assert all(edit.plan is None for edit in found)
    assert [edit.id for edit in edits.page(database, limit=1, before=found[0].seq)] == [made[1].id]


def test_a_removed_draft_is_gone_with_its_states(database: Database) -> None:
    made = begin(database)
    edits.remove(database, made.id)
    for use in (lambda: edits.find(database, made.id), lambda: edits.remove(database, made.id), lambda: edits.turn(database, made.id, -1)):
        with pytest.raises(NotFound, match="no draft"):
            use()

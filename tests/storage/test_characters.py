"""Characters in the store: handles are unique, revisions guard against overwriting, parts of the pack are found."""

from __future__ import annotations

import pytest

from configs.errors import Conflict, NotFound
from storage import characters
from storage.database import Database


def test_a_character_reads_back_as_it_was_written(database: Database) -> None:
    made = characters.create(database, "luca", {"title": "Luca"})
    assert characters.find(database, "luca") == made
    assert (made.pack, made.revision) == ({"title": "Luca"}, 1)
    assert characters.find(database, "nobody") is None


def test_a_handle_is_taken_once(database: Database) -> None:
    characters.create(database, "luca", {})
    with pytest.raises(Conflict, match="@luca already"):
        characters.create(database, "luca", {})


def test_nobody_overwrites_anybody(database: Database) -> None:
    characters.create(database, "luca", {"title": "one"})
    assert characters.change(database, "luca", {"title": "two"}, 1).revision == 2
    with pytest.raises(Conflict, match="at revision 2, not 1"):
        characters.change(database, "luca", {"title": "late"}, 1)
    found = characters.find(database, "luca")
    assert found is not None
    assert found.pack == {"title": "two"}


def test_a_character_may_get_another_handle_that_is_free(database: Database) -> None:
    made = characters.create(database, "luca", {})
    characters.create(database, "mira", {})
    with pytest.raises(Conflict, match="@mira already"):
        characters.change(database, "luca", {}, 1, "mira")
    renamed = characters.change(database, "luca", {"title": "Luke"}, 1, "luke")
    assert (renamed.seq, renamed.handle, renamed.revision) == (made.seq, "luke", 2)
    assert characters.handles(database) == ("luke", "mira")


def test_what_is_not_there_cannot_be_changed_or_removed(database: Database) -> None:
    with pytest.raises(NotFound, match="no character @luca"):
        characters.change(database, "luca", {}, 1)
    assert not characters.remove(database, "luca")
    characters.create(database, "luca", {})
    assert characters.remove(database, "luca")
    assert characters.handles(database) == ()


def test_search_looks_at_handle_title_and_description_only(database: Database) -> None:
    characters.create(database, "luca", {"title": "Luca Rossi", "description": "a boy with 100% curls", "notes": "dragon"})
    characters.create(database, "ember", {"title": "Ember", "description": "a small Dragon"})
    characters.create(database, "zoe", {"title": "Zoë", "description": "a sailor"})

    def found(query: str) -> list[str]:
        return [row.handle for row in characters.page(database, query=query)]

    assert found("") == ["zoe", "ember", "luca"]
    assert found("dragon") == ["ember"]
    assert found("ROSSI") == ["luca"]
    assert found("Zoë") == ["zoe"]
    assert found("0% c") == ["luca"]
    assert found("%") == ["luca"]


def test_pages_go_on_where_the_last_one_ended(database: Database) -> None:
    for name in ("a1", "a2", "a3"):
        characters.create(database, name, {})
    first = characters.page(database, limit=2)
    assert [row.handle for row in first] == ["a3", "a2"]
    assert [row.handle for row in characters.page(database, limit=2, before=first[-1].seq)] == ["a1"]

"""Boards and favourites: marks on pictures that go with them and never take them along."""

from __future__ import annotations

import pytest
from sqlalchemy import insert

from configs.errors import NotFound
from storage import boards
from storage.database import Database
from storage.tables import artifacts


def picture(database: Database, identity: str) -> str:
    row = {
        "id": identity, "name": f"{identity}.png", "kind": "image", "role": "result", "media_type": "image/png", "size_bytes": 1,
        "content_hash": "0" * 64, "project_id": "p-1", "meta": "{}", "created_at": 0.0,
    }  # fmt: skip
    with database.write() as connection:
        connection.execute(insert(artifacts), row)
    return identity


def test_a_board_counts_what_lies_on_it_and_shows_the_newest(database: Database) -> None:
    made = boards.create(database, "Heroes", "p-1")
    assert (made.pictures, made.cover_id) == (0, None)
    for name in ("a-1", "a-2", "a-1"):
        boards.put(database, made.id, picture(database, name) if name not in _ids(database) else name)
    found = boards.find(database, made.id)
    assert (found.pictures, found.cover_id) == (2, "a-2")
    boards.take(database, made.id, "a-2")
    boards.take(database, made.id, "a-2")
    assert boards.find(database, made.id).cover_id == "a-1"


def _ids(database: Database) -> set[str]:
    with database.read() as connection:
        return {row.id for row in connection.execute(artifacts.select())}


def test_boards_are_listed_by_project_and_renamed(database: Database) -> None:
    first, second = boards.create(database, "One", "p-1"), boards.create(database, "Two", "p-2")
    assert [board.id for board in boards.listed(database)] == [first.id, second.id]
    assert [board.id for board in boards.listed(database, project_id="p-2")] == [second.id]
    assert boards.rename(database, first.id, "Uno").name == "Uno"


def test_deleting_a_board_leaves_the_picture_and_its_other_boards(database: Database) -> None:
    picture(database, "a-1")
    first, second = boards.create(database, "One", "p-1"), boards.create(database, "Two", "p-1")
    boards.put(database, first.id, "a-1")
    boards.put(database, second.id, "a-1")
    boards.remove(database, first.id)
    assert boards.standing(database, ["a-1"])["a-1"] == boards.Standing(False, (second.id,))
    with pytest.raises(NotFound, match="no board"):
        boards.remove(database, first.id)


def test_a_favourite_is_marked_once_and_unmarked(database: Database) -> None:
    picture(database, "a-1")
    for wanted in (True, True):
        boards.favour(database, "a-1", wanted)
    assert boards.standing(database, ["a-1", "a-2"]) == {"a-1": boards.Standing(True, ()), "a-2": boards.Standing(False, ())}
    boards.favour(database, "a-1", False)
    assert not boards.standing(database, ["a-1"])["a-1"].favourite


def test_what_is_not_there_cannot_be_marked(database: Database) -> None:
    board = boards.create(database, "One", "p-1")
    with pytest.raises(NotFound, match="no artifact 'a-9'"):
        boards.put(database, board.id, "a-9")
    with pytest.raises(NotFound, match="no artifact 'a-9'"):
        boards.favour(database, "a-9", True)
    with pytest.raises(NotFound, match="no board 'b-9'"):
        boards.put(database, "b-9", picture(database, "a-1"))

"""The history of pictures: filters, words, pages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, delete, insert, update

from storage import boards, pictures
from storage.database import Database
from storage.migrations.upgrade import upgrade
from storage.pictures import PictureFilter
from storage.tables import artifacts


def row_of(identity: str, picture: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "id": identity, "name": f"{identity}.png", "kind": "image", "role": "result", "media_type": "image/png", "size_bytes": 1,
        "content_hash": "0" * 64, "project_id": "p-1", "created_at": 0.0,
        "meta": json.dumps({} if picture is None else {"picture": picture}),
    }  # fmt: skip


def add(database: Database, identity: str, picture: dict[str, Any] | None, **columns: Any) -> None:
    with database.write() as connection:
        connection.execute(insert(artifacts), row_of(identity, picture) | columns)


def made(prompt: str, model: str = "storyboard", *cast: str, lora: str = "") -> dict[str, Any]:
    members = [{"name": name, "loras": [{"name": lora}] if lora else []} for name in cast]
    return {"model": model, "request": {"prompt": prompt, "cast": members}}


@pytest.fixture
def filled(database: Database) -> Database:
    add(database, "a-1", made("A fox in Snow"))
    add(database, "a-2", made("Two boats, 100% calm", "sdxl-base", "luca", lora="mira"))
    add(database, "a-3", made("a boat in snow", "sdxl-base", "mira"), project_id="p-2")
    add(database, "a-4", None)  # a control map: a picture, but nobody's prompt
    add(database, "a-5", made("given"), role="source")
    return database


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        ({}, ["a-3", "a-2", "a-1"]),
        ({"words": "snow"}, ["a-3", "a-1"]),
        ({"words": "snow boat"}, ["a-3"]),
        ({"words": "100%"}, ["a-2"]),
        ({"words": "a-1"}, ["a-1"]),
        ({"model": "sdxl-base"}, ["a-3", "a-2"]),
        ({"character": "mira"}, ["a-3"]),
        ({"project_id": "p-2"}, ["a-3"]),
        ({"favourite": True}, ["a-2"]),
        ({"favourite": False}, ["a-3", "a-1"]),
    ],
)
def test_filters(filled: Database, wanted: dict[str, Any], ids: list[str]) -> None:
    boards.favour(filled, "a-2", True)
    assert pictures.page(filled, PictureFilter(**wanted), 50) == (ids, None)


def test_a_board(filled: Database) -> None:
    board = boards.create(filled, "One", "p-1")
    boards.put(filled, board.id, "a-1")
    assert pictures.page(filled, PictureFilter(board_id=board.id), 50)[0] == ["a-1"]


def test_pages_follow_each_other(filled: Database) -> None:
    first, cursor = pictures.page(filled, PictureFilter(), 2)
    assert first == ["a-3", "a-2"]
    assert pictures.page(filled, PictureFilter(), 2, cursor) == (["a-1"], None)


def ids(database: Database, **wanted: Any) -> list[str]:
    return pictures.page(database, PictureFilter(**wanted), 50)[0]


def test_what_changes_or_goes_is_found_as_it_is_now(filled: Database) -> None:
    with filled.write() as connection:
        connection.execute(
            update(artifacts).where(artifacts.c.id == "a-1").values(meta=json.dumps({"picture": made("an owl", "x", "anna")}))
        )
        connection.execute(update(artifacts).where(artifacts.c.id == "a-2").values(role="source"))
        connection.execute(delete(artifacts).where(artifacts.c.id == "a-3"))
    assert ids(filled) == ids(filled, words="owl") == ids(filled, character="anna") == ["a-1"]
    assert ids(filled, words="fox") == ids(filled, character="ann") == []


def test_pictures_made_before_there_was_a_list_are_on_it(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'old.db'}")
    engine = create_engine(f"sqlite:///{tmp_path / 'old.db'}")
    with engine.connect() as connection:
        upgrade(connection, "0005")
        connection.commit()
    with engine.begin() as connection:
        connection.execute(insert(artifacts), [row_of("a-1", made("a fox", "sdxl", "luca")), row_of("a-2", None)])
    engine.dispose()
    database.open()
    try:
        assert ids(database) == ids(database, character="luca", model="sdxl", words="fox") == ["a-1"]
    finally:
        database.close()

"""The history of pictures as one page of JSON."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.boards import Boards
from app.studio import Studio
from configs.errors import BadInput, NotFound
from jobs.events import EventBus
from storage.artifacts import ArtifactStore, NewArtifact
from storage.blobs import BlobStore, content_hash
from storage.database import Database
from storage.pictures import PictureFilter


@pytest.fixture
def store(tmp_path: Path) -> ArtifactStore:
    database = Database(f"sqlite:///{tmp_path / 'studio.db'}")
    database.open()
    blobs = BlobStore(tmp_path / "blobs")
    blobs.recover(lambda _: False)
    return ArtifactStore(database, blobs)


def made(store: ArtifactStore, tmp_path: Path, name: str) -> str:
    staged = tmp_path / name
    staged.write_bytes(name.encode())
    from storage import projects

    new = NewArtifact(
        name=name, kind="image", role="result", size_bytes=4, content_hash=content_hash(staged), project_id=projects.DEFAULT,
        meta={"picture": {"request": {"prompt": name, "cast": []}}},
    )  # fmt: skip
    return store.add_blob(new, staged).id


def test_the_history_says_where_each_picture_lies(store: ArtifactStore, tmp_path: Path) -> None:
    boards = Boards(store, EventBus())
    first, second = made(store, tmp_path, "one.png"), made(store, tmp_path, "two.png")
    board = boards.create("Best")
    boards.put(board.id, first)
    boards.favour(second, True)
    items = boards.history(PictureFilter()).items
    assert [(found.id, lies.favourite, lies.boards) for found, lies in items] == [(second, True, ()), (first, False, (board.id,))]
    store.delete(first)
    assert boards.listed()[0].pictures == 0
    assert [found.id for found, _ in boards.history(PictureFilter()).items] == [second]


def test_refusals(store: ArtifactStore) -> None:
    boards = Boards(store, EventBus())
    with pytest.raises(BadInput, match="limit is 0"):
        boards.history(PictureFilter(), limit=0)
    with pytest.raises(NotFound, match="no board"):
        boards.history(PictureFilter(board_id="b-1"))


def test_the_studio_has_them(tmp_data_dir: Path) -> None:
    from configs.settings import Settings

    with Studio.open(Settings(data_dir=tmp_data_dir, headless=True), start_workers=False) as studio:
        assert studio.boards.listed() == []

"""The log of reviews: numbered per clip, in order, gone with the clip."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from configs.errors import NotFound
from storage import reviews
from storage.artifacts import ArtifactStore
from storage.blobs import BlobStore
from storage.database import Database


@pytest.fixture
def store(database: Database, tmp_path: Path) -> ArtifactStore:
    return ArtifactStore(database, BlobStore(tmp_path / "blobs"))


def clip(store: ArtifactStore, tmp_path: Path, name: str) -> str:
    path = tmp_path / name
    path.write_text(name)
    return store.add_file(path, "video", "default", {}).id


def test_lines_are_numbered_within_each_clip(store: ArtifactStore, database: Database, tmp_path: Path) -> None:
    one, other = clip(store, tmp_path, "one.mp4"), clip(store, tmp_path, "other.mp4")
    assert [reviews.append(database, one, {"op": "split", "frame": n}, "Ada").revision for n in (3, 4)] == [1, 2]
    assert reviews.append(database, other, {"op": "undo"}, "").revision == 1
    found = reviews.entries(database, one)
    assert [(e.revision, e.operation["frame"], e.author) for e in found] == [(1, 3, "Ada"), (2, 4, "Ada")]
    assert found[0].created_at <= found[1].created_at
    assert reviews.entries(database, one, after=1) == found[1:]


def test_an_unknown_clip_takes_no_line(database: Database) -> None:
    with pytest.raises(NotFound):
        reviews.append(database, "a-0000000000000000", {"op": "undo"}, "")


def test_a_clip_takes_its_review_along_when_it_is_deleted(store: ArtifactStore, database: Database, tmp_path: Path) -> None:
    one, other = clip(store, tmp_path, "one.mp4"), clip(store, tmp_path, "other.mp4")
    for artifact in (one, other):
        reviews.append(database, artifact, {"op": "split", "frame": 3}, "")
    store.delete(one)
    assert reviews.entries(database, one) == ()
    assert len(reviews.entries(database, other)) == 1


def test_many_writers_leave_no_gap(store: ArtifactStore, database: Database, tmp_path: Path) -> None:
    one = clip(store, tmp_path, "one.mp4")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: reviews.append(database, one, {"op": "split", "frame": n}, ""), range(40)))
    assert [entry.revision for entry in reviews.entries(database, one)] == list(range(1, 41))

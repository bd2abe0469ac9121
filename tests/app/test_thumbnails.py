"""Small copies are made once, and anew for another picture of the same content."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from app.thumbnails import delete_with_thumbnails, thumbnail
from storage import projects
from storage.artifacts import ArtifactStore, NewArtifact
from storage.blobs import BlobStore, content_hash
from storage.database import Database
from storage.records import Artifact


@pytest.fixture
def store(tmp_path: Path) -> ArtifactStore:
    database = Database(f"sqlite:///{tmp_path / 'studio.db'}")
    database.open()
    blobs = BlobStore(tmp_path / "blobs")
    blobs.recover(lambda _: False)
    return ArtifactStore(database, blobs)


def kept(store: ArtifactStore, tmp_path: Path, name: str) -> Artifact:
    staged = tmp_path / name
    Image.new("RGB", (400, 100), "teal").save(staged, "PNG")
    new = NewArtifact(
        name=name, kind="image", role="result", size_bytes=staged.stat().st_size, content_hash=content_hash(staged),
        project_id=projects.DEFAULT,
    )  # fmt: skip
    return store.add_blob(new, staged)


def test_two_of_the_same_content_share_one_and_one_may_go(store: ArtifactStore, tmp_path: Path) -> None:
    first, second = kept(store, tmp_path, "one.png"), kept(store, tmp_path, "two.png")
    cache = tmp_path / "cache"
    path = thumbnail(first, 192, cache)
    assert thumbnail(second, 192, cache) == path
    assert Image.open(path).size == (192, 48)
    assert delete_with_thumbnails(store, first, cache) == 0
    assert not path.exists()
    assert thumbnail(second, 192, cache).is_file()
    assert delete_with_thumbnails(store, second, cache) > 0

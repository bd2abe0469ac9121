"""Artifacts: blobs and given files with names, makers and ancestors."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from configs.errors import BadInput, BadMedia, NotFound
from storage.artifacts import ArtifactStore, NewArtifact
from storage.blobs import BlobStore
from storage.database import Database
from storage.records import RESULT, SOURCE, SUPPORT, Artifact


@pytest.fixture
def store(database: Database, tmp_path: Path) -> ArtifactStore:
    return ArtifactStore(database, BlobStore(tmp_path / "blobs"))


def keep(store: ArtifactStore, name: str, data: bytes = b"data", **more: Any) -> Artifact:
    staged = store.blobs.stage()
    staged.write(data)
    fields: dict[str, Any] = {"kind": "data", "role": RESULT, "project_id": "default", **more}
    return store.add_blob(NewArtifact(name=name, size_bytes=len(data), content_hash=staged.finish(), **fields), staged.path)


def test_a_kept_file_can_be_found_and_read(store: ArtifactStore) -> None:
    artifact = keep(store, "report.html", b"<p>", kind="document", meta={"a": 1})
    again = store.get(artifact.id)
    assert again == artifact
    assert again.path.read_bytes() == b"<p>"
    assert (again.media_type, again.meta, again.external, again.missing) == ("text/html", {"a": 1}, False, False)


def test_a_job_cannot_save_one_name_twice(store: ArtifactStore) -> None:
    first = keep(store, "out.txt", b"1", job_id="j-1")
    assert keep(store, "out.txt", b"1", job_id="j-1") == first
    assert keep(store, "out.txt", b"other", job_id="j-1") == first
    assert len(store.of_job("j-1")) == 1
    assert list(store.blobs.incoming.iterdir()) == []


def test_deleting_frees_bytes_once_nobody_shares_them(store: ArtifactStore) -> None:
    one, two = keep(store, "one", b"12345"), keep(store, "two", b"12345")
    assert store.delete(one.id) == 0
    assert two.path.exists()
    assert store.delete(two.id) == 5
    assert not two.path.exists()
    with pytest.raises(NotFound, match=two.id):
        store.get(two.id)


def test_a_given_file_stays_where_it_is(store: ArtifactStore, tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"film")
    artifact = store.add_file(path, "video", "default", {"probe": {}})
    assert (artifact.path, artifact.external, artifact.role) == (path, True, SOURCE)
    assert store.add_file(path, "video", "default", {}) == artifact
    assert store.delete(artifact.id) == 0
    assert path.exists()


def test_a_changed_file_is_another_artifact(store: ArtifactStore, tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"film")
    first = store.add_file(path, "video", "default", {})
    path.write_bytes(b"longer film")
    assert store.add_file(path, "video", "default", {}).id != first.id
    with pytest.raises(BadMedia, match="changed"):
        store.require_file(store.get(first.id))


def test_a_moved_file_is_noticed_and_relinked(store: ArtifactStore, tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"film")
    artifact = store.add_file(path, "video", "default", {})
    moved = tmp_path / "moved.mp4"
    os.rename(path, moved)
    assert store.get(artifact.id).missing
    with pytest.raises(BadMedia, match="no longer"):
        store.require_file(store.get(artifact.id))
    other = tmp_path / "other.mp4"
    other.write_bytes(b"mlif")
    with pytest.raises(BadInput, match="is not the file"):
        store.relink(artifact.id, other)
    with pytest.raises(BadMedia):
        store.relink(artifact.id, tmp_path)
    assert store.relink(artifact.id, moved).path == moved
    assert not store.get(artifact.id).missing


def test_a_kept_file_cannot_be_relinked(store: ArtifactStore, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="kept by the studio"):
        store.relink(keep(store, "x").id, tmp_path)


def test_lineage_runs_both_ways(store: ArtifactStore) -> None:
    source = keep(store, "source", b"s")
    made = keep(store, "made", b"m", inputs=[source.id, source.id])
    assert made.inputs == (source.id,)
    assert store.children(source.id) == (made,)


def test_pages_are_newest_first_and_filtered(store: ArtifactStore) -> None:
    for n in range(7):
        keep(store, f"shot {n}.png", bytes([n]), kind="image", role=SUPPORT if n % 2 else RESULT)
    first = store.page(limit=3)
    assert [a.name for a in first.items] == ["shot 6.png", "shot 5.png", "shot 4.png"]
    second = store.page(limit=3, before=first.next_before)
    assert [a.name for a in second.items] == ["shot 3.png", "shot 2.png", "shot 1.png"]
    assert store.page(limit=3, before=second.next_before).next_before is None
    assert [a.name for a in store.page(role=SUPPORT).items] == ["shot 5.png", "shot 3.png", "shot 1.png"]
    assert store.page(kind="video").items == ()
    assert store.page(project_id="elsewhere").items == ()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("bunny", ["Big Bunny.mp4"]), ("BIG", ["Big Bunny.mp4"]), ("unn mp4", ["Big Bunny.mp4"]), ("%", ["100%.mp4"]),
        ('a"b', ['a"b.mp4']), ("zebra", []), ("mp", ["100%.mp4", 'a"b.mp4', "Big Bunny.mp4"]),
    ],
)  # fmt: skip
def test_search_finds_parts_of_names(store: ArtifactStore, query: str, found: list[str]) -> None:
    for n, name in enumerate(("Big Bunny.mp4", 'a"b.mp4', "100%.mp4")):
        keep(store, name, bytes([n]), role=SOURCE)
    assert [a.name for a in store.page(query=query).items] == found


def test_a_deleted_artifact_is_not_found_by_search(store: ArtifactStore) -> None:
    store.delete(keep(store, "gone tomorrow.mp4").id)
    assert store.page(query="tomorrow").items == ()


def test_an_unknown_kind_or_role_is_refused(store: ArtifactStore) -> None:
    with pytest.raises(BadInput, match="hologram"):
        keep(store, "x", kind="hologram")


def test_bytes_are_counted_once(store: ArtifactStore) -> None:
    keep(store, "a", b"12345")
    keep(store, "b", b"12345")
    keep(store, "c", b"1")
    assert store.total_bytes() == 6


def test_an_upload_is_found_again(store: ArtifactStore) -> None:
    artifact = keep(store, "clip.mp4", b"film", role=SOURCE)
    assert store.find_upload("clip.mp4", artifact.content_hash, "default") == artifact
    assert store.find_upload("other.mp4", artifact.content_hash, "default") is None

"""Files named by their content: whole or not at all."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from storage.blobs import BlobStore, content_hash


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "blobs")


def test_a_staged_file_becomes_a_blob_under_its_hash(blobs: BlobStore) -> None:
    staged = blobs.stage()
    staged.write(b"ab")
    staged.write(b"c")
    sha = staged.finish()
    assert sha == hashlib.sha256(b"abc").hexdigest()
    assert staged.size_bytes == 3
    path = blobs.adopt(staged.path, sha)
    assert path == blobs.root / sha[:2] / sha[2:4] / sha
    assert path.read_bytes() == b"abc"
    blobs.confirm(sha)
    assert list(blobs.incoming.iterdir()) == []


def test_the_same_bytes_are_kept_once(blobs: BlobStore, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"same")
    first, second = blobs.stage_copy(source), blobs.stage_copy(source)
    assert blobs.adopt(first.path, first.finish()) == blobs.adopt(second.path, second.finish())
    blobs.confirm(first.finish())
    assert list(blobs.incoming.iterdir()) == []


def test_discarding_leaves_nothing(blobs: BlobStore) -> None:
    staged = blobs.stage()
    staged.write(b"x")
    staged.discard()
    staged.discard()
    assert list(blobs.incoming.iterdir()) == []


def test_a_copy_that_fails_leaves_nothing(blobs: BlobStore, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="missing"):
        blobs.stage_copy(tmp_path / "missing")
    assert list(blobs.incoming.iterdir()) == []


def test_removing_tells_what_it_freed(blobs: BlobStore, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"12345")
    staged = blobs.stage_copy(source)
    sha = staged.finish()
    blobs.adopt(staged.path, sha)
    assert blobs.remove(sha) == 5
    assert blobs.remove(sha) == 0


def test_a_start_throws_away_what_was_being_written(blobs: BlobStore) -> None:
    blobs.stage().write(b"half")
    assert blobs.recover(lambda _: False) == 0
    assert list(blobs.incoming.iterdir()) == []


def test_a_start_removes_only_blobs_in_adoption_that_no_row_names(blobs: BlobStore) -> None:
    names = []
    for data in (b"kept", b"orphan", b"confirmed"):
        staged = blobs.stage()
        staged.write(data)
        names.append(staged.finish())
        blobs.adopt(staged.path, names[-1])
    blobs.confirm(names[2])
    assert blobs.recover(lambda name: name == names[0]) == 1
    assert [blobs.path(name).exists() for name in names] == [True, False, True]
    assert list(blobs.incoming.iterdir()) == []


def test_the_hash_of_a_file_is_that_of_its_content(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"x" * 3_000_000)
    assert content_hash(path) == hashlib.sha256(b"x" * 3_000_000).hexdigest()


def test_a_huge_file_is_sampled_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "huge"
    with path.open("wb") as file:
        file.truncate(2**31 + 5)  # sparse: takes no room
    before = content_hash(path)
    assert before.startswith("sampled-")
    with path.open("r+b") as file:
        file.seek(2**30)
        file.write(b"changed")
    assert content_hash(path) != before

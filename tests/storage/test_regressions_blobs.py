"""A write that fails leaves neither a staged file nor a blob without a row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from configs.errors import Unavailable
from storage.artifacts import ArtifactStore, NewArtifact
from storage.blobs import BlobStore
from storage.database import Database


class FullFile:
    """A file on a full disk: closing fails as well, since the last bytes have nowhere to go."""

    def write(self, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    def close(self) -> None:
        raise OSError(28, "No space left on device")


def test_discarding_on_a_full_disk_still_removes_the_file(tmp_path: Path) -> None:
    staged = BlobStore(tmp_path).stage()
    assert staged._file is not None
    staged._file.close()
    staged._file = FullFile()  # type: ignore[assignment]
    with pytest.raises(OSError, match="No space"):
        staged.write(b"x")
    staged.discard()
    assert list((tmp_path / "incoming").iterdir()) == []


def new(sha256: str, name: str = "a.txt") -> NewArtifact:
    """An artifact of three bytes."""
    return NewArtifact(name=name, kind="data", role="result", size_bytes=3, content_hash=sha256, project_id="default")


def test_a_row_that_cannot_be_written_takes_its_blob_along(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = ArtifactStore(database, BlobStore(tmp_path / "blobs"))

    def full(*_: Any) -> Any:
        raise OSError(28, "No space left on device")

    staged = store.blobs.stage()
    staged.write(b"abc")
    sha256 = staged.finish()
    monkeypatch.setattr(ArtifactStore, "_insert", full)
    with pytest.raises(Unavailable, match=r"a\.txt could not be kept: No space"):
        store.add_blob(new(sha256), staged.path)
    assert not store.blobs.path(sha256).exists()
    assert list(store.blobs.incoming.glob("*.adopting")) == []


def test_bytes_that_another_row_names_stay(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = ArtifactStore(database, BlobStore(tmp_path / "blobs"))
    first = store.blobs.stage()
    first.write(b"abc")
    sha256 = first.finish()
    kept = store.add_blob(new(sha256), first.path)
    second = store.blobs.stage()
    second.write(b"abc")
    second.finish()
    monkeypatch.setattr(ArtifactStore, "_insert", lambda *_: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        store.add_blob(new(sha256, "b.txt"), second.path)
    assert kept.path.read_bytes() == b"abc"

"""Files named by their SHA-256. A writer stages a file; the studio alone moves it into place."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

CHUNK = 1 << 20
ADOPTING = ".adopting"  # marks a blob that is in place while its row is not yet on disk


class Staged:
    """A file being written beside the blobs. It becomes a blob by `BlobStore.adopt`, or vanishes by `discard`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size_bytes = 0
        self._hash = hashlib.sha256()
        self._file: BinaryIO | None = path.open("xb")

    def write(self, data: bytes | memoryview) -> None:
        """Appends bytes."""
        assert self._file is not None
        self._file.write(data)
        self._hash.update(data)
        self.size_bytes += len(data)

    def finish(self) -> str:
        """Forces the bytes to the disk and returns their SHA-256 in hexadecimal."""
        if self._file is not None:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._file = None
        return self._hash.hexdigest()

    def discard(self) -> None:
        """Removes the file; harmless after it has been adopted."""
        file, self._file = self._file, None
        if file is not None:
            with contextlib.suppress(OSError):  # on a full disk closing fails too: the last bytes have nowhere to go
                file.close()
        self.path.unlink(missing_ok=True)


class BlobStore:
    """``root/ab/cd/abcd...``; ``root/incoming`` holds what is being written; `recover` empties it at each start."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.incoming = root / "incoming"

    def path(self, sha256: str) -> Path:
        """Where the blob lies, or would lie."""
        return self.root / sha256[:2] / sha256[2:4] / sha256

    def stage(self, owner: str = "") -> Staged:
        """Opens a new file to write into; ``owner`` begins its name, for `discard_staged`."""
        self.incoming.mkdir(parents=True, exist_ok=True)
        return Staged(self.incoming / f"{owner}{secrets.token_hex(12)}")

    def stage_copy(self, source: Path, owner: str = "") -> Staged:
        """Stages the bytes of a file; nothing stays if reading or writing fails."""
        staged = self.stage(owner)
        try:
            with source.open("rb") as file:
                while chunk := file.read(CHUNK):
                    staged.write(chunk)
            staged.finish()
        except BaseException:
            staged.discard()
            raise
        return staged

    def adopt(self, staged: Path, sha256: str) -> Path:
        """Moves a finished staged file into place (a no-op when the same bytes are there already); then `confirm` it."""
        target = self.path(sha256)
        if target.exists():
            staged.unlink(missing_ok=True)
            return target
        self._mark(sha256).touch()
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(staged, target)
        _sync_folder(target.parent)
        return target

    def confirm(self, sha256: str) -> None:
        """The row that names an adopted blob is on disk, or the blob is gone again."""
        self._mark(sha256).unlink(missing_ok=True)

    def _mark(self, sha256: str) -> Path:
        return self.incoming / f"{sha256}{ADOPTING}"

    def remove(self, sha256: str) -> int:
        """Deletes a blob; returns the bytes freed."""
        path = self.path(sha256)
        size = path.stat().st_size if path.exists() else 0
        path.unlink(missing_ok=True)
        return size

    def discard_staged(self, owner: str) -> None:
        """Throws away what an owner was in the middle of writing when it died."""
        for path in self.incoming.glob(f"{owner}*"):
            path.unlink(missing_ok=True)

    def recover(self, is_known: Callable[[str], bool]) -> int:
        """Throws away what a dead studio was in the middle of writing; returns how many blobs had no row yet.

        Only blobs whose adoption was never confirmed are looked at: those of a database that was set aside stay.
        """
        self.incoming.mkdir(parents=True, exist_ok=True)
        orphans = [m.name.removesuffix(ADOPTING) for m in self.incoming.glob(f"*{ADOPTING}")]
        orphans = [sha256 for sha256 in orphans if not is_known(sha256)]
        for sha256 in orphans:
            self.path(sha256).unlink(missing_ok=True)
        shutil.rmtree(self.incoming, ignore_errors=True)
        self.incoming.mkdir(parents=True, exist_ok=True)
        return len(orphans)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return  # Windows cannot open a folder; its rename is durable by itself
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def content_hash(path: Path) -> str:
    """SHA-256 of a file; beyond 2 GiB that of its size and three 16 MiB samples, marked ``sampled-``."""
    size = path.stat().st_size
    digest = hashlib.sha256()
    with path.open("rb") as file:
        if size <= 2 * 2**30:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
            return digest.hexdigest()
        digest.update(str(size).encode())
        window = 16 * 2**20
        for start in (0, size // 2, size - window):
            file.seek(start)
            digest.update(file.read(window))
    return f"sampled-{digest.hexdigest()}"

"""Rendered pieces, kept in a folder under their keys; what was not used for longest goes when they grow too many."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

MOST_BYTES = 8 << 30
_SHARE_OF_FREE = 0.25


class PieceCache:
    """A folder of files. Several processes may use it at once: a file appears whole, and one that has gone is just made again."""

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self._folder, self._most = folder, most_bytes

    def find(self, key: str, suffix: str) -> Path | None:
        """The kept file, now the most recently used."""
        path = self._path(key, suffix)
        try:
            if path.stat().st_size == 0:
                return None
            os.utime(path)
        except OSError:
            return None
        return path

    def keep(self, key: str, made: Path) -> Path:
        """Takes a finished file in; it is moved. Its suffix stays."""
        path = self._path(key, made.suffix)
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(made, path)
        return path

    def drop(self, path: Path) -> None:
        """Forgets a file that turned out to be no good."""
        path.unlink(missing_ok=True)

    def prune(self, spare: frozenset[Path] = frozenset()) -> int:
        """Removes the files not used for longest until the rest fits; returns the bytes freed. ``spare`` is in use."""
        rows = []
        for path in self._folder.glob("*/*"):
            with contextlib.suppress(OSError):
                status = path.stat()
                rows.append((status.st_mtime, status.st_size, path))
        total = sum(size for _, size, _ in rows)
        limit = min(self._most, int((self._free() + total) * _SHARE_OF_FREE))
        freed = 0
        for _, size, path in sorted(rows):
            if total - freed <= limit:
                break
            if path not in spare:
                path.unlink(missing_ok=True)
                freed += size
        return freed

    def _free(self) -> int:
        try:
            return shutil.disk_usage(self._folder).free
        except OSError:
            return 0

    def _path(self, key: str, suffix: str) -> Path:
        return self._folder / key[:2] / f"{key}{suffix}"

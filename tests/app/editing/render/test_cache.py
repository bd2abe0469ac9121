"""A folder of finished pieces."""

from __future__ import annotations

import os
from pathlib import Path

from app.editing.render.cache import PieceCache


def made(folder: Path, name: str, size: int = 10) -> Path:
    path = folder / name
    path.write_bytes(b"x" * size)
    return path


def test_what_is_kept_is_found_under_its_key(tmp_path: Path) -> None:
    cache = PieceCache(tmp_path / "cache")
    assert cache.find("ab12", ".mkv") is None
    kept = cache.keep("ab12", made(tmp_path, "piece.mkv"))
    assert cache.find("ab12", ".mkv") == kept
    assert cache.find("ab12", ".m4a") is None
    assert not (tmp_path / "piece.mkv").exists()


def test_an_empty_file_is_none(tmp_path: Path) -> None:
    cache = PieceCache(tmp_path / "cache")
    cache.keep("ab12", made(tmp_path, "piece.mkv", 0))
    assert cache.find("ab12", ".mkv") is None


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path) -> None:
    cache = PieceCache(tmp_path / "cache", most_bytes=250)
    kept = [cache.keep(f"{number}0key", made(tmp_path, f"{number}.mkv", 100)) for number in range(4)]
    for age, path in enumerate(kept):
        os.utime(path, (1000 + age, 1000 + age))
    assert cache.find("00key", ".mkv") == kept[0]  # used just now
    assert cache.prune() == 200
    assert [path.exists() for path in kept] == [True, False, False, True]


def test_what_is_in_use_is_spared(tmp_path: Path) -> None:
    cache = PieceCache(tmp_path / "cache", most_bytes=0)
    kept = cache.keep("ab12", made(tmp_path, "piece.mkv"))
    assert cache.prune(frozenset({kept})) == 0
    assert cache.prune() == 10


def test_dropping_twice_is_no_error(tmp_path: Path) -> None:
    cache = PieceCache(tmp_path / "cache")
    kept = cache.keep("ab12", made(tmp_path, "piece.mkv"))
    cache.drop(kept)
    cache.drop(kept)
    assert cache.find("ab12", ".mkv") is None

"""Lists that prompts choose from."""

from __future__ import annotations

from pathlib import Path

import pytest

from configs.errors import BadInput
from configs.wildcards_file import wildcards


def write(root: Path, name: str, text: str) -> None:
    path = root / "wildcards" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_ours_are_there_and_none_is_empty() -> None:
    found = wildcards()
    assert {"colours", "weather", "shots", "animals"} <= set(found)
    assert all(len(values) >= 5 and len(set(values)) == len(values) for values in found.values())


def test_a_persons_own_add_to_ours_and_replace_them(tmp_path: Path) -> None:
    write(tmp_path / "ours", "a.txt", "\ufeffone\n\n# a comment\n two \n")
    write(tmp_path / "ours", "b.txt", "ours")
    write(tmp_path / "own", "b.txt", "own")
    write(tmp_path / "own", "deep/c.txt", "three")
    found = wildcards(tmp_path / "own", tmp_path / "ours")
    assert found == {"a": ("one", "two"), "b": ("own",), "deep/c": ("three",)}


def test_no_folder_is_no_list(tmp_path: Path) -> None:
    assert wildcards(tmp_path, tmp_path) == {}


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    write(tmp_path, "x.txt", "")
    (tmp_path / "wildcards" / "x.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadInput, match=r"x\.txt is no UTF-8 text"):
        wildcards(tmp_path, tmp_path)

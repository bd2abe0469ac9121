"""Why a data folder cannot be used, in plain words, whatever the system says."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from app.machine import explain_folder


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "disk_full", "is full"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "disk_full", "is full"),
        (OSError(errno.EROFS, "Read-only file system"), "read_only", "it is read-only"),
        (PermissionError(errno.EACCES, "Permission denied"), "read_only", "Permission denied"),
        (OSError("strange"), "read_only", "strange"),
    ],
)
def test_each_cause_has_its_sentence(tmp_path: Path, error: OSError, code: str, words: str) -> None:
    found = explain_folder(tmp_path, error)
    assert (found.code, str(tmp_path) in found.message, words in found.message) == (code, True, True)
    assert "--data-dir" in found.remedy


def test_the_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for folder, error in (
        (tmp_path / "file", FileExistsError(17, "File exists")),
        (tmp_path / "file" / "a" / "b", NotADirectoryError(20, "x")),
    ):
        found = explain_folder(folder, error)
        assert found.code == "not_a_folder"
        assert f"{tmp_path / 'file'} is a file" in found.message

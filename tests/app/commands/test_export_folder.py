"""A folder of files: whole, or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from app.commands.export_folder import require_folder, safe_name, write_folder
from configs.errors import BadInput, StudioError, Unavailable


class Shelf:
    """Hands out files; one of them may fail."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error

    def fetch(self, artifact_id: str, target: Path) -> None:
        if artifact_id == "bad" and self.error is not None:
            raise self.error
        target.write_text(artifact_id)


def files(*names: str) -> list[dict[str, Any]]:
    return [{"id": f"id of {name}", "name": name} for name in names]


def tree(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_new_folder(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    written = write_folder(Shelf(), files("a.json", "keyframes/1.jpg", "keyframes/2.jpg"), out)  # type: ignore[arg-type]
    assert written == ["a.json", "keyframes/1.jpg", "keyframes/2.jpg"]
    assert tree(out) == {"a.json": "id of a.json", "keyframes/1.jpg": "id of keyframes/1.jpg", "keyframes/2.jpg": "id of keyframes/2.jpg"}
    assert [path.name for path in out.parent.iterdir()] == ["out"]
    assert out.stat().st_mode & 0o777 == 0o777 & ~_umask()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_again_replaces_its_own_and_spares_the_rest(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write_folder(Shelf(), files("a.json", "keyframes/1.jpg", "keyframes/2.jpg"), out)  # type: ignore[arg-type]
    (out / "notes.txt").write_text("mine")
    write_folder(Shelf(), [{"id": "new", "name": "a.json"}, {"id": "new", "name": "keyframes/1.jpg"}], out)  # type: ignore[arg-type]
    assert tree(out) == {"a.json": "new", "keyframes/1.jpg": "new", "notes.txt": "mine"}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("error", [BadInput("It is torn."), OSError(28, "No space left on device")])
def test_a_failure_half_way_leaves_nothing(tmp_path: Path, error: Exception) -> None:
    out = tmp_path / "out"
    with pytest.raises(StudioError):
        write_folder(Shelf(error), [*files("a.json"), {"id": "bad", "name": "b.json"}], out)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_a_failure_half_way_keeps_what_was_there(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write_folder(Shelf(), files("a.json"), out)  # type: ignore[arg-type]
    with pytest.raises(Unavailable, match="No space left"):
        write_folder(Shelf(OSError(28, "No space left on device")), [{"id": "x", "name": "a.json"}, {"id": "bad", "name": "b"}], out)  # type: ignore[arg-type]
    assert tree(out) == {"a.json": "id of a.json"}


@pytest.mark.parametrize("name", ["/etc/passwd", "../up.txt", "a/../../b", "a\\b", ""])
def test_no_name_leaves_the_folder(name: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        safe_name(name)
    with pytest.raises(BadInput):
        write_folder(Shelf(), files("fine.txt", name), tmp_path / "out")  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_where_a_folder_can_be(tmp_path: Path, working_directory: Path) -> None:
    assert require_folder(None) is None
    assert require_folder(Path("new/deep")) == working_directory / "new" / "deep"
    assert require_folder(tmp_path) == tmp_path


def test_where_it_cannot(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(BadInput, match="is a file"):
        require_folder(file)
    with pytest.raises(BadInput, match="cannot be written"):
        require_folder(file / "below")

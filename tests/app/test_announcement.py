"""What a studio tells commands of the same person, and how a held folder is spoken of."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from app import announcement
from app.announcement import command_name, held_by, read_announcement, write_private


def test_only_its_owner_may_read_what_is_written(tmp_path: Path) -> None:
    path = tmp_path / "studio.json"
    write_private(path, '{"url": "http://127.0.0.1:1"}')
    write_private(path, '{"url": "http://127.0.0.1:2"}')
    assert read_announcement(tmp_path) == {"url": "http://127.0.0.1:2"}
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["studio.json"]


@pytest.mark.parametrize("text", ["", "[1]", "{half"])
def test_what_cannot_be_read_says_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "studio.json").write_text(text)
    assert read_announcement(tmp_path) == {}
    assert read_announcement(tmp_path / "none") == {}


@pytest.mark.parametrize(
    ("argv", "name"), [(["x", "parody"], "parody"), (["x", "serve"], ""), (["x"], ""), (["x", "--port"], ""), (["x", "/a/b"], "")]
)
def test_a_command_is_known_by_its_name(monkeypatch: pytest.MonkeyPatch, argv: list[str], name: str) -> None:
    monkeypatch.setattr(announcement.sys, "argv", argv)
    assert command_name() == name


def test_a_held_folder_is_spoken_of_by_who_holds_it(tmp_path: Path) -> None:
    said, remedy = held_by({"pid": 7, "command": "parody"}, tmp_path)
    assert "`parody` is at work as process 7" in said
    assert remedy.startswith("Wait for its end")
    assert "at http://127.0.0.1:1" in held_by({"pid": 7, "command": "parody", "url": "http://127.0.0.1:1"}, tmp_path)[0]
    assert held_by({}, tmp_path)[0].startswith("A studio already runs on")

"""`library`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]
pytestmark = pytest.mark.usefixtures("small_table")


@pytest.fixture
def made(cli: Cli) -> dict[str, Any]:
    """A file that a job made."""
    artifact: dict[str, Any] = cli("run", "test.echo", "--text", "hi", "--json").document["artifacts"][0]
    return artifact


def test_an_empty_library(cli: Cli) -> None:
    assert cli("library", "list").out == "No files.\n"
    assert cli("library", "list", "--json").document == {"items": [], "next_before": None}


def test_lists_and_searches(cli: Cli, made: dict[str, Any], make_clip: Callable[..., Path]) -> None:
    clip = cli("library", "add", str(make_clip("Szene 1.mp4")), "--json").document["items"][0]
    assert clip["external"] is True
    assert [a["id"] for a in cli("library", "list", "--json").document["items"]] == [clip["id"], made["id"]]
    assert [a["id"] for a in cli("library", "list", "szene", "--json").document["items"]] == [clip["id"]]
    assert [a["id"] for a in cli("library", "list", "--role", "result", "--kind", "document", "--json").document["items"]] == [made["id"]]
    assert [a["id"] for a in cli("library", "list", "--job", made["job_id"], "--json").document["items"]] == [made["id"]]
    text = cli("library", "list", "--limit", "1").out
    assert "Szene 1.mp4" in text
    assert "More: --before" in text


def test_shows_what_made_it(cli: Cli, made: dict[str, Any]) -> None:
    said = cli("library", "show", made["id"]).out
    assert "out/echo.txt (text/plain, 2 B), kept by the studio" in said
    assert f"made by job {made['job_id']}: Echo" in said
    assert cli("library", "show", made["id"], "--json").document["artifact"] == made


def test_exports_whole_or_not_at_all(cli: Cli, made: dict[str, Any], working_directory: Path) -> None:
    said = cli("library", "export", made["id"])
    assert said.out == f"Wrote {working_directory / 'echo.txt'}\n"
    assert (working_directory / "echo.txt").read_text() == "hi"
    assert [path.name for path in working_directory.iterdir()] == ["echo.txt"]


def test_exports_under_another_name(cli: Cli, made: dict[str, Any], tmp_path: Path) -> None:
    target = tmp_path / "named.txt"
    assert cli("library", "export", made["id"], "--out", str(target), "--json").document["path"] == str(target)
    target.write_text("mine")
    refused = cli("library", "export", made["id"], "--out", str(target))
    assert refused.code == 2
    assert "is there already" in refused.err
    assert target.read_text() == "mine"
    assert cli("library", "export", made["id"], "--out", str(target), "--force").code == 0
    assert target.read_text() == "hi"
    assert cli("library", "export", made["id"], "--out", str(tmp_path / "no" / "folder")).code == 2


def test_deletes_and_says_what_was_freed(cli: Cli, made: dict[str, Any], make_clip: Callable[..., Path]) -> None:
    path = make_clip("mine.mp4")
    clip = cli("library", "add", str(path), "--json").document["items"][0]
    assert cli("library", "delete", made["id"], "a-0000000000000000").code == 2
    assert cli("library", "show", made["id"]).code == 0, "one wrong id deletes nothing"
    said = cli("library", "delete", made["id"], clip["id"])
    assert said.out == "Deleted 2; 2 B freed.\n"
    assert path.exists()
    assert cli("library", "show", made["id"]).code == 2


def test_relinks_a_moved_file(cli: Cli, make_clip: Callable[..., Path], tmp_path: Path) -> None:
    path = make_clip("old.mp4")
    clip = cli("library", "add", str(path), "--json").document["items"][0]
    path.rename(tmp_path / "new.mp4")
    assert "(missing)" in cli("library", "list").out
    assert cli("library", "relink", clip["id"], str(path)).code == 2
    assert cli("library", "relink", clip["id"], str(tmp_path / "new.mp4")).code == 0
    assert "(missing)" not in cli("library", "list").out


@pytest.mark.parametrize("name", ["none.mp4", "."])
def test_what_cannot_be_added_is_one_line(cli: Cli, name: str) -> None:
    said = cli("library", "add", name)
    assert said.code == 2
    assert said.err.count("\n") == 1
    assert cli("library", "list", "--json").document["items"] == []


def test_an_export_does_not_replace_the_file_that_it_is(cli: Cli, make_clip: Callable[..., Path]) -> None:
    path = make_clip("mine.mp4")
    clip = cli("library", "add", str(path), "--json").document["items"][0]
    refused = cli("library", "export", clip["id"], "--out", str(path), "--force")
    assert refused.code == 2
    assert "made of" in refused.err

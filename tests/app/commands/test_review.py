"""`review`: the same operations from a terminal, with a studio of its own or a running one."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.commands.review import ACTIONS, shown
from app.remote import RemoteSession

Cli = Callable[..., Any]
pytestmark = pytest.mark.usefixtures("small_table")


@pytest.fixture
def clip(make_clip: Callable[..., Path]) -> str:
    return str(make_clip("clip.mp4", cuts=(12,), frames=36))


def test_a_clip_nobody_has_touched(cli: Cli, clip: str) -> None:
    assert cli("review", clip, "list").out == "Nothing has been changed or marked.\n"


def test_every_operation(cli: Cli, clip: str) -> None:
    assert cli("review", clip, "split", "10", "--author", "Ada").out.startswith("Shots begin at: 10\n")
    assert cli("review", clip, "move", "10", "12", "--json").document["boundaries"] == {"added": [12], "removed": [10]}
    cli("review", clip, "merge", "12")
    said = cli("review", clip, "mark", "20", "--end", "25", "--colour", "red", "--note", "hand melts\nbadly", "--author", "Ada")
    assert "20-24   red     Ada     hand melts badly" in said.out
    marker = cli("review", clip, "list", "--json").document["markers"][0]
    changed = cli("review", clip, "change", marker["id"], "--frame", "3", "--note", "no", "--json").document["markers"][0]
    assert (changed["frame"], changed["end_frame"], changed["note"], changed["colour"]) == (3, 25, "no", "red")
    assert cli("review", clip, "unmark", marker["id"], "--json").document["markers"] == []
    assert cli("review", clip, "undo", "--json").document["can_redo"] is True
    assert cli("review", clip, "redo", "--json").document["markers"] == []
    assert "Undo would take back: Removal of marker" in cli("review", clip, "list").out


def test_a_note_from_stdin(cli: Cli, clip: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("two\nlines\n"))
    assert cli("review", clip, "mark", "3", "--note", "-", "--json").document["markers"][0]["note"] == "two\nlines"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("split", "99"), "Frame 99 lies outside the clip. Its frames are 0 to 35."),
        (("split", "soon"), "invalid int value"),
        (("mark", "3", "--colour", "mauve"), "invalid choice"),
        (("mark", "3", "--note", "x" * 2001), "The note has 2,001 characters"),
        (("undo",), "There is nothing to undo"),
        (("paint",), "invalid choice"),
    ],
)
def test_nonsense_is_one_line(cli: Cli, clip: str, words: tuple[str, ...], sentence: str) -> None:
    said = cli("review", clip, *words)
    assert said.code == 2
    assert sentence in said.err
    assert len(said.err.strip().splitlines()) == 1


def test_a_running_studio_takes_the_same(studio: Any, served: Any, clip: str, cli: Cli) -> None:
    studio.announce(served.url)
    made = cli("review", clip, "mark", "3", "--note", "far", "--json")
    assert made.code == 0, made.err
    artifact = made.document["artifact_id"]
    assert studio.reviews.get(artifact).in_order()[0].note == "far"
    session = RemoteSession(served.url, studio.token, studio.settings.data_dir)
    assert session.turn_review(artifact, "undo")["can_redo"] is True
    assert cli("review", artifact, "redo", "--json").document["markers"][0]["note"] == "far"
    assert cli("review", artifact, "split", "99").code == 2


def test_each_action_is_explained(cli: Cli) -> None:
    assert set(ACTIONS) >= {"list", "split", "merge", "move", "mark", "unmark", "undo", "redo"}


def test_removed_boundaries_are_told() -> None:
    review = {"boundaries": {"added": [], "removed": [4, 9]}, "markers": [], "undo_label": None}
    assert shown(review) == "No shot begins at: 4, 9"

"""`character`: everything a page can do with characters, from a terminal."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.commands.character import ACTIONS, lora_of
from configs.errors import BadInput
from tests.app.characters.packs import BLUE, picture

Cli = Callable[..., Any]


@pytest.fixture
def face(tmp_path: Path) -> Path:
    path = tmp_path / "luca.png"
    path.write_bytes(picture())
    return path


def test_made_listed_shown_changed_removed(cli: Cli, face: Path, tmp_path: Path) -> None:
    assert cli("character", "list").out == "No characters.\n"
    made = cli(
        "character", "new", "@Luca", "--title", "Luca", "--description", "a boy with curls",
        "--reference", str(face), "--colour", "#C83232",
        "--lora", "luca-v2:0.8", "--threshold", "0.7",
    )  # fmt: skip
    assert (made.code, made.out) == (0, "Made @luca: name it in any prompt.\n"), made.err
    (row,) = cli("character", "list", "curls", "--json").document["items"]
    assert (row["handle"], row["palette"], row["threshold"]) == ("luca", ["#c83232"], 0.7)
    shown = cli("character", "show", "luca").out
    for line in ("@luca  Luca", "Description: a boy with curls", "LoRA: luca-v2 at 0.8", "Colours: #c83232", "Missing: There is no LoRA"):
        assert line in shown
    other = tmp_path / "two.png"
    other.write_bytes(picture(BLUE))
    changed = cli("character", "edit", "luca", "--title", "Luke", "--handle", "luke", "--add-reference", str(other), "--lora", "", "--json")
    assert (changed.document["title"], changed.document["description"], changed.document["loras"]) == ("Luke", "a boy with curls", [])
    assert len(changed.document["references"]) == 2
    assert "@luke" in cli("character", "list").out
    assert cli("character", "remove", "@luke").out == "Deleted @luke.\n"
    assert cli("character", "list", "--json").document == {"items": []}


def test_one_file_goes_out_and_comes_in(cli: Cli, face: Path, tmp_path: Path) -> None:
    cli("character", "new", "luca", "--reference", str(face))
    target = tmp_path / "out.character"
    wrote = cli("character", "export", "luca", "--out", str(target), "--json").document
    assert wrote == {"file": str(target), "size_bytes": target.stat().st_size}
    again = cli("character", "export", "luca", "--out", str(target))
    assert (again.code, "--force" in again.err) == (2, True)
    assert cli("character", "export", "luca", "--out", str(target), "--force").code == 0
    asked = cli("character", "import", str(target))
    assert (asked.code, "@luca-2" in asked.err) == (2, True)
    assert cli("character", "import", str(target), "--handle", "twin", "--json").document["handle"] == "twin"
    assert cli("character", "import", str(target), "--replace").out == "Took @luca in: name it in any prompt.\n"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("show", "nobody"), "There is no character @nobody."), (("new", "a b"), "is no handle"), (("edit", "nobody"), "@nobody"),
        (("new", "luca", "--reference", "none.png"), "There is no file none.png."), (("new", "luca", "--colour", "red"), "palette"),
        (("new", "luca", "--threshold", "7"), "threshold"), (("new", "luca", "--lora", "x:y"), "--lora is 'x:y'."),
        (("import", "none.character"), "There is no file"), (("export", "nobody"), "@nobody"), (("paint",), "invalid choice"),
        (("sheet", "nobody"), "@nobody"), (("sheet", "luca", "--views", "top"), "invalid choice"), (("remove", "nobody"), "@nobody"),
        (("sheet", "luca", "--out", "no/such/folder/x.png"), "There is no folder"),
    ],
)  # fmt: skip
def test_nonsense_is_one_line(cli: Cli, words: tuple[str, ...], sentence: str) -> None:
    said = cli("character", *words)
    assert said.code == 2
    assert sentence in said.err
    assert said.err.strip().count("\n") == 0
    assert json.loads(cli("character", *words, "--json").out)["error"]["message"]


def test_a_sheet_is_made_and_written(cli: Cli, tmp_path: Path) -> None:
    cli("character", "new", "luca", "--title", "Luca", "--colour", "#c83232")
    target = tmp_path / "sheet.png"
    words = ("--views", "front", "--expressions", "happy", "--size", "64", "--seed", "3", "--keep")
    said = cli("character", "sheet", "luca", "--out", str(target), *words)
    assert said.code == 0, said.err
    assert said.out.startswith(f"Wrote {target}\n2 pictures in ")
    assert "no AI image" in said.out
    assert "It is in the pack now." in said.out
    assert target.read_bytes().startswith(b"\x89PNG")
    assert cli("character", "show", "luca", "--json").document["sheet"]


def test_every_action_is_described() -> None:
    assert list(ACTIONS) == ["list", "show", "new", "edit", "remove", "export", "import", "sheet"]


def test_loras_on_the_command_line() -> None:
    assert lora_of("luca-v2:0.8") == {"name": "luca-v2", "weight": 0.8}
    assert lora_of("luca-v2") == {"name": "luca-v2"}
    with pytest.raises(BadInput, match="WEIGHT"):
        lora_of("luca:heavy")

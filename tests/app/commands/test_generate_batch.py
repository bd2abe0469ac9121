"""`generate --batch` and `--xyz`: lists, tables and grids into a folder."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.commands import generate, generate_batch
from app.commands.base import load
from configs.errors import BadInput


def parsed(*argv: str) -> argparse.Namespace:
    return load(generate.COMMAND, "generate", argv).parse_args([*argv, "--out", "folder"])


def test_one_of_its_flags_makes_a_batch() -> None:
    assert not generate_batch.is_batch(parsed("a"))
    for flags in (("--batch", "x.csv"), ("--xyz", "steps=1,2"), ("--combine",), ("--filter",), ("--dry-run",)):
        assert generate_batch.is_batch(parsed("a", *flags))


def test_axes_become_x_y_and_z() -> None:
    found = generate_batch.request_of(parsed("a", "--xyz", "steps=10, 20", "sampler=euler,heun", "--filter", "--count", "2"))
    assert found == {
        "count": 2, "combine": False, "dry_run": False, "filter": {}, "x": {"by": "steps", "values": "10, 20"},
        "y": {"by": "sampler", "values": "euler,heun"},
    }  # fmt: skip


def test_a_list_and_a_table_are_read(tmp_path: Path) -> None:
    (tmp_path / "p.txt").write_text("\ufeffa fox\n\n# not this\n an owl \n", encoding="utf-8")
    (tmp_path / "p.csv").write_text("prompt,seed\na,1\n", encoding="utf-8")
    assert generate_batch.read_list(tmp_path / "p.txt") == {"prompts": ["a fox", "an owl"]}
    assert generate_batch.read_list(tmp_path / "p.csv") == {"table": "prompt,seed\na,1\n"}


def test_what_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_bytes(b"\xff\xfe")
    for path, said in ((tmp_path / "x.txt", "no UTF-8"), (tmp_path / "gone.csv", "cannot be read"), (tmp_path / "x.doc", "neither a list")):
        with pytest.raises(BadInput, match=said):
            generate_batch.read_list(path)
    with pytest.raises(BadInput, match="--xyz is 'steps'"):
        generate_batch.request_of(parsed("a", "--xyz", "steps"))
    with pytest.raises(BadInput, match="has 4 axes"):
        generate_batch.request_of(parsed("a", "--xyz", "seed=1", "steps=1", "style=a", "model=b"))


def test_a_folder_is_new_or_empty(tmp_path: Path) -> None:
    def folder(path: Path, *flags: str) -> Path:
        arguments = parsed("a", *flags)
        arguments.out = str(path)
        return generate_batch.folder_of(arguments)

    assert folder(tmp_path / "new") == tmp_path / "new"
    (tmp_path / "full").mkdir()
    assert folder(tmp_path / "full") == tmp_path / "full"
    (tmp_path / "full" / "x").write_text("x")
    with pytest.raises(BadInput, match="is not empty"):
        folder(tmp_path / "full")
    assert folder(tmp_path / "full", "--force") == tmp_path / "full"
    with pytest.raises(BadInput, match="is no folder"):
        folder(tmp_path / "fox.png")
    with pytest.raises(BadInput, match="There is no folder"):
        folder(tmp_path / "gone" / "new")


def test_a_grid_of_storyboards_from_the_command_line(cli: Callable[..., Any], tmp_path: Path) -> None:
    out = tmp_path / "grid"
    said = cli("generate", "a fox", "--out", str(out), "--size", "96x64", "--seed", "1", "--xyz", "seed=1-2", "replace=fox,owl", "--json")
    assert said.code == 0, said.err
    assert sorted(path.name for path in out.iterdir()) == [
        "001-a-fox-1.png", "002-a-fox-2.png", "003-a-owl-1.png", "004-a-owl-2.png", "grid-1.png",
    ]  # fmt: skip
    assert said.document["result"]["made"] == 4


def test_a_dry_run_makes_nothing_and_shows_what_it_would_be(cli: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("prompt,seed\na fox,1\nan owl,2\n", encoding="utf-8")
    said = cli("generate", "--batch", str(tmp_path / "p.csv"), "--out", str(tmp_path / "out"), "--dry-run", "--count", "2")
    assert said.code == 0, said.err
    assert "It would be 4 pictures." in said.out
    assert "an owl" in said.out
    assert not (tmp_path / "out").exists()


def test_the_summary_tells_what_was_set_aside() -> None:
    pictures = [
        {"index": 0, "seed": 1, "labels": {"Steps": "5"}, "prompt": "a fox", "artifact_id": "a-1", "error": None, "kept": False,
         "reasons": ["Blurred."]},
        {"index": 1, "seed": 2, "labels": {}, "prompt": "a fox", "artifact_id": None, "error": "It broke.", "kept": False, "reasons": []},
    ]  # fmt: skip
    result = {"pictures": pictures, "planned": 2, "made": 1, "kept": 0, "took_s": 2.0, "engine": "Tiny", "notes": ["Note this."]}
    found = generate_batch.summary(result, ["/x/y/grid-1.png"], dry=False)
    for part in ("Blurred.", "It broke.", "1 of 2 made, 1 set aside", "Note: Note this.", "Wrote 1 files into /x/y"):
        assert part in found

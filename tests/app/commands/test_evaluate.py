"""`evaluate`: the judge's table of a film."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

Cli = Callable[..., Any]


def test_a_film_is_judged(cli: Cli, make_clip: Callable[..., Path], working_directory: Path) -> None:
    clip = make_clip("film.mp4", cuts=(12,), frames=24)
    said = cli("evaluate", str(clip), "--duration", "9")
    assert said.code == 0, said.err
    assert said.out.startswith("Score 0.")
    assert "duration" in said.out
    document = cli("evaluate", str(clip), "--duration", "9", "--json").document
    assert document["result"]["parts"]["duration"]["score"] < 0.5, "one second is not nine"
    assert list(working_directory.iterdir()) == []


def test_bad_input_is_one_line(cli: Cli, working_directory: Path) -> None:
    for arguments, sentence in ((("none.mp4",), "none.mp4"), (("a.mp4", "--plan", "none.json"), "cannot be read")):
        said = cli("evaluate", *arguments)
        assert said.code == 2
        assert sentence in said.err
        assert said.err.count("\n") == 1

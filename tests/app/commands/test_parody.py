"""`parody`: a clip through analysis, planner and renderer."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]


def test_a_clip_becomes_a_film(cli: Cli, make_clip: Callable[..., Path], working_directory: Path) -> None:
    clip = make_clip("cat.mp4", cuts=(24, 48), frames=72)
    said = cli(
        "parody", str(clip), "out.mp4", "--style", "wholesome", "--duration", "2", "--save-plan", "plan.json", "--export", "edl", "--json"
    )
    assert said.code == 0, said.err
    document = said.document
    assert document["result"]["seconds"] == pytest.approx(2, abs=0.6)
    assert [Path(name).name for name in document["files"]] == ["out.mp4", "plan.json", "out.edl"]
    kept = json.loads((working_directory / "plan.json").read_text())
    assert kept["sources"][0]["media"] == str(clip)
    assert kept["style"] == "wholesome"
    assert all(segment["reason"] for segment in kept["segments"])
    assert document["evaluation"] is None, "it is judged only when asked"
    assert "/cat.mp4" in (working_directory / "out.edl").read_text()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("none.mp4", "o.mp4"), "none.mp4"),
        (("c.mp4", "o.webm"), "End OUT in .mp4"),
        (("c.mp4", "o.mp4", "--tries", "0"), "--tries is 0."),
        (("c.mp4", "o.mp4", "--style", "sad"), "--style"),
        (("c.mp4",), "OUT"),
    ],
)
def test_what_cannot_be_done_is_one_line(cli: Cli, working_directory: Path, arguments: tuple[str, ...], sentence: str) -> None:
    said = cli("parody", *arguments)
    assert said.code == 2, said.err
    assert sentence in said.err
    assert said.err.count("\n") == 1
    assert list(working_directory.iterdir()) == []

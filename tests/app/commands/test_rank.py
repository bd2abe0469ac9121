"""`rank`: takes through a real worker, with one among them that is no video."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.commands.rank import summary
from tests.app.video import takes

Cli = Callable[..., Any]


def test_takes_are_ranked_and_written_and_a_bad_one_is_last(cli: Cli, tmp_path: Path, working_directory: Path) -> None:
    clips = [str(takes.take(kind, tmp_path)) for kind in ("flicker-4", "clean")]
    (tmp_path / "words.mp4").write_bytes(b"words\n" * 99)
    said = cli("rank", clips[0], str(tmp_path / "words.mp4"), clips[1], "--out", "ranking", "--json")
    assert said.code == 0, said.err
    assert "words.mp4 cannot be opened: " in said.err
    found = said.document["ranking"]["takes"]
    assert [take["name"] for take in found] == ["clean.mp4", "flicker-4.mp4", "words.mp4"]
    assert said.document["out"] == str(working_directory / "ranking")
    written = {path.relative_to(working_directory / "ranking").as_posix() for path in (working_directory / "ranking").rglob("*.*")}
    assert written == set(said.document["files"])
    assert {"ranking.csv", "ranking.html", "contact-sheet.jpg"} < written

    plain = cli("rank", *clips)
    assert plain.code == 0
    lines = plain.out.splitlines()
    assert lines[0].split() == ["PLACE", "TAKE", "SCORE", "FAULTS", "WORST", "FRAME"]
    assert lines[1].split()[:2] == ["1", "clean.mp4"]
    assert lines[2].split()[:2] == ["2", "flicker-4.mp4"]
    assert (working_directory / "ranked-takes" / "ranking.html").exists()


@pytest.mark.parametrize("count", [1, 65])
def test_too_few_or_too_many_takes_are_one_line(cli: Cli, working_directory: Path, count: int) -> None:
    said = cli("rank", *["a.mp4"] * count)
    assert said.code == 2
    assert said.err.count("\n") == 1
    assert "Give 2 to 64 clips." in said.err
    assert list(working_directory.iterdir()) == []


def test_only_one_that_can_be_opened_is_bad_input(cli: Cli, tmp_path: Path, working_directory: Path) -> None:
    said = cli("rank", str(takes.take("clean", tmp_path)), "none.mp4")
    assert said.code == 2
    assert "Only 1 of 2 takes can be opened. none.mp4: " in said.err
    assert list(working_directory.iterdir()) == []
    assert cli("jobs", "list", "--json").document["items"] == []


def test_ties_remarks_and_failures_are_notes() -> None:
    parts = {
        "mean_coherence": 0.9, "worst_coherence": 0.3, "flicker_levels": 0, "flicker_share": 0, "jumps": 1, "extra_cuts": 0,
        "frozen_frames": 0, "repeated_frames": 0, "motion_smoothness": 0.996, "ssim": 0.9, "temporal_flickering": 0.9, "hsv_stability": 1,
    }  # fmt: skip
    good = {
        "place": 1,
        "name": "a",
        "score": 0.9,
        "parts": parts,
        "worst": {"timecode": "00:00:01:00", "why": "w"},
        "tie": "Level.",
        "remarks": ["Short."],
    }
    lost = {"place": 2, "name": "b", "score": None, "failed": "It is torn."}
    said = summary({"takes": [good, lost], "remarks": ["All differ."]}, Path("/out"), ["ranking.csv", "worst/1.jpg", "worst/2.jpg"])
    assert "1 jump" in said
    assert [line for line in said.splitlines() if line.startswith("Note: ")] == [
        "Note: All differ.",
        "Note: a: Level.",
        "Note: a: Short.",
        "Note: b: It is torn.",
    ]
    assert said.endswith("Wrote to /out: ranking.csv, 2 pictures of worst frames")

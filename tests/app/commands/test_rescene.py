"""`rescene`: an analysis with other thresholds and edits, written into a folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]


@pytest.fixture
def analysed(cli: Cli, make_clip: Callable[..., Path], tmp_path: Path) -> tuple[str, str]:
    """(path of the clip, id of the analysis' job)."""
    clip = str(make_clip("clip.mp4", cuts=(12, 24), frames=36))
    said = cli("analyze", clip, "--out", str(tmp_path / "first"), "--json")
    assert said.code == 0, said.err
    return clip, said.document["job"]["id"]


def test_edits_and_thresholds_are_written_out(cli: Cli, analysed: tuple[str, str], tmp_path: Path) -> None:
    clip, job = analysed
    assert cli("review", clip, "merge", "12").code == 0
    assert cli("review", clip, "mark", "5", "--note", "here").code == 0
    said = cli("rescene", clip, "--out", str(tmp_path / "edited"), "--json")
    assert said.code == 0, said.err
    written = json.loads((tmp_path / "edited" / "analysis.json").read_text())
    assert [scene["start_frame"] for scene in written["scenes"]] == [0, 24]
    assert "here" in (tmp_path / "edited" / "markers.edl").read_text()
    assert {"report.html", "scenes.otio", "scenes.fcpxml", "markers.csv"} <= set(said.document["files"])
    assert not {"curves.npz", "samples.npz"} & set(said.document["files"])
    plain = cli("rescene", job, "--no-review", "--min-shot-s", "0.9", "--out", str(tmp_path / "plain"), "--json").document["analysis"]
    assert [scene["start_frame"] for scene in plain["scenes"]] == [0, 24]
    assert plain["review"] is None
    merged = cli("review", clip, "merge", "12")
    assert merged.code == 2  # judged against what detection found, not against the edited shots


def test_what_is_no_analysis_is_one_line(cli: Cli, make_clip: Callable[..., Path]) -> None:
    clip = str(make_clip("other.mp4", cuts=(12,), frames=24))
    never = cli("rescene", clip)
    assert (never.code, never.err.count("\n")) == (2, 1)
    assert "has not been analysed" in never.err
    unknown = cli("rescene", "j-0000000000000000")
    assert unknown.code == 2
    assert "made no analysis.json" in unknown.err

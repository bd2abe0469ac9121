"""The CSV is read back by Python's own reader."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.video.export_csv import COLUMNS, to_csv


@pytest.fixture
def analysis(clips: Callable[..., Path], analyse: Callable[..., Any]) -> Any:
    return analyse(clips("plain.mp4", "-pix_fmt", "yuv420p"))[0]


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_one_row_per_scene_with_every_column(analysis: Any) -> None:
    read = rows(to_csv(analysis))
    assert len(read) == len(analysis.scenes) == 4
    assert tuple(read[0]) == COLUMNS
    assert all(None not in row and None not in row.values() for row in read)


def test_the_figures_are_those_of_the_analysis(analysis: Any) -> None:
    for row, scene in zip(rows(to_csv(analysis)), analysis.scenes, strict=True):
        assert int(row["scene"]) == scene.index + 1
        assert (int(row["start_frame"]), int(row["end_frame"]), int(row["frames"])) == (scene.start_frame, scene.end_frame, 24)
        assert (row["start_timecode"], row["end_timecode"]) == (scene.start_timecode, scene.end_timecode)
        assert float(row["start_s"]) == pytest.approx(scene.start_s, abs=1e-6)
        assert float(row["duration_s"]) == pytest.approx(scene.end_s - scene.start_s, abs=1e-6)
        assert float(row["sharpness"]) == scene.quality.sharpness
        assert row["keyframes"].split() == [k.name for k in scene.keyframes]


def test_lines_end_as_the_standard_says(analysis: Any) -> None:
    text = to_csv(analysis)
    assert text.count("\r\n") == 5
    assert "\n" not in text.replace("\r\n", "")

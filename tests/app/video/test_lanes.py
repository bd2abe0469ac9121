"""What the timeline draws."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.video.curves import Curves
from app.video.lanes import BINS, Lanes, make_lanes

H264 = ("-c:v", "libx264", "-pix_fmt", "yuv420p")


@pytest.fixture
def made(clips: Callable[..., Path], analyse: Callable[..., Any]) -> tuple[Any, Any]:
    return analyse(clips("lanes.mp4", *H264, sound=True))  # type: ignore[no-any-return]


def test_the_lanes_are_kept_with_the_analysis(made: tuple[Any, Any]) -> None:
    analysis, studio = made
    lanes = Lanes.model_validate(json.loads(studio.read("lanes.json")))
    assert lanes.frame_count == analysis.frame_count == 96
    names = [lane.name for lane in lanes.lanes]
    assert names[:4] == ["Camera", "Coherence", "Motion", "Loudness"]
    for lane in lanes.lanes:
        assert lane.hint
        assert len(lane.values) <= BINS
        assert all(0 <= value <= 1 for value in lane.values)


def test_the_curves_are_kept_whole_and_give_the_same_lanes(made: tuple[Any, Any]) -> None:
    analysis, studio = made
    curves = Curves.unpack(studio.artifacts["curves.npz"].path.read_bytes())
    assert len(curves) == 96
    assert make_lanes(analysis, curves).model_dump_json() == studio.read("lanes.json")


def test_cuts_are_no_motion(made: tuple[Any, Any]) -> None:
    analysis, studio = made
    motion = next(lane for lane in json.loads(studio.read("lanes.json"))["lanes"] if lane["name"] == "Motion")
    assert len(motion["values"]) == 96
    assert [motion["values"][scene.start_frame] for scene in analysis.scenes] == [0, 0, 0, 0]
    assert max(motion["values"][72:]) > 0  # the moving test picture


def test_without_sound_there_are_no_sound_lanes(clips: Callable[..., Path], analyse: Callable[..., Any]) -> None:
    analysis, studio = analyse(clips("silent.mp4", *H264))
    assert analysis.sound is None
    assert analysis.sound_absent == "The file has no audio track."
    assert [lane["name"] for lane in json.loads(studio.read("lanes.json"))["lanes"]] == ["Camera", "Coherence", "Motion"]

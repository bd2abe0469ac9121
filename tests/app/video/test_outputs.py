"""The files an analysis leaves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.video.outputs import AUTHOR, OUTPUTS, worst_moments

H264 = ("-c:v", "libx264", "-pix_fmt", "yuv420p")
# A white flash in the midst of a moving picture.
FLASH = "testsrc2=s=160x90:r=24:d=2,drawbox=w=iw:h=ih:color=white:t=fill:enable='eq(n,20)'[out0]"


@pytest.fixture
def made(clips: Callable[..., Path], analyse: Callable[..., Any]) -> tuple[Any, Any]:
    return analyse(clips("flash.mp4", *H264, graph=FLASH))  # type: ignore[no-any-return]


def test_each_name_stands_in_the_table_once() -> None:
    names = [output.name for output in OUTPUTS]
    assert len(names) == len(set(names))


def test_the_worst_moments_are_markers(made: tuple[Any, Any]) -> None:
    analysis, studio = made
    markers = worst_moments(analysis)
    assert any(abs(marker.frame - 20) <= 1 for marker in markers)
    assert {(marker.colour, marker.author) for marker in markers} == {("Red", AUTHOR)}
    text = studio.read("markers.edl")
    assert text.count("|C:ResolveColorRed") == len(markers)


def test_every_frame_is_a_row(made: tuple[Any, Any]) -> None:
    analysis, studio = made
    rows = studio.read("frames.csv").splitlines()
    assert len(rows) == 1 + analysis.frame_count == 49
    assert rows[0].startswith("frame,time_s,timecode,d1,")


def test_the_composition_is_drawn_on_every_scenes_keyframe(made: tuple[Any, Any]) -> None:
    import cv2

    analysis, studio = made
    for scene in analysis.scenes:
        drawn = studio.artifacts[f"composition/scene-{scene.index + 1:04d}.jpg"]
        assert drawn.meta["frame"] == scene.keyframe.frame
        assert drawn.inputs == ("clip", scene.keyframe.artifact_id)
        image, plain = cv2.imread(str(drawn.path)), cv2.imread(str(studio.artifacts[scene.keyframe.name].path))
        assert image.shape == plain.shape
        assert (image != plain).any()


def test_the_rows_hold_what_a_person_can_read(made: tuple[Any, Any]) -> None:
    heading = made[1].read("frames.csv").splitlines()[0].split(",")
    assert {"d1", "h1", "luma_mean", "cam_dx", "cam_zoom"} <= set(heading)
    assert not {"d2", "h32", "m16", "r8"} & set(heading)

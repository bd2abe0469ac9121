"""An analysis with a person's edits: its shots, its words and its files agree; pictures are taken where there are none."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.video.document import VideoAnalysis
from app.video.review import Review

H264 = ("-pix_fmt", "yuv420p")


@pytest.fixture
def plain(clips: Callable[..., Path], analyse: Callable[..., Any]) -> tuple[Any, Any]:
    return analyse(clips("plain.mp4", *H264))  # type: ignore[no-any-return]


@pytest.fixture
def edited(clips: Callable[..., Path], analyse: Callable[..., Any]) -> tuple[Any, Any]:
    """Cuts at 24, 48 and 72; the first was removed, one put at 50 beside the second, and one at 90."""
    review = Review(revision=4, added=frozenset({48, 50, 90}), removed=frozenset({24}))
    return analyse(clips("plain.mp4", *H264), review=review, frames_per_scene=2)  # type: ignore[no-any-return]


def test_shots_are_as_the_person_wants_them(edited: tuple[Any, Any]) -> None:
    analysis, studio = edited
    assert [scene.start_frame for scene in analysis.scenes] == [0, 48, 50, 72, 90]
    assert analysis.review.model_dump(exclude={"markers"}) == {
        "revision": 4, "detected": [24, 48, 72], "added": [48, 50, 90], "removed": [24],
    }  # fmt: skip
    assert VideoAnalysis.model_validate_json(studio.read("analysis.json")) == analysis


def test_every_analyser_speaks_of_these_shots(edited: tuple[Any, Any]) -> None:
    analysis, _ = edited
    spans = [(scene.start_frame, scene.end_frame) for scene in analysis.scenes]
    assert [(shot.start_frame, shot.end_frame) for shot in analysis.picture.shots] == spans
    for part in (analysis.composition, analysis.camera, analysis.coherence, analysis.holds):
        assert len(part.shots) == len(spans)
    assert analysis.quality.sampled_frames == sum(scene.quality.sampled_frames for scene in analysis.scenes)


def test_every_shot_has_a_picture_of_its_own_frames(edited: tuple[Any, Any]) -> None:
    analysis, studio = edited
    for scene in analysis.scenes:
        assert scene.keyframes
        for keyframe in scene.keyframes:
            assert scene.start_frame <= keyframe.frame < scene.end_frame
            assert studio.artifacts[keyframe.name].id == keyframe.artifact_id
    taken = [k for k in analysis.scenes[1].keyframes if k.name.startswith("keyframes/frame-")]
    assert {k.frame for k in taken} <= {48, 49}
    assert taken


def test_a_taken_picture_is_that_of_the_frame(edited: tuple[Any, Any], plain: tuple[Any, Any]) -> None:
    import cv2

    analysis, studio = edited
    keyframe = analysis.scenes[1].keyframes[0]
    image = cv2.imread(str(studio.artifacts[keyframe.name].path))
    third = plain[0].scenes[2].keyframes[0]
    expected = cv2.imread(str(plain[1].artifacts[third.name].path))
    assert (keyframe.width, keyframe.height) == (third.width, third.height)
    assert abs(image.astype(int) - expected.astype(int)).mean() < 2  # the third scene is one plain colour
    assert keyframe.timecode == f"00:00:02:{keyframe.frame - 48:02d}"


def test_the_edit_lists_follow(edited: tuple[Any, Any]) -> None:
    _, studio = edited
    rows = list(csv.DictReader(io.StringIO(studio.read("scenes.csv"))))
    assert [row["start_frame"] for row in rows] == ["0", "48", "50", "72", "90"]
    assert studio.read("scenes.edl").count("* FROM CLIP NAME") == 5


def test_what_nobody_has_touched_is_as_it_was(clips: Callable[..., Path], analyse: Callable[..., Any], plain: tuple[Any, Any]) -> None:
    again, _ = analyse(clips("plain.mp4", *H264), review=Review())
    assert again == plain[0]

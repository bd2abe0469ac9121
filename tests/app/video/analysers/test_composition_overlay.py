"""The overlay draws what the composition says, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from app.video.analysers.composition import Composition, ShotComposition, SubjectBox
from app.video.analysers.composition_overlay import at_frame, overlay
from app.video.analysers.subjects import SubjectTrack

PLAIN = Composition(thirds_score=0, power_point_distance=0, balance_left_right=0, balance_top_bottom=0, edge_density=0, depth_contrast=1)
BOXED = PLAIN.model_copy(update={"subject": SubjectBox(x=0.1, y=0.2, w=0.2, h=0.5, centre_x=0.2, centre_y=0.45, confidence=0.9)})


@pytest.mark.parametrize("size", [(720, 1280), (180, 320), (1280, 720), (40, 30)])
def test_lines_of_thirds_on_any_size(size: tuple[int, int]) -> None:
    image = np.full((*size, 3), 90, np.uint8)
    drawn = overlay(image, PLAIN)
    assert drawn.shape == image.shape
    assert (image == 90).all()
    height, width = size
    for x in (width // 3, width * 2 // 3):
        assert (drawn[height // 2, x] != 90).any()
    for y in (height // 3, height * 2 // 3):
        assert (drawn[y, width // 2] != 90).any()


def test_only_lines_without_a_subject() -> None:
    image = np.full((720, 1280, 3), 90, np.uint8)
    changed = (overlay(image, PLAIN) != 90).any(axis=2)
    assert not changed[20:220, 20:400].any()
    assert 0.01 < changed.mean() < 0.08


def test_the_box_and_its_centre() -> None:
    image = np.full((720, 1280, 3), 90, np.uint8)
    drawn = overlay(image, BOXED)
    for y, x in ((144, 200), (503, 200), (300, 128), (300, 384), (324, 256)):
        blue, green, red = (int(v) for v in drawn[y - 2 : y + 3, x - 2 : x + 3].reshape(-1, 3)[12])
        assert red > blue + 80
        assert red > green + 80
    assert (drawn[300, 200] == 90).all()


def test_a_box_on_the_edge() -> None:
    box = SubjectBox(x=0.9, y=0.9, w=0.1, h=0.1, centre_x=0.95, centre_y=1, confidence=1)
    drawn = overlay(np.zeros((90, 160, 3), np.uint8), PLAIN.model_copy(update={"subject": box}))
    assert drawn[86:, 150:].any()


def test_the_box_is_where_the_subject_is_in_the_frame_that_is_drawn_on() -> None:
    shot = ShotComposition(**BOXED.model_dump(), start_frame=0, end_frame=30, sampled_frames=2)
    track = SubjectTrack(start_frame=0, end_frame=30, frames=[0, 12], x=[0.1, 0.5], y=[0.2, 0.2], w=[0.2, 0.2], h=[0.5, 0.5],
                         confidence=[0.9, 0.9], source=["both", "both"])  # fmt: skip
    there = at_frame(shot, track, 6).subject
    assert there is not None
    assert (there.x, there.centre_x, there.source) == (pytest.approx(0.3), pytest.approx(0.4), "both")
    assert at_frame(shot, None, 6).subject == shot.subject
    empty = track.model_copy(update={"frames": []})
    assert at_frame(shot, empty, 6).subject == shot.subject
    unsure = track.model_copy(update={"confidence": [0.25, 0.25]})
    assert at_frame(shot, unsure, 6).subject is None

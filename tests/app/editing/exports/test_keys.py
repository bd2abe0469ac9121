"""Moves of the picture as keys."""

from __future__ import annotations

from typing import Any

import pytest

from app.editing.exports.keys import MOST_KEYS, STEPS, Key, moves_of
from tests.app.editing.exports import films


def keys(*operations: dict[str, Any], **output: Any) -> list[Key]:
    timeline = films.film(films.video("a"), segments=[films.cut(0, 4, *operations)], output=output)
    return moves_of(timeline, timeline.clips[0])


def test_a_picture_that_stays_has_no_keys() -> None:
    assert keys() == []
    assert keys({"op": "grade"}) == []


def test_a_punch_closes_in_stays_and_comes_back() -> None:
    found = keys({"op": "zoom", "at_s": 1, "duration_s": 2, "scale": 2, "x": 0.6, "y": 0.5, "in_s": 0.4, "out_s": 0.4, "easing": "linear"})
    assert [(key.frame, round(key.scale, 3)) for key in found] == [(0, 1.0), (25, 1.0), (35, 2.0), (65, 2.0), (75, 1.0)]
    assert (round(found[2].x, 3), found[2].y) == (-0.2, 0.0), "the point comes to the middle"


def test_a_jump_is_two_keys_side_by_side() -> None:
    found = keys({"op": "zoom", "at_s": 1, "duration_s": 1, "scale": 3, "in_s": 0, "out_s": 0})
    assert [(key.frame, key.scale) for key in found] == [(0, 1.0), (24, 1.0), (25, 3.0), (49, 3.0), (50, 1.0)]


def test_a_point_at_the_edge_keeps_the_picture_over_the_canvas() -> None:
    (found,) = [key for key in keys({"op": "zoom", "scale": 2, "x": 0, "y": 1, "in_s": 0}) if key.frame == 0]
    assert (found.x, found.y) == (0.5, -0.5), "as far as the edge, not beyond"


def test_easing_is_drawn_with_several_keys() -> None:
    found = keys({"op": "pan_zoom", "end": {"x": 0.5, "y": 0.5, "scale": 2}})
    assert len(found) == STEPS + 1
    scales = [key.scale for key in found]
    assert scales == sorted(scales)
    assert (found[0].frame, found[-1].frame, scales[0], scales[-1]) == (0, 99, 1.0, 2.0)
    assert scales[STEPS // 2] == pytest.approx(1.5, abs=0.02)


def test_a_crop_is_a_still_place() -> None:
    assert keys({"op": "crop", "x": 0.5, "y": 0.5, "w": 0.5, "h": 0.5}) == [Key(0, 2.0, -0.5, -0.5)]


def test_reframing_follows_the_subject_within_the_edges() -> None:
    path = [{"at_s": 0, "x": 0.5, "y": 0.5}, {"at_s": 2, "x": 1.0, "y": 0.5}]
    found = keys({"op": "reframe", "aspect": "9:16", "path": path}, aspect="9:16")
    share = (9 / 16) / (16 / 9)
    assert [key.frame for key in found] == [0, 50]
    assert found[0] == Key(0, pytest.approx(1 / share), 0.0, 0.0)
    assert found[1].x == pytest.approx((0.5 - (1 - share / 2)) / share), "the edge of the source, not beyond"
    middle = keys({"op": "reframe", "aspect": "9:16"}, aspect="9:16")
    assert [(key.x, key.y) for key in middle] == [(0, 0)]


def test_a_camera_move_is_made_again() -> None:
    move = {"op": "camera_move", "step_s": 0.04, "x_percent": [0, 10, 20], "y_percent": [0, 9, 0], "scale_percent": [100, 110, 120],
            "rotation_deg": [0, 2, 4], "strength": 0.5}  # fmt: skip
    found = keys(move)
    assert [(k.frame, round(k.x, 4), round(k.y, 4), round(k.scale, 3), k.turn) for k in found] == [
        (0, 0, 0, 1.0, 0), (1, 0.05, 0.08, 1.05, 1), (2, 0.1, 0, 1.1, 2),
    ]  # fmt: skip


def test_moves_on_moves_multiply() -> None:
    found = keys({"op": "crop", "x": 0.25, "y": 0.25, "w": 0.5, "h": 0.5}, {"op": "zoom", "scale": 1.5, "in_s": 0})
    assert found[0].scale == pytest.approx(3.0)


def test_long_curves_are_thinned() -> None:
    count = 3000
    move = {"op": "camera_move", "step_s": 0.002, "x_percent": [0.0] * count, "y_percent": [0.0] * count, "scale_percent": [100.0] * count,
            "rotation_deg": [0.0] * count}  # fmt: skip
    assert len(keys(move)) <= MOST_KEYS

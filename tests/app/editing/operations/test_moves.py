"""Moves, told by where a dot is seen, frame by frame."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
import pytest

from app.editing.operations.moves import CameraMove, PanZoom, Shake, View, Zoom

WIDE = 1280


def test_a_punch_closes_in_on_its_point_and_comes_back(studio: Any, dots: Any) -> None:
    zoom = Zoom(at_s=0.25, duration_s=0.5, scale=2, x=60.5 / 160, y=40.5 / 90, in_s=0.125, out_s=0.125)
    path = dots.path(studio.render(zoom, dots.draw((60, 40), frames=24)))
    assert path[:6] == pytest.approx(np.array([[60, 40]] * 6), abs=0.1)
    assert path[8:16] == pytest.approx(np.array([[79.5, 44.5]] * 8), abs=1.1), "the point has come to the middle"
    assert path[18:] == pytest.approx(np.array([[60, 40]] * 6), abs=0.1)
    assert np.all(np.diff(path[5:9, 0]) >= 0)
    assert np.all(np.diff(path[15:19, 0]) <= 0)


def test_a_jump_is_there_in_its_first_frame(studio: Any, dots: Any) -> None:
    path = dots.path(studio.render(Zoom(at_s=0.25, scale=1.5, x=0, y=0, in_s=0), dots.draw((60, 40), frames=12)))
    assert path[5] == pytest.approx([60, 40], abs=0.1)
    assert path[6:] == pytest.approx(np.array([[90.25, 60.25]] * 6), abs=0.6)


def test_ways_that_would_meet_are_shortened_alike() -> None:
    shares = Zoom(in_s=2, out_s=1, easing="linear").shares(12, 24)
    assert max(shares) == pytest.approx(1)
    assert shares.index(max(shares)) == 7
    assert shares[0] == pytest.approx(1 / 8)


def jitter(path: Any) -> float:
    """The greatest change of speed from frame to frame, pixels."""
    return float(np.abs(np.diff(path, 2, axis=0)).max())


def test_a_slow_zoom_at_1280_is_smooth(studio: Any, dots: Any) -> None:
    """Half a pixel at most from where the dot should be, and no steps of whole pixels."""
    dots = type(dots)(WIDE, 720, 6.0)
    pictures = dots.draw((400, 300), frames=20)
    path = dots.path(studio.render(Zoom(scale=1.1, x=0.0, y=0.0, in_s=20 / 24, easing="linear"), pictures))
    shares = np.arange(1, 21) / 20
    wide, high = 1408, 792
    ideal = np.stack([400.5 * (1 + (wide / WIDE - 1) * shares) - 0.5, 300.5 * (1 + (high / 720 - 1) * shares) - 0.5], 1)
    assert np.abs(path - ideal).max() < 0.5
    assert jitter(path) < 0.1


def test_a_punch_at_1280_is_right_to_half_a_pixel(studio: Any, dots: Any) -> None:
    dots = type(dots)(WIDE, 720, 6.0)
    path = dots.path(studio.render(Zoom(scale=1.3, in_s=0.25, easing="linear"), dots.draw((620, 350), frames=10)))
    shares = np.minimum(np.arange(1, 11) / 6, 1)
    ideal = np.stack([(620.5 - 640) * (1 + 0.3 * shares) + 639.5, (350.5 - 360) * (1 + 0.3 * shares) + 359.5], 1)
    assert np.abs(path - ideal).max() <= 0.5


@pytest.mark.parametrize("still", [False, True])
def test_a_pan_goes_from_view_to_view_without_steps(studio: Any, dots: Any, still: bool) -> None:
    pictures = dots.draw((80, 45), frames=30)
    source = studio.add("photo", pictures[:1], still=True) if still else None
    pan = PanZoom(start=View(x=0.4, scale=1.4), end=View(x=0.6, scale=1.4), easing="linear")
    path = dots.path(studio.render(pan, pictures, source=source))
    step = 0.2 * 160 * 1.4 / 29
    assert np.diff(path[:, 0]) == pytest.approx(np.full(29, -step), abs=0.06)
    assert np.abs(np.diff(path[:, 1])).max() < 0.05
    assert path[0, 0] == pytest.approx((80.5 - (0.4 * 160 - 160 / 2.8)) * 1.4 - 0.5, abs=0.1)


def test_a_pan_that_stays_shows_its_view(studio: Any, dots: Any) -> None:
    view = View(x=0.5, y=0.5, scale=2)
    path = dots.path(studio.render(PanZoom(start=view, end=view), dots.draw((70, 40), frames=4)))
    assert path == pytest.approx(np.array([[60.5, 35.5]] * 4), abs=0.6)


def columns(frames: int) -> dict[str, Any]:
    steps = range(frames)
    return {
        "step_s": 1 / 24,
        "x_percent": [3 * math.sin(k / 4) for k in steps],
        "y_percent": [2 * math.cos(k / 5) - 2 for k in steps],
        "scale_percent": [100 + k * 0.8 for k in steps],
        "rotation_deg": [4 * math.sin(k / 7) for k in steps],
    }


def moved(picture: Any, row: dict[str, float]) -> Any:
    """The move as docs/analysis-schema.md has it."""
    height, width = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), -row["rotation_deg"], row["scale_percent"] / 100)
    matrix[:, 2] += row["x_percent"] * width / 100, row["y_percent"] * width / 100
    return cv2.warpAffine(picture, matrix, (width, height))


def test_a_camera_move_is_that_of_the_documentation(studio: Any, dots: Any) -> None:
    """A grid of dots, each within a pixel: here within a quarter."""
    data = columns(12)
    for point in ((30, 20), (130, 25), (80, 45), (35, 70), (120, 65)):
        pictures = dots.draw(point, frames=12)
        path = dots.path(studio.render(CameraMove(**data, fill="edges"), pictures))
        rows = [{name: data[name][k] for name in data if name != "step_s"} for k in range(12)]
        wanted = dots.path(np.array([moved(pictures[0], row) for row in rows]))
        assert np.abs(path - wanted).max() < 0.25


def test_strength_and_steps_of_its_own(studio: Any, dots: Any) -> None:
    data = {"step_s": 0.25, "x_percent": (0, 10), "y_percent": (0, 0), "scale_percent": (100, 100), "rotation_deg": (0, 0)}
    path = dots.path(studio.render(CameraMove(**data, strength=0.5, fill="edges"), dots.draw((60, 40), frames=9)))
    assert path[:, 0] == pytest.approx([60 + 8 * min(k, 6) / 6 for k in range(9)], abs=0.1)


def test_enlarging_hides_every_border(studio: Any) -> None:
    light = np.full((12, 90, 160, 3), 200, np.uint8)
    light[:, (0, -1), :] = light[:, :, (0, -1)] = 0
    out = studio.render(CameraMove(**columns(12)), light)
    assert out[:, 8:-8, 8:-8].min() > 180, "nothing of the black frame comes further in than it was"
    path = studio.render(CameraMove(**{**columns(12), "x_percent": [0] * 12, "y_percent": [0] * 12, "rotation_deg": [0] * 12}), light)
    assert path.shape == light.shape


def test_a_move_that_cannot_be_hidden_is_refused(studio: Any, dots: Any) -> None:
    place = studio.place(dots.draw((1, 1), frames=4))
    far = CameraMove(step_s=1, x_percent=(60,), y_percent=(0,), scale_percent=(100,), rotation_deg=(0,))
    (problem,) = far.problems(place)
    assert problem.code == "move_too_far"
    assert "without end" in problem.message
    assert list(far.model_copy(update={"fill": "edges"}).problems(place)) == []
    assert list(far.model_copy(update={"strength": 0.2}).problems(place)) == []


def test_columns_must_be_even(studio: Any, dots: Any) -> None:
    (problem,) = CameraMove(step_s=1, x_percent=(0, 1), y_percent=(0,), scale_percent=(100,), rotation_deg=(0,)).problems(
        studio.place(dots.draw((1, 1)))
    )
    assert problem.code == "uneven_columns"


def test_a_shake_keeps_its_reach_shows_no_border_and_can_be_told_again(studio: Any, dots: Any) -> None:
    pictures = dots.draw((80, 45), frames=24)
    shake = Shake(strength_percent=4, frequency_hz=6, seed=5)
    out = studio.render(shake, pictures)
    away = dots.path(out) - [80, 45]
    assert np.abs(away).max() <= 0.04 * 160 + 1.2
    assert np.abs(away[:, 0]).max() > 2
    assert np.array_equal(out, studio.render(shake, pictures))
    assert not np.array_equal(out, studio.render(shake.model_copy(update={"seed": 6}), pictures))
    light = np.full((24, 90, 160, 3), 200, np.uint8)
    assert studio.render(shake, light).min() > 190


def test_a_shake_lasts_as_long_as_it_should_and_dies_away(studio: Any, dots: Any) -> None:
    pictures = dots.draw((80, 45), frames=36)
    away = np.abs(dots.path(studio.render(Shake(at_s=0.25, duration_s=1, strength_percent=5, decays=True), pictures)) - [80, 45]).max(
        axis=1
    )
    assert away[:6].max() < 0.1
    assert away[30:].max() < 0.1
    assert away[6:14].max() > 3 * away[22:30].max()


def test_a_slow_small_shake_does_not_step(studio: Any, dots: Any) -> None:
    path = dots.path(studio.render(Shake(strength_percent=1, frequency_hz=0.4, seed=1), dots.draw((80, 45), frames=40)))
    assert jitter(path[4:]) < 0.15
    assert all(abs(after - before) < 1 for before, after in pairwise(path[4:, 0]))

"""The picture's motion from frame to frame against motion that is known."""

from __future__ import annotations

import numpy as np
import pytest

from app.video.analysers import camera_tracking
from app.video.analysers.camera_tracking import CameraMotion, Tracker, corners, fit, warp
from app.video.frame import Frame
from tests.app.video.analysers.moving import Image, Move, cartoon, film
from tests.benchmarks import motion_truth as truth

MIDDLE = complex((truth.WIDTH - 1) / 2, (truth.HEIGHT - 1) / 2)


def follow(pictures: list[Image] | tuple[Image, ...]) -> list[CameraMotion]:
    tracker = Tracker()
    return [tracker.step(frame) for frame in truth.frames(pictures)]


def error(motion: CameraMotion, move: Move) -> float:
    """Mean distance in px over a grid, for a step made about the middle of the still."""
    xs, ys = np.meshgrid(np.linspace(20, 300, 5), np.linspace(10, 170, 5))
    grid = (xs + 1j * ys).ravel()
    path = truth.steady_path(move, 2)
    step = truth.matrix(path[1]) @ np.linalg.inv(truth.matrix(path[0]))
    true = complex(step[0, 0], step[1, 0]) * (grid - MIDDLE) + complex(step[0, 2], step[1, 2]) + MIDDLE
    return float(np.abs(motion.turn * grid + motion.shift - true).mean())


@pytest.mark.parametrize(
    "move",
    [
        Move(),
        Move(right=0.3),
        Move(right=-5.6),
        Move(down=2.25),
        Move(zoom=0.015),
        Move(zoom=-0.01),
        Move(roll_deg=0.5),
        Move(2.2, -1.6, 0.012, 0.4),
    ],
)
def test_a_known_move_is_found_to_a_twentieth_of_a_pixel(move: Move) -> None:
    motion = follow(film(move, 2))[1]
    assert motion.found
    assert motion.inliers > 0.8
    assert error(motion, move) < 0.06


def test_something_textured_in_front_does_not_count_as_the_camera() -> None:
    texture = truth.foliage(np.random.default_rng(2))
    move = Move(right=1.4, down=-0.5)
    plain = film(move, 3)
    front = [truth.put_in_front(picture, texture, (130 + 7.3 * i, 95 + 3.1 * i)) for i, picture in enumerate(plain)]
    for motion in follow(front)[1:]:
        assert error(motion, move) < 0.08
        assert motion.inliers < 0.97


def test_the_first_frame_and_a_cut_have_no_motion() -> None:
    other = truth.view(truth.foliage(np.random.default_rng(3)), Move())
    motions = follow([film(Move(), 2)[0], other, other])
    assert not motions[0].found
    assert not motions[1].found
    assert (motions[1].turn, motions[1].shift, motions[1].inliers) == (1, 0, 0.0)
    assert motions[1].residual > 20
    assert motions[2].found


def test_a_repeated_frame_stands_still_exactly() -> None:
    one = film(Move(), 2)[0]
    motion = follow([one, one.copy()])[1]
    assert motion.found
    assert (motion.turn, motion.shift, motion.residual, motion.inliers) == (1, 0, 0.0, 1.0)


def test_a_picture_without_corners_has_no_motion() -> None:
    flat = [np.full((180, 320), level, np.uint8) for level in (90, 93)]
    motion = follow(flat)[1]
    assert not motion.found
    assert motion.residual == pytest.approx(3.0)


@pytest.mark.parametrize("shape", [(8, 14), (2, 2), (320, 180), (60, 320), (33, 47)])
def test_pictures_of_any_shape_are_taken(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(5)
    grey = np.full((max(1, shape[0] // 2), max(1, shape[1] // 2)), 128, np.uint8)
    tracker = Tracker()
    for index in range(3):
        motion = tracker.step(Frame(index, index / 24, rng.integers(0, 255, shape, dtype=np.uint8), grey, grey))
        assert np.isfinite([motion.turn.real, motion.shift.real, motion.residual]).all()


def test_a_change_of_size_starts_anew() -> None:
    tracker = Tracker()
    big, small = film(Move(), 2)[0], film(Move(), 2)[0][:90, :160].copy()
    tracker.step(next(iter(truth.frames([big]))))
    assert not tracker.step(next(iter(truth.frames([small])))).found


def test_there_is_one_corner_to_a_cell_at_most() -> None:
    found = corners(next(iter(truth.frames([truth.view(cartoon(), Move())]))).half())
    assert 60 < len(found) <= 144
    cells = {(int(x) // 20, int(y) // 20) for x, y in found}
    assert len(cells) == len(found)


def test_a_similarity_is_fitted_through_a_third_of_wrong_points() -> None:
    rng = np.random.default_rng(0)
    came = rng.uniform(0, 300, (90, 2)).astype(np.float32)
    p = came[:, 0] + 1j * came[:, 1]
    turn, shift = 1.01 * np.exp(0.01j), 3.5 - 1.25j
    q = turn * p + shift
    went = np.stack([q.real, q.imag], 1).astype(np.float32)
    went[:30] += (12, 5)
    found, moved, agree = fit(came, went)
    assert found == pytest.approx(turn, abs=1e-5)
    assert moved == pytest.approx(shift, abs=1e-3)
    assert not agree[:30].any()
    assert agree[30:].all()


def test_too_few_points_fit_nothing() -> None:
    assert not fit(np.zeros((3, 2), np.float32), np.zeros((3, 2), np.float32))[2].any()


def test_warping_moves_the_picture_and_leaves_the_new_border_as_it_is() -> None:
    pictures = film(Move(right=4.0), 2)
    before, now = (frame.half() for frame in truth.frames(pictures))
    moved = warp(before, now, 1 + 0j, -4 + 0j)
    assert float(np.abs(moved.astype(int) - now).mean()) < 1.5
    assert (moved[:, -1] == now[:, -1]).all()


def test_zoom_and_turn_have_the_signs_they_are_described_with() -> None:
    motion = CameraMotion(1.1 * np.exp(1j * np.radians(2.0)), 0j, True, 1.0, np.zeros((1, 1), np.uint8), 0.0)
    assert motion.zoom == pytest.approx(np.log(1.1))
    assert motion.turned_deg == pytest.approx(2.0)
    assert motion.of_centre(1, 1) == 0


def test_corners_are_chosen_anew_at_fixed_frame_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen: list[int] = []
    real = camera_tracking.corners
    tracker = Tracker()
    frames = list(truth.frames(film(Move(right=0.3), 26)))
    for frame in frames:
        monkeypatch.setattr(camera_tracking, "corners", lambda half, at=frame.index: (chosen.append(at), real(half))[1])
        tracker.step(frame)
    assert chosen == [0, 12, 24]

"""What moves on its own, found in pictures where it is known."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from app.video.analysers.camera import CameraMeasure
from app.video.analysers.residual_motion import LAGS, NOTHING, SHARED, Trail, find_mover, own_motion
from app.video.frame import Frame
from tests.app.video.analysers.moving import cartoon
from tests.benchmarks import motion_truth as truth
from tests.benchmarks.motion_truth import Move


def last(pictures: list[Any], tracked: bool = True) -> Frame:
    """The last of the frames, with the trail that led to it."""
    camera, trail = CameraMeasure(), Trail()
    frame: Frame | None = None
    for frame in truth.frames(pictures):
        if tracked:
            camera.measure(frame)
        assert trail.measure(frame) == ()
    assert frame is not None
    return frame


def film(pan: Move, at: Any = None, count: int = 13) -> list[Any]:
    """A view of a cartoon under a pan; a plain disc at ``at(frame)`` px when given."""
    pictures = [truth.view(cartoon(), place) for place in truth.steady_path(pan, count)]
    if at is not None:
        for number, picture in enumerate(pictures):
            cv2.circle(picture, tuple(int(v) for v in at(number)), 22, 128, -1, cv2.LINE_AA)
            cv2.circle(picture, tuple(int(v) for v in at(number)), 12, 20, 3, cv2.LINE_AA)
    return pictures


@pytest.mark.parametrize("pan", [Move(), Move(right=2.0), Move(right=-1.0, down=0.7, zoom=0.003), Move(roll_deg=0.4)])
def test_the_camera_alone_moves_nothing(pan: Move) -> None:
    motion = own_motion(last(film(pan)))
    assert motion is not None
    assert motion.shape == (54, 96)
    assert find_mover(motion).confidence < 0.2


@pytest.mark.parametrize("pan", [Move(), Move(right=2.0), Move(right=-1.5, down=0.5)])
@pytest.mark.parametrize("speed", [(3, 1), (-4, 0)])
def test_a_thing_on_its_own_way_is_found(pan: Move, speed: tuple[int, int]) -> None:
    motion = own_motion(last(film(pan, lambda n: (160 + speed[0] * (n - 6), 90 + speed[1] * (n - 6)))))
    assert motion is not None
    found = find_mover(motion)
    assert found.x == pytest.approx((160 + speed[0] * 6) / 320, abs=0.05)
    assert found.y == pytest.approx((90 + speed[1] * 6) / 180, abs=0.08)
    assert 0.8 * 44 < found.width * 320 < 1.9 * 44  # with a plain thing a part of where it was
    assert found.confidence > 0.5


@pytest.mark.parametrize("period", [2, 3, 4])
def test_drawings_may_be_held(period: int) -> None:
    motion = own_motion(last(film(Move(right=1.5), lambda n: (130 + 3 * (n - n % period), 90))))
    assert motion is not None
    assert find_mover(motion).x == pytest.approx((130 + 3 * (12 - 12 % period)) / 320, abs=0.05)


def test_there_is_nothing_to_compare_at_first_after_a_cut_or_without_the_camera() -> None:
    assert own_motion(last(film(Move())[: LAGS[0]])) is None
    assert own_motion(last(film(Move(), count=6))) is not None  # from four frames on, one comparison is better than none
    rng = np.random.default_rng(2)
    assert own_motion(last([*film(Move()), rng.integers(0, 255, (180, 320)).astype(np.uint8)])) is None
    assert own_motion(last(film(Move()), tracked=False)) is None
    alone = last(film(Move()))
    del alone.shared[SHARED]
    assert own_motion(alone) is None


def test_a_map_without_motion_has_no_mover() -> None:
    assert find_mover(np.zeros((54, 96), np.float32)) == NOTHING
    assert NOTHING.confidence == 0


def test_motion_all_over_says_little() -> None:
    everywhere = np.full((54, 96), 0.8, np.float32)
    part = np.zeros((54, 96), np.float32)
    part[20:35, 40:60] = 0.8
    assert find_mover(everywhere).confidence == 0
    found = find_mover(part)
    assert found.confidence == pytest.approx(1)
    assert (found.left, found.top) == (40 / 96, 20 / 54)
    assert (found.x, found.y) == (pytest.approx(50 / 96), pytest.approx(27.5 / 54))


def test_two_movers_share_the_confidence_and_the_greater_is_taken() -> None:
    both = np.zeros((54, 96), np.float32)
    both[10:30, 10:30] = 0.8
    both[40:50, 70:80] = 0.8
    found = find_mover(both)
    assert found.left == 10 / 96
    assert found.confidence == pytest.approx(0.8)

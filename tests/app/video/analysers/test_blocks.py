"""Block means and the changes they tell."""

from __future__ import annotations

import numpy as np
import pytest

from app.video.analysers.blocks import block_change, block_means, motion_of, moved_along, steadied_change, unexplained_change
from app.video.analysers.camera_tracking import Tracker
from app.video.frame import Frame
from tests.app.video.analysers.moving import Image, Move, film, walk
from tests.benchmarks import motion_truth as truth


def pair(one: Image, two: Image, *, camera: bool = True) -> tuple[Frame, Frame]:
    before, frame = truth.frames([one, two])
    if camera:
        tracker = Tracker()
        for each in (before, frame):
            each.shared["camera"] = tracker.step(each)
    return before, frame


@pytest.mark.parametrize("shape", [(180, 320), (90, 160), (33, 47), (320, 180)])
def test_block_means_are_exact(shape: tuple[int, int]) -> None:
    plane = np.random.default_rng(0).integers(0, 255, shape, dtype=np.uint8)
    means = block_means(plane)
    assert means.shape == (9, 16)
    tops = np.linspace(0, shape[0], 10).round().astype(int)
    lefts = np.linspace(0, shape[1], 17).round().astype(int)
    assert means[2, 3] == pytest.approx(plane[tops[2] : tops[3], lefts[3] : lefts[4]].mean())


def test_tiny_planes_have_fewer_blocks() -> None:
    assert block_means(np.full((2, 3), 7, np.uint8)).tolist() == [[7.0] * 3] * 2


def test_a_small_thing_shows_in_the_most_and_not_in_the_usual_block() -> None:
    one = np.full((180, 320), 100, np.uint8)
    two = one.copy()
    two[40:60, 60:80] = 130
    assert block_change(*pair(one, two)) == (30.0, 0.0)
    assert block_change(*pair(one, one.copy())) == (0.0, 0.0)


def test_a_pan_is_taken_out() -> None:
    before, frame = pair(*film(Move(right=3.0), 2))
    most, _ = block_change(before, frame)
    assert most > 20
    assert float(np.abs(steadied_change(before, frame)).max()) < 0.25 * most
    assert unexplained_change(before, frame) < 0.4 * most
    assert moved_along(before, frame) is not before.half()


def test_without_the_camera_the_frame_before_is_taken_as_it_is() -> None:
    before, frame = pair(*film(Move(right=3.0), 2), camera=False)
    assert motion_of(frame) is None
    assert moved_along(before, frame) is before.half()


def test_a_held_figure_before_a_pan_is_explained_and_a_new_drawing_is_not() -> None:
    pictures = walk(2, 40, Move(right=1.3))
    values = [unexplained_change(*pair(pictures[i], pictures[i + 1])) for i in range(39)]
    assert np.median(values[1::2]) > 1.25 * np.median(values[::2])


def test_light_is_signed() -> None:
    one = film(Move(), 2)[0]
    change = steadied_change(*pair(one, np.clip(one.astype(int) - 4, 0, 255).astype(np.uint8)))
    assert float(np.median(change)) == pytest.approx(-4.0, abs=0.01)

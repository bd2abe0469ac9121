"""The six shots, drawn frame by frame."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from app.video.sample_shots import SHOTS, ease, hop, night, pencil, pencil_up, portrait
from app.video.sample_truth import BEAT_FRAMES, FRAMES, GROUND_TRUTH, HEIGHT, WIDTH

EDGES = (0, *GROUND_TRUTH.cuts, FRAMES)
LENGTHS = [end - first for first, end in pairwise(EDGES)]


def test_there_is_a_shot_between_any_two_cuts() -> None:
    assert len(SHOTS) == len(LENGTHS)
    assert sum(LENGTHS) == FRAMES


@pytest.mark.parametrize("number", range(6))
def test_frames_have_the_right_form_and_differ(number: int) -> None:
    draw = SHOTS[number]()
    first, middle, last = draw(3), draw(LENGTHS[number] // 3), draw(LENGTHS[number] - 1)
    for image in (first, middle, last):
        assert (image.shape, image.dtype) == ((HEIGHT, WIDTH, 3), np.uint8)
    assert np.abs(first.astype(int) - middle).mean() > 0.2
    assert np.abs(middle.astype(int) - last).mean() > 0.2


@pytest.mark.parametrize("number", range(6))
def test_drawing_a_frame_again_gives_the_same_picture(number: int) -> None:
    draw = SHOTS[number]()
    later = draw(30)
    draw(3)
    assert np.array_equal(draw(30), later)
    assert np.array_equal(SHOTS[number]()(30), later)


def test_neighbouring_shots_look_different() -> None:
    for (number, length), make in zip(list(enumerate(LENGTHS))[:-1], SHOTS[1:], strict=True):
        before = SHOTS[number]()(length - 1).astype(int)
        assert np.abs(before - make()(0)).mean() > 25


def test_night_is_on_twos() -> None:
    draw = night()
    for frame in range(0, 12, 2):
        assert np.array_equal(draw(frame), draw(frame + 1))
        assert not np.array_equal(draw(frame + 1), draw(frame + 2))


def test_the_flash_is_white_through_and_through() -> None:
    assert (portrait()(GROUND_TRUTH.flash[0] - GROUND_TRUTH.cuts[-1]) == 255).all()


def test_bounces_land_on_beats() -> None:
    for beat in range(4):
        height, stretch = hop(beat * BEAT_FRAMES, 300)
        assert height == 0
        assert stretch < 0.8
    assert hop(BEAT_FRAMES / 2, 300)[0] == pytest.approx(300)


def test_easing_starts_and_ends_slowly() -> None:
    assert (ease(-1), ease(0), ease(0.5), ease(1), ease(2)) == (0, 0, 0.5, 1, 1)
    assert ease(0.1) < 0.1
    assert ease(0.9) > 0.9


def test_a_pencil_points_at_its_tip() -> None:
    image = np.full((400, 400, 3), 255, np.uint8)
    pencil(image, (200.0, 300.0))
    rows, columns = np.nonzero((image != 255).any(axis=2))
    assert math.hypot(rows.max() - 300, columns[rows.argmax()] - 200) < 8


def test_standing_pencils_stand() -> None:
    image = np.full((400, 400, 3), 255, np.uint8)
    pencil_up(image, 200, 350, 100)
    rows, columns = np.nonzero((image != 255).any(axis=2))
    assert rows.max() == pytest.approx(350, abs=3)
    assert rows.min() == pytest.approx(350 - 144, abs=4)
    assert columns.mean() == pytest.approx(200, abs=2)

"""Numbers between consecutive frames, against their definitions."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from app.video.analysers.camera import CameraMeasure
from app.video.analysers.coherence_measure import CoherenceMeasure, moments_of, ssim
from app.video.frame import Frame
from tests.app.video.analysers.moving import Image, Move, cartoon, film
from tests.benchmarks import accuracy_motion
from tests.benchmarks import motion_truth as truth


def rows(pictures: list[Image] | tuple[Image, ...]) -> list[dict[str, float]]:
    before, measure = CameraMeasure(), CoherenceMeasure()
    found = []
    for frame in truth.frames(pictures):
        before.measure(frame)
        found.append(dict(zip(measure.columns, measure.measure(frame), strict=True)))
    return found


def brighter(picture: Image, level: int) -> Image:
    return np.clip(picture.astype(int) + level, 0, 255).astype(np.uint8)


def test_fast_ssim_follows_the_gaussian_one() -> None:
    assert accuracy_motion.ssim_correlation([("cartoon", cartoon())]) >= 0.98


def test_ssim_of_a_picture_with_itself_is_one_and_with_its_negative_less_than_none() -> None:
    half = cv2.resize(film(Move(), 2)[0], (160, 90), interpolation=cv2.INTER_AREA)
    assert ssim(moments_of(half), moments_of(half)) == pytest.approx(1.0, abs=1e-5)
    assert ssim(moments_of(half), moments_of(255 - half)) < 0.1


def test_the_first_frame_and_an_exact_repeat_change_nothing() -> None:
    one = film(Move(), 2)[0]
    for row in rows([one, one.copy()]):
        assert row["coh_ssim"] == 1.0
        assert [row[name] for name in ("coh_change", "coh_rest", "coh_most", "coh_gain", "coh_local", "coh_middle")] == [0.0] * 6


def test_light_is_told_in_levels_also_during_a_pan() -> None:
    for move in (Move(), Move(right=2.3, down=0.4)):
        pictures = list(film(move, 4))
        pictures[2] = brighter(pictures[2], 3)
        found = rows(pictures)
        assert found[1]["coh_gain"] == pytest.approx(0.0, abs=0.1)
        assert found[2]["coh_gain"] == pytest.approx(3.0, abs=0.1)
        assert found[3]["coh_gain"] == pytest.approx(-3.0, abs=0.1)


def test_a_pan_changes_the_picture_and_leaves_little_once_taken_out() -> None:
    last = rows(film(Move(right=2.3), 4))[3]
    assert last["coh_rest"] < 0.3 * last["coh_change"]
    assert last["coh_middle"] < 0.3 * last["coh_change"]


def test_a_frame_out_of_line_departs_from_the_mean_of_its_neighbours() -> None:
    pictures = list(film(Move(), 4))
    pictures[1] = brighter(pictures[1], 6)
    found = rows(pictures)
    assert found[2]["coh_middle"] == pytest.approx(6.0, abs=0.5)


def test_light_that_flickers_in_one_corner_is_local() -> None:
    pictures = [film(Move(), 2)[0].copy() for _ in range(6)]
    for index, picture in enumerate(pictures):
        picture[:60, :100] = np.clip(picture[:60, :100].astype(int) + (8 if index % 2 else 0), 0, 255)
    row = rows(pictures)[5]
    assert row["coh_gain"] == pytest.approx(0.0, abs=0.05)
    assert row["coh_local"] > 0.5


def test_colour_is_that_of_the_hsv_picture() -> None:
    def plane(shape: tuple[int, int], value: int) -> Image:
        return np.full(shape, value, np.uint8)

    frames = [Frame(0, 0.0, plane((180, 320), 81), plane((90, 160), 90), plane((90, 160), 240))]
    row = dict(zip(CoherenceMeasure.columns, CoherenceMeasure().measure(frames[0]), strict=True))
    red = cv2.cvtColor(cv2.cvtColor(np.array([[[81, 240, 90]]], np.uint8), cv2.COLOR_YCrCb2RGB), cv2.COLOR_RGB2HSV)[0, 0]
    assert (row["coh_sat"], row["coh_value"]) == (float(red[1]), float(red[2]))
    assert (row["coh_u"], row["coh_v"]) == (90.0, 240.0)


@pytest.mark.parametrize("shape", [(8, 14), (2, 2), (320, 180)])
def test_pictures_of_any_shape_are_taken(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(5)
    grey = np.full((max(1, shape[0] // 2), max(1, shape[1] // 2)), 128, np.uint8)
    measure = CoherenceMeasure()
    for index in range(3):
        frame = Frame(index, index / 24, rng.integers(0, 255, shape, dtype=np.uint8), grey, grey)
        assert np.isfinite(measure.measure(frame)).all()

"""Gradients with and without steps: the measure tells how high the steps are, and sees none where there are none."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from app.video.analysers.banding import banding
from tests.benchmarks.accuracy_subjects import banding_rank, dithered, gradient, quantised

SIZE = (180, 320)


@pytest.mark.parametrize("kind", ["across", "down", "slanting", "round"])
def test_coarser_steps_rank_higher(kind: str) -> None:
    assert banding_rank(kind) >= 0.95
    assert banding(quantised(gradient(kind), 1)) == banding(quantised(gradient(kind), 2)) == (0, 0)


@pytest.mark.parametrize("kind", ["across", "down", "slanting"])
@pytest.mark.parametrize("step", [4, 6, 8])
def test_share_and_height_are_those_of_the_steps_but_for_the_first_and_last(kind: str, step: int) -> None:
    share, height = banding(quantised(gradient(kind), step))
    assert share == pytest.approx(1 - 2 * step / 200, abs=0.06)
    assert height == pytest.approx(step * share, rel=0.03)


@pytest.mark.parametrize("kind", ["across", "down", "slanting", "round"])
@pytest.mark.parametrize("step", [1, 3, 5, 8])
def test_dither_and_grain_leave_none(kind: str, step: int) -> None:
    assert banding(dithered(gradient(kind), step))[1] < 0.05
    grain = np.random.default_rng(3).normal(0, 1.5, SIZE)
    assert banding(quantised(gradient(kind) + grain, 1))[1] < 0.05


def test_half_a_picture_counts_half() -> None:
    picture = quantised(gradient("down"), 5)
    picture[:, 160:] = 120
    whole = banding(quantised(gradient("down"), 5))[1]
    assert banding(picture)[1] == pytest.approx(whole / 2, rel=0.1)


@pytest.mark.parametrize("quality", [60, 75, 92])
def test_compression_does_not_hide_it(quality: int) -> None:
    picture = cv2.resize(quantised(gradient("across"), 6), (1280, 720), interpolation=cv2.INTER_NEAREST)
    back = cv2.imdecode(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_GRAYSCALE)
    assert banding(cv2.resize(back, (SIZE[1], SIZE[0]), interpolation=cv2.INTER_AREA))[1] > 3


def test_drawn_edges_and_flat_tones_are_none() -> None:
    rng = np.random.default_rng(4)
    picture = np.full(SIZE, 120, np.uint8)
    for _ in range(60):
        x, y, w, h = (int(v) for v in (rng.integers(0, 320), rng.integers(0, 180), rng.integers(4, 80), rng.integers(4, 60)))
        cv2.rectangle(picture, (x, y), (x + w, y + h), 20 * int(rng.integers(1, 12)), -1)
    assert banding(picture)[0] < 0.05
    assert banding(picture)[1] < 0.1
    picture[:] = 100
    picture[:, 160:] = 106  # two tones side by side are a shadow, not a gradient
    assert banding(picture)[1] == 0
    assert banding(np.zeros((8, 8), np.uint8)) == (0, 0)
    assert banding(np.full(SIZE, 90, np.uint8)) == (0, 0)

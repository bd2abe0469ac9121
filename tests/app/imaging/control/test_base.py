"""What preprocessors share."""

from __future__ import annotations

import numpy as np

from app.imaging.control.base import luma, steepness


def test_brightness_is_weighted_as_eyes_do() -> None:
    colours = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]]], np.uint8)
    assert luma(colours).tolist() == [[76, 150, 29, 255]]


def test_steepness_is_in_values_per_pixel_and_points_uphill() -> None:
    ramp = np.repeat((np.arange(40) * 4).astype(np.uint8)[None, :, None], 3, 2).repeat(30, 0)
    across, down = steepness(ramp, 0)
    assert np.allclose(across[5:-5, 5:-5], 4)
    assert np.allclose(down[5:-5, 5:-5], 0)


def test_an_edge_between_colours_of_one_brightness_is_seen() -> None:
    picture = np.zeros((20, 20, 3), np.uint8)
    picture[:, :10] = (150, 60, 60)
    picture[:, 10:] = (40, 116, 60)
    assert np.ptp(luma(picture)) <= 2
    across, _ = steepness(picture, 1.0)
    assert np.abs(across[:, 9:11]).min() > 15

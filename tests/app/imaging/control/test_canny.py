"""Canny finds the outlines with thresholds of its own, and obeys those it is given."""

from __future__ import annotations

import numpy as np
import pytest

from app.imaging.control.canny import LEAST, draw, thresholds
from tests.app.imaging.control.pictures import drawing, found_and_missed, material, textured


def test_outlines_are_found_and_nothing_else() -> None:
    picture, outline = drawing()
    drawn = draw(material(picture))
    assert set(np.unique(drawn.pixels)) == {0, 255}
    on, covered = found_and_missed(drawn.pixels, outline)
    assert on > 0.97
    assert covered > 0.95
    assert drawn.engine.startswith("Canny, built in (thresholds ")


def test_noise_is_no_outline() -> None:
    on, covered = found_and_missed(draw(material(textured())).pixels, drawing()[1])
    assert on > 0.8
    assert covered > 0.9


def test_given_thresholds_are_used_in_either_order() -> None:
    picture, _ = drawing()
    assert not draw(material(picture, low=900, high=1000)).pixels.any()
    swapped = draw(material(picture, low=120, high=40))
    assert "thresholds 40 and 120" in swapped.engine
    assert np.array_equal(swapped.pixels, draw(material(picture, low=40, high=120)).pixels)


def test_more_detail_means_lower_thresholds() -> None:
    gradient = np.abs(np.random.default_rng(1).normal(0, 60, (60, 60))).astype(np.float32)
    highs = [thresholds(gradient, detail)[1] for detail in (0, 0.5, 1)]
    assert highs == sorted(highs, reverse=True)
    assert len(set(highs)) == 3


@pytest.mark.parametrize("value", [0, 128, 255])
def test_a_plain_picture_has_no_edges(value: int) -> None:
    plain = np.full((32, 32, 3), value, np.uint8)
    assert not draw(material(plain)).pixels.any()
    assert thresholds(np.zeros((4, 4), np.float32), 0.5) == (LEAST, 2 * LEAST)

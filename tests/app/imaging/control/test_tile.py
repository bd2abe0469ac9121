"""A tile map keeps the colours and loses the fine detail."""

from __future__ import annotations

import numpy as np

from app.imaging.control.tile import draw
from tests.app.imaging.control.pictures import drawing, material, textured


def test_detail_goes_and_colours_stay() -> None:
    picture, noisy = drawing()[0].astype(int), textured()
    found = draw(material(noisy, detail=0.3)).pixels.astype(int)
    assert found.shape == noisy.shape
    assert np.abs(found - picture)[8:24, 70:].mean() < 0.6 * np.abs(noisy.astype(int) - picture)[8:24, 70:].mean()
    assert np.abs(found.mean((0, 1)) - noisy.mean((0, 1))).max() < 1.5


def test_full_detail_is_the_picture_itself() -> None:
    noisy = textured()
    drawn = draw(material(noisy, detail=1.0))
    assert np.array_equal(drawn.pixels, noisy)
    assert drawn.engine == "the picture itself"
    tiny = draw(material(noisy[:3, :5], detail=0.0)).pixels
    assert tiny.shape == (3, 5, 3)

"""Soft edges are bright on outlines, dim on texture, thin, and grey in between."""

from __future__ import annotations

import numpy as np

from app.imaging.control.softedge import draw, edges, ridge
from tests.app.imaging.control.pictures import drawing, material, textured


def test_outlines_are_bright_and_surfaces_dark() -> None:
    picture, outline = drawing()
    found = draw(material(picture)).pixels.astype(float)
    assert found.shape == picture.shape[:2]
    assert found[outline].mean() > 8 * found[~outline].mean()
    assert found[~outline].mean() < 12
    assert len(np.unique(found)) > 20, "grey, not black and white"


def test_texture_is_dimmer_than_outlines() -> None:
    _, outline = drawing()
    found = edges(textured(), 0.3)
    assert found[outline].mean() > 2.5 * found[~outline].mean()


def test_little_detail_keeps_less_of_the_texture() -> None:
    _, outline = drawing()
    much, little = (edges(textured(), detail)[~outline].mean() for detail in (1.0, 0.0))
    assert little < 0.6 * much


def test_a_wide_slope_becomes_one_line() -> None:
    hill = np.exp(-(((np.arange(60) - 30) / 6.0) ** 2)).astype(np.float32)[None].repeat(40, 0)
    across = np.gradient(hill, axis=1).astype(np.float32) + 1e-3
    thin = ridge(hill, across, np.zeros_like(across))
    assert thin[20].argmax() == 30
    assert (thin[20] > 0.3).sum() < (hill[20] > 0.3).sum()


def test_a_plain_picture_stays_black() -> None:
    assert draw(material(np.full((32, 32, 3), 90, np.uint8))).pixels.max() <= 2

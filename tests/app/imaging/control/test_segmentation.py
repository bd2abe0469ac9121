"""Regions of colour: whole, few, always the same, and said to be no objects."""

from __future__ import annotations

import numpy as np
import pytest

from app.imaging.control.segmentation import draw, joined, palette, regions
from tests.app.imaging.control.pictures import drawing, material, textured


@pytest.mark.parametrize("picture", [drawing(160)[0], textured(160)], ids=["plain", "noisy"])
def test_paper_disc_and_box_are_three_regions(picture: np.ndarray) -> None:
    found = regions(picture, 0.5)
    assert found.max() == 2
    paper, disc, box = found[8, 150], found[53, 53], found[110, 110]
    assert len({int(paper), int(disc), int(box)}) == 3
    assert paper == 0, "numbered by size"
    assert (found[95:130, 90:135] == box).mean() > 0.97


def test_every_pixel_belongs_to_one() -> None:
    picture = np.random.default_rng(2).integers(0, 256, (50, 70, 3), np.uint8)
    found = regions(picture, 0.5)
    assert found.shape == (50, 70)
    assert found.min() == 0
    assert sorted(np.unique(found)) == list(range(found.max() + 1))


def test_more_detail_keeps_smaller_regions() -> None:
    picture = np.full((100, 100, 3), 200, np.uint8)
    picture[40:47, 40:47] = (200, 30, 30)
    assert regions(picture, 0.0).max() == 0
    assert regions(picture, 1.0).max() == 1


def test_the_map_is_large_again_and_honest() -> None:
    picture = np.full((700, 900, 3), 90, np.uint8)
    picture[:, 450:] = (30, 160, 200)
    drawn = draw(material(picture))
    assert drawn.pixels.shape == picture.shape
    assert len(np.unique(drawn.pixels.reshape(-1, 3), axis=0)) == 2
    assert "2 regions" in drawn.engine
    assert "not objects" in drawn.notes[0]
    assert np.array_equal(drawn.pixels, draw(material(picture)).pixels)


def test_a_shade_stays_one_region_and_a_soft_edge_is_still_an_edge() -> None:
    shade = np.linspace(60, 200, 200)[None, :, None].repeat(120, 0).repeat(3, 2).astype(np.uint8)
    assert regions(shade, 0.5).max() == 0
    ramp = np.clip((np.arange(200) - 95) / 10, 0, 1)[None, :, None].repeat(120, 0)
    soft = (np.array([200, 60, 50]) * ramp + np.array([60, 90, 200]) * (1 - ramp)).astype(np.uint8)
    found = regions(soft, 0.5)
    assert found[60, 20] != found[60, 180]


def test_likeness_does_not_creep_from_colour_to_colour() -> None:
    """Bands that each lie within reach of the next, but not of the one after."""
    flat = (np.arange(8) * 18 + 50).repeat(20)[None, :, None].repeat(40, 0).repeat(3, 2).astype(np.uint8)
    patches = np.arange(8, dtype=np.int32).repeat(20)[None].repeat(40, 0)
    found = joined(patches, flat, 34.0)
    assert 2 <= len(np.unique(found)) < 8
    assert found[0, 0] != found[0, -1]


def test_colours_lie_apart() -> None:
    colours = palette(24).astype(int)
    apart = np.abs(colours[:, None] - colours[None]).sum(2) + 1000 * np.eye(24, dtype=int)
    assert apart.min() > 30
    assert np.array_equal(palette(5), palette(24)[:5])

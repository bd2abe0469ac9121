"""Fields of one colour: whole, weighted, repeatable."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from app.imaging.consistency.fields import COUNT, fields_of


def halves() -> Image.Image:
    picture = Image.new("RGB", (64, 64), "white")
    ImageDraw.Draw(picture).rectangle((0, 32, 63, 63), fill=(255, 0, 0))
    return picture


def test_the_parts_sum_to_one() -> None:
    found = fields_of(halves())
    assert found.areas.sum() == pytest.approx(1)
    assert found.edge.sum() == pytest.approx(1)
    assert len(found.areas) == len(found.x) == len(found.colours) <= COUNT
    assert found.labels.max() == len(found.areas) - 1


def test_each_field_is_of_one_colour_at_its_place() -> None:
    found = fields_of(halves())
    white, red = np.array([100, 0, 0]), np.array([53.2, 80.1, 67.2])  # CIE L*a*b* of sRGB white and red
    for colour, y in zip(found.colours, found.y, strict=True):
        assert np.abs(colour - (white if y < 0.5 else red)).max() < 1
    assert (found.areas * found.y).sum() == pytest.approx(0.5, abs=1e-3)
    assert (found.areas * found.x).sum() == pytest.approx(0.5, abs=1e-3)


def test_within_says_what_lies_in_the_subject() -> None:
    picture = Image.new("RGB", (64, 64), "white")
    ImageDraw.Draw(picture).ellipse((16, 16, 47, 47), fill="blue")
    found = fields_of(picture)
    blue = found.colours[:, 2] < -60
    assert found.within[blue].mean() > 0.8
    assert found.within[~blue].mean() < 0.2


def test_the_same_picture_has_the_same_fields() -> None:
    one, other = fields_of(halves()), fields_of(halves())
    assert (one.labels == other.labels).all()
    assert (one.colours == other.colours).all()


def test_a_tiny_picture_has_fewer() -> None:
    assert len(fields_of(Image.new("RGB", (2, 2), "red")).areas) <= 16

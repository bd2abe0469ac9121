"""A reference's colours say where the character is."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PIL import Image, ImageDraw

from app.imaging.consistency.fields import fields_of
from app.imaging.consistency.guide import LIGHTNESS_WEIGHT, belonging, densities, gathered, guided_subject
from app.imaging.consistency.signature import Signature


def row(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


RED = Signature(np.array([[53.2, 80.1, 67.2]], np.float32), row(0.5), row(1.0))


def two_discs() -> Image.Image:
    """A blue disc in the middle and a red one beside it, before green."""
    picture = Image.new("RGB", (96, 64), (30, 120, 60))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((34, 16, 64, 46), fill=(20, 40, 200))
    draw.ellipse((70, 20, 90, 60), fill=(255, 0, 0))
    return picture


def test_density_is_a_sum_of_gaussians() -> None:
    found = densities(np.array([[50, 0, 0]], np.float32), np.array([[50, 3, 4], [70, 0, 0]], np.float32), row(0.75, 0.25), 5.0)
    far = 20 * LIGHTNESS_WEIGHT
    assert found[0] == pytest.approx(0.75 * math.exp(-0.5) + 0.25 * math.exp(-far * far / 50))


def test_the_reference_finds_its_own_though_it_stands_aside() -> None:
    fields = fields_of(two_discs())
    found = belonging(fields, RED)
    red = fields.colours[:, 1] > 60
    assert found[red].min() > 0.6
    assert found[~red].max() < 0.2
    subject = guided_subject(fields, found)
    assert subject is not None
    left, top, right, bottom = subject.box
    assert (left, right) == pytest.approx((70 / 96, 91 / 96), abs=0.04)
    assert (top, bottom) == pytest.approx((20 / 64, 61 / 64), abs=0.06)


def test_the_background_belongs_to_nobody_even_in_the_right_colour() -> None:
    picture = Image.new("RGB", (64, 64), (255, 0, 0))
    ImageDraw.Draw(picture).ellipse((20, 20, 44, 44), fill=(20, 40, 200))
    fields = fields_of(picture)
    assert belonging(fields, RED)[fields.colours[:, 1] > 60].max() < 0.75


def test_without_its_colours_there_is_no_subject() -> None:
    fields = fields_of(Image.new("RGB", (64, 64), (20, 40, 200)))
    assert guided_subject(fields, belonging(fields, RED)) is None


def test_what_is_far_from_the_rest_is_trusted_less() -> None:
    picture = Image.new("RGB", (96, 64), (30, 120, 60))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((30, 10, 66, 54), fill=(255, 0, 0))
    draw.ellipse((88, 56, 93, 61), fill=(255, 0, 0))
    fields = fields_of(picture)
    red = (fields.colours[:, 1] > 60).astype(np.float32)
    found = gathered(fields, red)
    speck = (red > 0) & (fields.x > 0.88)
    assert found[(red > 0) & ~speck].min() > found[speck].max()
    assert (gathered(fields, np.zeros_like(red)) == 0).all()

"""Normals of a known surface point where they should; those of brightness say that they are no scene."""

from __future__ import annotations

import numpy as np

from app.imaging.control.base import MapSettings, Material
from app.imaging.control.normal import FROM_BRIGHTNESS, draw, normals
from tests.app.imaging.control.pictures import drawing, material


def vectors(pixels: np.ndarray) -> np.ndarray:
    return pixels.astype(float) / 255 * 2 - 1


def test_a_slope_faces_away_from_its_height() -> None:
    """Height rises to the right: the surface faces left (little red); it rises downwards: it faces up (much green)."""
    rise = np.linspace(0, 1, 100, dtype=np.float32)[None].repeat(100, 0)
    right, down = vectors(normals(rise, 24)), vectors(normals(rise.T.copy(), 24))
    assert right[50, 50, 0] < -0.1
    assert abs(right[50, 50, 1]) < 0.02
    assert down[50, 50, 1] > 0.1
    assert abs(down[50, 50, 0]) < 0.02
    exact = np.array([-24 / 99, 0, 1]) / np.hypot(24 / 99, 1)
    assert np.abs(right[50, 50] - exact).max() < 0.02, "the slope is 24 hundredths of the side"


def test_they_are_unit_vectors_towards_the_viewer() -> None:
    found = vectors(draw(material(drawing()[0])).pixels)
    assert np.abs(np.linalg.norm(found, axis=2) - 1).max() < 0.02
    assert found[..., 2].min() > 0


def test_a_level_wall_has_the_colour_of_one() -> None:
    assert np.all(normals(np.zeros((6, 6), np.float32), 24) == [128, 128, 255])


def test_brightness_is_said_to_be_brightness_and_depth_to_be_depth() -> None:
    picture, _ = drawing()
    guessed = draw(material(picture))
    assert guessed.engine == FROM_BRIGHTNESS
    assert "Install Depth Anything" in guessed.notes[0]
    ball = np.clip(1 - np.hypot(*(np.mgrid[-1:1:64j, -1:1:64j])), 0, 1).astype(np.float32)
    measured = draw(Material(picture[:64, :64], MapSettings(), ball, "Depth Anything"))
    assert measured.engine == "slopes of Depth Anything"
    assert measured.notes == ()
    left, right = vectors(measured.pixels)[32, 12], vectors(measured.pixels)[32, 52]
    assert left[0] < 0 < right[0], "a ball faces outwards on either side"

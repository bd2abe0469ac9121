"""Strokes are broad, black or white, follow the outlines, and leave specks out."""

from __future__ import annotations

import cv2
import numpy as np

from app.imaging.control.scribble import draw
from tests.app.imaging.control.pictures import drawing, found_and_missed, material


def test_strokes_follow_the_outlines() -> None:
    picture, outline = drawing(256)
    drawn = draw(material(picture))
    assert set(np.unique(drawn.pixels)) == {0, 255}
    on, covered = found_and_missed(drawn.pixels, cv2.dilate(outline.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0)
    assert on > 0.95
    assert covered > 0.75
    assert drawn.engine.startswith("strokes from ")


def test_little_detail_draws_less() -> None:
    picture, _ = drawing(256)
    cv2.circle(picture, (190, 60), 30, (140, 150, 160), -1, cv2.LINE_AA)  # hardly darker than the paper
    few, many = (draw(material(picture, detail=detail)).pixels[20:100, 150:230].mean() for detail in (0.0, 1.0))
    assert few < many
    assert many > 10


def test_specks_are_left_out() -> None:
    picture = np.full((256, 256, 3), 200, np.uint8)
    picture[100:102, 100:102] = 40
    assert not draw(material(picture, detail=0.2)).pixels.any()
    assert not draw(material(np.full((40, 40, 3), 200, np.uint8))).pixels.any()

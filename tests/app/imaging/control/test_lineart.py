"""Ink lines are found where a pen drew, and little else."""

from __future__ import annotations

import cv2
import numpy as np

from app.imaging.control.lineart import draw, ink
from tests.app.imaging.control.pictures import drawing, material


def inked() -> tuple[np.ndarray, np.ndarray]:
    paper = np.full((128, 128, 3), 235, np.uint8)
    pen = np.zeros((128, 128), np.uint8)
    for to, colour in ((paper, (30, 30, 40)), (pen, 255)):
        cv2.circle(to, (64, 50), 30, colour, 2, cv2.LINE_AA)
        cv2.line(to, (20, 110), (110, 96), colour, 2, cv2.LINE_AA)
    return paper, pen > 128


def test_lines_of_a_drawing_are_found() -> None:
    paper, pen = inked()
    found = draw(material(paper)).pixels > 100
    near = cv2.dilate(pen.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    assert (found & pen).sum() / pen.sum() > 0.95
    assert (found & near).sum() / found.sum() > 0.95


def test_flat_surfaces_stay_empty_and_more_detail_draws_more() -> None:
    picture, outline = drawing()
    assert draw(material(np.full((32, 32, 3), 200, np.uint8))).pixels.max() == 0
    sums = [ink(picture.mean(2).astype(np.uint8), detail).sum() for detail in (0.0, 0.5, 1.0)]
    assert sums[0] > 0
    found = draw(material(picture)).pixels > 100
    assert (found & outline).sum() / max(1, found.sum()) > 0.95

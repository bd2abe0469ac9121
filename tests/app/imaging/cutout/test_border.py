"""The background's course is read from the border, whatever stands in front of it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from app.imaging.cutout.border import band, read_border
from tests.app.imaging.cutout.scenes import ground, scene


def lab(colours: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(np.ascontiguousarray(colours, np.float32), cv2.COLOR_RGB2Lab)


@pytest.mark.parametrize(("kind", "spread"), [("white", 0.1), ("flat", 0.1), ("graded", 1.0), ("noisy", 5.5)])
def test_smooth_grounds_are_followed_behind_the_subject(kind: str, spread: float) -> None:
    picture = np.asarray(scene(kind, 128)[0], np.float32) / 255
    found = read_border(lab(picture))
    assert found.smooth
    assert found.spread < spread
    assert found.share > 0.95
    away = np.linalg.norm(found.course - lab(ground(kind, 128)), axis=2)
    assert away.mean() < 1 + spread


@pytest.mark.parametrize("kind", ["textured", "leaves"])
def test_textured_grounds_are_not_called_smooth(kind: str) -> None:
    assert not read_border(lab(np.asarray(scene(kind, 128)[0], np.float32) / 255)).smooth


def test_a_subject_at_the_frame_does_not_bend_the_course() -> None:
    picture = np.full((100, 100, 3), (0.2, 0.7, 0.3), np.float32)
    picture[60:, 30:70] = (0.8, 0.1, 0.1)
    found = read_border(lab(picture))
    assert found.smooth
    assert 0.85 < found.share < 0.95
    assert np.linalg.norm(found.course - lab(picture)[0, 0], axis=2).max() < 1.5


def test_half_a_border_of_something_else_is_no_smooth_ground() -> None:
    picture = np.full((100, 100, 3), (0.2, 0.7, 0.3), np.float32)
    picture[50:] = np.random.default_rng(1).random((50, 100, 3))
    assert not read_border(lab(picture)).smooth


def test_the_band_runs_along_the_frame() -> None:
    edge = band(100, 200)
    assert edge[:3].all()
    assert edge[:, -3:].all()
    assert not edge[3:-3, 3:-3].any()
    assert band(1, 1).all()

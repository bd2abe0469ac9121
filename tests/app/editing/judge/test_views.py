"""Which part of the source fills the film's picture."""

from __future__ import annotations

import numpy as np
import pytest

from app.editing.judge.views import fitted, inside, views_of
from tests.app.editing.judge.plans import timeline_of


def test_fitting() -> None:
    assert fitted(16 / 9, 16 / 9, "pad") == (0, 0, 1, 1)
    assert fitted(2.0, 1.0, "crop") == (0.25, 0.0, 0.5, 1.0)
    assert fitted(2.0, 1.0, "pad") == (0.0, -0.5, 1.0, 2.0)
    assert fitted(1.0, 2.0, "blur") == (-0.5, 0.0, 2.0, 1.0)
    assert fitted(1.0, 2.0, "stretch") == (0, 0, 1, 1)


def test_views_within_views() -> None:
    outer = np.array([[0.5, 0.0, 0.5, 1.0]])
    assert inside(outer, np.array([[0.5, 0.25, 0.5, 0.5]])) == pytest.approx(np.array([[0.75, 0.25, 0.25, 0.5]]))


def test_a_crop_and_a_fit() -> None:
    timeline = timeline_of((0.0, 0.5, {"op": "crop", "x": 0.5, "y": 0.0, "w": 0.5, "h": 1.0}), aspect="4:3", fit="crop")
    view = views_of(timeline.clips[0], timeline)[0]
    assert view[0] == pytest.approx(0.5)
    assert view[2] == pytest.approx(0.5)
    assert view[3] == pytest.approx(8 / 9 / (4 / 3), abs=0.01)


def test_reframing_follows_the_subject() -> None:
    path = [{"at_s": 0.0, "x": 0.2, "y": 0.5}, {"at_s": 2.0, "x": 0.8, "y": 0.5}]
    timeline = timeline_of((0.0, 2.0, {"op": "reframe", "aspect": "9:16", "path": path}), aspect="9:16", fit="crop")
    views = views_of(timeline.clips[0], timeline)
    share = (9 / 16) / (16 / 9)
    assert np.allclose(views[:, 2], share, atol=0.01)
    middles = views[:, 0] + views[:, 2] / 2
    assert middles[-1] - middles[0] > 0.3
    assert (np.diff(middles) > -1e-6).all()


def test_a_pan_over_a_part() -> None:
    move = {"op": "pan_zoom", "start": {}, "end": {"x": 0.5, "y": 0.5, "scale": 2.0}, "easing": "linear"}
    views = views_of((timeline := timeline_of((0.0, 1.0, move))).clips[0], timeline)
    assert np.allclose(views[0], (0, 0, 1, 1))
    assert np.allclose(views[-1], (0.25, 0.25, 0.5, 0.5))

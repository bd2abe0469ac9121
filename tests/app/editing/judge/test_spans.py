"""Runs of frames, and the nearest of some values."""

from __future__ import annotations

import numpy as np

from app.editing.judge.spans import nearest_off, runs_of


def test_runs() -> None:
    assert runs_of(np.array([1, 1, 0, 1, 0, 0, 1, 1, 1], bool)) == [(0, 2), (3, 4), (6, 9)]
    assert runs_of(np.array([1, 1, 0, 1], bool), 2) == [(0, 2)]
    assert runs_of(np.zeros(4, bool)) == []


def test_nearest() -> None:
    beats = np.array([0.0, 0.5, 1.0])
    assert [round(nearest_off(value, beats), 3) for value in (-0.1, 0.1, 0.4, 0.5, 0.8, 1.3)] == [-0.1, 0.1, -0.1, 0.0, -0.2, 0.3]

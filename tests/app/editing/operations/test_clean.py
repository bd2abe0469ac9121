"""Noise goes, shake goes, and the rest stays."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from app.editing.operations.clean import Denoise, Stabilise


def test_noise_goes_and_the_picture_stays(studio: Any, scenery: Any) -> None:
    clean = np.repeat(scenery(1), 12, axis=0)
    noisy = np.clip(clean + np.random.default_rng(0).normal(0, 7, (12, 90, 160, 1)), 0, 255).astype(np.uint8)

    def error(pictures: Any) -> float:
        return float(np.abs(pictures[8:].astype(float) - clean[8:]).mean())

    levels = [error(studio.render(Denoise(strength=strength), noisy)) for strength in (0.01, 0.4, 1)]
    assert levels[2] < levels[1] < levels[0]
    assert levels[1] < 0.85 * levels[0]
    assert levels[2] < 0.65 * levels[0]


@pytest.mark.parametrize("alpha", [False, True])
def test_a_shaken_shot_is_steadied(studio: Any, scenery: Any, alpha: bool) -> None:
    rng = np.random.default_rng(2)
    wall = np.kron(rng.integers(30, 220, (40, 60, 3)), np.ones((6, 6, 1))).astype(np.uint8)
    shifts = [(round(5 * math.sin(k * 1.7)), round(4 * math.cos(k * 2.3))) for k in range(30)]
    pictures = np.array([wall[60 + y : 150 + y, 80 + x : 240 + x] for x, y in shifts])
    if alpha:
        pictures = np.concatenate([pictures, np.full((30, 90, 160, 1), 255, np.uint8)], axis=3)
    source = studio.add("shaken", pictures)
    kept = {"alpha": True, "pixels": "yuva420p"} if alpha else {}
    out = studio.render(Stabilise(), pictures, source=source, **kept)
    assert out.shape == pictures.shape

    def unrest(shown: Any) -> float:
        return float(np.abs(np.diff(shown[3:-3, 15:-15, 15:-15, :3].astype(float), axis=0)).mean())

    assert unrest(out) < 0.5 * unrest(pictures)


def test_a_still_cannot_be_steadied(studio: Any, scenery: Any) -> None:
    source = studio.add("photo", scenery(1), still=True)
    (problem,) = Stabilise().problems(studio.place(scenery(2), source=source))
    assert problem.code == "still_has_no_time"

"""The way of a window that follows."""

from __future__ import annotations

import math
import random
from itertools import pairwise

import pytest

from app.editing.operations.follow import at_frames, followed

RATE = 24.0


def test_values_at_frames_lie_on_lines_and_the_ends_are_held() -> None:
    found = at_frames([0.25, 0.5], [0.2, 0.8], 24, RATE)
    assert found[:7] == [0.2] * 7
    assert found[9] == pytest.approx(0.5)
    assert found[12:] == [0.8] * 12
    assert at_frames([0.0], [0.3], 3, RATE) == [0.3] * 3


WAYS = {
    "still": [0.4] * 100,
    "wave": [0.5 + 0.4 * math.sin(k / 20) for k in range(300)],
    "run": [min(0.95, 0.05 + max(0, k - 40) * 0.02) for k in range(150)],
    "jump": [0.2] * 100 + [0.8] * 100,
    "noise": [0.5 + random.Random(k).uniform(-0.08, 0.08) for k in range(200)],
    "one": [0.7],
}


@pytest.mark.parametrize("name", WAYS)
@pytest.mark.parametrize("window", [0.2, 0.32, 0.75])
def test_the_subject_is_kept_and_the_window_lies_in_the_picture(name: str, window: float) -> None:
    way = followed(WAYS[name], window, RATE)
    assert len(way) == len(WAYS[name])
    assert min(way) >= window / 2 - 1e-9
    assert max(way) <= 1 - window / 2 + 1e-9
    inside = [abs(min(max(x, window / 2), 1 - window / 2) - at) <= window / 2 for x, at in zip(WAYS[name], way, strict=True)]
    assert sum(inside) / len(inside) >= 0.95


@pytest.mark.parametrize(("name", "most"), [("still", 1e-9), ("noise", 0.002), ("wave", 0.004)])
def test_it_moves_without_jerks(name: str, most: float) -> None:
    steps = [after - before for before, after in pairwise(followed(WAYS[name], 0.32, RATE))]
    assert max(abs(after - before) for before, after in pairwise(steps)) <= most


def test_what_is_as_large_as_the_picture_stays() -> None:
    assert followed([0.1, 0.9], 1.0, RATE) == [0.5, 0.5]

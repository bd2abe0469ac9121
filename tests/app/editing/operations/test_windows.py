"""A sliding window is right between pixels, and in its colours."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from app.editing.graph import Pad
from app.editing.operations.base import Bench, Operation
from app.editing.operations.windows import slide


class Slid(Operation):
    """Wherever a test wants it."""

    op: str = "slid"
    left: tuple[float, ...]
    top: tuple[float, ...]
    size: tuple[int, int] = (64, 48)

    def size_after(self, width: int, height: int) -> tuple[int, int]:
        return self.size

    def picture(self, pad: Pad, bench: Bench) -> Pad:
        return slide(bench, pad, self.size, self.left, self.top)


def test_where_the_dot_is_seen(studio: Any, dots: Any) -> None:
    left, top = tuple(20 + 0.3 * k for k in range(20)), tuple(10 + 0.17 * k for k in range(20))
    seen = dots.path(studio.render(Slid(left=left, top=top), dots.draw((60, 40), frames=20)))
    assert seen[:, 0] == pytest.approx(60 - np.array(left), abs=0.1)
    assert seen[:, 1] == pytest.approx(40 - np.array(top), abs=0.1)


def test_along_one_side_only_and_up_to_the_edges(studio: Any, dots: Any) -> None:
    left = tuple(-3 + 5.0 * k for k in range(24))
    seen = dots.path(studio.render(Slid(left=left, top=(0.0,) * 24, size=(64, 90)), dots.draw((60, 40), frames=24))[:12])
    assert seen[1:, 0] == pytest.approx(60 - np.array(left[1:12]), abs=0.1)
    assert np.ptp(seen[:, 1]) < 0.05


def test_colours_go_with_the_picture(studio: Any) -> None:
    pictures = np.zeros((10, 90, 160, 3), np.uint8)
    pictures[:, :, 60:100, 0] = 220
    left = tuple(30 + 0.9 * k for k in range(10))
    out = studio.render(Slid(left=left, top=(10.0,) * 10), pictures).astype(float)
    for k, at in enumerate(left):
        edge = 64 - out[k, 24, :, 0].sum() / 219
        assert edge == pytest.approx(64 - min(40, 64 - (60 - at)), abs=1.0)


def test_where_it_rests_nothing_is_resampled(studio: Any) -> None:
    pictures = np.random.default_rng(1).integers(20, 230, (3, 90, 160, 1), dtype=np.uint8).repeat(3, axis=3)
    out = studio.render(Slid(left=(20.3,) * 3, top=(9.8,) * 3), pictures)
    whole = studio.render(Slid(left=(0.0,) * 3, top=(0.0,) * 3, size=(160, 90)), pictures)
    assert np.abs(out.astype(int) - whole[:, 10:58, 20:84]).max() <= 2

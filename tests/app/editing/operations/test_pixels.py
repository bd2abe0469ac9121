"""Layers come when they should, and alpha stays aside."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pytest

from app.editing.graph import Pad
from app.editing.operations.base import Bench, Operation
from app.editing.operations.pixels import apart_from_alpha, colour_pictures, in_colours, lay_over, working


class Tried(Operation):
    """One of the helpers, as a test wants it."""

    op: str = "tried"
    how: Literal["over", "colours", "apart"]
    span: tuple[int, int] = (0, 1)

    def picture(self, pad: Pad, bench: Bench) -> Pad:
        graph = bench.graph
        if self.how == "over":
            return lay_over(bench, pad, colour_pictures(bench, "#ff0000", self.span[1] - self.span[0]), self.span)
        if self.how == "colours":
            return in_colours(bench, pad, lambda here: graph.filter("lutrgb", [here], r="val/2"))
        return apart_from_alpha(bench, pad, bench.place.alpha, lambda here: graph.filter("negate", [here]))


def flat(*colour: int, frames: int = 10) -> Any:
    return np.broadcast_to(np.array(colour, np.uint8), (frames, 90, 160, len(colour))).copy()


@pytest.mark.parametrize("span", [(0, 10), (3, 7), (9, 10), (0, 1)])
@pytest.mark.parametrize("begins", [0, 4])
def test_a_layer_is_seen_in_its_span_alone(studio: Any, span: tuple[int, int], begins: int) -> None:
    out = studio.render(Tried(how="over", span=span), flat(0, 0, 200), begins=begins)
    assert [bool(picture[0, 0, 0] > 128) for picture in out] == [span[0] <= k < span[1] for k in range(begins, 10)]


@pytest.mark.parametrize("alpha", [False, True])
def test_colours_and_alpha(studio: Any, alpha: bool) -> None:
    pictures = flat(100, 60, 40, 90) if alpha else flat(100, 60, 40)
    kept = {"alpha": True, "pixels": "yuva420p"} if alpha else {}
    halved = studio.render(Tried(how="colours"), pictures, **kept)[3, 45, 80].astype(int)
    assert np.abs(halved[:3] - (50, 60, 40)).max() <= 3
    turned = studio.render(Tried(how="apart"), pictures, **kept)[3, 45, 80].astype(int)
    assert turned[0] < turned[2]
    if alpha:
        assert abs(halved[3] - 90) <= 1
        assert abs(turned[3] - 90) <= 1


def test_the_format_in_between(studio: Any) -> None:
    assert working(studio.place(flat(0, 0, 0))) == "yuv420p"
    assert working(studio.place(flat(0, 0, 0), alpha=True)) == "yuva420p"

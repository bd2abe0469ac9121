"""Views of the picture, told by where a dot is seen."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from app.editing.graph import Graph, Pad
from app.editing.operations.base import Bench, Operation
from app.editing.operations.views import Canvas, Window, between, punched, show, stretch

CANVAS = Canvas(160, 90)


class Shown(Operation):
    """Whatever windows a test wants to see."""

    op: str = "shown"
    first: int = 0
    windows: tuple[Any, ...] = ()
    fine: bool = False

    def picture(self, pad: Pad, bench: Bench) -> Pad:
        return show(bench, pad, self.first, [Window(*row) for row in self.windows], self.fine)


def seen(point: tuple[float, float], window: Window, canvas: Canvas = CANVAS) -> tuple[float, float]:
    """Where a point of the picture (middle of pixel 0 at 0) is seen."""
    return (
        (point[0] + 0.5 - window.x) * canvas.width / window.w - 0.5,
        (point[1] + 0.5 - window.y) * canvas.height / window.h - 0.5,
    )


@pytest.mark.parametrize("fine", [False, True])
def test_slow_views_are_right_between_pixels(studio: Any, dots: Any, fine: bool) -> None:
    windows = [Window(0.4 * k, 0.2 * k, 160 - 0.8 * k, 90 - 0.45 * k) for k in range(12)]
    rows = tuple((w.x, w.y, w.w, w.h) for w in windows)
    out = studio.render(Shown(windows=rows, fine=fine), dots.draw((60, 40), frames=12))
    away = np.abs(dots.path(out) - [seen((60, 40), window) for window in windows])
    assert away.max() < 0.1


def test_quick_views_are_right_to_half_a_pixel(studio: Any, dots: Any) -> None:
    windows = [Window(6 * k, 3 * k, 160 - 9 * k, 90 - 9 * k * 90 / 160) for k in range(8)]
    out = studio.render(Shown(windows=tuple((w.x, w.y, w.w, w.h) for w in windows)), dots.draw((70, 40), frames=8))
    away = np.abs(dots.path(out) - [seen((70, 40), window) for window in windows])
    assert away.max() <= 0.6


def test_other_frames_are_not_touched(studio: Any, dots: Any) -> None:
    pictures = dots.draw((60, 40), frames=12)
    plain = studio.render(Shown(), pictures)
    for rows in (((40.0, 20.0, 80.0, 45.0),) * 4, tuple((k * 0.2, 0.0, 120.0, 67.5) for k in range(4))):
        out = studio.render(Shown(first=4, windows=rows), pictures)
        assert np.array_equal(out[:4], plain[:4])
        assert np.array_equal(out[8:], plain[8:])
        assert not np.array_equal(out[4:8], plain[4:8])


def test_a_part_of_the_place_is_what_the_whole_is_there(studio: Any, dots: Any) -> None:
    pictures = dots.draw((60, 40), frames=16)
    rows = tuple((k * 0.3, k * 0.1, 130.0, 73.125) for k in range(6)) + tuple((1.5 + 8 * k, 0.0, 100.0, 56.25) for k in range(6))
    whole = studio.render(Shown(first=2, windows=rows), pictures)
    for begins in (1, 5, 9):
        assert np.array_equal(studio.render(Shown(first=2, windows=rows), pictures, begins=begins), whole[begins:])


def filters(rows: tuple[Any, ...], fine: bool = False) -> list[str]:
    class Still:
        graph, size, preview, begins = Graph(), (160, 90), False, 0
        place: Any = type("Place", (), {"rate": __import__("fractions").Fraction(24)})

    show(Still(), Pad("0:v"), 0, [Window(*row) for row in rows], fine)  # type: ignore[arg-type]
    return [chain.partition("]")[2].partition("=")[0] for chain in Still.graph.chains]


def test_each_stretch_in_the_way_that_suits_it() -> None:
    whole = (0.0, 0.0, 160.0, 90.0)
    assert filters((whole,) * 9) == []
    assert filters(((20.0, 10.0, 80.0, 45.0),) * 9) == ["scale", "crop"]
    assert filters(tuple((8.0 * k, 0.0, 100.0, 56.25) for k in range(7))) == ["scale", "crop"]
    assert filters(tuple((0.3 * k, 0.0, 150.0, 84.375) for k in range(9))) == ["perspective"]
    assert filters(((60.0, 30.0, 40.0, 22.5),) * 9) == ["perspective"], "very close: scaling all to cut a little out is slow"


def test_a_punch_ends_on_whole_even_pixels_and_stays_within() -> None:
    for point in ((0.5, 0.5), (0.0, 1.0), (0.31, 0.77)):
        views = punched(CANVAS, point, 1.37, [0, 0.25, 0.5, 1.0])
        assert views[0] == CANVAS.whole
        for view in views:
            assert min(view.x, view.y) >= 0
            assert view.x + view.w <= 160 + 1e-9
            assert view.y + view.h <= 90 + 1e-9
        last, scale = views[-1], 160 / views[-1].w
        assert 160 * scale == pytest.approx(round(160 * scale))
        assert round(160 * scale) % 2 == 0
        assert last.x * scale == pytest.approx(round(last.x * scale))


def test_between_two_views_the_enlargement_is_even() -> None:
    start, end = Window(0, 0, 160, 90), Window(100, 40, 40, 22.5)
    views = [between(start, end, step / 4) for step in range(5)]
    assert views[0] == start
    assert views[-1].x == pytest.approx(100)
    assert [before.w / after.w for before, after in pairwise(views)] == pytest.approx([2**0.5] * 4)
    assert between(Window(0, 0, 80, 45), Window(80, 0, 80, 45), 0.25) == Window(20, 0, 80, 45)


def test_stretches_lie_within_the_place_and_hold_a_frame(studio: Any, dots: Any) -> None:
    place = studio.place(dots.draw((1, 1), frames=24))
    assert stretch(place, 0, None) == (0, 24)
    assert stretch(place, 0.5, 0.25) == (12, 18)
    assert stretch(place, 0.5, 9) == (12, 24)
    assert stretch(place, 0.5, 1e-6) == (12, 13)

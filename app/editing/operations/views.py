"""Moving the part of the picture that is shown, frame by frame: quickly in whole pixels, or smoothly in parts of pixels.

Quick is ``scale`` and ``crop``: about a millisecond per frame at 720p, right to half a pixel, for what moves too fast to be seen
stepping. Smooth is ``perspective``, which samples between pixels: some ten milliseconds. Either costs nothing outside its frames.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from itertools import pairwise
from statistics import fmean

from app.editing.graph import Pad
from app.editing.operations.base import Bench, Place
from app.editing.operations.curves import expression, short_spans

STEPS_SHOW = 2.5  # pixels per frame below which whole-pixel steps can be seen
BRIEF_S = 0.35  # and a move that is over before the eye can follow it
_TOLERANCE = 0.02  # pixels
_LARGEST = 2.2  # beyond it, scaling the whole picture up to cut a part out of it is the slow way


@dataclass(frozen=True)
class Window:
    """A rectangle of the picture that fills the frame, in pixels from the top left; it may reach beyond the picture."""

    x: float
    y: float
    w: float
    h: float

    def corners(self) -> Quad:
        """Its corners."""
        right, bottom = self.x + self.w, self.y + self.h
        return (self.x, self.y, right, self.y, self.x, bottom, right, bottom)

    def sampled(self, canvas: Canvas) -> Quad:
        """The same as `warp` wants it: where the middle of the pixel at 0 comes from, and what lies a whole width and height on."""
        x, y = self.x + (self.w / canvas.width - 1) / 2, self.y + (self.h / canvas.height - 1) / 2
        return Window(x, y, self.w, self.h).corners()


Quad = tuple[float, float, float, float, float, float, float, float]  # x and y of top left, top right, bottom left, bottom right
_CORNERS = ("x0", "y0", "x1", "y1", "x2", "y2", "x3", "y3")


@dataclass(frozen=True)
class Canvas:
    """Size of the picture whose parts are shown."""

    width: int
    height: int

    @property
    def whole(self) -> Window:
        """All of it."""
        return Window(0.0, 0.0, float(self.width), float(self.height))


def punched(canvas: Canvas, point: tuple[float, float], scale: float, shares: Sequence[float]) -> list[Window]:
    """Closing in on a point (shares of width and height): 0 of the way is the whole picture, 1 is ``scale`` times enlarged.

    The last view is one that the quick way shows exactly, so nothing jumps where a slow way ends and the view stands still.
    """
    wide, high = _even(canvas.width * scale), _even(canvas.height * scale)
    left = _even(min(max(point[0] * wide - canvas.width / 2, 0), wide - canvas.width))
    top = _even(min(max(point[1] * high - canvas.height / 2, 0), high - canvas.height))
    views = []
    for share in shares:
        across = canvas.width / (canvas.width + (wide - canvas.width) * share)
        along = canvas.height / (canvas.height + (high - canvas.height) * share)
        views.append(Window(left * share * across, top * share * along, canvas.width * across, canvas.height * along))
    return views


def between(start: Window, end: Window, share: float) -> Window:
    """From one view to another, both of the same shape, enlarging at an even rate; all on the way lie within the two."""
    if math.isclose(start.w, end.w):
        part = share
    else:
        part = (start.w * (end.w / start.w) ** share - start.w) / (end.w - start.w)
    return Window(*(a + part * (b - a) for a, b in zip(astuple(start), astuple(end), strict=True)))


def _even(value: float) -> int:
    return 2 * round(value / 2)


def show(bench: Bench, pad: Pad, first: int, views: Sequence[Window], fine: bool) -> Pad:
    """Shows ``views[i]`` in frame ``first + i`` of the place, the whole picture in all others. ``fine``: smooth moves by cubics.

    Each stretch is done in the way that suits it: quickly where the view stands still or moves fast, smoothly where steps would show.
    All of them interpolate alike, so the picture does not turn sharp when it comes to rest.
    """
    canvas = Canvas(*bench.size)
    stretches = [
        row
        for row in _stretches(views, canvas, BRIEF_S * float(bench.place.rate))
        if any(view != canvas.whole for view in views[row[0] : row[1]])
    ]
    alike = fine or all(quick for *_, quick in stretches)
    for begin, end, quick in stretches:
        part = views[begin:end]
        if quick:
            pad = cut(bench, pad, first + begin, part, "bicubic" if alike else "bilinear")
        else:
            pad = warp(bench, pad, first + begin, [view.sampled(canvas) for view in part], fine)
    return pad


def stretch(place: Place, at_s: float, duration_s: float | None) -> tuple[int, int]:
    """First frame and (exclusive) last, within the place."""
    begin = min(place.frame(at_s), place.frames)
    end = place.frames if duration_s is None else min(place.frames, max(begin + 1, place.frame(at_s + duration_s)))
    return begin, end


def during(bench: Bench, first: int, end: int) -> str:
    """1 in the frames ``first`` to ``end`` (exclusive) of the place, for the many filters that have ``enable``."""
    return f"between({now(bench)},{first},{end - 1})"


def now(bench: Bench) -> str:
    """The frame of the place, for expressions that know the time."""
    rate = bench.place.rate
    return f"round(t*{rate.numerator}/{rate.denominator})"


def cut(bench: Bench, pad: Pad, first: int, views: Sequence[Window], flags: str = "bicubic") -> Pad:
    """The quick way: the picture is scaled to a whole number of pixels, and a whole number of pixels is cut away."""
    width, height = bench.size
    scales = [(width / view.w, height / view.h) for view in views]
    tables = {
        "w": [width * (scale[0] - 1) for scale in scales],
        "h": [height * (scale[1] - 1) for scale in scales],
        "x": [view.x * scale[0] for view, scale in zip(views, scales, strict=True)],
        "y": [view.y * scale[1] for view, scale in zip(views, scales, strict=True)],
    }
    on, counter = during(bench, first, first + len(views)), now(bench)
    found = {name: f"if({on},round({expression(table, counter, first, _TOLERANCE)}),0)" for name, table in tables.items()}
    pad = bench.graph.filter("scale", [pad], eval="frame", w=f"{width}+{found['w']}", h=f"{height}+{found['h']}", flags=flags)
    return bench.graph.filter("crop", [pad], w=width, h=height, x=found["x"], y=found["y"], exact=True)


def warp(bench: Bench, pad: Pad, first: int, quads: Sequence[Quad], fine: bool) -> Pad:
    """The smooth way; quads may be turned. Beyond the picture's edges its edge pixels go on."""
    counter = f"(in+{bench.begins - 1})"  # the filter counts from 1 and knows no time
    kind = "cubic" if fine and not bench.preview else "linear"
    tables = list(zip(*quads, strict=True))
    for begin, end in short_spans(tables, _TOLERANCE):
        if first + end > bench.begins:
            corners = {
                name: expression(table[begin:end], counter, first + begin, _TOLERANCE) for name, table in zip(_CORNERS, tables, strict=True)
            }
            on = during(bench, first + begin, first + end)
            pad = bench.graph.filter("perspective", [pad], **corners, eval="frame", interpolation=kind, enable=on)
    return pad


def _stretches(views: Sequence[Window], canvas: Canvas, brief: float) -> Iterator[tuple[int, int, bool]]:
    """(begin, end, whether quickly) in order, covering all views: still ones apart from moving ones; neighbours alike together."""
    runs: list[tuple[int, int, bool]] = []
    for begin, end, moving in _runs(views):
        part = views[max(begin - 1, 0) : min(end + 1, len(views))]
        unseen = not moving or end - begin <= brief or _speed(part, canvas) >= STEPS_SHOW
        quick = unseen and min(view.w for view in part) * _LARGEST > canvas.width
        if runs and runs[-1][2] == quick:
            begin = runs.pop()[0]
        runs.append((begin, end, quick))
    yield from runs


def _runs(views: Sequence[Window]) -> Iterator[tuple[int, int, bool]]:
    """Frames at which the view stands still, and those between."""
    begin = 0
    for index in range(1, len(views) + 1):
        if index == len(views) or _moves(views, index) != _moves(views, begin):
            yield begin, index, _moves(views, begin)
            begin = index


def _moves(views: Sequence[Window], index: int) -> bool:
    """Whether a frame differs from the one after, or at the end from the one before."""
    if len(views) == 1:
        return False
    return views[index] != views[index + 1] if index + 1 < len(views) else views[index - 1] != views[index]


def _speed(views: Sequence[Window], canvas: Canvas) -> float:
    """Mean way of the slowest corner, pixels of the canvas per frame: about the point that is closed in on, a zoom hardly moves."""
    steps = []
    for before, after in pairwise(views):
        away = [a - b for a, b in zip(before.corners(), after.corners(), strict=True)]
        steps.append(min(map(math.hypot, away[::2], away[1::2])) * canvas.width / after.w)
    return fmean(steps) if steps else 0.0

"""Which moment of the source lies under which moment of the film, as points with straight lines between: exact for every speed."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from app.editing.exports.layout import Row

Point = tuple[int, Fraction]


def time_points(row: Row) -> list[Point]:
    """(film frame since the clip's first, source frame since the file's first), in order of time.

    Backwards, a frame is shown while time runs from its end to its beginning, so the line begins at the end of the first one shown.
    Where two stretches do not meet, the line jumps within the last film frame before.
    """
    points: dict[int, Fraction] = {}
    at, last = 0, Fraction(0)
    for stretch in row.clip.stretches:
        start = row.clip.first + stretch.start + (abs(stretch.step) if stretch.step < 0 else 0)
        if at and abs(points[at] - start) > 1:
            points = {frame: value for frame, value in points.items() if frame < at} | {at - 1: points[at] - last}
        points[at], last = start, stretch.step
        at += stretch.frames
        points[at] = start + stretch.frames * stretch.step
    return list(_needed(list(points.items())))


def _needed(points: list[Point]) -> list[Point]:
    """Without those that lie on the line between their neighbours."""
    kept = points[:1]
    for point, after in pairwise(points[1:]):
        before = kept[-1]
        slope = (after[1] - before[1]) / (after[0] - before[0])
        if before[1] + slope * (point[0] - before[0]) != point[1]:
            kept.append(point)
    return kept + points[1:][-1:]

"""A value for every frame as an expression of ffmpeg: straight lines between few points, looked up by halving."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

Point = tuple[int, float]


def simplified(values: Sequence[float], tolerance: float) -> list[Point]:
    """The fewest points, found in one pass, whose straight lines keep within ``tolerance`` of every value.

    The swinging door of Bristol (1990): from the last point kept, the slopes that pass every value since narrow until none is left.
    """
    points = [(0, values[0])]
    anchor, good = 0, 0
    low, high = -math.inf, math.inf
    index = 1
    while index < len(values):
        run = index - anchor
        slope = (values[index] - values[anchor]) / run
        if low <= slope <= high:
            good = index
        low = max(low, slope - tolerance / run)
        high = min(high, slope + tolerance / run)
        if low > high:
            points.append((good, values[good]))
            anchor, low, high = good, -math.inf, math.inf
            index = good
        index += 1
    if points[-1][0] != good:
        points.append((good, values[good]))
    if good != len(values) - 1:
        points += [(good + after, value) for after, value in simplified(values[good:], tolerance)[1:]]
    return points


def expression(values: Sequence[float], counter: str, first: int = 0, tolerance: float = 0.02) -> str:
    """``values[counter - first]`` as ffmpeg reads it, the ends held outside; ``counter`` counts frames from 0."""
    points = simplified(values, tolerance)
    if len(points) == 1 or all(value == points[0][1] for _, value in points):
        return _number(points[0][1])
    return f"(st(9,clip({counter}-{first},0,{len(values) - 1}));{_lines(points)})"


def short_spans(tables: Sequence[Sequence[float]], tolerance: float = 0.02, most: int = 48) -> Iterator[tuple[int, int]]:
    """(begin, end) one behind another, so short that no table has more than ``most`` points in any.

    Some filters read their expressions anew for every frame, so long ones are dear; several filters that take turns are not.
    """
    length = len(tables[0])
    if length < 2 * most or all(len(simplified(table, tolerance)) <= most for table in tables):
        yield 0, length
        return
    middle = length // 2
    yield from short_spans([table[:middle] for table in tables], tolerance, most)
    for begin, end in short_spans([table[middle:] for table in tables], tolerance, most):
        yield middle + begin, middle + end


def _lines(points: Sequence[Point]) -> str:
    """A tree over the lines between the points, in variable 9."""
    if len(points) == 2:
        (begin, value), (end, after) = points
        slope = (after - value) / (end - begin)
        return _number(value) if slope == 0 else f"{_number(value)}+(ld(9)-{begin})*({_number(slope, 8)})"
    middle = len(points) // 2
    return f"if(lt(ld(9),{points[middle][0]}),{_lines(points[: middle + 1])},{_lines(points[middle:])})"


def _number(value: float, digits: int = 4) -> str:
    text = f"{value:.{digits}f}".rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text

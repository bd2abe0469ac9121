"""The subject's way through a stretch, calm enough for a window or a camera to follow it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.editing.operations.shape import PathPoint
from app.editing.planner.footage import Box, Footage, ShotView
from app.editing.planner.rows import Row

SAMPLE_S = 0.25
REACH_S = 0.9  # the window looks this far ahead and back
FASTEST = 0.35  # widths per second
MOST_POINTS = 2000
MIDDLE = (0.5, 0.5)


def subject_path(footage: Footage, start_s: float, end_s: float, on_film: Callable[[float], float] | None = None) -> tuple[PathPoint, ...]:
    """Where the subject is from ``start_s`` to ``end_s`` of the clip, for `Reframe` and other followers.

    Args:
        on_film: a time of the clip -> seconds from the beginning of the segment on the film; left out: at normal speed.

    Returns:
        Points in order of time; the first at 0. A single point where the subject stays put or there is none.
    """
    shot = footage.shot_at((start_s + end_s) / 2)
    step = max(SAMPLE_S, (end_s - start_s) / (MOST_POINTS - 2))
    times = [start_s + number * step for number in range(int((end_s - start_s) / step) + 1)] + [end_s]
    ways = _slowed([_place(shot, at) for at in times], step)
    place = on_film or (lambda at: at - start_s)
    points: list[PathPoint] = []
    for at, (x, y) in zip(times, ways, strict=True):
        when = round(max(place(at), 0.0), 3)
        if points and when <= points[-1].at_s:
            continue
        points.append(PathPoint(at_s=when, x=round(x, 4), y=round(y, 4)))
    return _needed(points)


def row_path(footage: Footage, row: Row) -> tuple[PathPoint, ...]:
    """The subject's way through a row, at the row's own speed; backwards where the row runs backwards."""
    start_s, end_s = float(row.first / row.rate), float(row.end / row.rate)
    if any(stretch.step < 0 for stretch in row.stretches):
        length = row.seconds
        points = subject_path(footage, start_s, end_s, lambda at: (at - start_s) / max(end_s - start_s, 1e-6) * length)
        turned = [point.model_copy(update={"at_s": round(length - point.at_s, 3)}) for point in reversed(points)]
        return tuple(turned)
    return subject_path(footage, start_s, end_s, row.seconds_at)


def _place(shot: ShotView, at_s: float) -> tuple[float, float]:
    """The weighted middle of the boxes around a time: large sure ones count, those nearer in time count more."""
    sums = [0.0, 0.0, 0.0]
    for when, box in shot.boxes_near(at_s, 2 * REACH_S):
        near = 1 - abs(when - at_s) / (2 * REACH_S)
        if near > 0:
            weight = near * box.confidence * (box.w * box.h) ** 0.5
            for index, value in enumerate((weight, weight * box.x, weight * box.face_y)):
                sums[index] += value
    if sums[0] > 0:
        return sums[1] / sums[0], sums[2] / sums[0]
    box_or_none: Box | None = shot.box_at(at_s) or shot.still_subject
    return (box_or_none.x, box_or_none.face_y) if box_or_none is not None else MIDDLE


def _slowed(way: Sequence[tuple[float, float]], step_s: float) -> list[tuple[float, float]]:
    """No faster than a person pans: forwards and backwards, so that the window neither lags nor leaps."""
    most = FASTEST * step_s

    def one_way(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
        found = [points[0]]
        for x, y in points[1:]:
            before = found[-1]
            found.append((_towards(before[0], x, most), _towards(before[1], y, most)))
        return found

    there = one_way(way)
    back = one_way(list(reversed(way)))[::-1]
    return [((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in zip(there, back, strict=True)]


def _towards(start: float, goal: float, most: float) -> float:
    return start + min(max(goal - start, -most), most)


def _needed(points: Sequence[PathPoint], tolerance: float = 0.01) -> tuple[PathPoint, ...]:
    """The points that a straight line between the others would miss."""
    if len(points) < 2:
        return tuple(points)
    kept = [points[0]]
    for index in range(1, len(points) - 1):
        last, here, after = kept[-1], points[index], points[index + 1]
        share = (here.at_s - last.at_s) / (after.at_s - last.at_s)
        off = max(abs(last.x + share * (after.x - last.x) - here.x), abs(last.y + share * (after.y - last.y) - here.y))
        if off > tolerance:
            kept.append(here)
    last_point = points[-1]
    if len(kept) == 1 and max(abs(kept[0].x - last_point.x), abs(kept[0].y - last_point.y)) <= tolerance:
        return tuple(kept)
    return (*kept, last_point)

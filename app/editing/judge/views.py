"""Which part of the source's picture fills the film's, frame by frame, by plan: crops, reframing, fitting, zooms and pans."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.editing.operations.base import Operation, Place
from app.editing.operations.easing import eased
from app.editing.operations.follow import at_frames, followed
from app.editing.operations.moves import PanZoom, Zoom
from app.editing.operations.shape import Crop, Reframe
from app.editing.operations.views import Canvas, Window, between, punched, stretch
from app.editing.timeline import Clip, Timeline

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[np.float64]]

WHOLE = (0.0, 0.0, 1.0, 1.0)


def views_of(clip: Clip, timeline: Timeline) -> Array:
    """(frames, 4) left, top, width and height in shares of the source's picture; beyond 0 and 1 where the film has bars."""
    import numpy as np

    views = np.tile(np.asarray(WHOLE), (clip.frames, 1))
    shape = clip.source.width / max(1, clip.source.height)
    for operation, place in timeline.staged(clip):
        if isinstance(operation, Crop):
            views = inside(views, np.asarray([(operation.x, operation.y, operation.w, operation.h)]))
            shape *= operation.w / operation.h
        elif isinstance(operation, Reframe):
            views, shape = inside(views, _reframed(operation, place, shape)), _shape(operation)
    views = inside(views, np.asarray([fitted(shape, timeline.width / timeline.height, timeline.plan.output.fit)]))
    for operation, place in timeline.staged(clip):
        moved = _moved(operation, place)
        if moved is not None:
            views = inside(views, moved)
    return views


def inside(outer: Array, inner: Array) -> Array:
    """Views within views: ``inner`` in shares of ``outer``."""
    import numpy as np

    return np.concatenate([outer[:, :2] + inner[:, :2] * outer[:, 2:], outer[:, 2:] * inner[:, 2:]], axis=1)


def fitted(shape: float, canvas: float, fit: str) -> tuple[float, float, float, float]:
    """What of a picture of a shape (width by height) a canvas of another shows: cut from the middle, or with bars."""
    wide, high = (min(1.0, canvas / shape), min(1.0, shape / canvas)) if fit == "crop" else (1.0, 1.0)
    if fit in ("pad", "blur"):
        wide, high = max(1.0, canvas / shape), max(1.0, shape / canvas)
    return ((1 - wide) / 2, (1 - high) / 2, wide, high)


def _shape(operation: Reframe) -> float:
    across, down = map(int, operation.aspect.split(":"))
    return across / down


def _reframed(operation: Reframe, place: Place, shape: float) -> Array:
    import numpy as np

    size = (min(1.0, _shape(operation) / shape), min(1.0, shape / _shape(operation)))
    seconds = [point.at_s for point in operation.path] or [0.0]
    columns = ([point.x for point in operation.path] or [0.5], [point.y for point in operation.path] or [0.5])
    rate = float(place.rate)
    ways = [
        np.asarray(followed(at_frames(seconds, values, place.frames, rate), part, rate)) - part / 2
        for values, part in zip(columns, size, strict=True)
    ]
    return np.stack([*ways, *(np.full(place.frames, part) for part in size)], axis=1)


def _moved(operation: Operation, place: Place) -> Array | None:
    import numpy as np

    canvas = Canvas(place.width, place.height)
    windows = [canvas.whole] * place.frames
    if isinstance(operation, Zoom):
        begin, end = stretch(place, operation.at_s, operation.duration_s)
        windows[begin:end] = punched(canvas, (operation.x, operation.y), operation.scale, operation.shares(end - begin, float(place.rate)))
    elif isinstance(operation, PanZoom):
        start, last = operation.start.window(canvas), max(1, place.frames - 1)
        goal = operation.end.window(canvas)
        windows = [between(start, goal, eased(frame / last, operation.easing)) for frame in range(place.frames)]
    else:
        return None
    return np.asarray([_shares(window, canvas) for window in windows])


def _shares(window: Window, canvas: Canvas) -> tuple[float, float, float, float]:
    return (window.x / canvas.width, window.y / canvas.height, window.w / canvas.width, window.h / canvas.height)

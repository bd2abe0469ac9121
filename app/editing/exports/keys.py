"""Moves of the picture as keys that editing programs have: position, scale and rotation over the frames of a clip."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.editing.operations.base import Easing, Operation, Place
from app.editing.operations.moves import CameraMove, PanZoom, Zoom
from app.editing.operations.shape import Crop, Reframe
from app.editing.timeline import Clip, Timeline

STEPS = 8  # keys per eased movement
MOST_KEYS = 400

_EASED: dict[Easing, Callable[[float], float]] = {
    "linear": lambda u: u,
    "ease_in": lambda u: u * u,
    "ease_out": lambda u: 1 - (1 - u) ** 2,
    "ease_in_out": lambda u: u * u * (3 - 2 * u),
}


@dataclass(frozen=True)
class Key:
    """The picture at a film frame of the clip, about the canvas' middle: ``x`` right and ``y`` down in shares of the canvas,
    ``scale`` 1 unchanged, ``turn`` degrees clockwise."""

    frame: int
    scale: float = 1.0
    x: float = 0.0
    y: float = 0.0
    turn: float = 0.0


def moves_of(timeline: Timeline, clip: Clip) -> list[Key]:
    """The keys of a clip: none where its picture stays as it is; one where it is only placed."""
    tracks = [keys for operation, place in timeline.staged(clip) if (keys := _keys(operation, place))]
    if not tracks:
        return []
    frames = sorted({key.frame for keys in tracks for key in keys})
    return [_together([_at(keys, frame) for keys in tracks], frame) for frame in _thinned(frames)]


def _thinned(frames: list[int]) -> list[int]:
    if len(frames) <= MOST_KEYS:
        return frames
    return [frames[number * (len(frames) - 1) // (MOST_KEYS - 1)] for number in range(MOST_KEYS)]


def _keys(operation: Operation, place: Place) -> list[Key]:
    if isinstance(operation, Zoom):
        return _zoom(operation, place)
    if isinstance(operation, PanZoom):
        return _pan(operation, place)
    if isinstance(operation, CameraMove):
        return _camera(operation, place)
    if isinstance(operation, Crop):
        scale = 1 / max(operation.w, operation.h)
        return [Key(0, scale, (0.5 - operation.x - operation.w / 2) * scale, (0.5 - operation.y - operation.h / 2) * scale)]
    if isinstance(operation, Reframe):
        return _reframe(operation, place)
    return []


def _shown(x: float, y: float, scale: float, frame: int) -> Key:
    """The picture enlarged about (x, y), kept within its edges: what was there comes to the canvas' middle as far as it can."""
    edge = 0.5 / scale if scale > 1 else 0.5
    x, y = (min(max(value, edge), 1 - edge) for value in (x, y))
    return Key(frame, scale, (0.5 - x) * scale, (0.5 - y) * scale)


def _zoom(zoom: Zoom, place: Place) -> list[Key]:
    begin = min(place.frame(zoom.at_s), place.frames)
    end = place.frames if zoom.duration_s is None else min(place.frames, begin + place.frame(zoom.duration_s))
    rise, fall = min(place.frame(zoom.in_s), end - begin), min(place.frame(zoom.out_s), end - begin)
    if end <= begin:
        return []
    pairs = [(0, 0.0)] if begin else []
    pairs += [(begin - 1, 0.0)] if begin > 1 and not rise else []
    pairs += _eased(begin, begin + rise, 0.0, 1.0, zoom.easing) if rise else [(begin, 1.0)]
    if fall:
        pairs += _eased(max(end - fall, begin + rise), end, 1.0, 0.0, zoom.easing)
    elif end < place.frames:
        pairs += [(end - 1, 1.0), (end, 0.0)]
    full = _shown(zoom.x, zoom.y, zoom.scale, 0)
    return [_between(Key(0), full, share, frame) for frame, share in dict(pairs).items()]


def _eased(begin: int, end: int, low: float, high: float, easing: Easing) -> list[tuple[int, float]]:
    steps = max(1, min(1 if easing == "linear" else STEPS, end - begin))
    return [(begin + round((end - begin) * step / steps), low + (high - low) * _EASED[easing](step / steps)) for step in range(steps + 1)]


def _pan(pan: PanZoom, place: Place) -> list[Key]:
    start, end = (_shown(view.x, view.y, view.scale, 0) for view in (pan.start, pan.end))
    last = max(1, place.frames - 1)
    return [_between(start, end, share, frame) for frame, share in dict(_eased(0, last, 0.0, 1.0, pan.easing)).items()]


def _camera(move: CameraMove, place: Place) -> list[Key]:
    count = min(len(move.x_percent), len(move.y_percent), len(move.scale_percent), len(move.rotation_deg))
    ratio = place.width / place.height
    keys = {}
    for number in range(count):
        frame = place.frame(number * move.step_s)
        if frame >= place.frames:
            break
        x, y = (move.strength * value[number] / 100 for value in (move.x_percent, move.y_percent))
        scale = 1 + move.strength * (move.scale_percent[number] / 100 - 1)
        keys[frame] = Key(frame, max(0.1, scale), x, y * ratio, move.strength * move.rotation_deg[number])
    return list(keys.values())


def _reframe(reframe: Reframe, place: Place) -> list[Key]:
    """The source fills the new shape and moves so that the subject stays in it."""
    source = place.source
    if source is None or not source.width:
        return []
    across, down = (float(part) for part in reframe.aspect.split(":"))
    shape, aspect = source.width / source.height, across / down
    w, h = min(1.0, aspect / shape), min(1.0, shape / aspect)
    points = [(place.frame(point.at_s), point.x, point.y) for point in reframe.path] or [(0, 0.5, 0.5)]
    keys = {frame: _within(x, y, w, h, min(frame, place.frames - 1)) for frame, x, y in points}
    return list(keys.values())


def _within(x: float, y: float, w: float, h: float, frame: int) -> Key:
    scale = 1 / max(min(w, h), 0.01)
    x, y = min(max(x, w / 2), 1 - w / 2), min(max(y, h / 2), 1 - h / 2)
    return Key(frame, scale, (0.5 - x) / w, (0.5 - y) / h)


def _at(keys: list[Key], frame: int) -> Key:
    before = [key for key in keys if key.frame <= frame]
    after = [key for key in keys if key.frame >= frame]
    if not before or not after:
        near = (after or before)[0 if not before else -1]
        return _between(near, near, 0.0, frame)
    low, high = before[-1], after[0]
    share = (frame - low.frame) / (high.frame - low.frame) if high.frame > low.frame else 0.0
    return _between(low, high, share, frame)


def _between(low: Key, high: Key, share: float, frame: int) -> Key:
    values = (getattr(low, name) + (getattr(high, name) - getattr(low, name)) * share for name in ("scale", "x", "y", "turn"))
    return Key(frame, *values)


def _together(keys: list[Key], frame: int) -> Key:
    """One after the other: each enlarges and moves what the one before gives."""
    found = Key(frame)
    for key in keys:
        found = Key(frame, found.scale * key.scale, found.x * key.scale + key.x, found.y * key.scale + key.y, found.turn + key.turn)
    return found

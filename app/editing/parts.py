"""Parts of a segment: what becomes of its operations when it is split or its edges move."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from app.editing.facts import exact, nearest
from app.editing.operations.base import SOURCE_FIELDS, Operation
from app.editing.operations.time import Freeze
from app.editing.plan import Segment
from app.editing.timemap import frames_before, frames_of, stretches_of

_FINE = Fraction(1000)  # frames per second on both sides: times to the millisecond, whatever the source
_DECIMALS = 6
EDGE_S = 0.025  # what begins nearer to an end than about a frame belongs beyond it


def film_seconds(segment: Segment, until_s: float | None = None) -> float:
    """How long a segment is on the film, or how far on the film a moment of its source is, played forwards."""
    length = max(1, nearest((exact(segment.end_s) - exact(segment.start_s)) * _FINE))
    timing = [one for one in segment.operations if one.op != "reverse"]
    stretches = stretches_of(length, _FINE, _FINE, timing)
    if until_s is None:
        return frames_of(stretches) / 1000
    frame = nearest((exact(until_s) - exact(segment.start_s)) * _FINE)
    before = 0
    for stretch in stretches:
        passed = frames_before(stretch, frame)
        before += passed
        if passed < stretch.frames:
            break
    return before / 1000


def fitting(segment: Segment, was_start_s: float) -> Segment:
    """A segment whose edges have moved: freezes hold the pictures that they held, what lies outside now is left out."""
    kept: list[Operation] = []
    shift = segment.start_s - was_start_s
    for one in segment.operations:
        if isinstance(one, Freeze):
            at_s = _round(one.at_s - shift)
            if 0 <= at_s <= segment.end_s - segment.start_s:
                kept.append(one.model_copy(update={"at_s": at_s}))
        else:
            kept.append(one)
    moved = segment.model_copy(update={"operations": tuple(kept)})
    length = film_seconds(moved) if moved.end_s > moved.start_s else 0.0
    within = tuple(one for one in moved.operations if not _timed(one) or _at(one) < length - EDGE_S)
    return moved.model_copy(update={"operations": within})


def halves(segment: Segment, at_s: float) -> tuple[Segment, Segment]:
    """The two parts of a segment in the order of the film, split at a moment of its source."""
    whole, passed = film_seconds(segment), film_seconds(segment, at_s)
    backwards = any(one.op == "reverse" for one in segment.operations)
    film_s = _round(whole - passed if backwards else passed)
    share = film_s / whole if whole else 0.5
    pairs = [_halved(one, at_s - segment.start_s, film_s, share, backwards) for one in segment.operations]
    earlier, later = {"end_s": at_s}, {"start_s": at_s}
    edges = (later, earlier) if backwards else (earlier, later)
    first, second = (
        segment.model_copy(update={**edge, "operations": tuple(pair[side] for pair in pairs if pair[side] is not None)})
        for side, edge in enumerate(edges)
    )
    return first, second


def turned(operation: Any, names: Mapping[str, str]) -> Any:
    """An operation whose sources go by other names."""
    changes = {field: names.get(value, value) for field in SOURCE_FIELDS if isinstance(value := getattr(operation, field, None), str)}
    return operation.model_copy(update=changes) if changes else operation


def _halved(one: Any, source_s: float, film_s: float, share: float, backwards: bool) -> tuple[Any, Any]:
    """An operation in the first and in the second part; ``source_s`` and ``film_s``: where the split is, from the beginning."""
    if one.op in _HALVED:
        return _HALVED[one.op](one, film_s, share)
    if one.op == "freeze":
        earlier = one.at_s < source_s - EDGE_S
        moved = one if earlier else _later(one, source_s)
        return (moved, None) if earlier != backwards else (None, moved)
    if one.op == "ramp":
        middle = _round(one.from_factor + (one.to_factor - one.from_factor) * (1 - share if backwards else share))
        begin, end = one.model_copy(update={"to_factor": middle}), one.model_copy(update={"from_factor": middle})
        return (end, begin) if backwards else (begin, end)
    if not _timed(one):
        return one, one
    return _halved_while(one, film_s)


def _halved_while(one: Any, film_s: float) -> tuple[Any, Any]:
    """What begins at a moment and may last for a while."""
    begins = _at(one)
    lasts = getattr(one, "duration_s", None)
    if begins >= film_s - EDGE_S:
        return None, _later(one, film_s)
    if one.op == "sound_effect" or (lasts is not None and begins + lasts <= film_s):
        return one, None
    rest = {"at_s": 0.0} if lasts is None else {"at_s": 0.0, "duration_s": _round(begins + lasts - film_s)}
    if "start_s" in type(one).model_fields:
        rest["start_s"] = _round(one.start_s + film_s - begins)
    first = one if lasts is None else one.model_copy(update={"duration_s": _round(film_s - begins)})
    return first, one.model_copy(update=rest)


def _halved_path(one: Any, film_s: float, share: float) -> tuple[Any, Any]:
    if not one.path:
        return one, one
    before = tuple(point for point in one.path if point.at_s < film_s)
    after = tuple(point.model_copy(update={"at_s": _round(point.at_s - film_s)}) for point in one.path if point.at_s >= film_s)
    last = (one.path[-1].model_copy(update={"at_s": 0.0}),)
    return one.model_copy(update={"path": before or one.path[:1]}), one.model_copy(update={"path": after or last})


def _halved_fade(one: Any, film_s: float, share: float) -> tuple[Any, Any]:
    first = one.model_copy(update={"out_s": 0.0}) if one.in_s else None
    return first, one.model_copy(update={"in_s": 0.0}) if one.out_s else None


def _halved_cues(one: Any, film_s: float, share: float) -> tuple[Any, Any]:
    if one.file is not None:
        return one, None
    times = [(max(0.0, _round(cue.start_s - film_s)), _round(cue.end_s - film_s)) for cue in one.cues]
    moved = [cue.model_copy(update={"start_s": begin, "end_s": end}) for cue, (begin, end) in zip(one.cues, times, strict=True)]
    sides = [cue for cue in one.cues if cue.start_s < film_s], [cue for cue in moved if cue.end_s > 0]
    first, second = (one.model_copy(update={"cues": tuple(side)}) if side else None for side in sides)
    return first, second


def _halved_views(one: Any, film_s: float, share: float) -> tuple[Any, Any]:
    begin, end = one.start.model_dump(), one.end.model_dump()
    middle = one.start.model_copy(update={name: _round(begin[name] + (end[name] - begin[name]) * share) for name in begin})
    return one.model_copy(update={"end": middle}), one.model_copy(update={"start": middle})


def _halved_curve(one: Any, film_s: float, share: float) -> tuple[Any, Any]:
    first = min(len(one.x_percent) - 1, round(film_s / one.step_s))
    columns = ("x_percent", "y_percent", "scale_percent", "rotation_deg")
    return one, one.model_copy(update={name: getattr(one, name)[first:] for name in columns})


_HALVED: dict[str, Callable[[Any, float, float], tuple[Any, Any]]] = {
    "transition": lambda one, film_s, share: (one, None),
    "fade": _halved_fade,
    "reframe": _halved_path,
    "subtitles": _halved_cues,
    "pan_zoom": _halved_views,
    "camera_move": _halved_curve,
}


def _later(one: Any, seconds: float) -> Any:
    return one.model_copy(update={"at_s": max(0.0, _round(one.at_s - seconds))})


def _timed(one: Operation) -> bool:
    """Whether it begins at a moment of the film."""
    fields = type(one).model_fields
    return "at_s" in fields and "reference" not in fields and one.op != "freeze"


def _at(one: Any) -> float:
    return float(one.at_s)


def _round(seconds: float) -> float:
    return round(seconds, _DECIMALS)

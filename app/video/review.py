"""A clip's review: hand-made shot boundaries and markers, folded from a log of operations. Pure; knows no analysis by itself.

The log is only appended to; undo and redo are lines of it too. Folding gives the frames where a person wants a boundary
(``added``) and where they want none (``removed``). Both hold against whatever a later analysis detects: a detected
boundary within `REACH` frames of either gives way, so that a merged cut stays merged, and a corrected one is not
doubled, when detection moves by a frame. Detected boundaries that lay that near when the operation was made are written
into it (``beside``) and kept, so that every operation changes exactly the boundary it names.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from app.video.review_operations import (
    AUTHOR_LIMIT,
    NOTE_LIMIT,
    AddMarker,
    AnyOperation,
    ChangeMarker,
    Merge,
    Move,
    RemoveMarker,
    Split,
    label,
    plain_text,
)  # fmt: skip
from configs.errors import BadInput, Conflict, NotFound

REACH = 1  # frames
LOG_LIMIT = 100_000  # lines


@dataclass(frozen=True)
class ReviewMarker:
    """A note on frame ``frame``, or on the range up to ``end_frame`` (exclusive)."""

    id: str
    frame: int
    end_frame: int | None
    colour: str
    note: str
    author: str
    created_at: float


@dataclass(frozen=True)
class Line:
    """One line of the log; ``operation["op"]`` may also be undo or redo. ``revision`` counts from 1."""

    revision: int
    operation: Mapping[str, Any]
    author: str = ""
    created_at: float = 0.0


@dataclass(frozen=True)
class Review:
    """The state after a number of lines. ``done`` and ``undone`` are what undo and redo would take, last first to go."""

    revision: int = 0
    added: frozenset[int] = frozenset()
    removed: frozenset[int] = frozenset()
    markers: Mapping[str, ReviewMarker] = field(default_factory=dict)
    done: tuple[Line, ...] = ()
    undone: tuple[Line, ...] = ()

    @property
    def undo_label(self) -> str | None:
        return label(dict(self.done[-1].operation)) if self.done else None

    @property
    def redo_label(self) -> str | None:
        return label(dict(self.undone[-1].operation)) if self.undone else None

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing at all."""
        return not (self.added or self.removed or self.markers)

    def in_order(self) -> list[ReviewMarker]:
        """The markers by frame, then by age."""
        return sorted(self.markers.values(), key=lambda m: (m.frame, m.created_at, m.id))


def fold(lines: Iterable[Line], start: Review | None = None) -> Review:
    """The review after ``lines``, which come in the order of their revisions."""
    review = start or Review()
    done, undone, revision = list(review.done), list(review.undone), review.revision
    rewound = False
    pending: list[Line] = []
    for line in lines:
        revision = line.revision
        op = line.operation["op"]
        if op == "undo":
            if done:
                undone.append(done.pop())
                rewound = True
        elif op == "redo":
            if undone:
                done.append(undone.pop())
                pending.append(done[-1])
        else:
            done.append(line)
            pending.append(line)
            undone.clear()
    base = Review() if rewound else review
    layer = _applied(base, done if rewound else pending)
    return replace(layer, revision=revision, done=tuple(done), undone=tuple(undone))


def _applied(review: Review, lines: Sequence[Line]) -> Review:
    added, removed, markers = set(review.added), set(review.removed), dict(review.markers)
    for line in lines:
        operation = line.operation
        op = operation["op"]
        if op in ("merge", "move"):
            added.discard(operation["frame"])
            removed.add(operation["frame"])
        if op in ("split", "move"):
            new = operation["to"] if op == "move" else operation["frame"]
            removed.discard(new)
            added.add(new)
        added.update(operation.get("beside", ()))
        if op == "add_marker":
            values = {name: operation[name] for name in ("frame", "end_frame", "colour", "note")}
            marker = f"m{line.revision}"
            markers[marker] = ReviewMarker(id=marker, author=line.author, created_at=line.created_at, **values)
        elif op == "change_marker":
            changes = {name: operation[name] for name in ("frame", "end_frame", "colour", "note") if name in operation}
            markers[operation["marker"]] = replace(markers[operation["marker"]], **changes)
        elif op == "remove_marker":
            del markers[operation["marker"]]
    return Review(added=frozenset(added), removed=frozenset(removed), markers=markers)


def boundaries(detected: Iterable[int], review: Review, frame_count: int) -> list[int]:
    """First frames of all shots but the first: what was detected, as the review has it; ascending, unique, inside the clip."""
    decided = {frame + off for frame in review.added | review.removed for off in range(-REACH, REACH + 1)}
    kept = {frame for frame in detected if frame not in decided}
    return sorted(frame for frame in kept | review.added if 0 < frame < frame_count)


def edited(detected: Sequence[int], final: Sequence[int], frame_count: int) -> list[bool]:
    """For each shot that ``final`` makes: whether a person's hand shows in where it begins or ends."""
    hand, dropped = set(final) - set(detected), sorted(set(detected) - set(final))
    starts, ends = [0, *final], [*final, frame_count]
    return [
        start in hand or end in hand or bisect_left(dropped, start) < bisect_left(dropped, end)
        for start, end in zip(starts, ends, strict=True)
    ]  # fmt: skip


def checked(operation: AnyOperation, review: Review, detected: Sequence[int], frame_count: int) -> tuple[dict[str, Any], str]:
    """An operation as it is written into the log, and its author.

    Args:
        detected: the boundaries that detection finds, against which it is judged.

    Raises:
        BadInput: it makes no sense on this clip; NotFound: there is no such marker; Conflict: the log is full.
    """
    if review.revision >= LOG_LIMIT:
        raise Conflict(f"This clip's review has {LOG_LIMIT:,} changes, the most that are kept.", "Go on with a copy of the clip.")
    author = plain_text(operation.author, "author", AUTHOR_LIMIT)
    if isinstance(operation, AddMarker | ChangeMarker | RemoveMarker):
        return _marker(operation, review, frame_count), author
    shots = boundaries(detected, review, frame_count)
    _require_inside(operation.frame, frame_count)
    if isinstance(operation, Split):
        _require_free(operation.frame, shots)
        new = {"op": "split", "frame": operation.frame}
    elif isinstance(operation, Merge):
        _require_boundary(operation.frame, shots)
        new = {"op": "merge", "frame": operation.frame}
    else:
        _require_move(operation, shots, frame_count)
        new = {"op": "move", "frame": operation.frame, "to": operation.to}
    touched = {operation.frame, getattr(operation, "to", operation.frame)}
    beside = _beside(touched, set(shots) - review.added)
    return {**new, "beside": beside} if beside else new, author


def _beside(touched: set[int], detected: set[int]) -> list[int]:
    """Detected boundaries within reach of those touched, and within reach of these in turn: kept by hand, they reach as far themselves."""
    found, edge = set[int](), set(touched)
    while edge:
        edge = ({frame + off for frame in edge for off in range(-REACH, REACH + 1)} & detected) - found - touched
        found |= edge
    return sorted(found)


def _marker(operation: AddMarker | ChangeMarker | RemoveMarker, review: Review, frame_count: int) -> dict[str, Any]:
    if isinstance(operation, AddMarker):
        values = operation.model_dump(mode="json", exclude={"author"})
        known: dict[str, Any] = {}
    else:
        if operation.marker not in review.markers:
            raise NotFound(f"There is no marker {operation.marker[:40]!r} on this clip.", "It may have been removed meanwhile.")
        values = operation.model_dump(mode="json", exclude={"author"}, exclude_unset=True)
        known = review.markers[operation.marker].__dict__
        if isinstance(operation, ChangeMarker) and not {"frame", "end_frame", "colour", "note"} & set(values):
            raise BadInput(f"Nothing of marker {operation.marker} would change.", "Give a new frame, end_frame, colour or note.")
    if "note" in values:
        values["note"] = plain_text(values["note"], "note", NOTE_LIMIT)
    if "frame" in values or "end_frame" in values:
        frame, end = ({**known, **values}[name] for name in ("frame", "end_frame"))
        _require_inside(frame, frame_count)
        if end is not None and not frame < end <= frame_count:
            raise BadInput(
                f"The marker would run from frame {frame} to {end}.", f"Give an end_frame from {frame + 1} to {frame_count}, or none."
            )
    return values


def _require_inside(frame: int, frame_count: int) -> None:
    if not 0 <= frame < frame_count:
        raise BadInput(f"Frame {frame} lies outside the clip.", f"Its frames are 0 to {frame_count - 1}.")


def _require_free(frame: int, shots: Sequence[int]) -> None:
    if frame == 0 or frame in shots:
        raise BadInput(f"A shot begins at frame {frame} already.", "Choose a frame inside a shot.")


def _require_boundary(frame: int, shots: Sequence[int]) -> None:
    if frame == 0:
        raise BadInput("Frame 0 begins the clip; there is no shot before it.", "Give the first frame of a later shot.")
    if frame not in shots:
        nearest = min(shots, key=lambda b: (abs(b - frame), b), default=None)
        where = "The clip is one shot." if nearest is None else f"The nearest shot begins at frame {nearest}."
        raise BadInput(f"No shot begins at frame {frame}.", where)


def _require_move(operation: Move, shots: Sequence[int], frame_count: int) -> None:
    _require_boundary(operation.frame, shots)
    place = shots.index(operation.frame)
    low, high = ([0, *shots][place], [*shots, frame_count][place + 1])
    if operation.to == operation.frame:
        raise BadInput(f"The boundary is at frame {operation.frame} already.", f"Move it to a frame from {low + 1} to {high - 1}.")
    if not low < operation.to < high:
        raise BadInput(
            f"The boundary at frame {operation.frame} cannot move to {operation.to}, past its neighbours.",
            f"Move it to a frame from {low + 1} to {high - 1}." if high - low > 2 else "Merge a neighbour first.",
        )

"""Fitting: rows are trimmed, lengthened or dropped until the film has exactly the frames it should have."""

from __future__ import annotations

from app.editing.operations.time import Freeze
from app.editing.planner.rows import Row, film_frames

LONGEST_HOLD_S = 3.0


def fit(rows: list[Row], frames: int) -> int:
    """Brings the film to ``frames`` as nearly as the rows allow; returns how many it still lacks (below 0: has too many)."""
    _drop(rows, frames)
    _trim(rows, frames)
    _extend(rows, frames)
    _hold(rows, frames)
    return frames - film_frames(rows)


def _drop(rows: list[Row], frames: int) -> None:
    """Takes out the weakest groups that are longer than what trimming can save."""
    while True:
        over = film_frames(rows) - frames
        if over <= sum(_slack(row) for row in rows):
            return
        whole = [row for row in rows if not row.kept]
        if len(whole) < 2:
            return
        fitting = [row for row in whole if row.frames <= over + row.frames // 2] or whole
        weakest = min(fitting, key=lambda row: (row.score, -row.first))
        place = rows.index(weakest)
        rows.remove(weakest)
        if place == 0 and rows:
            unjoin(rows[0])


def unjoin(row: Row) -> None:
    """The first row has nothing to come from."""
    row.operations = [one for one in row.operations if one.op != "transition"]


def _slack(row: Row) -> int:
    """Frames of film that trimming its end would save."""
    if row.end <= row.least_end:
        return 0
    shorter = _with_end(row, row.least_end)
    return max(0, row.frames - shorter)


def _with_end(row: Row, end: int) -> int:
    """Its length on the film with another end."""
    kept, row.end = row.end, end
    frames = row.frames
    row.end = kept
    return frames


def _trim(rows: list[Row], frames: int) -> None:
    """Shortens every row by its part, then one after the other."""
    over = film_frames(rows) - frames
    slack = {id(row): _slack(row) for row in rows}
    total = sum(slack.values())
    if over <= 0 or not total:
        return
    for row in rows:
        share = min(1.0, over / total)
        row.end -= int((row.end - max(row.least_end, row.first + 1)) * share) if slack[id(row)] else 0
    for row in sorted(rows, key=lambda one: -one.frames):
        while film_frames(rows) > frames and row.end > max(row.least_end, row.first + 1):
            row.end -= 1


def _extend(rows: list[Row], frames: int) -> None:
    """Lengthens rows within their shots, the same share of each first, so that no row swallows all."""
    for share in (0.15, 0.35, 0.7, 1.0):
        for row in sorted(rows, key=lambda one: (one.gesture in ("card", "hold"), -one.frames)):
            room = row.first + int((row.end - row.first) * (1 + share))
            while film_frames(rows) < frames and row.end < min(row.most_end, room) and row.least_end < row.end and not _frozen_end(row):
                row.end += 1
                if film_frames(rows) > frames:
                    row.end -= 1
                    break


def _frozen_end(row: Row) -> bool:
    return row.gesture in ("hold", "triple", "stutter", "ramp", "card")


def _hold(rows: list[Row], frames: int) -> None:
    """The rest is given to the last freeze, or to a new one at the very end."""
    missing = frames - film_frames(rows)
    if missing == 0 or not rows:
        return
    for row in reversed(rows):
        for index, one in enumerate(row.operations):
            if isinstance(one, Freeze):
                held = round(one.duration_s * row.rate) + missing
                if 2 <= held <= LONGEST_HOLD_S * row.rate:
                    row.operations[index] = one.model_copy(update={"duration_s": round(float(held / row.rate), 6)})
                    return
    last = rows[-1]
    if 0 < missing <= LONGEST_HOLD_S * last.rate and len(last.operations) < 60:
        at = float((last.end - last.first - 1) / last.rate)
        last.operations.append(Freeze(at_s=round(at, 6), duration_s=round(float(missing / last.rate), 6)))

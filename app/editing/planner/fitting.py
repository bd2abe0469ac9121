"""Fitting: rows are trimmed, lengthened or dropped until the film has exactly the frames it should have."""

from __future__ import annotations

from itertools import pairwise, zip_longest

from app.editing.operations import AnyOperation
from app.editing.operations.sounds import SoundEffect
from app.editing.operations.time import Freeze
from app.editing.operations.words import Text
from app.editing.planner.rows import Row, film_frames

LONGEST_HOLD_S = 3.0
TIMED = ("text", "zoom", "shake", "sound_effect")  # operations whose time counts on the row
LEAST_S = {"text": 0.6, "zoom": 0.12, "shake": 0.1, "sound_effect": 0.05}  # of a row that must be left for them


def fit(rows: list[Row], frames: int) -> int:
    """Brings the film to ``frames`` as nearly as the rows allow; returns how many it still lacks (below 0: has too many)."""
    _drop(rows, frames)
    _trim(rows, frames)
    _loosen(rows)
    _trim(rows, frames)
    _extend(rows, frames)
    _hold(rows, frames)
    for row, after in zip_longest(rows, rows[1:]):
        tidy(row, after.overlap if after is not None else 0)
    return frames - film_frames(rows)


def tidy(row: Row, overlap: int = 0) -> None:
    """What a shortened row has no more time for goes; what would reach beyond its end ends there.

    ``overlap``: frames under the next row's transition; words are gone by then, and come when the row's own is over.
    """
    seconds = row.seconds
    kept: list[AnyOperation] = []
    for one in row.operations:
        if isinstance(one, Freeze):
            last = (row.end - row.first - 1) / float(row.rate)
            one = one.model_copy(update={"at_s": round(min(one.at_s, max(last, 0.0)), 6)})
        at, length = getattr(one, "at_s", None), getattr(one, "duration_s", None)
        if row.gesture == "hold" and isinstance(one, (Text, SoundEffect)):  # the last words go with the end
            at = round(max(0.1, min(one.at_s, seconds - (length or 1.0) - 0.1)), 3)
            one = one.model_copy(update={"at_s": at})
        if isinstance(one, Text):
            begins, ends = float(row.overlap / row.rate), float((row.frames - overlap) / row.rate)
            at = round(max(one.at_s, min(begins, one.at_s + 0.4)), 3)
            length = round(min(length or seconds, ends - at), 3) if overlap else length
            if length is not None and length < LEAST_S["text"]:
                continue
            one = one.model_copy(update={"at_s": at, "duration_s": length})
        if one.op in TIMED and at is not None:
            if at > seconds - LEAST_S.get(one.op, 0.1):
                continue
            if length is not None and at + length > seconds:
                one = one.model_copy(update={"duration_s": round(seconds - at, 6)})
        kept.append(one)
    row.operations = kept


def _loosen(rows: list[Row]) -> None:
    """Transitions take at most two fifths of the rows they join."""
    for before, after in pairwise(rows):
        if not after.overlap:
            continue
        room = int(min(before.frames - before.overlap, after.frames) * 0.4)
        if room >= 3:
            after.set_overlap(min(after.overlap, room))
        else:
            unjoin(after)


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
                held = min(max(round(one.duration_s * row.rate) + missing, 2), int(LONGEST_HOLD_S * row.rate))
                row.operations[index] = one.model_copy(update={"duration_s": round(float(held / row.rate), 6)})
                missing = frames - film_frames(rows)
                if missing == 0:
                    return
    last = rows[-1]
    if 0 < missing <= LONGEST_HOLD_S * last.rate and len(last.operations) < 60:
        at = float((last.end - last.first - 1) / last.rate)
        last.operations.append(Freeze(at_s=round(at, 6), duration_s=round(float(missing / last.rate), 6)))

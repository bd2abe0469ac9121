"""Which frames show a new picture, and the rhythm they come in: pure functions of the stored changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    from app.video.curves import Curves

    Values = np.ndarray[Any, np.dtype[np.float64]]
    Flags = np.ndarray[Any, np.dtype[np.bool_]]

STILL_EXCESS = 0.5  # levels by which the most changed block exceeds the median one in mere noise
STILL_MOST = 1.0  # levels; a block that changes less has not: coders touch up a standing picture by as much
CAMERA_STEP = 0.02  # % of the frame width: 0.064 px at 320 px, above what noise makes of a still picture
CLEAR_RATIO, SUBJECT_RATIO = 2.2, 1.35  # between changes at new pictures and at repeats
LONGEST_GAP = 6  # frames; a longer one is a pause between moves, not an exposure
REGULAR = 0.7
LEAST_ROUNDS, BEAT = 6, 0.78
_FLOOR = 0.1  # levels; keeps logarithms of nearly nothing apart from each other no further than noise is


@dataclass(frozen=True)
class Pattern:
    """``period``: frames per picture, 0 when nothing moves, -1 when no rhythm prevails; ``share`` of moving frames in it."""

    period: int
    share: float


def steps(part: Curves) -> Flags:
    """For every frame but the first of the shot: does it show a new picture?"""
    import numpy as np

    most, usual = _tail(part, "hold_most"), _tail(part, "hold_usual")
    moving = camera_steps(part)
    split = threshold(most, CLEAR_RATIO)
    if split is not None:
        low = most <= split
        quiet = np.median((most - usual)[low]) < STILL_EXCESS if low.any() else True
        if quiet or pattern(~low).period > 1:
            return (~low & (most > STILL_MOST)) | (moving & (usual > split))
    return ((most - usual > STILL_EXCESS) & (most > STILL_MOST)) | moving


def camera_steps(part: Curves) -> Flags:
    """For every frame but the first of the shot: did the camera move?"""
    import numpy as np

    if "cam_dx" not in part.columns:
        return np.zeros(max(0, len(part) - 1), np.bool_)
    parts = [_tail(part, name) for name in ("cam_dx", "cam_dy", "cam_zoom", "cam_roll")]
    size = np.sqrt(parts[0] ** 2 + parts[1] ** 2 + (0.3 * parts[2]) ** 2 + (0.52 * parts[3]) ** 2)
    typical = float(np.percentile(size, 75)) if len(size) else 0.0
    return size > (max(CAMERA_STEP, 0.25 * typical) if typical > CAMERA_STEP else np.inf)


def subject_rhythm(part: Curves) -> Pattern:
    """The rhythm of what the camera's motion does not explain, behind a camera that moves.

    What is left of a moved background blurs the size of the change, not its beat: with a period of p frames, one and the
    same frame of every p must change more than the others of its round, nearly always, and by a third more.
    """
    import numpy as np

    rest = _tail(part, "hold_rest")
    best = Pattern(0, 1.0)
    for period in (2, 3, 4):
        rounds = len(rest) // period
        if rounds < LEAST_ROUNDS:
            continue
        table = rest[: rounds * period].reshape(rounds, period)
        phase = int(np.median(table, axis=0).argmax())
        others = np.delete(table, phase, axis=1)
        share = float((table[:, phase, None] > others).mean())
        loud = float(np.median(table[:, phase])) > SUBJECT_RATIO * float(np.median(others))
        if loud and share >= BEAT and (best.period == 0 or share > best.share):
            best = Pattern(period, share)
    return best


def threshold(values: Values, ratio: float) -> float | None:
    """Where values part into two groups whose medians differ at least by ``ratio`` (Otsu 1979, on logarithms); else None."""
    import numpy as np

    if len(values) < 3:
        return None
    logs = np.sort(np.log(values + _FLOOR))
    count = np.arange(1, len(logs))
    total = np.cumsum(logs)
    below = total[:-1] / count
    above = (total[-1] - total[:-1]) / (len(logs) - count)
    between = count * (len(logs) - count) * (above - below) ** 2
    place = int(between.argmax())
    low, high = float(np.median(logs[: place + 1])), float(np.median(logs[place + 1 :]))
    if high - low < np.log(ratio):
        return None
    return float(np.exp((logs[place] + logs[place + 1]) / 2) - _FLOOR)


def pattern(changed: Flags) -> Pattern:
    """The rhythm of the new pictures within moving stretches.

    Every gap between two new pictures counts with as many frames as it is long; gaps of more than six are pauses.
    """
    import numpy as np

    places = np.flatnonzero(changed)
    if len(places) < 2:
        return Pattern(0, 1.0)
    gaps = np.diff(places)
    gaps = gaps[gaps <= LONGEST_GAP]
    if len(gaps) == 0:
        return Pattern(0, 1.0)
    frames = np.bincount(gaps, weights=gaps, minlength=LONGEST_GAP + 1)
    best = int(frames.argmax())
    share = float(frames[best] / frames.sum())
    return Pattern(best if share >= REGULAR and best <= 4 else -1, share)


def _tail(part: Curves, name: str) -> Values:
    import numpy as np

    return part[name][1:].astype(np.float64)

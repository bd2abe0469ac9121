"""How long a running job will still take, from how its bar has moved."""

from __future__ import annotations

from dataclasses import dataclass

SMOOTHING = 0.3  # weight of the newest speed: steady enough to read, quick enough to follow a change of stage
MIN_ELAPSED_S = 1.0


@dataclass(frozen=True)
class Pace:
    """The last reading of a bar; ``speed`` is its smoothed movement in fractions per second."""

    at: float
    fraction: float
    speed: float | None = None


def advance(pace: Pace, now: float, fraction: float) -> Pace:
    """The pace after a new reading. Readings closer than a quarter second, or backwards, change nothing."""
    elapsed, moved = now - pace.at, fraction - pace.fraction
    if elapsed < 0.25 or moved <= 0:
        return pace
    speed = moved / elapsed
    smoothed = speed if pace.speed is None else SMOOTHING * speed + (1 - SMOOTHING) * pace.speed
    return Pace(now, fraction, smoothed)


def eta_s(pace: Pace, started_at: float, now: float) -> float | None:
    """Seconds to the end, or None while too little is known; a bar that stands still makes it grow."""
    if pace.speed is None or now - started_at < MIN_ELAPSED_S:
        return None
    left = max(0.0, 1.0 - pace.fraction) / pace.speed
    return round(max(0.0, left - min(now - pace.at, left * 0.5)), 1)

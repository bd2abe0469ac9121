"""From the time stamps of a picture track: how many frames, how fast, evenly spaced or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

_COMMON = tuple(Fraction(n) for n in (12, 15, 24, 25, 30, 48, 50, 60, 90, 100, 120)) + tuple(
    Fraction(n * 1000, 1001) for n in (24, 30, 48, 60, 120)
)
_MAX_FPS = 1000
_SPARSE_FPS = Fraction(1, 10)


@dataclass(frozen=True)
class Spacing:
    """What the time stamps say. Times in seconds; ``even_rate`` is the constant rate they lie on, None if they do not."""

    frame_count: int
    estimated: bool
    duration_s: float
    first_s: float
    average_fps: float
    keyframe_interval_s: float
    even_rate: Fraction | None
    declared_rate: Fraction | None


def spacing_of(
    times: Sequence[int],
    keys: Sequence[int],
    durations: Sequence[int],
    time_base: Fraction,
    rates: Sequence[Fraction],
    declared_s: float | None,
) -> Spacing:
    """Looks at presentation time stamps in ``time_base`` units, in any order.

    Args:
        keys: the stamps of keyframes. durations: one per stamp, 0 where unknown.
        rates: rates that the container declares, most trusted first.
        declared_s: length of the stream when ``times`` covers only its beginning; None when it covers all of it.
    """
    shown = sorted(set(times))
    if not shown:
        shown = [0]
    sane = [r for r in rates if _SPARSE_FPS <= r <= _MAX_FPS]
    even = even_rate(shown, time_base, sane)
    rate = even or (sane[0] if sane else Fraction(25))
    frame_s = Fraction(1) / rate
    last_s = Fraction(durations[times.index(shown[-1])]) * time_base if times else Fraction(0)
    if even is not None or not 0 < last_s < 10:
        last_s = frame_s
    covered_s = (shown[-1] - shown[0]) * time_base + last_s
    duration_s = max(float(covered_s), declared_s or 0.0)
    count = len(shown) if declared_s is None else max(len(shown), round(duration_s * len(shown) / float(covered_s)))
    return Spacing(
        frame_count=count,
        estimated=declared_s is not None,
        duration_s=duration_s,
        first_s=float(shown[0] * time_base),
        average_fps=count / duration_s,
        keyframe_interval_s=_longest_gap(keys, shown, time_base, covered_s),
        even_rate=even,
        declared_rate=sane[0] if sane else None,
    )


def even_rate(shown: Sequence[int], time_base: Fraction, rates: Sequence[Fraction]) -> Fraction | None:
    """The constant rate on whose grid every stamp lies within half a frame (and a tick of rounding), or None.

    ``shown`` is sorted and unique. The measured mean rate is tried last, for rates that nobody declared.
    """
    if len(shown) < 2:
        return rates[0] if rates else None
    mean = Fraction(len(shown) - 1) / ((shown[-1] - shown[0]) * time_base)
    candidates = [*rates, *sorted(_COMMON, key=lambda r: abs(r - mean))[:1], mean.limit_denominator(1001)]
    return next((rate for rate in candidates if rate > 0 and _fits(shown, time_base, rate)), None)


def settle_rate(spacing: Spacing) -> tuple[Fraction, bool]:
    """(nominal rate, whether the spacing is uneven)."""
    if spacing.even_rate is not None:
        return spacing.even_rate, False
    rate = spacing.declared_rate or Fraction(spacing.average_fps).limit_denominator(1001)
    return (rate if rate > 0 else Fraction(25)), True


def _fits(shown: Sequence[int], time_base: Fraction, rate: Fraction) -> bool:
    ticks_per_frame = float(1 / (rate * time_base))
    first, tolerance = shown[0], max(1.0, 0.45 * ticks_per_frame)
    return all(abs(stamp - first - n * ticks_per_frame) <= tolerance for n, stamp in enumerate(shown))


def _longest_gap(keys: Sequence[int], shown: Sequence[int], time_base: Fraction, covered_s: Fraction) -> float:
    """Longest wait, in seconds, from one keyframe to the next, or to the end."""
    marks = sorted({*keys, shown[0]})
    gaps = [(b - a) * time_base for a, b in pairwise(marks)]
    return float(max([*gaps, covered_s - (marks[-1] - shown[0]) * time_base, Fraction(0)]))

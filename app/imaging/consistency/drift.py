"""How a character changes over a series of pictures: each one's similarity to the sheet and to the first, the slope, the worst. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

NOTICED = 0.05  # of similarity, over the whole series: less is within what a pose changes
FEWEST = 3


@dataclass(frozen=True)
class Drift:
    """Over a series in its order.

    Attributes:
        change: of the similarity over the whole series along its straight line; negative: it gets less alike.
        worst: number of the least alike picture, from 0.
        first_low: the first picture below the threshold from which on none reaches it again; None where there is none.
        words: one sentence.
    """

    change: float
    worst: int
    first_low: int | None
    words: str


def slope(values: Sequence[float]) -> float:
    """Of the straight line of least squares, per step; 0 for fewer than two values."""
    count = len(values)
    if count < 2:
        return 0.0
    middle, mean = (count - 1) / 2, sum(values) / count
    return sum((x - middle) * (y - mean) for x, y in enumerate(values)) / sum((x - middle) ** 2 for x in range(count))


def drift_of(to_sheet: Sequence[float], threshold: float, to_first: Sequence[float] = ()) -> Drift:
    """Of at least one picture.

    Args:
        to_sheet: similarity of every picture to the reference pictures.
        to_first: similarity of every picture to the first; may be left out.
    """
    change = slope(to_sheet) * (len(to_sheet) - 1)
    worst = min(range(len(to_sheet)), key=to_sheet.__getitem__)
    low = _first_low(to_sheet, threshold)
    return Drift(round(change, 4), worst, low, _words(to_sheet, threshold, change, worst, low) + _about_first(to_first, threshold))


def _first_low(values: Sequence[float], threshold: float) -> int | None:
    start = len(values)
    while start and values[start - 1] < threshold:
        start -= 1
    return start if start < len(values) else None


def _words(values: Sequence[float], threshold: float, change: float, worst: int, low: int | None) -> str:
    count = len(values)
    lowest = f"the least alike is picture {worst + 1} with {values[worst]:.2f}"
    if all(value < threshold for value in values):
        return f"None of the {count} reaches {threshold:.2f}; {lowest}."
    if count >= FEWEST and change <= -NOTICED:
        from_where = f", and from picture {low + 1} on it stays below {threshold:.2f}" if low else ""
        return f"It drifts away: {change:+.2f} over {count} pictures{from_where}; {lowest}."
    if count >= FEWEST and change >= NOTICED:
        return f"It comes closer: {change:+.2f} over {count} pictures; {lowest}."
    missed = sum(value < threshold for value in values)
    if missed:
        return f"No drift, but {missed} of {count} {'is' if missed == 1 else 'are'} below {threshold:.2f}; {lowest}."
    return f"It stays itself: all {count} reach {threshold:.2f}; {lowest}."


def _about_first(to_first: Sequence[float], threshold: float) -> str:
    later = [(value, number) for number, value in enumerate(to_first) if number]
    if not later or min(later)[0] >= threshold:
        return ""
    value, number = min(later)
    return f" Picture {number + 1} is the least like the first, with {value:.2f}."

"""Runs of frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]


def runs_of(marked: Array, shortest: int = 1) -> list[tuple[int, int]]:
    """(first, end) of each run of true values of at least ``shortest``."""
    import numpy as np

    edges = np.flatnonzero(np.diff(np.concatenate([[0], np.asarray(marked, np.int8), [0]])))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a >= shortest]


def nearest_off(value: float, sorted_values: Array) -> float:
    """How far a value lies behind the nearest of some: negative when it lies before it."""
    import numpy as np

    place = int(np.clip(np.searchsorted(sorted_values, value), 1, max(1, len(sorted_values) - 1)))
    near = [float(sorted_values[n]) for n in (place - 1, place) if n < len(sorted_values)]
    return min((value - other for other in near), key=abs)

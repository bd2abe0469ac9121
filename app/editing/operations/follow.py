"""The way of a window that follows a subject: it rests while the subject stays near its middle, and moves without jerks."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Way = np.ndarray[Any, np.dtype[np.float64]]

REST = 0.22  # of the window: how far from its middle the subject may stray before the window moves
SMOOTH_S = 0.5
KEPT = 0.98  # share of the frames in which the subject must lie well within the window
WITHIN = 0.42  # of the window, from its middle
_TRIES = 7


def at_frames(seconds: Sequence[float], values: Sequence[float], frames: int, rate: float) -> list[float]:
    """A value for every frame from (seconds, value), straight lines between, the ends held."""
    found = []
    for frame in range(frames):
        at = frame / rate
        after = bisect_right(seconds, at)
        if after in (0, len(seconds)):
            found.append(values[min(after, len(seconds) - 1)])
            continue
        begin, end = seconds[after - 1], seconds[after]
        found.append(values[after - 1] + (values[after] - values[after - 1]) * (at - begin) / (end - begin))
    return found


def followed(subject: Sequence[float], window: float, rate: float) -> list[float]:
    """Where the middle of a window goes. All in shares of the picture; ``window``: its size, at most 1.

    The window is pulled along as if on a slack string, once forwards and once backwards; the mean of both, smoothed by a Gaussian,
    neither lags nor starts abruptly. Where that loses the subject, the string is shortened and the smoothing lessened.
    """
    import numpy as np

    if window >= 1:
        return [0.5] * len(subject)
    wanted = np.asarray(subject, np.float64)
    slack, smooth = REST * window, SMOOTH_S * rate
    for _ in range(_TRIES):
        forwards, backwards = _pulled(wanted, slack), _pulled(wanted[::-1], slack)[::-1]
        way = np.clip(_smoothed((forwards + backwards) / 2, smooth), window / 2, 1 - window / 2)
        reachable = np.clip(wanted, window / 2, 1 - window / 2)
        if np.mean(np.abs(reachable - way) <= WITHIN * window) >= KEPT:
            break
        slack, smooth = slack / 2, smooth / 2
    return [float(value) for value in way]


def _pulled(wanted: Way, slack: float) -> Way:
    import numpy as np

    found = np.empty_like(wanted)
    at = float(np.median(wanted[: max(1, len(wanted) // 8)]))
    for index, value in enumerate(wanted):
        at = min(max(at, value - slack), value + slack)
        found[index] = at
    return found


def _smoothed(values: Way, sigma: float) -> Way:
    """A Gaussian over the values, the ends held."""
    import numpy as np

    reach = int(3 * sigma)
    if reach < 1:
        return values
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    return np.convolve(np.pad(values, reach, mode="edge"), weights / weights.sum(), mode="valid")

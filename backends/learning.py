"""What calls and moves really took, learned: peak memory per (model, operation, shape), and the times of loading and activating. Pure."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
Shape = Mapping[str, int]
KEPT_SHAPES = 64  # per model and operation; the oldest give way
KEPT_PEAKS = 3  # of one shape: the largest of these counts
GOOD_FIT = 0.02  # relative error under which the simpler law is kept
RIDGE = 1e-9
EXCESS_GROWTH = 2.0
LOAD_BYTES_PER_S, ACTIVATE_BYTES_PER_S = 1.0e9, 10e9  # before anything was seen: a middling SSD, PCIe 4.0 x8
NEW_WEIGHT = 0.5  # of the newest time in the running mean


@dataclass(slots=True)
class Point:
    """One shape that was seen."""

    shape: dict[str, int]
    guess: int  # what the engine or the card said it would take
    peaks: deque[int] = field(default_factory=lambda: deque(maxlen=KEPT_PEAKS))

    @property
    def peak(self) -> int:
        """The most of the last few times."""
        return max(self.peaks)


@dataclass(slots=True)
class Times:
    """Running means of one model; None until seen."""

    load_s: float | None = None
    activate_s: float | None = None
    host_bytes: int | None = None
    device_bytes: int | None = None


class Learner:
    """Observations are plain JSON objects, so that they can cross a pipe, be kept, and be taken in again after a restart."""

    def __init__(self, observations: Sequence[Json] = ()) -> None:
        self._points: dict[tuple[str, str], dict[tuple[tuple[str, int], ...], Point]] = {}
        self._lock = threading.RLock()
        self._laws: dict[tuple[str, str], Law] = {}  # until the next observation
        self._times: dict[str, Times] = {}
        for observation in observations:
            self.take(observation)

    def predict(self, key: str, operation: str, shape: Shape, guess: int) -> tuple[int, bool]:
        """(bytes a call will need beyond the weights, whether that was learned); ``guess`` is returned where nothing was."""
        with self._lock:
            points = self._points.get((key, operation))
            if not points:
                return guess, False
            seen = points.get(_name(shape))
            if seen is not None:
                return seen.peak, True
            law = self._laws.get((key, operation))
            if law is None:
                law = self._laws[key, operation] = _law(list(points.values()))
            return max(0, round(law(shape, guess))), True

    def times(self, key: str, weights_bytes: int) -> tuple[float, float]:
        """(seconds to load, seconds to activate), seen or estimated from the size."""
        seen = self._times.get(key) or Times()
        load_s = weights_bytes / LOAD_BYTES_PER_S if seen.load_s is None else seen.load_s
        activate_s = weights_bytes / ACTIVATE_BYTES_PER_S if seen.activate_s is None else seen.activate_s
        return load_s, activate_s

    def footprint(self, key: str) -> tuple[int, int] | None:
        """(host bytes, device bytes) that the loaded model held last time."""
        seen = self._times.get(key)
        if seen is None or seen.host_bytes is None or seen.device_bytes is None:
            return None
        return seen.host_bytes, seen.device_bytes

    def peak(self, key: str, operation: str, shape: Shape, guess: int, peak_bytes: int) -> Json:
        """A call took that much; returns the observation."""
        return self.take(
            {
                "kind": "peak",
                "key": key,
                "operation": operation,
                "shape": dict(shape),
                "guess_bytes": int(guess),
                "peak_bytes": int(peak_bytes),
            }
        )

    def loaded(self, key: str, seconds: float, host_bytes: int, device_bytes: int) -> Json:
        """A load took that long and holds that much; returns the observation."""
        return self.take({"kind": "load", "key": key, "seconds": seconds, "host_bytes": host_bytes, "device_bytes": device_bytes})

    def activated(self, key: str, seconds: float) -> Json:
        """An activation took that long; returns the observation."""
        return self.take({"kind": "activate", "key": key, "seconds": seconds})

    def take(self, observation: Json) -> Json:
        """Learns from an observation, new or kept; one of an unknown kind is passed over, since it may come from a newer version."""
        kind = observation.get("kind")
        with self._lock:
            if kind == "peak":
                self._take_peak(observation)
            elif kind in ("load", "activate"):
                self._take_times(observation)
        return observation

    def _take_times(self, observation: Json) -> None:
        times = self._times.setdefault(observation["key"], Times())
        seconds = float(observation["seconds"])
        if observation["kind"] == "activate":
            times.activate_s = _mean(times.activate_s, seconds)
        else:
            times.load_s = _mean(times.load_s, seconds)
            times.host_bytes, times.device_bytes = int(observation["host_bytes"]), int(observation["device_bytes"])

    def _take_peak(self, observation: Json) -> None:
        points = self._points.setdefault((observation["key"], observation["operation"]), {})
        self._laws.pop((observation["key"], observation["operation"]), None)
        shape = {str(name): int(value) for name, value in observation["shape"].items()}
        name = _name(shape)
        point = points.pop(name, None) or Point(shape, int(observation["guess_bytes"]))
        point.peaks.append(int(observation["peak_bytes"]))
        points[name] = point
        if len(points) > KEPT_SHAPES:
            del points[next(iter(points))]

    def export(self) -> list[Json]:
        """Everything known, as observations that `take` understands."""
        with self._lock:
            return self._export()

    def _export(self) -> list[Json]:
        found: list[Json] = []
        for (key, operation), points in self._points.items():
            for p in points.values():
                shared = {"kind": "peak", "key": key, "operation": operation, "shape": p.shape, "guess_bytes": p.guess}
                found += [{**shared, "peak_bytes": peak} for peak in p.peaks]
        for key, times in self._times.items():
            if times.load_s is not None:
                sizes = {"host_bytes": times.host_bytes, "device_bytes": times.device_bytes}
                found.append({"kind": "load", "key": key, "seconds": times.load_s, **sizes})
            if times.activate_s is not None:
                found.append({"kind": "activate", "key": key, "seconds": times.activate_s})
        return found


def _name(shape: Shape) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(shape.items()))


def _mean(old: float | None, new: float) -> float:
    return new if old is None else old + NEW_WEIGHT * (new - old)


# The law between seen shapes --------------------------------------------------------------------------------------------------------------

Law = Callable[[Shape, int], float]
Features = Callable[[Shape, int], list[float]]


def _law(points: list[Point]) -> Law:
    """How memory grows with the shape: affine in the engine's guess, else in the product of the sizes, else in the sizes themselves.

    Convolutions and memory-efficient attention keep a fixed number of bytes per pixel or token, so an affine law holds between shapes;
    which quantity it is affine in is chosen by the fit: the first with an error under 2 %, else the best.
    """
    if len(points) == 1:
        return _proportional(points[0])
    best: tuple[float, Law] | None = None
    for features in _candidates(points):
        law, error = _fit(points, features)
        if error <= GOOD_FIT:
            return law
        if best is None or error < best[0]:
            best = (error, law)
    most = max(point.peak for point in points)
    return best[1] if best is not None else lambda shape, guess: float(most)


def _proportional(point: Point) -> Law:
    """One observation corrects the guess; without a guess that grows, larger shapes take more in proportion, smaller ones no less.

    What was taken beyond the guess is mostly there once, whatever the size (a library's own buffers, the first call's
    preparations), so it is not multiplied by more than `EXCESS_GROWTH`: a short first call must not make a long one look impossible.
    """

    def law(shape: Shape, guess: int) -> float:
        if point.guess > 0 and guess != point.guess:
            ratio = guess / point.guess
            excess = point.peak - point.guess
            return point.peak * ratio if excess <= 0 else guess + excess * min(max(ratio, 1.0), EXCESS_GROWTH)
        return point.peak * max(1.0, _volume(shape) / _volume(point.shape))

    return law


def _volume(shape: Shape) -> float:
    volume = 1.0
    for size in shape.values():
        volume *= max(1, size)
    return volume


def _candidates(points: list[Point]) -> list[Features]:
    found: list[Features] = []
    if len({point.guess for point in points}) == len(points):
        found.append(lambda shape, guess: [float(guess)])
    if len({_volume(point.shape) for point in points}) > 1:
        found.append(lambda shape, guess: [_volume(shape)])
    names = sorted({name for point in points for name in point.shape})
    varying = [name for name in names if len({point.shape.get(name, 0) for point in points}) > 1]
    if 1 < len(varying) < len(points):
        found.append(lambda shape, guess: [float(shape.get(name, 0)) for name in varying])
    return found


def _fit(points: list[Point], features: Features) -> tuple[Law, float]:
    """Least squares of relative errors, a constant and slopes; a slope below zero is no law of memory. Returns the law, its worst error."""
    rows = [[1.0, *features(point.shape, point.guess)] for point in points]
    scales = [max(abs(row[i]) for row in rows) or 1.0 for i in range(len(rows[0]))]
    most = max(1, *(point.peak for point in points))
    shares = [max(1, point.peak) / most for point in points]
    relative = [[value / scale / share for value, scale in zip(row, scales, strict=True)] for row, share in zip(rows, shares, strict=True)]
    slopes = [most * value / scale for value, scale in zip(_solve(relative), scales, strict=True)]

    def law(shape: Shape, guess: int) -> float:
        return sum(slope * value for slope, value in zip(slopes, [1.0, *features(shape, guess)], strict=True))

    if any(slope < 0 for slope in slopes[1:]):
        return law, float("inf")
    return law, max(abs(law(point.shape, point.guess) / max(1, point.peak) - 1) for point in points)


def _solve(rows: list[list[float]]) -> list[float]:
    """x that minimises |rows x - 1|^2, by the normal equations and Gaussian elimination."""
    n = len(rows[0])
    matrix = [
        [sum(row[i] * row[j] for row in rows) + (RIDGE if i == j else 0.0) for j in range(n)] + [sum(row[i] for row in rows)]
        for i in range(n)
    ]
    for i in range(n):
        pivot = max(range(i, n), key=lambda r: abs(matrix[r][i]))
        matrix[i], matrix[pivot] = matrix[pivot], matrix[i]
        for j in range(n):
            if j != i and matrix[i][i]:
                factor = matrix[j][i] / matrix[i][i]
                matrix[j] = [a - factor * b for a, b in zip(matrix[j], matrix[i], strict=True)]
    return [matrix[i][n] / matrix[i][i] if matrix[i][i] else 0.0 for i in range(n)]

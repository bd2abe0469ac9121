"""How the whole picture moves from one frame to the next: corners in a grid, followed, and a similarity most of them agree on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import numpy as np

    from app.video.frame import Frame, Plane

    Points = np.ndarray[Any, np.dtype[np.float32]]
    Complex = np.ndarray[Any, np.dtype[np.complex128]]
    Flags = np.ndarray[Any, np.dtype[np.bool_]]

REFRESH_EVERY = 12  # frames; new corners are chosen at frame numbers that it divides, so that the past is forgotten there
_RETRY_EVERY = 4  # the same while the picture has too few of them; divides the number above
_CELL = 10  # px of the half-size picture: one corner in each cell of 20 x 20 px
_EDGE = 3  # px of the half-size picture without corners: their surroundings leave the picture first
_MIN_TEXTURE = 1e-4  # smaller eigenvalue of the gradient's structure tensor; flat cells with mere noise stay below
_WEAK = 1e-3  # of the strongest corner
_ALIVE = 0.5  # share of the chosen corners that must still move with the picture; else new ones are chosen early
_LEAST_POINTS = 8
_LEAST_SHARE = 0.3  # of the corners must agree, else there is no common motion: a cut, or something in front of everything
_AGREE_PX = 0.6
_TUKEY = 4.685
_UNMOVED_PX = 0.03  # a smaller motion is not worth the blur of moving the picture


@dataclass(frozen=True)
class CameraMotion:
    """How the picture moved since the frame before: a point p, as a complex number in px, went to ``turn * p + shift``.

    Attributes:
        turn: magnification and turn, about the upper left corner of the luma plane.
        shift: px.
        found: False when the corners agree on nothing (a cut), or at the first frame; then it is no motion at all.
        inliers: share of the followed corners that move with the picture; the others move on their own.
        warped: the frame before at half size, moved as this one is; where nothing is known, this frame itself.
        residual: mean absolute difference between ``warped`` and this frame at half size, levels.
    """

    turn: complex
    shift: complex
    found: bool
    inliers: float
    warped: Plane
    residual: float

    def of_centre(self, width: int, height: int) -> complex:
        """How far the middle of the picture went, px."""
        middle = complex((width - 1) / 2, (height - 1) / 2)
        return self.turn * middle + self.shift - middle

    @property
    def zoom(self) -> float:
        """Logarithm of the magnification; positive when the picture grows."""
        return math.log(abs(self.turn))

    @property
    def turned_deg(self) -> float:
        """How far the picture turned clockwise, degrees."""
        return math.degrees(math.atan2(self.turn.imag, self.turn.real))


class Tracker:
    """Follows corners from frame to frame; what it knows reaches back at most `REFRESH_EVERY` frames.

    One Shi-Tomasi corner ("Good features to track", CVPR 1994), the best, in every cell of a grid: a textured thing that
    moves on its own gets no more votes than the area it covers. Pyramidal Lucas-Kanade (Bouguet, 2000) in two rounds: a few
    corners at half size give a forecast, then all are followed at full size from there. RANSAC, then weighted least squares
    with Tukey's weights give the similarity. A homography is not fitted: on pictures this small its two further freedoms
    follow noise and parallax more than they follow the lens.
    """

    def __init__(self) -> None:
        self._before: Frame | None = None
        self._points: Points | None = None
        self._chosen = 0

    def step(self, frame: Frame) -> CameraMotion:
        """The motion since the frame given last."""
        before, self._before = self._before, frame
        if before is None or before.y.shape != frame.y.shape:
            self._choose(frame)
            return _none(frame, 0.0)
        motion = self._follow(before, frame)
        every = REFRESH_EVERY if self._chosen >= _LEAST_POINTS else _RETRY_EVERY
        if frame.index % every == 0 or self._points is None:
            self._choose(frame)
        return motion

    def _choose(self, frame: Frame) -> None:
        self._points = corners(frame.half())
        self._chosen = len(self._points)

    def _follow(self, before: Frame, frame: Frame) -> CameraMotion:
        import cv2

        points = self._points
        if cv2.norm(before.y, frame.y, cv2.NORM_INF) == 0:
            return _none(frame, 1.0, found=True)
        if points is None or len(points) < _LEAST_POINTS:
            return _none(frame, 0.0, residual=_difference(before.half(), frame.half()))
        turn, shift = _forecast(before.half(), frame.half(), points)
        came, went = _track(before.y, frame.y, points, turn, shift)
        turn, shift, agree = fit(came, went)
        count = int(agree.sum())
        if count < max(_LEAST_POINTS, _LEAST_SHARE * len(points)):
            self._points = None
            return _none(frame, 0.0, residual=_difference(before.half(), frame.half()))
        self._points = went if count >= _ALIVE * self._chosen else None
        warped = warp(before.half(), frame.half(), turn, shift)
        return CameraMotion(turn, shift, True, count / len(came), warped, _difference(warped, frame.half()))


def corners(half: Plane) -> Points:
    """(N, 2) float32, full-size px (x, y): the best corner of every cell that has one."""
    import cv2
    import numpy as np

    rows, columns = half.shape[0] // _CELL, half.shape[1] // _CELL
    if rows == 0 or columns == 0:
        return np.zeros((0, 2), np.float32)
    strength = cv2.cornerMinEigenVal(half, 3)
    for edge in (strength[:_EDGE], strength[-_EDGE:], strength[:, :_EDGE], strength[:, -_EDGE:]):
        edge[:] = 0.0
    used = strength[: rows * _CELL, : columns * _CELL].reshape(rows, _CELL, columns, _CELL)
    cells = used.transpose(0, 2, 1, 3).reshape(rows * columns, _CELL * _CELL)
    best = cells.argmax(1)
    number = np.arange(rows * columns)
    value = cells[number, best]
    good = value > max(_MIN_TEXTURE, _WEAK * float(value.max()))
    x = (number % columns) * _CELL + best % _CELL
    y = (number // columns) * _CELL + best // _CELL
    found: Points = (np.stack([x, y], 1)[good] * 2 + 0.5).astype(np.float32)
    return found


def fit(came: Points, went: Points, rounds: int = 1) -> tuple[complex, complex, Flags]:
    """The similarity that takes most of ``came`` to ``went``: (turn, shift, which points it fits). (N, 2) px each.

    RANSAC finds who agrees; ``rounds`` of reweighted least squares give each of them the say its fit deserves.
    """
    import cv2
    import numpy as np

    nothing = np.zeros(len(came), np.bool_)
    if len(came) < _LEAST_POINTS:
        return 1.0 + 0j, 0j, nothing
    found, mask = cv2.estimateAffinePartial2D(
        came, went, method=cv2.RANSAC, ransacReprojThreshold=_AGREE_PX, maxIters=300, confidence=0.999, refineIters=0
    )
    if found is None or not np.isfinite(found).all():
        return 1.0 + 0j, 0j, nothing
    p, q = _complex(came), _complex(went)
    agree = mask.ravel() > 0
    turn, shift = _least_squares(p, q, agree.astype(np.float64))
    for _ in range(rounds):
        miss = np.abs(q - turn * p - shift)
        among = np.sort(miss[agree])
        reach = _TUKEY * max(0.03, 1.4826 * float(among[len(among) // 2]))
        weight = np.maximum(1.0 - np.square(miss / reach), 0.0)
        turn, shift = _least_squares(p, q, weight * weight)
    return turn, shift, np.abs(q - turn * p - shift) < _AGREE_PX


def warp(before: Plane, now: Plane, turn: complex, shift: complex) -> Plane:
    """``before`` moved as the full-size picture moved, on top of ``now``; both at half size."""
    import cv2
    import numpy as np

    far = complex(2 * now.shape[1], 2 * now.shape[0])
    if abs(shift) < _UNMOVED_PX and abs((turn - 1) * far + shift) < _UNMOVED_PX:
        return before
    quarter = 0.5 + 0.5j  # the centre of a half-size pixel lies between four pixels
    move = (turn * quarter + shift - quarter) / 2
    matrix = np.array([[turn.real, -turn.imag, move.real], [turn.imag, turn.real, move.imag]], dtype=np.float64)
    size = (now.shape[1], now.shape[0])
    moved = cv2.warpAffine(before, matrix, size, dst=now.copy(), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_TRANSPARENT)
    return cast("Plane", moved)


def _forecast(before: Plane, now: Plane, points: Points) -> tuple[complex, complex]:
    """The motion of the full-size picture from every second corner at half size; good to about half a px."""
    import cv2
    import numpy as np

    some: Any = np.ascontiguousarray((points[::2] if len(points) >= 4 * _LEAST_POINTS else points) - 0.5) / 2
    found, status, _ = cv2.calcOpticalFlowPyrLK(before, now, some, cast("Any", None), winSize=(9, 9), maxLevel=2, criteria=(3, 6, 0.05))
    good = status.ravel() == 1
    turn, shift, agree = fit(some[good], found[good], rounds=0)
    if agree.sum() < _LEAST_POINTS:
        return 1.0 + 0j, 0j
    quarter = 0.5 + 0.5j
    return turn, 2 * shift + quarter - turn * quarter


def _track(before: Plane, now: Plane, points: Points, turn: complex, shift: complex) -> tuple[Points, Points]:
    """(from, to) of the corners that could be followed."""
    import cv2
    import numpy as np

    guess = turn * _complex(points) + shift
    start = np.stack([guess.real, guess.imag], 1).astype(np.float32)
    found, status, _ = cv2.calcOpticalFlowPyrLK(
        before, now, points, start, winSize=(9, 9), maxLevel=0, criteria=(3, 6, 0.02), flags=cv2.OPTFLOW_USE_INITIAL_FLOW
    )
    height, width = now.shape
    inside = (found[:, 0] > 0) & (found[:, 1] > 0) & (found[:, 0] < width - 1) & (found[:, 1] < height - 1)
    good = (status.ravel() == 1) & inside
    return points[good], found[good]


def _least_squares(p: Complex, q: Complex, weight: Any) -> tuple[complex, complex]:
    """The weighted similarity in closed form (Umeyama 1991, in the complex plane)."""
    import numpy as np

    total, weighted = float(weight.sum()), weight * p
    p_mean, q_mean = weighted.sum() / total, np.dot(weight, q) / total
    spread = np.vdot(p, weighted).real - total * abs(p_mean) ** 2
    both = np.vdot(weighted, q) - total * p_mean.conjugate() * q_mean
    turn = complex(both / spread) if spread > 1e-6 * total else 1.0 + 0j
    return turn, complex(q_mean - turn * p_mean)


def _complex(points: Points) -> Complex:
    import numpy as np

    return points.astype(np.float64).view(np.complex128).ravel()


def _difference(one: Plane, other: Plane) -> float:
    import cv2

    return float(cv2.norm(one, other, cv2.NORM_L1)) / one.size


def _none(frame: Frame, inliers: float, *, found: bool = False, residual: float = 0.0) -> CameraMotion:
    return CameraMotion(1.0 + 0j, 0j, found, inliers, frame.half(), residual)

"""Banding: gradients that have come apart into visible steps, as coarse quantisation leaves them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    from app.video.frame import Plane

    Array = np.ndarray[Any, np.dtype[Any]]

_STEP_MIN, _STEP_MAX = 3, 16  # levels; studio range stretched to full has natural steps of 2
_RIPPLE = 1  # levels that compression may add to an even run
_LIKE = 2  # neighbouring steps of one gradient differ by no more than this factor
_FEW = 0.001  # contours by pixels; fewer are no flight of stairs
_EVERY = 4  # lines and columns looked at
_LEAST_PX = 16


def banding(luma: Plane) -> tuple[float, float]:
    """(share of the picture on the stairs of a gradient, height of its steps meaned over the picture in levels).

    Small steps on smooth areas are the idea of Tandon et al., "CAMBI: contrast-aware multiscale banding index" (PCS 2021); this
    is one scale of it, without its model of vision. A false contour is a step of 3 to 16 levels between two even runs of 3 px,
    three lines long. Only even runs that go on up, or down, at both ends count, so that a drawn edge or a shadow is none, and
    grain and dither leave no even runs. A gradient all over the picture that is quantised in steps of 4 levels reads about
    (1, 4), one that fills half of it (0.5, 2), a smooth or dithered one (0, 0).
    """
    import cv2
    import numpy as np

    if min(luma.shape) < _LEAST_PX:
        return 0.0, 0.0
    across, down = _steps(luma, 1), _steps(luma, 0)
    if cv2.countNonZero(across) + cv2.countNonZero(down) <= _FEW * luma.size:
        return 0.0, 0.0
    rows = _stairs(luma[::_EVERY], across[::_EVERY])[:, ::_EVERY]
    columns = _stairs(luma[:, ::_EVERY].T, down[:, ::_EVERY].T)[:, ::_EVERY].T
    height = np.maximum(rows, columns)
    return float(np.count_nonzero(height)) / height.size, float(height.mean(dtype=np.float64))


def _steps(luma: Array, axis: int) -> Array:
    """The height in levels of every step along ``axis``, else 0; six shorter than the picture along it (three at either end)."""
    import cv2
    import numpy as np

    def at(start: int, end: int) -> Array:
        return luma[:, start : luma.shape[1] + end] if axis else luma[start : luma.shape[0] + end]

    one, two, three = at(0, -2), at(1, -1), at(2, 0)
    apart = cv2.subtract(cv2.max(cv2.max(one, two), three), cv2.min(cv2.min(one, two), three))
    even = cv2.threshold(apart, _RIPPLE, 255, cv2.THRESH_BINARY_INV)[1]  # three alike from here on
    height = cv2.absdiff(at(4, -2), at(2, -4))
    found: Array = cv2.inRange(height, np.array(_STEP_MIN), np.array(_STEP_MAX))
    found = cv2.bitwise_and(found, cv2.bitwise_and(*((even[:, :-4], even[:, 4:]) if axis else (even[:-4], even[4:]))))
    if not cv2.countNonZero(found):
        return found
    along = (1, 3) if axis else (3, 1)
    near = cv2.dilate(found, np.ones(along, np.uint8))  # a slanting contour moves on from line to line
    long = cv2.erode(near, np.ones(along[::-1], np.uint8))  # a contour, not a dot
    return np.asarray(cv2.bitwise_and(cv2.bitwise_and(height, long), found))


def _stairs(luma: Array, steps: Array) -> Array:
    """(H, W) int16: along every line, the mean height of the two steps that bound an even run of a rising or falling flight."""
    import numpy as np

    height, width = luma.shape
    line, place = np.divmod(np.flatnonzero(np.ascontiguousarray(steps) != 0), steps.shape[1])
    last = np.ones(len(line), np.bool_)
    last[:-1] = (line[1:] != line[:-1]) | (place[1:] != place[:-1] + 1)  # a hard step is found from two places
    line, place = line[last], place[last]
    size = steps[line, place].astype(np.int16)
    left, right = luma[line, place + 2].astype(np.int16), luma[line, place + 4].astype(np.int16)
    up = right > left
    flight = (line[1:] == line[:-1]) & (up[1:] == up[:-1]) & (abs(left[1:] - right[:-1]) <= _RIPPLE)
    flight &= (size[1:] <= _LIKE * size[:-1]) & (size[:-1] <= _LIKE * size[1:])
    change = np.zeros((height, width), np.int16)
    tread = ((size[1:] + size[:-1]) // 2)[flight]
    change[line[:-1][flight], place[:-1][flight] + 3] = tread
    change[line[1:][flight], place[1:][flight] + 3] -= tread
    return np.asarray(np.cumsum(change, axis=1, dtype=np.int16))

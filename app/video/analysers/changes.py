"""How much the picture changes, against the frame before and against frames up to a second back."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from app.video.frame import Frame

if TYPE_CHECKING:
    import numpy as np

    Vector = np.ndarray[Any, np.dtype[Any]]

LAGS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32)
MIDDLES = tuple(lag for lag in LAGS if lag % 2 == 0)
TINY = (32, 18)
_LUMA_BINS, _COLOUR_BINS = 32, 16
_CHANGED_LEVELS = 4  # more than grain and compression do to a mean over 100 px
_FLAT_LENGTH = 24.0  # one level of standard deviation over 576 pixels


class Changes:
    """Per frame: distances to earlier frames, and how well the frame half-way between lies on the line between the two.

    Two distances are taken, because each is blind to what the other sees: of tiny pictures (where things are) and of
    histograms (which light and colours there are; a pan or a moving figure hardly changes them). A dissolve is a
    straight line from one picture to another (Hampapur, Jain, Weymouth, "Production model based digital video
    segmentation", 1995): its middle is the mean of its ends, which no cut and little motion imitates.

    Columns: ``d<lag>`` mean absolute difference of tiny pictures, levels; ``h<lag>`` histogram distance, 0 to 1;
    ``m<lag>`` departure of the middle from the mean of the ends, as a share of ``d<lag>``; ``r<lag>`` correlation of the
    two ends' luma, which a change of exposure leaves at 1; ``changed`` share of the picture, 0 to 1, that is more than
    4 levels from the frame before; ``luma`` and ``spread`` mean and standard deviation of luma, levels.
    """

    columns = (
        *(f"d{lag}" for lag in LAGS),
        *(f"h{lag}" for lag in LAGS),
        *(f"m{lag}" for lag in MIDDLES),
        *(f"r{lag}" for lag in MIDDLES),
        "changed",
        "luma",
        "spread",
    )
    memory = max(LAGS)

    def __init__(self) -> None:
        self._tiny: deque[Vector] = deque(maxlen=self.memory + 1)
        self._shares: deque[Vector] = deque(maxlen=self.memory + 1)
        self._shapes: deque[Vector] = deque(maxlen=self.memory + 1)

    def measure(self, frame: Frame) -> Sequence[float]:
        """One number per column; distances to frames before the first are 0."""
        import cv2

        tiny, shares = _tiny(frame), _histogram(frame)
        self._tiny.append(tiny)
        self._shares.append(shares)
        self._shapes.append(_shape(tiny))
        have = len(self._tiny) - 1
        size = tiny.size
        far = [cv2.norm(tiny, self._tiny[-1 - lag], cv2.NORM_L1) / size if lag <= have else 0.0 for lag in LAGS]
        other = [_apart(shares, self._shares[-1 - lag]) if lag <= have else 0.0 for lag in LAGS]
        bent = [self._bend(lag) / max(1.0, far[LAGS.index(lag)]) if lag <= have else 1.0 for lag in MIDDLES]
        alike = [float(self._shapes[-1] @ self._shapes[-1 - lag]) if lag <= have else 1.0 for lag in MIDDLES]
        mean, deviation = cv2.meanStdDev(frame.y)
        changed = _changed(tiny, self._tiny[-2]) if have else 0.0
        return (*far, *other, *bent, *alike, changed, float(mean[0, 0]), float(deviation[0, 0]))

    def _bend(self, lag: int) -> float:
        """Mean absolute distance of the middle frame from the mean of the ends, levels."""
        import cv2

        ends = cv2.addWeighted(self._tiny[-1], 0.5, self._tiny[-1 - lag], 0.5, 0.0)
        return cv2.norm(self._tiny[-1 - lag // 2], ends, cv2.NORM_L1) / ends.size


def _tiny(frame: Frame) -> Vector:
    import cv2
    import numpy as np

    return np.concatenate([cv2.resize(plane, TINY, interpolation=cv2.INTER_AREA).ravel() for plane in (frame.y, frame.u, frame.v)])


def _changed(tiny: Vector, before: Vector) -> float:
    """Share of the places of a tiny picture where luma or colour changed."""
    import cv2

    y, u, v = cv2.absdiff(tiny, before).reshape(3, -1)
    strong = cv2.threshold(cv2.max(cv2.max(y, u), v), _CHANGED_LEVELS, 1, cv2.THRESH_BINARY)[1]
    return cv2.countNonZero(strong) / y.size


def _shape(tiny: Vector) -> Vector:
    """The luma of a tiny picture with mean 0 and length 1, or all 0 for a flat one."""
    import numpy as np

    luma = tiny[: TINY[0] * TINY[1]].astype(np.float32)
    luma -= luma.mean()
    length = float(np.sqrt(luma @ luma))
    return luma / length if length > _FLAT_LENGTH else luma * 0


def _apart(one: Vector, other: Vector) -> float:
    """Histogram distance, 0 to 1: of light alone where that says more, as it does in black and white."""
    import cv2

    light = cv2.norm(one[:_LUMA_BINS], other[:_LUMA_BINS], cv2.NORM_L1) / 2
    colour = cv2.norm(one[_LUMA_BINS:], other[_LUMA_BINS:], cv2.NORM_L1) / 2
    return max(light, (light + colour) / 2)


def _histogram(frame: Frame) -> Vector:
    import cv2
    import numpy as np

    luma = cv2.calcHist([frame.y], [0], None, [_LUMA_BINS], [0, 256]).ravel()
    colour = cv2.calcHist([frame.u, frame.v], [0, 1], None, [_COLOUR_BINS, _COLOUR_BINS], [0, 256, 0, 256]).ravel()
    return np.concatenate([luma / frame.y.size, colour / frame.u.size])

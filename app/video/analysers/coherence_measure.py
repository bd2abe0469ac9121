"""What changes between consecutive frames that neither a cut nor the camera explains: measured frame by frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from app.video.analysers.blocks import block_change, motion_of, moved_along, steadied_change
from app.video.analysers.camera_tracking import REFRESH_EVERY

if TYPE_CHECKING:
    import numpy as np

    from app.video.frame import Frame, Plane

    Grid = np.ndarray[Any, np.dtype[np.float32]]
    Moments = tuple[Plane, Grid, Grid]

SSIM_BLOCK = 5  # px at half size: holds about as many pixels as the usual Gaussian window of 1.5 px weighs
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2


class CoherenceMeasure:
    """Per frame, against the frame before.

    Columns: ``coh_ssim`` structural similarity, see `ssim`; ``coh_change`` mean absolute luma difference at half size, levels;
    ``coh_rest`` the same once the camera's motion is taken out; ``coh_most`` the block of 16 x 9 that changed most;
    ``coh_gain`` how much brighter the picture became as a whole: mean over the middle three fifths of the blocks' signed
    differences left after the camera's motion, so neither a pan nor something in front counts as light; ``coh_local``
    mean over the blocks of what this difference departs from the whole's, less what it departed in the frame before (light
    that flickers in places);
    ``coh_middle`` mean absolute departure of the frame before from the mean of its two neighbours, both moved to it;
    ``coh_sat`` and ``coh_value`` mean HSV saturation and value, ``coh_u`` and ``coh_v`` mean colour difference, levels.
    """

    columns: tuple[str, ...] = (
        "coh_ssim", "coh_change", "coh_rest", "coh_most", "coh_gain", "coh_local", "coh_middle",
        "coh_sat", "coh_value", "coh_u", "coh_v",
    )  # fmt: skip
    memory = REFRESH_EVERY + 2

    def __init__(self) -> None:
        self._before: Frame | None = None
        self._moments: Moments | None = None
        self._moved: Plane | None = None  # the frame before last, moved to the last one
        self._blocks: Any = None

    def measure(self, frame: Frame) -> Sequence[float]:
        """One number per column."""
        import cv2

        before, self._before = self._before, frame
        half = frame.half()
        moments, self._moments = self._moments, moments_of(half)
        colour = _colour(frame)
        if before is None or moments is None or before.y.shape != frame.y.shape:
            self._moved, self._blocks = None, None
            return (1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, *colour)
        most, _ = block_change(before, frame)
        if most == 0:
            self._moved, self._blocks = half, None
            return (1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, *colour)
        moved = moved_along(before, frame)
        middle = 0.0 if self._moved is None else _departure(self._moved, before, frame)
        gain, local = self._light(before, frame)
        self._moved = moved
        change, rest = (cv2.norm(plane, half, cv2.NORM_L1) / half.size for plane in (before.half(), moved))
        return (ssim(moments, self._moments), change, rest, most, gain, local, middle, *colour)

    def _light(self, before: Frame, frame: Frame) -> tuple[float, float]:
        """(gain, local) in levels."""
        import numpy as np

        difference = steadied_change(before, frame)
        fifth = difference.size // 5
        gain = float(np.sort(difference, axis=None)[fifth : difference.size - fifth].mean())
        departs, was = difference - gain, self._blocks
        self._blocks = departs
        return gain, float(np.abs(departs - was).mean()) / 2 if was is not None else 0.0


def moments_of(half: Plane) -> Moments:
    """The picture, and mean and mean square over its blocks of 5 x 5 px."""
    import cv2

    size = (max(1, half.shape[1] // SSIM_BLOCK), max(1, half.shape[0] // SSIM_BLOCK))
    square = cv2.multiply(half, half, dtype=cv2.CV_32F)
    mean = cv2.resize(half.astype("float32"), size, interpolation=cv2.INTER_AREA)
    return cast("Moments", (half, mean, cv2.resize(square, size, interpolation=cv2.INTER_AREA)))


def ssim(one: Moments, other: Moments) -> float:
    """Mean structural similarity (Wang, Bovik, Sheikh, Simoncelli, TIP 2004) of two pictures, -1 to 1.

    Means and variances are those of blocks that touch, not of a Gaussian window at every pixel; those of the frame before
    are kept, so that only the mean product is computed anew.
    """
    import cv2
    import numpy as np

    a, mean_a, square_a = one
    b, mean_b, square_b = other
    size = (mean_a.shape[1], mean_a.shape[0])
    product = cv2.resize(cv2.multiply(a, b, dtype=cv2.CV_32F), size, interpolation=cv2.INTER_AREA)
    both, squares = mean_a * mean_b, mean_a * mean_a + mean_b * mean_b
    top = (2 * both + _C1) * (2 * (product - both) + _C2)
    below = (squares + _C1) * (square_a + square_b - squares + _C2)
    return float(np.mean(top / below))


def _departure(earlier: Plane, middle: Frame, frame: Frame) -> float:
    """``earlier`` is already moved to ``middle``; ``frame`` is moved back to it here."""
    import cv2
    import numpy as np

    later: Any = frame.half()
    here, motion = middle.half(), motion_of(frame)
    if motion is not None and motion.found:
        quarter = 0.5 + 0.5j
        shift = (motion.turn * quarter + motion.shift - quarter) / 2
        turn = motion.turn
        matrix = np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]], dtype=np.float64)
        flags, size = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, (here.shape[1], here.shape[0])
        later = cv2.warpAffine(later, matrix, size, dst=here.copy(), flags=flags, borderMode=cv2.BORDER_TRANSPARENT)
    mean = cv2.addWeighted(earlier, 0.5, later, 0.5, 0.0)
    return float(cv2.norm(mean, here, cv2.NORM_L1)) / here.size


def _colour(frame: Frame) -> tuple[float, float, float, float]:
    """Mean saturation and value of the HSV picture at a quarter of the size, and mean u and v; levels."""
    import cv2

    height, width = frame.v.shape
    size = (max(1, width // 2), max(1, height // 2))
    planes = [cv2.resize(plane, size, interpolation=cv2.INTER_AREA) for plane in (frame.half(), frame.v, frame.u)]
    hsv = cv2.cvtColor(cv2.cvtColor(cv2.merge(planes), cv2.COLOR_YCrCb2RGB), cv2.COLOR_RGB2HSV)
    mean, colour = cv2.mean(hsv), (cv2.mean(planes[2])[0], cv2.mean(planes[1])[0])
    return float(mean[1]), float(mean[2]), float(colour[0]), float(colour[1])

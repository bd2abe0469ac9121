"""Change between two frames, block by block: means over a grid, which see a small thing that moves and average noise away."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from app.video.analysers.camera_tracking import CameraMotion

if TYPE_CHECKING:
    import numpy as np

    from app.video.frame import Frame, Plane

    Means = np.ndarray[Any, np.dtype[np.float64]]

COLUMNS, ROWS = 16, 9


def block_means(plane: Any) -> Means:
    """(9, 16), or fewer for tiny planes: mean of every block of a (H, W) uint8 plane, exact."""
    import cv2

    corners, areas = _grid(*plane.shape)
    sums = cv2.integral(plane)[corners]
    means: Means = (sums[1:, 1:] - sums[:-1, 1:] - sums[1:, :-1] + sums[:-1, :-1]) / areas
    return means


def block_change(before: Frame, frame: Frame) -> tuple[float, float]:
    """Mean absolute luma difference of the block that changed most and of the median block, levels."""
    import cv2
    import numpy as np

    def make() -> tuple[float, float]:
        difference = cv2.absdiff(before.y, frame.y)
        if cv2.countNonZero(difference) == 0:
            return 0.0, 0.0
        ordered = np.sort(block_means(difference), axis=None)
        return float(ordered[-1]), float(ordered[ordered.size // 2])

    return frame.once("block_change", make)


def steadied_change(before: Frame, frame: Frame) -> Means:
    """Signed change of every block's mean at half size once the camera's motion is taken out, levels.

    Signed, because what moving a picture does to its edges adds up to nothing within a block, and what is new does not.
    """

    def make() -> Means:
        return block_means(frame.half()) - block_means(moved_along(before, frame))

    return frame.once("steadied_change", make)


def unexplained_change(before: Frame, frame: Frame) -> float:
    """The block at half size that changed most in what neither standing still nor moving with the camera explains, levels.

    A figure that walks on the spot before a panned background stands still in the picture, the background moves along: at
    every pixel the smaller of the two differences counts.
    """
    import cv2

    half, moved = frame.half(), moved_along(before, frame)
    difference = cv2.absdiff(before.half(), half)
    if moved is not before.half():
        difference = cv2.min(difference, cv2.absdiff(moved, half))
    return float(block_means(difference).max())


def moved_along(before: Frame, frame: Frame) -> Plane:
    """The frame before at half size, moved as the camera analyser found; as it is where that did not run or found nothing."""
    motion = motion_of(frame)
    return motion.warped if motion is not None and motion.found else before.half()


def motion_of(frame: Frame) -> CameraMotion | None:
    """What the camera analyser left for this frame, if it ran."""
    motion = frame.shared.get("camera")
    return motion if isinstance(motion, CameraMotion) else None


@lru_cache(maxsize=8)
def _grid(height: int, width: int) -> tuple[Any, Any]:
    """An index of the blocks' corners, and block areas in px."""
    import numpy as np

    tops = np.unique(np.linspace(0, height, ROWS + 1).round().astype(np.int64))
    lefts = np.unique(np.linspace(0, width, COLUMNS + 1).round().astype(np.int64))
    return np.ix_(tops, lefts), np.outer(np.diff(tops), np.diff(lefts))

"""What moves on its own: the change that is left, over a few frames, once the camera's motion is taken out."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.video.analysers.blocks import motion_of
from app.video.analysers.camera_tracking import REFRESH_EVERY, warp
from app.video.analysers.saliency import Subject

if TYPE_CHECKING:
    import numpy as np

    from app.video.frame import Frame, Plane

    Map = np.ndarray[Any, np.dtype[np.float32]]

SHARED = "trail"  # where a sampler finds the frames that led to its own
LAGS = (4, 8)  # frames back: a drawing held for four has changed by then
WIDTH = 96
_SLACK_PX, _NOISE_LEVELS = 0.35, 5.0
_CLEAR_LEVELS = 30.0
_SMOOTH_PX = 0.8
_MOVES, _CLEAR, _GAP_PX = 0.1, 0.4, 9
_CROWDED = 0.35  # share of the picture from which a box of moving things says less and less where the subject is
NOTHING = Subject(0.0, 0.0, 1.0, 1.0, 0.5, 0.5, 0.0)


@dataclass(frozen=True)
class Footprint:
    """One frame of the trail: its luma at half size, and the camera's motion into it."""

    half: Plane
    turn: complex
    shift: complex
    found: bool


class Trail:
    """Remembers the last nine frames for whoever samples one; measures nothing itself."""

    columns: tuple[str, ...] = ()
    memory = REFRESH_EVERY + max(LAGS)

    def __init__(self) -> None:
        self._trail: deque[Footprint] = deque(maxlen=max(LAGS) + 1)

    def measure(self, frame: Frame) -> Sequence[float]:
        """No numbers; the trail stands in ``frame.shared["trail"]``, the frame itself last."""
        motion = motion_of(frame)
        if motion is None:
            self._trail.append(Footprint(frame.half(), 1.0 + 0j, 0j, False))
        else:
            self._trail.append(Footprint(frame.half(), motion.turn, motion.shift, motion.found))
        frame.shared[SHARED] = self._trail
        return ()


def own_motion(frame: Frame) -> Map | None:
    """(H, 96) float32, 0..1: how surely each place shows something that moves on its own; None where nothing can be compared.

    The frame is compared with those four and eight frames back, each moved along as the camera has moved since. What the
    two differences have in common is where a thing is now, for each alone shows too where it was. A change that a
    misplacement by a third of a pixel would explain is none: as much as the luma around differs, times that
    (after Irani, Rousso and Peleg, "Computing occluding and transparent motions", IJCV 12, 1994).
    """
    import cv2
    import numpy as np

    trail = frame.shared.get(SHARED)
    changes = [] if trail is None else [change for lag in LAGS if (change := _change(trail, lag)) is not None]
    if not changes:
        return None
    common = changes[0] if len(changes) == 1 else cv2.min(changes[0], changes[1])
    now = frame.half()
    around = cv2.morphologyEx(now, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    beyond = cv2.subtract(common, cv2.convertScaleAbs(around, alpha=_SLACK_PX, beta=_NOISE_LEVELS))
    height = max(16, round(WIDTH * now.shape[0] / now.shape[1]))
    small: Any = cv2.resize(beyond, (WIDTH, height), interpolation=cv2.INTER_AREA).astype(np.float32)
    return np.asarray(np.minimum(cv2.GaussianBlur(small, (0, 0), _SMOOTH_PX) / _CLEAR_LEVELS, 1.0), np.float32)


def _change(trail: Sequence[Footprint], lag: int) -> Plane | None:
    """Absolute luma difference from the frame ``lag`` back, moved along; None across a cut or where the camera was lost."""
    import cv2

    if len(trail) <= lag or trail[-1 - lag].half.shape != trail[-1].half.shape:
        return None
    turn, shift = 1.0 + 0j, 0j
    for place in range(len(trail) - lag, len(trail)):
        step = trail[place]
        if not step.found:
            return None
        turn, shift = step.turn * turn, step.turn * shift + step.shift
    now = trail[-1].half
    difference: Plane = cv2.absdiff(now, warp(trail[-1 - lag].half, now, turn, shift))  # type: ignore[assignment]
    return difference


def find_mover(picture: Map) -> Subject:
    """The greatest connected thing that moves: box and centroid of the hull of its places, as only its edges may show.

    Its ``confidence`` is that what moves is clear, makes up most of the motion and leaves room for a background.
    """
    import cv2
    import numpy as np

    height, width = picture.shape
    mask: Any = cv2.threshold(picture, _MOVES, 255, cv2.THRESH_BINARY)[1].astype(np.uint8)
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((_GAP_PX, _GAP_PX), np.uint8))
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    if count < 2:
        return NOTHING
    mass: Any = np.bincount(labels.ravel(), weights=picture.ravel(), minlength=count)
    mass[0] = 0
    best = int(np.argmax(mass))
    inside = labels == best
    hull = cv2.convexHull(cv2.findNonZero(inside.view(np.uint8)))
    moments = cv2.moments(hull)
    x, y, w, h = (int(boxes[best, i]) for i in range(4))
    area, middle = moments["m00"], (x + (w - 1) / 2, y + (h - 1) / 2)
    if area > 1:
        middle = (moments["m10"] / area, moments["m01"] / area)
    levels = np.sort(picture[inside])
    clear = min(1.0, float(levels[int(0.9 * (len(levels) - 1))]) / _CLEAR)
    share = w * h / picture.size
    room = 1.0 if share < _CROWDED else max(0.0, 1 - (share - _CROWDED) / (1 - _CROWDED))
    return Subject(
        left=x / width, top=y / height, width=w / width, height=h / height,
        x=(middle[0] + 0.5) / width, y=(middle[1] + 0.5) / height,
        confidence=clear * room * float(mass[best] / mass.sum()),
    )  # fmt: skip

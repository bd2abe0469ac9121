"""Which frames stand for a scene: sharp, well exposed, spread out in time, away from the cuts."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from app.video.planes import scaled, turn
from app.video.probe import display_size
from app.video.quality import FrameQuality

if TYPE_CHECKING:
    import numpy as np
    from av.video.frame import VideoFrame

    Image = np.ndarray[Any, np.dtype[np.uint8]]

MAX_SIDE_PX = 1280
JPEG_QUALITY = 88
_EDGE_SHARE, _EDGE_FRAMES = 0.1, 3
_LEAST = 16  # slots
LATE_FRAMES = 64  # by which a cut may become known
_SPARE = 3  # candidates kept per keyframe wanted, so that a late cut still leaves a choice


@dataclass(frozen=True)
class Candidate:
    """A frame that might become a keyframe. ``show`` draws it as it is displayed."""

    frame: int
    stamp: int
    time_s: float
    quality: FrameQuality
    show: Callable[[], Image] | None = None


class Shortlist:
    """The best frames of a scene whose end is not known yet, in bounded memory.

    What is older than the time it takes to learn of a cut is thinned out: time is cut into slots that each keep their best
    frame; when there are too many slots, neighbours merge. Of younger frames every one is kept, so that even a short scene
    between two cuts has a choice.
    """

    def __init__(self, wanted: int) -> None:
        self._limit = max(_LEAST, _SPARE * wanted)
        self._slots: dict[int, Candidate] = {}
        self._recent: deque[Candidate] = deque()
        self._start, self._width = 0, 1

    def __len__(self) -> int:
        return len(self._slots) + len(self._recent)

    def add(self, candidate: Candidate) -> None:
        """Takes the next candidate; they come in time order."""
        self._recent.append(candidate)
        while self._recent[0].frame < candidate.frame - LATE_FRAMES:
            self._age(self._recent.popleft())

    def split(self, frame: int) -> list[Candidate]:
        """Takes out and returns what lies before ``frame``; the rest starts a new scene."""
        everything = self.candidates()
        self.restore((0, 1), [])
        for candidate in everything:
            if candidate.frame >= frame:
                self.add(candidate)
        return [c for c in everything if c.frame < frame]

    def candidates(self) -> list[Candidate]:
        """All that is kept, in time order."""
        return [*sorted(self._slots.values(), key=lambda c: c.frame), *self._recent]

    def grid(self) -> tuple[int, int]:
        """Where the slots start and how wide they are, in frames: with the candidates, all that `restore` needs."""
        return self._start, self._width

    def restore(self, grid: tuple[int, int], candidates: Sequence[Candidate]) -> None:
        """Goes back to an earlier state."""
        self._start, self._width = grid
        youngest = candidates[-1].frame if candidates else 0
        self._recent = deque(c for c in candidates if c.frame >= youngest - LATE_FRAMES)
        self._slots = {self._slot(c.frame): c for c in candidates if c.frame < youngest - LATE_FRAMES}

    def _age(self, candidate: Candidate) -> None:
        if not self._slots:
            self._start, self._width = candidate.frame, 1
        self._keep_better(candidate)
        while len(self._slots) > self._limit:
            held = sorted(self._slots.values(), key=lambda c: c.frame)
            self._width *= 2
            self._slots = {}
            for kept in held:
                self._keep_better(kept)

    def _keep_better(self, candidate: Candidate) -> None:
        held = self._slots.get(self._slot(candidate.frame))
        if held is None or appeal(candidate.quality) > appeal(held.quality):
            self._slots[self._slot(candidate.frame)] = candidate

    def _slot(self, frame: int) -> int:
        return (frame - self._start) // self._width


def appeal(quality: FrameQuality) -> float:
    """How well a frame would stand for its scene: sharpness, marked down for bad exposure and clipping; >= 0."""
    exposure = 1.0 - min(1.0, abs(quality.brightness - 118.0) / 118.0) ** 2
    clipped = min(1.0, quality.shadows_clipped + quality.highlights_clipped)
    return (quality.sharpness + 1.0) * (0.1 + 0.9 * exposure) * (1.0 - 0.8 * clipped) * min(1.0, 0.2 + quality.contrast / 40.0)


def choose(candidates: Sequence[Candidate], start_frame: int, end_frame: int, wanted: int) -> list[Candidate]:
    """Up to ``wanted`` of the candidates in ``start_frame``..``end_frame`` (exclusive), in time order.

    The scene without its edges is cut into ``wanted`` equal parts. Of each, the most appealing frame is taken, where
    being near the middle of the part counts too; a part without candidates gives its place to the best of the rest.
    """
    length = end_frame - start_frame
    edge = min(_EDGE_FRAMES, int(length * _EDGE_SHARE) + (1 if length > 4 else 0))
    inside = [c for c in candidates if start_frame + edge <= c.frame < end_frame - edge]
    pool = inside if len(inside) >= wanted else list(candidates)
    chosen: dict[int, Candidate] = {}
    for part in range(wanted):
        low = start_frame + length * part / wanted
        high = start_frame + length * (part + 1) / wanted
        best = max((c for c in pool if low <= c.frame < high), key=partial(_central, low=low, high=high), default=None)
        if best is not None:
            chosen[best.frame] = best
    rest = sorted((c for c in pool if c.frame not in chosen), key=lambda c: -appeal(c.quality))
    for candidate in rest[: wanted - len(chosen)]:
        chosen[candidate.frame] = candidate
    return sorted(chosen.values(), key=lambda c: c.frame)


def _central(candidate: Candidate, low: float, high: float) -> float:
    """Appeal, up to a half less towards the edges of the part."""
    off = abs(candidate.frame - (low + high) / 2) / max(1.0, (high - low) / 2)
    return appeal(candidate.quality) * (1 - 0.5 * off * off)


def shrink(raw: VideoFrame) -> VideoFrame:
    """The frame, scaled down when it is larger than a keyframe can be."""
    factor = MAX_SIDE_PX / max(raw.width, raw.height)
    if factor >= 1:
        return raw
    size = {"width": _even(raw.width * factor), "height": _even(raw.height * factor)}
    return scaled(raw, **size, interpolation="AREA")


def render(picture: VideoFrame, sar: Fraction, rotation_deg: int) -> Image:
    """(H, W, 3) uint8 BGR as it is displayed: right colours, square pixels, upright, 1280 px at most."""
    import cv2

    options: dict[str, Any] = {"format": "bgr24", "dst_colorspace": "ITU601"}
    if picture.colorspace == 2:  # unspecified: high definition is BT.709 by convention
        options["src_colorspace"] = "ITU709" if picture.height >= 720 else "ITU601"
    image = turn(cast("Image", scaled(picture, **options).to_ndarray()), rotation_deg)
    shown = display_size(picture.width, picture.height, sar, rotation_deg)
    factor = min(1.0, MAX_SIDE_PX / max(shown))
    size = (max(1, round(shown[0] * factor)), max(1, round(shown[1] * factor)))
    if size != (image.shape[1], image.shape[0]):
        image = cast("Image", cv2.resize(image, size, interpolation=cv2.INTER_AREA))
    return image


def write_jpeg(image: Image, path: Path) -> None:
    """Writes a JPEG of quality 88.

    Raises:
        OSError: the disk is full or cannot be written.
    """
    import cv2

    done, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not done:
        raise OSError(f"the picture could not be encoded for {path.name}")
    path.write_bytes(data.tobytes())


def _even(value: float) -> int:
    return max(2, round(value / 2) * 2)

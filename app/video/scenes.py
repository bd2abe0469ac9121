"""Where scenes change: PySceneDetect's own detectors, fed with our decoder's frames."""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

from app.video.models import AnalyzeVideo
from app.video.scene_state import freeze, thaw
from configs.errors import BadInput

if TYPE_CHECKING:
    from app.video.decode import Image, Picture

WORKING_SIDE_PX = 256.0
_MICROSECONDS = Fraction(1, 1_000_000)


@dataclass(frozen=True)
class Cut:
    """The first frame of a new scene. ``time_s`` counts from frame 0; ``stamp`` is in the stream's own ticks."""

    frame: int
    time_s: float
    stamp: int


class SceneFinder:
    """Takes frames one by one and tells cuts as soon as they are certain.

    The cuts are those that ``scenedetect.detect`` finds in the same file: same detectors, same working size, same
    scaling, same clock.
    """

    def __init__(self, detector: Any, fps: Fraction, vfr: bool) -> None:
        self._detector, self._fps, self._vfr = detector, fps, vfr
        self._size: tuple[int, int] | None = None
        self._first = 0  # of the frames remembered: no cut lies before the open scene
        self._times: list[float] = []
        self._stamps: list[int] = []
        self._clock: Any = None
        self._last_cut = 0

    def feed(self, picture: Picture) -> list[Cut]:
        """Looks at the next frame; returns the cuts that it makes certain, which may lie some frames back."""
        self.remember(picture.index, picture.time_s, picture.stamp)
        self._clock = self._timecode(picture.index, picture.time_s)
        return self._cuts(self._detector.process_frame(self._clock, self.working_image(picture.image)))

    def remember(self, index: int, time_s: float, stamp: int) -> None:
        """Remembers when a frame is shown without looking at it (it was looked at in an earlier attempt)."""
        if not self._times:
            self._first = index
        self._times.append(time_s)
        self._stamps.append(stamp)

    def finish(self) -> list[Cut]:
        """The cuts that only the end of the film makes certain."""
        return [] if self._clock is None else self._cuts(self._detector.post_process(self._clock))

    def working_image(self, image: Image) -> Image:
        """The picture at the size PySceneDetect works at: 256 pixels on the long side, bilinear."""
        import cv2

        if self._size is None:
            height, width = image.shape[:2]
            factor = max(1.0, max(width, height) / WORKING_SIDE_PX)
            self._size = (max(1, round(width / factor)), max(1, round(height / factor)))
        if self._size == (image.shape[1], image.shape[0]):
            return image
        return cast("Image", cv2.resize(image, self._size, interpolation=cv2.INTER_LINEAR))

    def state(self) -> dict[str, Any]:
        """Everything that later decisions depend on, as JSON."""
        return {"detector": freeze(self._detector), "clock": freeze(self._clock), "size": self._size, "last_cut": self._last_cut}

    def restore(self, state: dict[str, Any]) -> None:
        """Goes back to a `state` of a finder made with the same settings."""
        thaw(state["detector"], self._detector)
        self._clock = thaw(state["clock"])
        self._size = None if state["size"] is None else (int(state["size"][0]), int(state["size"][1]))
        self._last_cut = int(state["last_cut"])

    def _timecode(self, index: int, time_s: float) -> Any:
        from scenedetect.common import FrameTimecode, Timecode

        if self._vfr:
            return FrameTimecode(Timecode(round(time_s * 1_000_000), _MICROSECONDS), self._fps)
        return FrameTimecode(index, self._fps)

    def _cuts(self, found: list[Any]) -> list[Cut]:
        cuts = []
        for timecode in sorted(found):
            position = self._position(timecode)
            frame = self._first + position
            if frame <= self._last_cut:
                continue
            cuts.append(Cut(frame, self._times[position], self._stamps[position]))
            self._times, self._stamps = self._times[position:], self._stamps[position:]
            self._first = self._last_cut = frame
        return cuts

    def _position(self, timecode: Any) -> int:
        """Index, among the frames remembered, of the one that a detector's timecode means."""
        if self._vfr:
            position = bisect_left(self._times, timecode.seconds - 1e-5)
        else:
            position = int(timecode.frame_num) - self._first
        return min(max(position, 0), len(self._times) - 1)


def make_detector(request: AnalyzeVideo) -> Any:
    """The PySceneDetect detector that a request asks for.

    Raises:
        BadInput: a threshold that this detector cannot work with.
    """
    from scenedetect.detectors import AdaptiveDetector, ContentDetector, HashDetector, HistogramDetector, ThresholdDetector

    threshold, length = request.threshold, request.shortest_scene
    if not math.isfinite(threshold):
        raise BadInput(f"Scene threshold {threshold} is not a number.", "Leave it out for the usual one.")
    if request.detector == "adaptive":
        return _quick(AdaptiveDetector)(adaptive_threshold=threshold, min_scene_len=length)
    plain = {"threshold": ThresholdDetector, "histogram": HistogramDetector, "hash": HashDetector}
    if request.detector in plain:
        return plain[request.detector](threshold=threshold, min_scene_len=length)
    return _quick(ContentDetector)(threshold=threshold, min_scene_len=length)


def _quick(detector: Any) -> Any:
    """The same detector with its frame score, most of what it costs, computed in C; the figures are the same to the last bit."""
    return type(f"Quick{detector.__name__}", (detector,), {"_calculate_frame_score": _frame_score})


def _frame_score(detector: Any, timecode: Any, image: Image) -> float:
    """Mean change of hue, saturation and value against the frame before, weighed as the detector says; 0 for the first frame."""
    import cv2
    from scenedetect.detectors import ContentDetector

    last = detector._last_frame
    frame = ContentDetector._FrameData(*cv2.split(cv2.cvtColor(image, cv2.COLOR_BGR2HSV)), edges=None)
    detector._last_frame = frame
    if last is None:
        return 0.0
    pixels = float(image.shape[0] * image.shape[1])
    pairs = ((frame.hue, last.hue), (frame.sat, last.sat), (frame.lum, last.lum))
    changes = [*(cv2.norm(now, before, cv2.NORM_L1) / pixels for now, before in pairs), 0.0]
    weights = detector._weights
    return float(sum(change * weight for change, weight in zip(changes, weights, strict=True)) / sum(abs(weight) for weight in weights))

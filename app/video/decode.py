"""One streamed decoder for everything that looks at pictures: frames in order, with their exact times, one at a time."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from app.video.frame import LONG_SIDE_PX, Frame
from app.video.packets import decoded
from app.video.planes import plane_of, scaled, turn
from app.video.probe import clockwise, open_container, pick_stream
from configs.errors import BadMedia

if TYPE_CHECKING:
    import numpy as np
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

    from app.video.quality import FrameQuality

    Image = np.ndarray[Any, np.dtype[np.uint8]]

T = TypeVar("T")

_SEEK_MARGIN_S = 2.0


@dataclass(frozen=True)
class Place:
    """Where a decoder stood: frame ``index`` shown at time stamp ``stamp``, ``origin`` being that of frame 0."""

    index: int
    stamp: int
    origin: int


@dataclass
class Picture:
    """One frame as a viewer sees it. ``time_s`` counts from frame 0."""

    index: int
    stamp: int
    time_s: float
    raw: VideoFrame
    small: Frame | None = None  # for the analysers; these three are made beside the decoding
    quality: FrameQuality | None = None
    show: Callable[[], Image] | None = None

    @cached_property
    def image(self) -> Image:
        """(H, W, 3) uint8 BGR, upright, coded size; converted when it is first asked for."""
        return bgr_upright(self.raw)


class Decoder:
    """Iterates over the frames of a file in the order they are shown.

    Attributes:
        damaged: packets that could not be decoded so far.
        origin: time stamp of frame 0, once it has been seen.
    """

    def __init__(self, path: Path, frame_s: float, threads: int = 0, exact: bool = False) -> None:
        """``frame_s``: nominal frame duration in seconds, for frames without a time stamp.

        ``threads``: of the decoder, 0 for as many as it likes. ``exact``: a place to start at is a key frame: it is
        sought right there first, and the file is never read from its start instead.
        """
        self._path, self._frame_s, self._threads, self._exact = path, frame_s, threads, exact
        self.damaged = 0
        self.origin: int | None = None

    def pictures(self, since: Place | None = None) -> Iterator[Picture]:
        """Decodes from the first frame, or from the frame at ``since`` on.

        Raises:
            BadMedia: the file cannot be opened, or no frame of it can be decoded; or, if that must be exact, the place is not found.
        """
        found = False
        for index, stamp, time_base, raw in self._numbered(since):
            found = True
            assert self.origin is not None
            yield Picture(index, stamp, float((stamp - self.origin) * time_base), raw)
        if not found:
            raise BadMedia(f"{self._path.name!r} has no frame that can be decoded.", "It is damaged or cut short; export it again.")

    def _numbered(self, since: Place | None) -> Iterator[tuple[int, int, Fraction, VideoFrame]]:
        if since is None:
            yield from self._from_start(0)
            return
        self.origin = since.origin
        for margin_s in (0.0, _SEEK_MARGIN_S) if self._exact else (_SEEK_MARGIN_S,):
            found = False
            for entry in self._sought(since, margin_s):
                found = True
                yield entry
            if found:
                return
        if self._exact:
            raise BadMedia(f"{self._path.name!r} cannot be read from frame {since.index} on.", "Read it from its start.")
        self.origin = None
        yield from self._from_start(since.index)

    def _sought(self, since: Place, margin_s: float) -> Iterator[tuple[int, int, Fraction, VideoFrame]]:
        """Nothing where the frame cannot be sought: there are no stamps to go by, or the search lands behind it."""
        with open_container(self._path) as container:
            stream = _prepare(container, self._path, self._threads)
            time_base = stream.time_base or Fraction(1, 1000)
            if not _seek(container, stream, since.stamp, margin_s):
                return
            frames = self._stamped(container, stream)
            for stamp, raw in frames:
                if raw.pts is None or stamp > since.stamp:
                    return
                if stamp < since.stamp:
                    continue
                yield since.index, stamp, time_base, raw
                for offset, (later, frame) in enumerate(frames, start=1):
                    yield since.index + offset, later, time_base, frame
                return

    def _from_start(self, skip: int) -> Iterator[tuple[int, int, Fraction, VideoFrame]]:
        with open_container(self._path) as container:
            stream = _prepare(container, self._path, self._threads)
            time_base = stream.time_base or Fraction(1, 1000)
            for index, (stamp, raw) in enumerate(self._stamped(container, stream)):
                if index == 0:
                    self.origin = stamp
                if index >= skip:
                    yield index, stamp, time_base, raw

    def _stamped(self, container: InputContainer, stream: VideoStream) -> Iterator[tuple[int, VideoFrame]]:
        """Frames with strictly rising stamps: missing ones are filled in, backward ones moved on by one tick."""
        last: int | None = None
        step = max(1, round(self._frame_s / float(stream.time_base or Fraction(1, 1000))))
        for raw in decoded(container, stream, self._count_damaged):
            stamp = raw.pts
            if stamp is None:
                stamp = 0 if last is None else last + step
            if last is not None and stamp <= last:
                stamp = last + 1
            last = stamp
            yield stamp, raw

    def _count_damaged(self) -> None:
        self.damaged += 1


def ahead(items: Iterator[T], depth: int = 4) -> Generator[T, None, None]:
    """The same items, made up to ``depth`` ahead on a thread, so that decoding and looking at pictures overlap.

    Errors of the maker are raised where the items are taken; closing the generator ends the thread.
    """
    line: queue.Queue[tuple[bool, Any]] = queue.Queue(depth)
    stopped = threading.Event()
    maker = threading.Thread(target=_make, args=(items, line, stopped), daemon=True)
    maker.start()
    try:
        while True:
            good, item = line.get()
            if good:
                yield item
            elif item is None:
                return
            else:
                raise item
    finally:
        stopped.set()
        maker.join()


def _make(items: Iterator[T], line: queue.Queue[tuple[bool, Any]], stopped: threading.Event) -> None:
    """Puts (True, item) for each item, then (False, None) or (False, error)."""
    try:
        for item in items:
            if not _put(line, (True, item), stopped):
                return
        _put(line, (False, None), stopped)
    except BaseException as error:
        _put(line, (False, error), stopped)


def _put(line: queue.Queue[tuple[bool, Any]], entry: tuple[bool, Any], stopped: threading.Event) -> bool:
    while not stopped.is_set():
        try:
            line.put(entry, timeout=0.1)
        except queue.Full:
            continue
        return True
    return False


def _prepare(container: InputContainer, path: Path, threads: int) -> VideoStream:
    stream = pick_stream(container, path)
    stream.thread_type = "AUTO"
    stream.codec_context.thread_count = threads
    return stream


def _seek(container: InputContainer, stream: VideoStream, stamp: int, margin_s: float) -> bool:
    """Goes to a keyframe some way before ``stamp``; False where the file cannot be sought in."""
    import av

    margin = int(margin_s / float(stream.time_base or Fraction(1, 1000)))
    try:
        container.seek(stamp - margin, stream=stream, backward=True)
    except (av.error.FFmpegError, OSError, OverflowError):
        return False
    return True


def bgr_upright(raw: VideoFrame) -> Image:
    """(H, W, 3) uint8 BGR at coded size, turned as the file's display matrix says."""
    return turn(cast("Image", scaled(raw, format="bgr24").to_ndarray()), clockwise(raw.rotation))


def small_frame(picture: Picture) -> Frame:
    """The frame as the analysers want it: planes of 320 px on the long side, averaged by area, full range, upright."""
    raw = picture.raw
    factor = min(1.0, LONG_SIDE_PX / max(raw.width, raw.height))
    size = {"width": _even(raw.width * factor), "height": _even(raw.height * factor)}
    planes = scaled(raw, **size, format="yuvj420p", interpolation="AREA").planes
    turned = clockwise(raw.rotation)
    y, u, v = (turn(plane_of(plane), turned) for plane in planes)
    return Frame(picture.index, picture.time_s, y, u, v)


def _even(value: float) -> int:
    return max(2, round(value / 2) * 2)

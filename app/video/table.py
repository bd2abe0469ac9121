"""The growing table of the pass: measures every frame, samples some, packs what is new for safe keeping."""

from __future__ import annotations

import base64
import zlib
from array import array
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from app.video.analysers.base import Analyser
from app.video.curves import Curves
from app.video.frame import Frame
from app.video.measures import Measures
from app.video.memory import give_back

if TYPE_CHECKING:
    import numpy as np


_BLOCK = 8192  # rows


class Table:
    """Rows of the frames seen so far, in order, from frame 0.

    Attributes:
        memory: frames that must be shown again before the first new one when the pass is taken up (`warm_up`).
    """

    def __init__(self, analysers: Sequence[Analyser], fps: float) -> None:
        self._measures = Measures(analysers, fps)
        self._names, self._sample_names = self._measures.names, self._measures.sample_names
        self.fps, self.memory, self.stride = fps, self._measures.memory, self._measures.stride
        self._rows, self._times = array("f"), array("d")
        self._stamps = array("q")
        self._samples = array("f")
        self._packed = self._packed_samples = 0

    def __len__(self) -> int:
        return len(self._times)

    def take(self, frame: Frame, stamp: int) -> None:
        """Measures the next frame."""
        self.append(self._measures.row(frame), self._measures.sample(frame), frame.time_s, stamp)

    def append(self, row: Sequence[float], sample: Sequence[float] | None, time_s: float, stamp: int) -> None:
        """Takes what `Measures` said of the next frame."""
        self._rows.extend(row)
        self._times.append(time_s)
        self._stamps.append(stamp)
        if sample is not None:
            self._samples.extend(sample)

    def warm_up(self, frame: Frame) -> None:
        """Shows a frame that has its row already, so that the measures remember it."""
        self._measures.row(frame)

    def stamp(self, index: int) -> int:
        """The time stamp of a frame, in the stream's ticks."""
        return self._stamps[index]

    def time_s(self, index: int) -> float:
        """When a frame is shown, seconds from frame 0."""
        return self._times[index]

    def curves(self, start: int = 0) -> Curves:
        """The rows from frame ``start`` on."""
        import numpy as np

        rows = _matrix(self._rows, len(self._names))[start:]
        times = np.frombuffer(self._times, dtype=np.float64)[start:].copy() if len(self._times) else np.zeros(0)
        return Curves(self.fps, times, {name: rows[:, n].copy() for n, name in enumerate(self._names)})

    def hand_over(self) -> Curves:
        """All rows; the table lets go of them, so that a long film's are not held twice. Times, stamps and samples stay."""
        import numpy as np

        width, count = len(self._names), len(self)
        columns = [np.empty(count, dtype=np.float32) for _ in self._names]
        for end in range(count if width else 0, 0, -_BLOCK):  # from the end on, where an array can be cut off without being copied
            start = max(0, end - _BLOCK)
            for column, values in zip(columns, _matrix(self._rows[start * width :], width).T, strict=True):
                column[start:end] = values
            del self._rows[start * width :]
        give_back()
        times = np.array(self._times, dtype=np.float64)
        return Curves(self.fps, times, dict(zip(self._names, columns, strict=True)))

    def samples(self) -> Curves:
        """The sampled frames' rows; column ``frame`` holds their numbers."""
        rows = _matrix(self._samples, len(self._sample_names))
        columns = {name: rows[:, n].copy() for n, name in enumerate(self._sample_names)}
        times = [self._times[int(frame)] for frame in columns["frame"]]
        import numpy as np

        return Curves(self.fps / self.stride, np.asarray(times, dtype=np.float64), columns)

    @property
    def unpacked(self) -> int:
        """Rows that `pack_new` would pack."""
        return len(self) - self._packed

    def pack_new(self) -> tuple[str, dict[str, Any]] | None:
        """What has come since the last call, as (name, JSON); None when nothing has."""
        if len(self) == self._packed:
            return None
        width, name = len(self._names), f"curves/{self._packed}-{len(self)}"
        chunk = {
            "rows": _encode(self._rows[self._packed * width :]),
            "times": _encode(self._times[self._packed :]),
            "stamps": _encode(self._stamps[self._packed :]),
            "samples": _encode(self._samples[self._packed_samples :]),
        }
        self._packed, self._packed_samples = len(self), len(self._samples)
        return name, chunk

    def unpack(self, chunk: dict[str, Any]) -> None:
        """Takes a packed chunk back in; they must come in order."""
        for mine, key in ((self._rows, "rows"), (self._times, "times"), (self._stamps, "stamps"), (self._samples, "samples")):
            mine.frombytes(zlib.decompress(base64.b85decode(chunk[key])))
        self._packed, self._packed_samples = len(self), len(self._samples)


def _encode(values: array[Any]) -> str:
    return base64.b85encode(zlib.compress(values.tobytes(), 1)).decode()


def _matrix(values: array[float], width: int) -> np.ndarray[Any, np.dtype[np.float32]]:
    import numpy as np

    if not len(values) or not width:
        return np.zeros((0, max(1, width)), dtype=np.float32)
    return np.frombuffer(values, dtype=np.float32).reshape(-1, width)

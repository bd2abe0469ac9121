"""The sound of a source as 48 kHz stereo, sample by sample on the source's own clock: silence wherever there is none."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from app.video.packets import decoded
from app.video.probe import open_container

if TYPE_CHECKING:
    import numpy as np
    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer

    Samples = np.ndarray[Any, np.dtype[np.float32]]

RATE_HZ = 48_000
_BEFORE_S = Fraction(3, 10)  # decoders need some sound before a cut to be right at the cut
_JUMP = RATE_HZ // 50  # time stamps further off than this mean a hole or an overlap
_FORWARD_S = 2.0  # nearer than this it is quicker to read on than to seek


class SoundReader:
    """One audio track of one file, mixed down to stereo. Sample 0 belongs to the start of the first frame of the picture,
    or where there is no picture to the start of the track."""

    def __init__(self, path: Path, track: int = 0) -> None:
        self._path, self._track = path, track
        self._container: InputContainer | None = None
        self._parts: Iterator[tuple[int, Samples]] = iter(())
        self._at = 0  # the sample that `_held` begins with
        self._held: Samples | None = None
        self._zero = Fraction(0)
        self._fresh = True  # nothing was read or sought since the file was opened

    def __enter__(self) -> SoundReader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file."""
        if self._container is not None:
            self._container.close()
            self._container = None

    def read(self, first: int, count: int) -> Samples:
        """(count, 2) float32 from sample ``first`` on; both may lie outside the sound.

        Raises:
            BadMedia: the file cannot be opened.
        """
        import numpy as np

        out = np.zeros((max(0, count), 2), np.float32)
        if count <= 0 or not self._ready(first):
            return out
        done = 0
        while done < count:
            if self._held is None or not len(self._held):
                part = next(self._parts, None)
                if part is None:
                    break
                self._at, self._held = part
            done = self._take(out, first, done)
        return out

    def _take(self, out: Samples, first: int, done: int) -> int:
        """Copies from what is held; returns how much of ``out`` is settled now."""
        assert self._held is not None
        offset = first + done - self._at
        if offset < 0:  # a hole, or the sound starts later
            return min(len(out), done - offset)
        piece = self._held[offset : offset + len(out) - done]
        out[done : done + len(piece)] = piece
        used = offset + len(piece)
        self._held, self._at = self._held[used:], self._at + min(used, len(self._held))
        return done + len(piece)

    def _ready(self, first: int) -> bool:
        """Places the reader at or before a sample; False where the file has no such track."""
        if self._container is not None and 0 <= first - self._at <= _FORWARD_S * RATE_HZ:
            return True
        if self._open() is None:
            return False
        if not self._sought(first):
            if not self._fresh:
                self.close()
            self._from_start()
        self._fresh = False
        return True

    def _from_start(self) -> None:
        found = self._open()
        assert found is not None
        self._parts, self._held, self._at = self._decoded(*found), None, 0

    def _sought(self, first: int) -> bool:
        """Seeks a little before a sample; False where the file cannot, or lands behind it."""
        import av

        found = self._open()
        assert found is not None
        container, stream = found
        tick = stream.time_base or Fraction(1, RATE_HZ)
        start_s = (stream.start_time or 0) * tick
        target_s = max(start_s - _BEFORE_S, Fraction(first, RATE_HZ) + self._zero - _BEFORE_S)
        if target_s <= start_s and self._fresh:
            return False  # it stands there already
        self._fresh = False
        try:
            container.seek(int(target_s / tick), stream=stream, backward=True)
        except (av.error.FFmpegError, OSError, ValueError):
            return False
        self._parts = self._decoded(container, stream)
        part = next(self._parts, None)
        if part is None:  # behind the end
            self._held, self._at = None, first
            return stream.duration is not None and target_s >= start_s + stream.duration * tick - 1
        self._at, self._held = part
        return self._at <= max(first, round((start_s - self._zero) * RATE_HZ) + 1)

    def _open(self) -> tuple[InputContainer, AudioStream] | None:
        import av

        if self._container is None:
            self._container, self._fresh = open_container(self._path), True
        streams = self._container.streams.audio
        if self._track >= len(streams) or streams[self._track].codec_context is None:
            return None
        stream = streams[self._track]
        for other in self._container.streams:
            if other.index != stream.index:
                other.discard = av.stream.Discard.all
        self._zero = _zero(self._container, stream)
        return self._container, stream

    def _decoded(self, container: InputContainer, stream: AudioStream) -> Iterator[tuple[int, Samples]]:
        """(sample, (N, 2) sound) in order without overlaps; only between two of them may there be a hole."""
        convert: _Converter | None = None
        zero_s, next_at = float(self._zero), None
        for frame in decoded(container, stream):
            if convert is None or not convert.fits(frame):
                convert = _Converter(frame)
            at = None if frame.pts is None else round((frame.pts * convert.tick_s - zero_s) * RATE_HZ)
            arrays = convert(frame)
            if next_at is None:
                next_at = at or 0
            elif at is not None and abs(at - next_at) > _JUMP:
                arrays, next_at = _without(arrays, next_at - at), max(next_at, at)
            for array in arrays:
                yield next_at, array
                next_at += len(array)


class _Converter:
    """Frames of one kind to (N, 2) float32 at 48 kHz; those that are so already are only turned."""

    def __init__(self, frame: AudioFrame) -> None:
        import av

        self._kind = (frame.format.name, frame.layout.name, frame.sample_rate)
        self.tick_s = float(frame.time_base or 0)
        same = self._kind == ("fltp", "stereo", RATE_HZ)
        self._resampler = None if same else av.AudioResampler(format="flt", layout="stereo", rate=RATE_HZ)

    def fits(self, frame: AudioFrame) -> bool:
        """Whether a frame is of the same kind."""
        return (frame.format.name, frame.layout.name, frame.sample_rate) == self._kind

    def __call__(self, frame: AudioFrame) -> list[Samples]:
        if self._resampler is None:
            return [cast("Samples", frame.to_ndarray()).T]
        frame.pts = None
        return [cast("Samples", ready.to_ndarray()).reshape(-1, 2) for ready in self._resampler.resample(frame)]


def _without(arrays: list[Samples], skip: int) -> list[Samples]:
    """What is left of arrays when ``skip`` samples at their start were heard already; none are where it is not above 0."""
    kept = []
    for array in arrays:
        kept.append(array[max(0, skip) :])
        skip -= len(array)
    return kept


def _zero(container: InputContainer, stream: AudioStream) -> Fraction:
    """File time of sample 0."""
    import av

    pictures = [s for s in container.streams.video if not s.disposition & av.stream.Disposition.attached_pic]
    chosen = pictures[0] if pictures else stream
    if chosen.start_time is not None and chosen.time_base is not None:
        return Fraction(chosen.start_time) * chosen.time_base
    return Fraction(container.start_time or 0, 1_000_000)

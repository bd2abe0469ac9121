"""One streamed reader of a file's first audio track: planar samples in pieces, gaps filled with silence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from app.video.packets import decoded
from app.video.probe import open_container

if TYPE_CHECKING:
    import numpy as np
    from av.audio.frame import AudioFrame
    from av.audio.resampler import AudioResampler
    from av.audio.stream import AudioStream
    from av.container import InputContainer

    Samples = np.ndarray[Any, np.dtype[np.float32]]

PIECE_S = 10.0
_LEAST_GAP_S, _LONGEST_GAP_S = 0.1, 600.0


@dataclass(frozen=True)
class Piece:
    """``samples``: (channels, N) float32, full scale 1. ``start_s``: file time of the very first sample of the track."""

    samples: Samples
    rate_hz: int
    channels: tuple[str, ...]
    start_s: float


def pieces(path: Path) -> Iterator[Piece]:
    """About ten seconds at a time; nothing at all when there is no audio track or none of it can be decoded.

    Raises:
        BadMedia: the file cannot be opened.
    """
    import numpy as np

    with open_container(path) as container:
        if not container.streams.audio:
            return
        stream = container.streams.audio[0]
        origin = (container.start_time or 0) / 1e6
        held: list[Samples] = []
        count, total, start_s, first = 0, 0, 0.0, None
        for samples, frame, at_s in _converted(container, stream):
            if first is None:
                first, start_s = frame, (at_s or 0.0) - origin
            rate = int(first.sample_rate)
            for part in _with_gap(samples, at_s, start_s + origin + total / rate, rate):
                held.append(part)
                count += part.shape[1]
                total += part.shape[1]
                if count >= PIECE_S * rate:
                    yield Piece(np.concatenate(held, axis=1), rate, _names(first), start_s)
                    held, count = [], 0
        if held and first is not None:
            yield Piece(np.concatenate(held, axis=1), int(first.sample_rate), _names(first), start_s)


def _names(frame: AudioFrame) -> tuple[str, ...]:
    """FL, FR ...; plain numbers where the file does not say which is which."""
    return tuple(str(n) if c.name == "NONE" else c.name for n, c in enumerate(frame.layout.channels, start=1))


def _with_gap(samples: Samples, at_s: float | None, expected_s: float, rate: int) -> Iterator[Samples]:
    """Silence where the time stamps leave a hole, then the samples."""
    import numpy as np

    gap = 0.0 if at_s is None else min(_LONGEST_GAP_S, at_s - expected_s)
    if gap > _LEAST_GAP_S:
        for _ in range(int(gap)):
            yield np.zeros((samples.shape[0], rate), np.float32)
        yield np.zeros((samples.shape[0], int((gap - int(gap)) * rate)), np.float32)
    yield samples


def _converted(container: InputContainer, stream: AudioStream) -> Iterator[tuple[Samples, AudioFrame, float | None]]:
    """Planar floats at the first frame's rate and layout, with that frame and the time stamp in seconds."""
    import av

    first: AudioFrame | None = None
    converter: AudioResampler | None = None
    setup: tuple[str, str, int] | None = None
    tick_s = 0.0
    for frame in decoded(container, stream):
        if first is None:
            first, tick_s = frame, float(frame.time_base or 0)
        at_s = None if frame.pts is None or not tick_s else frame.pts * tick_s
        found = (frame.format.name, frame.layout.name, frame.sample_rate)
        if converter is None or found != setup:
            converter, setup = av.AudioResampler(format="fltp", layout=first.layout, rate=first.sample_rate), found
        frame.pts = None
        for ready in converter.resample(frame):
            yield cast("Samples", ready.to_ndarray()), first, at_s
            at_s = None

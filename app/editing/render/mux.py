"""Pieces and sound into one file: packets are copied, and every time stamp is written anew on the film's own clock."""

from __future__ import annotations

import errno
import heapq
import os
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from configs.errors import StudioError, Unavailable

OPTIONS = {"mp4": {"movflags": "+faststart"}, "mov": {"movflags": "+faststart"}, "webm": {}}
_CLOSED = "The film could not be put together"


class WrongPiece(StudioError):
    """A piece does not hold the frames it should; ``path`` is to be made again."""

    def __init__(self, path: Path, found: int, wanted: int) -> None:
        super().__init__(f"{_CLOSED}: a piece holds {found} frames in place of {wanted}.", "Render again.", "wrong_piece")
        self.path = path


def join(
    pieces: Sequence[tuple[Path, int]], rate: Fraction, sound: Path | None, output: Path, form: str,
    on_step: Callable[[float, str], None] | None = None,
) -> Path:  # fmt: skip
    """Writes ``output`` from pieces (path, frames) in order; it appears only when it is whole.

    Raises:
        WrongPiece: a piece is not what it should be.
        Unavailable: the disk is full.
    """
    part = output.with_name(f".{output.stem}.part{os.getpid()}{output.suffix}")
    try:
        _write(pieces, rate, sound, part, form, on_step)
        os.replace(part, output)
    except OSError as error:
        if getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT):
            raise Unavailable("The disk is full: the film could not be written.", "Free some space and render again.", "disk_full") from error
        raise StudioError(f"{_CLOSED}: {error}.", "Render again.") from error
    finally:
        part.unlink(missing_ok=True)
    return output


def _write(
    pieces: Sequence[tuple[Path, int]], rate: Fraction, sound: Path | None, part: Path, form: str, on_step: Callable[[float, str], None] | None
) -> None:
    import av

    delay = max(reordering(path) for path, _ in pieces)
    with av.open(str(part), "w", format=form, options=OPTIONS[form]) as out:
        with av.open(str(pieces[0][0])) as first:
            picture = out.add_stream_from_template(first.streams.video[0], opaque=True)
        picture.time_base = 1 / rate
        heard = None
        if sound is not None:
            with av.open(str(sound)) as opened:
                heard = out.add_stream_from_template(opened.streams.audio[0])
        total = sum(frames for _, frames in pieces)
        streams = [_pictures(pieces, rate, delay, picture)]
        if sound is not None and heard is not None:
            streams.append(_sounds(sound, heard))
        for number, (_, packet) in enumerate(heapq.merge(*streams, key=lambda row: row[0])):
            out.mux_one(packet)
            if on_step is not None and number % 500 == 0:
                on_step(min(1.0, number / max(1, total)), "Joining")


def reordering(path: Path) -> int:
    """By how many frames the first packets of a piece run ahead of what is shown."""
    import av

    with av.open(str(path)) as container:
        stamps = [packet.pts for packet in container.demux(video=0) if packet.size and packet.pts is not None]
    order = {stamp: place for place, stamp in enumerate(sorted(stamps))}
    return max((number - order[stamp] for number, stamp in enumerate(stamps)), default=0)


def _pictures(pieces: Sequence[tuple[Path, int]], rate: Fraction, delay: int, stream: Any) -> Iterator[tuple[float, Any]]:
    """Packets in the order of decoding: packet number n is decoded at frame n - ``delay`` and shown where its place among all is."""
    import av

    begin = 0
    for path, frames in pieces:
        with av.open(str(path)) as container:
            packets = [packet for packet in container.demux(video=0) if packet.size and packet.pts is not None]
            order = {stamp: place for place, stamp in enumerate(sorted({packet.pts for packet in packets if packet.pts is not None}))}
            if len(order) != frames or len(packets) != frames:
                raise WrongPiece(path, len(packets), frames)
            for number, packet in enumerate(packets):
                assert packet.pts is not None
                packet.time_base = 1 / rate
                packet.pts, packet.dts, packet.duration = begin + order[packet.pts], begin + number - delay, 1
                packet.stream = stream
                yield float(packet.dts / rate), packet
        begin += frames


def _sounds(path: Path, stream: Any) -> Iterator[tuple[float, Any]]:
    import av

    with av.open(str(path)) as container:
        for packet in container.demux(audio=0):
            if packet.size == 0 or packet.dts is None:
                continue
            at = float(packet.dts * packet.time_base)
            packet.stream = stream
            yield at, packet

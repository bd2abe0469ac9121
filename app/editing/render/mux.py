"""Pieces, copied stretches and sound into one file: packets are copied, and every time stamp is written anew on the film's own clock."""

from __future__ import annotations

import errno
import heapq
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.editing.render.smart import Copied, merged_headers, packets_from
from app.editing.render.smart_sound import BLOCK, CopiedSound
from app.video import ffmpeg
from configs.errors import StudioError, Unavailable

if TYPE_CHECKING:
    from av.container import OutputContainer
    from av.packet import Packet
    from av.stream import Stream

OPTIONS = {"mp4": {"movflags": "+faststart"}, "mov": {"movflags": "+faststart"}, "webm": {}}
_FAILED = "The film could not be put together"
_FULL = (errno.ENOSPC, errno.EDQUOT)


class WrongPiece(StudioError):
    """A piece does not hold the frames it should; ``path`` is to be made again."""

    def __init__(self, path: Path, found: int, wanted: int) -> None:
        super().__init__(f"{_FAILED}: a piece holds {found} frames in place of {wanted}.", "Render again.", "wrong_piece")
        self.path = path


@dataclass(frozen=True)
class Piece:
    """A rendered piece."""

    path: Path
    frames: int


@dataclass(frozen=True)
class Film:
    """What is joined: ``parts`` in order, at ``rate``; ``header``: of the copied parts, avcC."""

    parts: Sequence[Piece | Copied]
    rate: Fraction
    sound: Path | CopiedSound | None = None
    header: bytes | None = None


def join(film: Film, output: Path, form: str, on_step: Callable[[float, str], None] | None = None) -> Path:
    """Writes ``output`` as ``form`` (mp4, mov, webm); it appears only when it is whole.

    Raises:
        WrongPiece: a piece is not what it should be.
        Unavailable: the disk is full.
    """
    part = output.with_name(f".{output.stem}.part{os.getpid()}{output.suffix}")
    try:
        _write(film, part, form, on_step)
        os.replace(part, output)
    except OSError as error:
        if error.errno in _FULL:
            raise Unavailable(ffmpeg.FULL, ffmpeg.FULL_REMEDY, "disk_full") from error
        raise StudioError(f"{_FAILED}: {error}.", "Render again.") from error
    finally:
        part.unlink(missing_ok=True)
    return output


def _write(film: Film, part: Path, form: str, on_step: Callable[[float, str], None] | None) -> None:
    import av

    delay = max(_delay(one, film.rate) for one in film.parts)
    total = sum(one.frames for one in film.parts)
    with av.open(str(part), "w", format=form, options=OPTIONS[form]) as out:
        picture = _picture_stream(out, film)
        streams: list[Iterator[tuple[float, int, Packet[Any]]]] = [_pictures(film, delay, picture)]
        if film.sound is not None:
            file = film.sound.path if isinstance(film.sound, CopiedSound) else film.sound
            with av.open(str(file)) as opened:
                heard: Stream = out.add_stream_from_template(opened.streams.audio[0])
            streams.append(_copied_sounds(film.sound, heard) if isinstance(film.sound, CopiedSound) else _sounds(film.sound, heard))
        for number, (_, _, packet) in enumerate(heapq.merge(*streams, key=lambda row: row[:2])):
            out.mux_one(packet)
            if on_step is not None and number % 500 == 0:
                on_step(min(1.0, number / max(1, total)), "Joining")


def _picture_stream(out: OutputContainer, film: Film) -> Stream:
    """The film's picture track, described as the rendered pieces are, or as the copied source is."""
    import av

    from app.editing.render.look import look_at
    from app.video.probe import open_container

    piece = next((one for one in film.parts if isinstance(one, Piece)), None)
    copied = next((one for one in film.parts if isinstance(one, Copied)), None)
    if copied is not None:
        with open_container(copied.source.path) as container:
            stream = out.add_stream_from_template(container.streams[look_at(copied.source).index], opaque=True)
        if piece is not None and film.header is not None:
            with av.open(str(piece.path)) as container:
                ours = bytes(container.streams.video[0].codec_context.extradata or b"")
            stream.codec_context.extradata = merged_headers(ours, film.header)
    else:
        assert piece is not None
        with av.open(str(piece.path)) as container:
            made = container.streams.video[0]
            stream = out.add_stream_from_template(made, opaque=True)
            stream.metadata.update({name: value for name, value in made.metadata.items() if name.lower() == "alpha_mode"})
    stream.time_base = 1 / film.rate
    return stream


def _placed(part: Piece | Copied, rate: Fraction) -> Iterator[tuple[int, Packet[Any]]]:
    """(frame from the beginning of the part, packet) in order of decoding."""
    import av

    if isinstance(part, Copied):
        for frame, packet in packets_from(part.source, part.begin, part.end):
            if part.begin <= frame < part.end:
                yield frame - part.begin, packet
        return
    with av.open(str(part.path)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size and packet.pts is not None]
    order = {stamp: place for place, stamp in enumerate(sorted({packet.pts for packet in packets if packet.pts is not None}))}
    if len(order) != part.frames or len(packets) != part.frames:
        raise WrongPiece(part.path, len(packets), part.frames)
    for packet in packets:
        assert packet.pts is not None
        yield order[packet.pts], packet


def _delay(part: Piece | Copied, rate: Fraction) -> int:
    """By how many frames its packets run ahead of what is shown, at most."""
    return max((number - place for number, (place, _) in enumerate(_placed(part, rate))), default=0)


def _pictures(film: Film, delay: int, stream: Stream) -> Iterator[tuple[float, int, Packet[Any]]]:
    """Packets in order of decoding: number n is decoded at frame n - ``delay`` and shown where its place among all is."""
    begin = 0
    for part in film.parts:
        count = 0
        for number, (place, packet) in enumerate(_placed(part, film.rate)):
            packet.time_base = 1 / film.rate
            packet.pts, packet.dts, packet.duration = begin + place, begin + number - delay, 1
            packet.stream = stream
            count += 1
            yield float((begin + number - delay) / film.rate), 0, packet
        if count != part.frames:
            raise StudioError(f"{_FAILED}: a source has changed while it was copied.", "Render again.")
        begin += part.frames


def _sounds(path: Path, stream: Stream) -> Iterator[tuple[float, int, Packet[Any]]]:
    import av

    with av.open(str(path)) as container:
        for packet in container.demux(audio=0):
            if packet.size and packet.dts is not None and packet.time_base is not None:
                at = float(packet.dts * packet.time_base)
                packet.stream = stream  # type: ignore[assignment]
                yield at, 1, packet


def _copied_sounds(sound: CopiedSound, stream: Stream) -> Iterator[tuple[float, int, Packet[Any]]]:
    """Block after block from one before the film's beginning, whatever their stamps were in the source."""
    for number, packet in enumerate(sound.packets):
        packet.time_base = Fraction(1, sound.rate_hz)
        packet.pts = packet.dts = (number - 1) * BLOCK
        packet.duration = BLOCK
        packet.stream = stream
        yield (number - 1) * BLOCK / sound.rate_hz, 1, packet

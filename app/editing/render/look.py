"""What the renderer must know of a file besides its facts: its clock in whole ticks, its pixels' shape, how far to seek back."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from app.editing.facts import SourceFacts
from app.video.safe_input import ffmpeg_arguments

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

_INDEXED = ("mov", "mp4", "matroska", "webm", "ivf")  # seeking lands on a keyframe before the moment
_REORDERED = 32  # no codec shows a later one of its packets first
_BACK_S = 12.0


@dataclass(frozen=True)
class Look:
    """Of one picture track. ``first_tick``: time stamp of its first frame, in units of ``tick`` seconds.

    ``square``: its pixels are; ``indexed``: seeking in it can be trusted.
    """

    index: int
    codec: str
    first_tick: int
    tick: Fraction
    square: bool
    indexed: bool

    @property
    def first_s(self) -> float:
        """When its first frame is shown on the file's own clock."""
        return float(self.first_tick * self.tick)


def look_at(source: SourceFacts) -> Look:
    """Opens a source and reads its first packets; remembered for as long as the file is unchanged.

    Raises:
        BadMedia: it cannot be opened any more.
    """
    from app.video.probe import require_there

    require_there(source.path)
    status = source.path.stat()
    return _look(source.path, source.kind, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=512)
def _look(path: Path, kind: str, size: int, changed: int) -> Look:
    from app.video.probe import open_container, pick_stream

    with open_container(path) as container:
        stream = pick_stream(container, path) if kind == "video" else container.streams.video[0]
        first = _first_tick(container, stream)
        known = container.format.name.split(",")
        return Look(
            index=stream.index, codec=str(getattr(stream.codec_context.codec, "canonical_name", stream.codec_context.name)),
            first_tick=first, tick=stream.time_base or Fraction(1, 1000),
            square=(stream.sample_aspect_ratio or Fraction(1)) == 1, indexed=any(name in _INDEXED for name in known),
        )  # fmt: skip


def _first_tick(container: InputContainer, stream: VideoStream) -> int:
    """The earliest time stamp; where packets have none, as in AVI, the one that the decoder gives the first frame."""
    stamps: list[int] = []
    for packet in container.demux(stream):
        if packet.pts is None and packet.size:
            for frame in _decoded(packet):
                if frame.pts is not None or frame.dts is not None:
                    return frame.pts if frame.pts is not None else frame.dts or 0
        elif packet.size and packet.pts is not None:
            stamps.append(packet.pts)
        if len(stamps) >= _REORDERED:
            break
    return min(stamps, default=0)


def _decoded(packet: Packet[VideoStream]) -> list[VideoFrame]:
    import av

    try:
        return packet.decode()
    except av.error.FFmpegError:
        return []


def picture_input(source: SourceFacts, look: Look, first: int, *, quick: bool = False) -> list[str]:
    """Arguments of an input whose decoded frames include source frame ``first`` and those after it; stamps are the file's own.

    ``quick``: without the smoothing of block edges, which shifts brightness by a level at most and saves a fifth of the work.
    """
    arguments = list(ffmpeg_arguments())
    if source.kind == "image":
        return [*arguments, "-i", f"file:{source.path}"]
    if source.has_alpha and look.codec in ("vp8", "vp9"):
        arguments += ["-c:v", "libvpx-vp9" if look.codec == "vp9" else "libvpx"]
    if quick:
        arguments += ["-skip_loop_filter", "all"]
    seconds = look.first_s + float((first - Fraction(1, 2)) / source.rate)
    if not look.indexed:
        seconds -= _BACK_S
    if first > 0 and seconds > look.first_s:
        arguments += ["-noaccurate_seek", "-seek_timestamp", "1", "-ss", f"{seconds:.6f}"]
    return [*arguments, "-an", "-sn", "-dn", "-i", f"file:{source.path}"]

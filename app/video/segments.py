"""Where a film may be cut so that several processes look at it at once, and whether that is worth while. Reads packets, decodes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.video.decode import Place
from app.video.models import MediaInfo
from app.video.probe import open_container, pick_stream

LEAST_FRAMES = 240  # of a segment: every one costs its memory's frames twice
_WORTH_FRAMES = 4 * LEAST_FRAMES  # shorter films are done before the processes have started
_WORTH_CORES, _MOST = 4, 8


@dataclass(frozen=True)
class Segment:
    """Frames ``first`` to ``end`` (exclusive; None: to the end of the film), looked at by one process.

    Attributes:
        place: where to start decoding; None: at the beginning.
        exact: ``place`` is a frame that decodes by itself, and decoding must start right there.
        overlap: the next segment's ``place``; from there to ``end`` both segments decode the same frames.
    """

    number: int
    place: Place | None
    exact: bool
    first: int
    end: int | None = None
    overlap: int | None = None


def process_count(setting: int, cores: int, info: MediaInfo) -> int:
    """How many processes look at a film; 1: the worker itself. ``setting`` 0 goes by cores and length.

    On fewer than four cores decoding ahead on a thread keeps all of them busy, and more processes would only get in each
    other's way.
    """
    if setting == 0 and (cores < _WORTH_CORES or info.video.frame_count < _WORTH_FRAMES):
        return 1
    return max(1, setting or min(_MOST, cores // 2))


def plan(path: Path, memory: int, since: Place | None, first: int, least: int = LEAST_FRAMES) -> Iterator[Segment]:
    """Segments in order, from frame ``first`` on, made as the file is read.

    Each begins at a key frame and hands out rows from ``memory`` frames later on; the frames in between are the end of the
    segment before, which needs no key frame for it. Where the file does not number its frames plainly, the last segment
    reaches to the end.
    """
    place, exact, number = since, False, 0
    origin = since.origin if since is not None else None
    for index, stamp, earliest in _key_frames(path):
        origin = earliest if origin is None else origin
        if index + memory < first + least:
            continue
        yield Segment(number, place, exact, first, index + memory, index)
        place, exact, number, first = Place(index, stamp, origin), True, number + 1, index + memory
    yield Segment(number, place, exact, first)


def _key_frames(path: Path) -> Iterator[tuple[int, int, int]]:
    """(number of the frame, its time stamp, the film's earliest time stamp) of each key frame but the first and the last.

    A key frame's number is known once the next one has been read: until then frames that are shown before it may come.
    """
    with open_container(path) as container:
        stream = pick_stream(container, path)
        pending: list[int] = []
        settled, earliest = 0, None
        last_key: int | None = None
        for packet in container.demux(stream):
            if not packet.size or packet.is_discard:
                continue
            if packet.pts is None or packet.is_corrupt:
                return
            if packet.is_keyframe:
                if last_key is not None:
                    before = [stamp for stamp in pending if stamp < last_key]
                    earliest = min(pending) if earliest is None else earliest
                    settled += len(before)
                    pending = [stamp for stamp in pending if stamp >= last_key]
                    if settled:
                        yield settled, last_key, earliest
                last_key = packet.pts
            pending.append(packet.pts)

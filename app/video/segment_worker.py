"""A process that looks at segments of a film for an analysis. `python -m app.video.segment_worker PARENT_PID`

Orders come in on the standard input, answers go out on the standard output, pickled one after the other, between a process
and its own child only. It ends with its input.
"""

from __future__ import annotations

import os
import pickle
import queue
import sys
import threading
import zlib
from array import array
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import astuple
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from app.video.analysers import ANALYSERS
from app.video.decode import Decoder, Picture, ahead
from app.video.looking import Look, Looker
from app.video.models import MediaInfo
from app.video.segments import Segment
from jobs import host

if TYPE_CHECKING:
    from app.video.decode import Image

BATCH_FRAMES = 24
MOST_PICTURES = 96  # held until it is known which become keyframes
Print = tuple[int, int, int]  # a frame's number, its time stamp, and a checksum of its small planes
Packed = tuple[int, int, float, bytes, list[float] | None, tuple[float, ...] | None, tuple[float | None] | None]


class SegmentWorker:
    """Obeys ("film", path, info, threads), ("segment", Segment), ("picture", frame), ("settled", before, frames still wanted)."""

    def __init__(self, orders: IO[bytes], answers: IO[bytes]) -> None:
        self._orders: queue.SimpleQueue[tuple[Any, ...] | None] = queue.SimpleQueue()
        self._answers = answers
        self._segments: list[Segment] = []
        self._shows: dict[int, Callable[[], Image]] = {}
        self._settled = 0
        self._film: tuple[Path, MediaInfo, int] | None = None
        threading.Thread(target=self._read, args=(orders,), daemon=True).start()

    def serve(self) -> None:
        """Works until there are no more orders."""
        while True:
            while not self._segments:
                self._obey(self._orders.get())
            segment = self._segments.pop(0)
            try:
                self._look_at(segment)
            except Exception as error:  # whatever it is: the parent goes on without us and meets it itself, if it is the film's
                self._answer("failed", segment.number, f"{type(error).__name__}: {error}")

    def _read(self, orders: IO[bytes]) -> None:
        try:
            while True:
                self._orders.put(pickle.load(orders))
        except (EOFError, OSError, pickle.UnpicklingError):
            os._exit(0)

    def _answer(self, *message: Any) -> None:
        pickle.dump(message, self._answers, protocol=5)
        self._answers.flush()

    def _obey(self, order: tuple[Any, ...] | None) -> None:
        assert order is not None
        verb, *what = order
        if verb == "film":
            self._film = (Path(what[0]), MediaInfo.model_validate(what[1]), what[2])
        elif verb == "segment":
            self._segments.append(what[0])
        elif verb == "picture":
            show = self._shows.get(what[0])
            self._answer("picture", what[0], None if show is None else show())
        elif verb == "settled":
            self._settled, wanted = what[0], set(what[1])
            self._shows = {frame: show for frame, show in self._shows.items() if frame >= self._settled or frame in wanted}

    def _look_at(self, segment: Segment) -> None:
        assert self._film is not None
        path, info, threads = self._film
        decoder, looker = Decoder(path, 1.0 / info.video.fps, threads, segment.exact), Looker(ANALYSERS, info)
        began: list[Print] = []
        ended: list[Print] = []
        batch: list[Packed] = []
        with closing(self._prepared(decoder, looker, segment)) as pictures:
            for picture in pictures:
                while not self._orders.empty():
                    self._obey(self._orders.get())
                if segment.exact and picture.index < segment.first:
                    began.append(print_of(picture))
                if segment.overlap is not None and picture.index >= segment.overlap:
                    ended.append(print_of(picture))
                if picture.index < segment.first:
                    looker.warm_up(picture)
                else:
                    batch.append(self._packed(looker.look(picture), segment))
                if decoder.damaged:
                    raise ValueError("a part of the film is damaged")
                if len(batch) == BATCH_FRAMES:
                    self._answer("rows", segment.number, began, batch)
                    began, batch = [], []
                if picture.index + 1 == segment.end:
                    break
        self._answer("rows", segment.number, began, batch)
        self._answer("end", segment.number, ended)

    def _prepared(self, decoder: Decoder, looker: Looker, segment: Segment) -> Generator[Picture, None, None]:
        return ahead(looker.prepare(picture, segment.first) for picture in decoder.pictures(segment.place))

    def _packed(self, look: Look, segment: Segment) -> Packed:
        if look.show is not None and self._has_room(segment):
            self._shows[look.index] = look.show
        quality = None if look.quality is None else astuple(look.quality)
        row = array("f", look.row).tobytes()
        return (look.index, look.stamp, look.time_s, row, None if look.sample is None else list(look.sample), quality, look.lean)

    def _has_room(self, segment: Segment) -> bool:
        """Waits while pictures of earlier segments lie here that nobody has decided on yet."""
        while len(self._shows) >= MOST_PICTURES and any(self._settled <= frame < segment.first for frame in self._shows):
            self._obey(self._orders.get())
        return len(self._shows) < MOST_PICTURES


def print_of(picture: Picture) -> Print:
    """Two decoders that agree on these see the same film."""
    small = picture.small
    assert small is not None
    checksum = 0
    for plane in (small.y, small.u, small.v):
        checksum = zlib.crc32(plane.tobytes(), checksum)
    return picture.index, picture.stamp, checksum


def main(parent_pid: int) -> None:
    """Takes over the standard streams, so that a library's `print` cannot break them, and serves."""
    import cv2

    host.die_with_parent(parent_pid)
    cv2.setNumThreads(1)
    orders, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    SegmentWorker(orders, answers).serve()


if __name__ == "__main__":
    main(int(sys.argv[1]))

"""Looking at a film's frames: all that is measured of each, before anything is decided. The same in one process or in several."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from app.video.analysers.base import Analyser
from app.video.analysers.interlacing import FieldWatch
from app.video.decode import Picture, ahead, small_frame
from app.video.keyframes import render, shrink
from app.video.measures import Measures
from app.video.models import MediaInfo
from app.video.quality import FrameQuality, measure_frame, sampling_step

if TYPE_CHECKING:
    from app.video.decode import Image


@dataclass(frozen=True)
class Look:
    """What was measured of one frame.

    Attributes:
        row, sample: of `Measures`; most frames have no sample.
        quality, show: of every few frames the quality at full size, and how to get the picture as it is displayed.
        lean: of few frames, in a tuple of one, what `FieldWatch` said.
        picture: the frame itself, for detectors that want it; none when it was looked at in another process.
    """

    index: int
    stamp: int
    time_s: float
    row: Sequence[float]
    sample: Sequence[float] | None
    quality: FrameQuality | None = None
    show: Callable[[], Image] | None = None
    lean: tuple[float | None] | None = None
    picture: Picture | None = None


class Looker:
    """Looks at frames in order, from any frame on: the first `memory` of them are shown only to be remembered."""

    def __init__(self, analysers: Sequence[Analyser], info: MediaInfo) -> None:
        video = info.video
        self._measures = Measures(analysers, video.fps)
        self._fields = FieldWatch()
        self._step = sampling_step(video.fps)
        self._sar, self._turned = Fraction(video.sample_aspect_ratio.num, video.sample_aspect_ratio.den), video.rotation_deg
        self.memory = self._measures.memory

    def prepare(self, picture: Picture, first: int) -> Picture:
        """The part that needs no other frame, for frames from ``first`` on; may run on another thread, ahead of `look`."""
        picture.small = small_frame(picture)
        if picture.index >= first and picture.index % self._step == 0:
            picture.quality = measure_frame(picture.raw)
            picture.show = self.show(picture)
        return picture

    def show(self, picture: Picture) -> Callable[[], Image]:
        """How to draw the frame as it is displayed; holds no more of it than that needs."""
        return partial(render, shrink(picture.raw), self._sar, self._turned)

    def warm_up(self, picture: Picture) -> None:
        """Shows a prepared frame whose row is not wanted, so that the measures remember it."""
        assert picture.small is not None
        self._fields.look(picture.index, picture.raw)
        self._measures.row(picture.small)

    def look(self, picture: Picture) -> Look:
        """Everything about a prepared frame."""
        assert picture.small is not None
        self._fields.look(picture.index, picture.raw)
        leans = self._fields.leans
        return Look(
            picture.index, picture.stamp, picture.time_s, self._measures.row(picture.small), self._measures.sample(picture.small),
            picture.quality, picture.show, (leans.pop(picture.index),) if picture.index in leans else None, picture,
        )  # fmt: skip


def looks_at(pictures: Iterator[Picture], looker: Looker, first: int) -> Generator[Look, None, None]:
    """Looks at decoded frames, decoding and preparing ahead on a thread; those before ``first`` are only remembered.

    Raises:
        BadMedia: no frame can be decoded.
    """
    with closing(ahead(looker.prepare(picture, first) for picture in pictures)) as prepared:
        for picture in prepared:
            if picture.index < first:
                looker.warm_up(picture)
            else:
                yield looker.look(picture)

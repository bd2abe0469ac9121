"""The film as editing programs see it: rows of pieces at one speed each, in whole film frames and exact source frames."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby

from app.editing.exports.base import whole
from app.editing.facts import SourceFacts, exact
from app.editing.operations.sounds import Volume
from app.editing.timeline import Clip, Stretch, Timeline
from app.video.timecode import can_drop, nominal_fps, to_frame, to_timecode
from configs.errors import BadInput

_ROW = re.compile(r"\[(\d+)\]$")
_SAME = Fraction(1, 1000)  # source frames per film frame: below what any format can write


@dataclass(frozen=True)
class SourceClock:
    """A file's own timecode: frame 0 carries ``first``. A sound counts in the film's frames, as it has none of its own."""

    rate: Fraction
    drop_frame: bool
    first: int

    @classmethod
    def of(cls, source: SourceFacts, film_rate: Fraction) -> SourceClock:
        """The clock of a probed file; a still counts in the film's frames too."""
        if source.kind != "video":
            return cls(film_rate, False, 0)
        drops = source.drop_frame and can_drop(source.rate)
        try:
            return cls(source.rate, drops, to_frame(source.start_timecode or "00:00:00:00", source.rate))
        except BadInput:  # a timecode of another rate than the even grid on which an uneven film is counted
            return cls(source.rate, drops, 0)

    def timecode(self, frame: int) -> str:
        """SMPTE timecode of a frame counted from the file's first."""
        return to_timecode(self.first + frame, self.rate, self.drop_frame)


@dataclass(frozen=True)
class Piece:
    """A run of film frames at one speed.

    ``begins`` on the film, ``frames`` long. ``start`` (source frames from the file's first, on the even grid of its rate) is shown
    first; ``step`` source frames pass per film frame: 0 holds, below 0 runs back. ``first`` and ``end`` (exclusive) are the
    whole source frames it shows. ``even`` is False where ``step`` is the mean of a ramp.
    """

    begins: int
    frames: int
    start: Fraction
    step: Fraction
    first: int
    end: int
    even: bool = True

    @property
    def held(self) -> bool:
        """Whether one frame stands still."""
        return self.step == 0


@dataclass(frozen=True)
class Row:
    """A clip of the timeline and its pieces.

    ``number``: its row in the plan, from 1. ``leaves``: how many of its last frames lie under the next clip's transition.
    """

    clip: Clip
    number: int
    clock: SourceClock
    pieces: tuple[Piece, ...]
    leaves: int
    film_rate: Fraction

    @property
    def still(self) -> bool:
        """Whether its source is a single picture."""
        return self.clip.source.kind == "image"

    def speed(self, piece: Piece) -> Fraction:
        """How fast a piece plays: 1 is as shot, whatever the rates of film and source."""
        return piece.step * self.film_rate / self.clock.rate

    def in_seconds(self, position: Fraction | int) -> Fraction:
        """Seconds from the source's first frame."""
        return Fraction(position) / self.clock.rate

    def without_overlap(self) -> tuple[Piece, ...]:
        """The pieces up to where the next clip's transition begins."""
        return cut_short(self.pieces, self.clip.begins + self.clip.frames - self.leaves)

    @property
    def plain(self) -> bool:
        """Whether it plays as shot, forwards, in one piece."""
        return not self.still and len(self.pieces) == 1 and self.pieces[0].even and self.speed(self.pieces[0]) == 1

    def volume(self) -> Volume:
        """What is done to its own sound."""
        return next((o for o in self.clip.segment.operations if isinstance(o, Volume)), Volume())

    @property
    def heard(self) -> bool:
        """Whether its source's own sound is in the film."""
        return self.clip.source.has_sound and not self.volume().mute


def rows(timeline: Timeline) -> list[Row]:
    """Every clip of the timeline, in order."""
    following = [*(clip.overlap for clip in timeline.clips[1:]), 0]
    return [_row(clip, leaves, timeline.rate) for clip, leaves in zip(timeline.clips, following, strict=True)]


def _row(clip: Clip, leaves: int, film_rate: Fraction) -> Row:
    clock = SourceClock.of(clip.source, film_rate)
    found = _ROW.search(clip.path)
    return Row(clip, int(found[1]) + 1 if found else 0, clock, tuple(_pieces(clip)), leaves, film_rate)


def _pieces(clip: Clip) -> Iterator[Piece]:
    """Neighbouring stretches that run the same way are one piece: a ramp becomes one piece at its mean speed. So are those that hold
    the same frame."""
    begins = clip.begins
    groups = [list(group) for _, group in groupby(clip.stretches, key=_way)]
    for number, group in enumerate(groups):
        frames = sum(stretch.frames for stretch in group)
        if frames:
            yield _piece(clip, group, begins, (number == 0, number == len(groups) - 1))
            begins += frames


def _way(stretch: Stretch) -> tuple[int, Fraction | None]:
    return (stretch.step > 0) - (stretch.step < 0), stretch.start if stretch.step == 0 else None


def _piece(clip: Clip, group: Sequence[Stretch], begins: int, edges: tuple[bool, bool]) -> Piece:
    """``edges``: whether it is the clip's first and its last piece; these reach to the clip's own in and out."""
    frames = sum(stretch.frames for stretch in group)
    last = group[-1]
    start = clip.first + group[0].start
    if group[0].step == 0:
        at = int(start // 1)
        return Piece(begins, frames, start, Fraction(0), at, at + 1)
    behind = clip.first + last.start + last.frames * last.step
    step = (behind - start) / frames
    even = max(stretch.step for stretch in group) - min(stretch.step for stretch in group) < _SAME
    if step > 0:
        low = clip.first if edges[0] else int(start // 1)
        high = clip.end if edges[1] else min(whole(behind), clip.end)
    else:
        high = clip.end if edges[0] else min(int(start // 1) + 1, clip.end)
        low = clip.first if edges[1] else max(clip.first, _last_shown(start, step, frames))
    return Piece(begins, frames, start, step, low, max(high, low + 1), even)


def _last_shown(start: Fraction, step: Fraction, frames: int) -> int:
    return int((start + (frames - 1) * step) // 1)


def cut_short(pieces: Iterable[Piece], end: int) -> tuple[Piece, ...]:
    """What of the pieces lies before film frame ``end``."""
    found = []
    for piece in pieces:
        frames = min(piece.frames, end - piece.begins)
        if frames == piece.frames:
            found.append(piece)
        elif frames > 0:
            low = piece.first if piece.step >= 0 else max(piece.first, _last_shown(piece.start, piece.step, frames))
            high = min(piece.end, max(low + 1, whole(piece.start + frames * piece.step))) if piece.step > 0 else piece.end
            found.append(replace(piece, frames=frames, first=low, end=high))
    return tuple(found)


@dataclass(frozen=True)
class FilmClock:
    """Record timecode: frame 0 of the film is at 01:00:00:00, counted as the first source counts."""

    rate: Fraction
    drop_frame: bool

    @classmethod
    def of(cls, timeline: Timeline) -> FilmClock:
        """Drop-frame where the rate has it and the first clip's source counts so."""
        drops = bool(timeline.clips) and timeline.clips[0].source.drop_frame
        return cls(timeline.rate, drops and can_drop(timeline.rate))

    @property
    def first(self) -> int:
        """The frame number of 01:00:00:00."""
        return to_frame("01:00:00;00" if self.drop_frame else "01:00:00:00", self.rate)

    def timecode(self, frame: int) -> str:
        """Record timecode of a film frame."""
        return to_timecode(self.first + frame, self.rate, self.drop_frame)

    @property
    def nominal(self) -> int:
        """Frames that timecode counts per second."""
        return nominal_fps(self.rate)


def title_of(timeline: Timeline) -> str:
    """What the film is called: its title, its goal's beginning, or its first clip's name."""
    plan = timeline.plan
    first = timeline.clips[0].source.name.rpartition(".")[0] if timeline.clips else ""
    return plan.title.strip() or first or plan.goal.strip()[:60] or "film"


def source_frames(source: SourceFacts, film_rate: Fraction) -> int:
    """How long a file is in frames of its own clock; 1 for a still."""
    if source.kind == "image":
        return 1
    if source.kind == "audio" or not source.frame_count:
        return max(1, whole(exact(source.duration_s) * (film_rate if source.kind == "audio" else source.rate)))
    return source.frame_count

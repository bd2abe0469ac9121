"""Rows of the film while it is being planned: whole source frames, operations, and how long they last on the film."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from operator import is_

from app.editing.operations import AnyOperation
from app.editing.operations.base import Operation
from app.editing.operations.joins import Transition
from app.editing.operations.time import Freeze, Ramp, Reverse, Speed
from app.editing.plan import Segment
from app.editing.timeline import Stretch
from app.editing.timemap import frames_of, stretches_of

_TIME = (Speed, Ramp, Freeze, Reverse)
REASON_LIMIT = 1000
CLOSE = Fraction(1, 100)  # of a frame: what seconds in decimals may be off


@dataclass
class Row:
    """A segment in the making. ``first``, ``end``: source frames; ``least_end``, ``most_end``: how far its end may be moved.

    ``part`` and ``gesture`` say what made it; ``score`` how good it was found; ``kept``: never dropped to save time.
    """

    source: str
    first: int
    end: int
    rate: Fraction
    operations: list[AnyOperation] = field(default_factory=list)
    reason: str = ""
    shot: int = 0
    part: str = ""
    gesture: str = ""
    score: float = 0.0
    least_end: int = 0
    most_end: int = 0
    kept: bool = False
    offset: int = 0  # source frames of the clips before its own, where several were joined
    _known: tuple[int, int, Sequence[Operation], int] | None = field(default=None, repr=False, compare=False)  # fitting asks often

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        """Which source frames are shown when."""
        return stretches_of(self.end - self.first, self.rate, self.rate, self.time_operations)

    @property
    def time_operations(self) -> Sequence[Operation]:
        """Those that change what is shown when."""
        return [one for one in self.operations if isinstance(one, _TIME)]

    @property
    def frames(self) -> int:
        """Its length on the film, overlap included."""
        operations = self.time_operations
        if self._known is not None:
            first, end, before, frames = self._known
            if (first, end) == (self.first, self.end) and len(before) == len(operations) and all(map(is_, before, operations)):
                return frames
        frames = frames_of(self.stretches)
        self._known = (self.first, self.end, operations, frames)
        return frames

    @property
    def seconds(self) -> float:
        """The same in seconds."""
        return float(self.frames / self.rate)

    @property
    def overlap(self) -> int:
        """Frames that it shares with the row before."""
        return next((round(Fraction(one.duration_s) * self.rate) for one in self.operations if isinstance(one, Transition)), 0)

    def set_overlap(self, frames: int) -> None:
        """Another length for its transition."""
        seconds = round(float(frames / self.rate), 6)
        self.operations = [
            one.model_copy(update={"duration_s": seconds}) if isinstance(one, Transition) else one for one in self.operations
        ]

    def seconds_at(self, source_s: float) -> float:
        """When, counted from its beginning on the film, a moment of the source is first shown."""
        wanted = Fraction(source_s) * self.rate - self.first
        passed = 0
        for stretch in self.stretches:
            last = stretch.start + (stretch.frames - 1) * stretch.step
            if stretch.step > 0 and stretch.start - CLOSE <= wanted <= last + stretch.step + CLOSE:
                return float((passed + max(Fraction(0), (wanted - stretch.start) / stretch.step)) / self.rate)
            passed += stretch.frames
        return 0.0 if wanted <= 0 else float(passed / self.rate)

    def segment(self, number: int) -> Segment:
        """The row of the plan."""
        start, end = (float(Fraction(frame - self.offset) / self.rate) for frame in (self.first, self.end))
        return Segment(
            id=f"s{number:02d}", source=self.source, start_s=round(start, 6), end_s=round(end, 6), operations=tuple(self.operations),
            reason=self.reason[:REASON_LIMIT],
        )  # fmt: skip


def film_frames(rows: Sequence[Row]) -> int:
    """Length of the film."""
    return sum(row.frames for row in rows) - sum(row.overlap for row in rows[1:])


def seconds_of(rows: Sequence[Row]) -> float:
    """The same in seconds; 0 without rows."""
    return float(film_frames(rows) / rows[0].rate) if rows else 0.0

"""Which sound belongs to which sample of a clip: its stretches as runs of plain, stretched and silent sound, in samples."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from app.editing.audio.reader import RATE_HZ
from app.editing.operations.time import Ramp, Speed
from app.editing.timeline import Clip, Stretch

SLOWEST_HEARD, FASTEST_HEARD = Fraction(1, 4), Fraction(4)
Knot = tuple[int, float]


@dataclass(frozen=True)
class Run:
    """Sound without a break. ``knots``: (sample of the clip, sample of the source), straight lines between; empty: silence.

    From ``begin`` to ``end`` (exclusive) of the clip. A run that plays backwards has falling source samples.
    """

    begin: int
    end: int
    knots: tuple[Knot, ...] = ()

    @property
    def plain(self) -> bool:
        """At the source's own speed, forwards."""
        return bool(self.knots) and all(abs(at - self.knots[0][1] - (sample - self.begin)) < 1.5 for sample, at in self.knots)

    @property
    def backwards(self) -> bool:
        """Whether it plays from its end to its beginning."""
        return len(self.knots) > 1 and self.knots[-1][1] < self.knots[0][1]


def sample_of(frame: int, rate: Fraction) -> int:
    """The first sample of a frame of a film or a source at ``rate``."""
    return round(frame * RATE_HZ / rate)


def keeps_pitch(clip: Clip) -> bool:
    """Whether its sound is stretched (True) or played like a faster or slower tape."""
    return all(one.keep_pitch for one in clip.segment.operations if isinstance(one, (Speed, Ramp)))


def runs(clip: Clip, rate: Fraction) -> tuple[Run, ...]:
    """The runs of a clip on a film at ``rate``, in order, without gaps; the last ends with the clip's last sample.

    Samples are rounded from the film's own grid, so clip after clip meets without a sample too many or too few.
    """
    origin = sample_of(clip.begins, rate)
    spans: list[Run] = []
    frame = 0
    for stretch in clip.stretches:
        edges = (sample_of(clip.begins + frame, rate) - origin, sample_of(clip.begins + frame + stretch.frames, rate) - origin)
        spans.append(_run(clip, stretch, *edges, rate))
        frame += stretch.frames
    return tuple(_joined(spans))


def _run(clip: Clip, stretch: Stretch, begin: int, end: int, rate: Fraction) -> Run:
    speed = stretch.step * rate / clip.source.rate
    if not SLOWEST_HEARD <= abs(speed) <= FASTEST_HEARD:
        return Run(begin, end)
    start = stretch.start - min(Fraction(0), stretch.step)  # backwards, the sound begins at the end of the first frame shown
    first, last = clip.first + start, clip.first + start + stretch.frames * stretch.step
    per_frame = RATE_HZ / clip.source.rate
    return Run(begin, end, ((begin, float(first * per_frame)), (end, float(last * per_frame))))


def _joined(spans: list[Run]) -> Iterator[Run]:
    """Neighbours that go on where the one before ended become one run."""
    held: Run | None = None
    for span in spans:
        if held is not None and _goes_on(held, span):
            held = Run(held.begin, span.end, held.knots + span.knots[1:] if held.knots else ())
            continue
        if held is not None:
            yield held
        held = span
    if held is not None:
        yield held


def _goes_on(before: Run, after: Run) -> bool:
    if not before.knots or not after.knots:
        return not before.knots and not after.knots
    return before.backwards == after.backwards and abs(before.knots[-1][1] - after.knots[0][1]) < 2

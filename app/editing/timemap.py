"""Which source frame is shown when: speed, ramps, freezes and reverse as stretches of constant speed, in exact fractions.

A segment of L source frames at rate R on a film at rate r: at speed f, output frame i shows source frame ``floor(i * f * R / r)``,
the one on show at that moment, for ``L * r / (f * R)`` frames rounded to the nearest, at least one. Backwards is that very list of
frames from its end. A freeze holds its frame just before it would come; the rest follows where it left off.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise

from app.editing.facts import exact, nearest
from app.editing.operations.base import Easing, Operation
from app.editing.operations.time import Freeze, Ramp, Reverse, Speed
from app.editing.timeline import Stretch

RAMP_PIECES, RAMP_LEAST = 24, 3  # a ramp is at most so many stretches, of at least so many frames each
RAMP_GRID = 2400  # their starts and steps are whole multiples of 1/2400 of a source frame, so fractions stay small
STILL = Fraction(0)

_COVERED: dict[Easing, Callable[[Fraction], Fraction]] = {
    "linear": lambda u: u * u / 2,
    "ease_in": lambda u: u**3 / 3,
    "ease_out": lambda u: u * u - u**3 / 3,
    "ease_in_out": lambda u: u**3 - u**4 / 2,
}  # integrals, from 0 to u, of u, u^2, 1 - (1 - u)^2 and 3u^2 - 2u^3


def held(frames: int) -> tuple[Stretch, ...]:
    """A still for so many output frames."""
    return (Stretch(STILL, STILL, max(1, frames)),)


def stretches_of(length: int, source_rate: Fraction, rate: Fraction, operations: Sequence[Operation]) -> tuple[Stretch, ...]:
    """How ``length`` source frames at ``source_rate`` pass on a film at ``rate``, by the operations of time among ``operations``.

    Starts count from the in-point. Whatever stands in the plan, every frame it names lies in [0, ``length``).
    """
    unit = source_rate / rate
    ramp = next((one for one in operations if isinstance(one, Ramp)), None)
    speed = next((exact(one.factor) for one in operations if isinstance(one, Speed)), Fraction(1))
    made = _ramp(length, unit, ramp) if ramp else [_constant(length, unit * speed)]
    freezes = [one for one in operations if isinstance(one, Freeze)]
    for freeze in sorted(freezes, key=lambda one: one.at_s):
        frame = min(nearest(exact(freeze.at_s) * source_rate), length)
        made = _frozen(made, frame, length, max(1, nearest(exact(freeze.duration_s) * rate)))
    if any(isinstance(one, Reverse) for one in operations):
        made = [backwards(stretch) for stretch in reversed(made)]
    return tuple(made)


def frames_of(stretches: Sequence[Stretch]) -> int:
    """How many output frames they are together."""
    return sum(stretch.frames for stretch in stretches)


def backwards(stretch: Stretch) -> Stretch:
    """The same frames from the last to the first."""
    return Stretch(stretch.start + (stretch.frames - 1) * stretch.step, -stretch.step, stretch.frames)


def _constant(length: int, step: Fraction) -> Stretch:
    return Stretch(STILL, step, max(1, nearest(length / step)))


def _ramp(length: int, unit: Fraction, ramp: Ramp) -> list[Stretch]:
    """The speed is a curve over the time of the film; each piece covers the ground that the curve covers in its time."""
    slow, change = exact(ramp.from_factor), exact(ramp.to_factor) - exact(ramp.from_factor)
    covered = _COVERED[ramp.easing]
    mean = slow + change * covered(Fraction(1))
    frames = max(1, nearest(length / (mean * unit)))
    pieces = min(RAMP_PIECES, max(1, frames // RAMP_LEAST))
    edges = [number * frames // pieces for number in range(pieces + 1)]
    made, start = [], STILL
    for first, end in pairwise(edges):
        share = Fraction(end, frames)
        target = length * (slow * share + change * covered(share)) / mean
        step = Fraction((target - start) * RAMP_GRID // (end - first), RAMP_GRID)
        made.append(Stretch(start, step, end - first))
        start += step * (end - first)
    return made


def _frozen(made: list[Stretch], frame: int, length: int, frames: int) -> list[Stretch]:
    """Holds ``frame`` before the first output frame that shows it or a later one; at the end where there is none."""
    hold = Stretch(Fraction(min(frame, length - 1)), STILL, frames)
    for number, stretch in enumerate(made):
        before = frames_before(stretch, frame)
        if before < stretch.frames:
            rest = Stretch(stretch.start + before * stretch.step, stretch.step, stretch.frames - before)
            head = [Stretch(stretch.start, stretch.step, before)] if before else []
            return [*made[:number], *head, hold, rest, *made[number + 1 :]]
    return [*made, hold]


def frames_before(stretch: Stretch, frame: int) -> int:
    """How many of its output frames show source frames below ``frame``; it does not run backwards."""
    if stretch.start >= frame:
        return 0
    if stretch.step == 0:
        return stretch.frames
    return min(stretch.frames, -int((stretch.start - frame) // stretch.step))

"""Frames between frames: slow motion by blending or by motion interpolation, fast motion as a film camera would see it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from app.editing.graph import Graph, Pad
from app.editing.operations.base import Stage
from app.editing.operations.time import Smoothing
from app.editing.render.expressions import lookup
from app.editing.timeline import Clip, Stretch

TICKS = 60  # per output frame, at which source frames are placed between output frames
MOST_MIXED = 16  # source frames that become one
_AHEAD = 3  # pictures that the interpolation looks ahead; at the end the last one stands in for them
_MODES = {"blend": "blend", "motion": "mci"}


@dataclass(frozen=True)
class Slow:
    """Output frames made from fewer source frames.

    ``first`` and ``end``: source frames needed; ``ticks``: when each is shown, in the order in which they are shown, the first at 0;
    ``skip``: output frames before the first one wanted; ``frames``: those wanted.
    """

    first: int
    end: int
    backwards: bool
    ticks: tuple[int, ...]
    skip: int
    frames: int


def smoothing_of(clip: Clip) -> Smoothing:
    """How frames between frames are made."""
    for operation in clip.segment.operations:
        if operation.STAGE == Stage.TIME and getattr(operation, "smooth", "none") != "none":
            return operation.smooth  # type: ignore[union-attr]
    return "none"


def stretches_within(clip: Clip, begin: int, end: int) -> Iterator[Stretch]:
    """The stretches of output frames ``begin`` to ``end`` (exclusive) of a clip."""
    offset = 0
    for stretch in clip.stretches:
        low, high = max(begin, offset), min(end, offset + stretch.frames)
        if low < high:
            yield Stretch(stretch.start + (low - offset) * stretch.step, stretch.step, high - low)
        offset += stretch.frames


def slow_parts(stretches: Sequence[Stretch]) -> Iterator[tuple[bool, list[Stretch]]]:
    """Neighbours together that are slow in the same direction (True), and those that are not (False)."""
    found: list[Stretch] = []
    kind = 0
    for stretch in stretches:
        now = (stretch.step > 0) - (stretch.step < 0) if 0 < abs(stretch.step) < 1 else 0
        if found and now != kind:
            yield kind != 0, found
            found = []
        kind = now
        found.append(stretch)
    if found:
        yield kind != 0, found


def slow_of(clip: Clip, stretches: Sequence[Stretch]) -> Slow:
    """Where the source frames of slow stretches lie between output frames."""
    backwards = stretches[0].step < 0
    places: dict[int, Fraction] = {}
    at = 0
    for stretch in stretches:
        last = stretch.start + stretch.step * stretch.frames
        low, high = int(min(stretch.start, last) // 1), -int(-max(stretch.start, last) // 1)
        for frame in range(high, low - 1, -1) if backwards else range(low, high + 1):
            place = at + (frame - stretch.start) / stretch.step
            if frame not in places and 0 <= frame < clip.end - clip.first:
                places[frame] = place
        at += stretch.frames
    shown = sorted(places, reverse=backwards)
    ticks: list[int] = []
    for frame in shown:
        tick = round(places[frame] * TICKS)
        ticks.append(max(tick, ticks[-1] + 1) if ticks else tick)
    early = -min(0, ticks[0])
    skip = -(-early // TICKS)
    moved = [tick + skip * TICKS for tick in ticks]
    moved[0] = 0 if moved[0] < TICKS else moved[0]
    first, end = min(shown), max(shown) + 1
    return Slow(clip.first + first, clip.first + end, backwards, tuple(moved), skip, at)


def slow_pad(graph: Graph, pad: Pad, slow: Slow, smoothing: Smoothing, rate: Fraction) -> Pad:
    """``pad`` begins with the first source frame needed; what comes back may lack frames at its end, which are to be held."""
    pad = graph.filter("trim", [pad], end_frame=slow.end - slow.first)
    if slow.backwards:
        pad = graph.filter("reverse", [pad])
    gap = slow.ticks[-1] - slow.ticks[-2] if len(slow.ticks) > 1 else TICKS
    held = [slow.ticks[-1] + gap * number for number in range(1, _AHEAD + 2)]
    pad = graph.filter("tpad", [pad], stop_mode="clone", stop=_AHEAD)
    pad = graph.filter("settb", [pad], expr=1 / (rate * TICKS))
    pad = graph.filter("setpts", [pad], expr=lookup((*slow.ticks, *held)))
    pad = graph.filter("minterpolate", [pad], fps=rate, mi_mode=_MODES[smoothing])
    pad = graph.filter("settb", [pad], expr=1 / rate)
    pad = graph.filter("fps", [pad], fps=rate, start_time=0)
    pad = graph.filter("trim", [pad], start_frame=slow.skip)
    return graph.filter("setpts", [pad], expr="N")


def mixed_pad(graph: Graph, pad: Pad, kept: int, frames: int) -> Pad:
    """Fast motion: each frame with those before it that are passed over, as an open shutter would see them."""
    count = min(MOST_MIXED, round(kept / max(1, frames)))
    return graph.filter("tmix", [pad], frames=count) if count > 1 else pad

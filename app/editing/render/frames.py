"""Which source frames a part of a clip shows, exactly, as runs that a filter chain can carry out: forwards or backwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.editing.timeline import Clip


@dataclass(frozen=True)
class Run:
    """Output frames that need the source in one direction only.

    ``kept``: the source frames shown, rising, each once. ``at``: for each, in the order in which they are shown, the output frame
    (from the beginning of the run) at which it appears; it stays until the next. ``frames``: output frames in all.
    """

    backwards: bool
    kept: tuple[int, ...]
    at: tuple[int, ...]
    frames: int

    @property
    def first(self) -> int:
        """The first source frame needed."""
        return self.kept[0]

    @property
    def end(self) -> int:
        """The source frame after the last one needed."""
        return self.kept[-1] + 1

    @property
    def whole(self) -> bool:
        """Every source frame between the first and the last is shown."""
        return self.end - self.first == len(self.kept)

    @property
    def steady(self) -> bool:
        """Every source frame is shown for exactly one output frame."""
        return self.frames == len(self.kept)


def shown(clip: Clip, begin: int, end: int) -> list[int]:
    """The source frame of each of the clip's output frames from ``begin`` to ``end`` (exclusive): `Clip.source_frame` for many."""
    found: list[int] = []
    offset = 0
    for stretch in clip.stretches:
        low, high = max(begin, offset), min(end, offset + stretch.frames)
        if low < high:
            scale = stretch.start.denominator * stretch.step.denominator
            at = stretch.start.numerator * stretch.step.denominator
            step = stretch.step.numerator * stretch.start.denominator
            found += [clip.first + (at + (frame - offset) * step) // scale for frame in range(low, high)]
        offset += stretch.frames
    top = clip.end - 1
    return [min(max(frame, clip.first), top) for frame in found]


def runs(frames: Sequence[int], most_backwards: int) -> list[Run]:
    """Splits a list of source frames into runs; a run backwards has at most ``most_backwards`` source frames, as it lies in memory."""
    found: list[Run] = []
    start, direction = 0, 0
    distinct = 1
    for number in range(1, len(frames) + 1):
        if number < len(frames):
            change = frames[number] - frames[number - 1]
            turn = (change > 0) - (change < 0)
            same = turn == 0 or direction in (0, turn)
            crowded = (direction or turn) < 0 and turn != 0 and distinct >= most_backwards
            if same and not crowded:
                direction = direction or turn
                distinct += turn != 0
                continue
        found.append(_run(frames[start:number], direction < 0))
        start, direction, distinct = number, 0, 1
    return found


def _run(frames: Sequence[int], backwards: bool) -> Run:
    at = [number for number, frame in enumerate(frames) if number == 0 or frame != frames[number - 1]]
    kept = [frames[number] for number in at]
    return Run(backwards, tuple(reversed(kept) if backwards else kept), tuple(at), len(frames))

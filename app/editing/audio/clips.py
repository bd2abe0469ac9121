"""The sound of one clip: read, stretched, reversed or silent, with its gains, its crossfades and no clicks at its ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from fractions import Fraction
from functools import reduce
from typing import TYPE_CHECKING, Any

from app.editing.audio.course import Knot, Run, keeps_pitch, runs, sample_of
from app.editing.audio.reader import RATE_HZ, SoundReader
from app.editing.audio.stretch import MARGIN, resampled, stretched
from app.editing.facts import SourceFacts
from app.editing.operations.sounds import Volume
from app.editing.timeline import Clip, Timeline

if TYPE_CHECKING:
    import numpy as np

    Samples = np.ndarray[Any, np.dtype[np.float32]]

PIECE = 20 * RATE_HZ  # worked on at a time
CLICK = RATE_HZ // 200  # 5 ms of fade where sound begins or ends abruptly
_OPEN_FILES = 24
_MEET = {"dip_black", "dip_white"}  # transitions in which one goes before the other comes


class Readers:
    """Open tracks, the ones used last kept open."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._open: dict[tuple[str, int], SoundReader] = {}

    def of(self, source: SourceFacts, track: int) -> SoundReader:
        """The reader of a track of a source."""
        key = (source.id, track)
        reader = self._open.pop(key, None) or self._stack.enter_context(SoundReader(source.path, track))
        self._open[key] = reader
        if len(self._open) > _OPEN_FILES:
            self._open.pop(next(iter(self._open))).close()
        return reader


def track_of(clip: Clip) -> int:
    """Which audio track of its source is heard."""
    return next((one.track for one in clip.segment.operations if isinstance(one, Volume)), 0)


def clip_sound(timeline: Timeline, number: int, readers: Readers) -> Iterator[tuple[int, Samples]]:
    """(sample of the film, (n, 2) sound) piece by piece, to be added to the film; nothing for the silent parts."""
    clip = timeline.clips[number]
    if not clip.source.has_sound:
        return
    origin = sample_of(clip.begins, timeline.rate)
    shape = _Shape(timeline, number)
    if shape.silent:
        return
    reader, pitch = readers.of(clip.source, track_of(clip)), keeps_pitch(clip)
    first_heard, last_heard = clip.first * RATE_HZ / clip.source.rate, clip.end * RATE_HZ / clip.source.rate
    for run in runs(clip, timeline.rate):
        if not run.knots:
            continue
        for piece in _pieces(run):
            sound = _rendered(piece, reader, pitch, (float(first_heard), float(last_heard)))
            shape.apply(sound, piece, run)
            yield origin + piece.begin, sound


def _pieces(run: Run) -> Iterator[Run]:
    """The run in parts that fit into memory."""
    import numpy as np

    outs, ins = [knot[0] for knot in run.knots], [knot[1] for knot in run.knots]
    for begin in range(run.begin, run.end, PIECE):
        end = min(run.end, begin + PIECE)
        inner = [knot for knot in run.knots if begin < knot[0] < end]
        edges = [(at, float(np.interp(at, outs, ins))) for at in (begin, end)]
        yield Run(begin, end, (edges[0], *inner, edges[1]))


def _rendered(piece: Run, reader: SoundReader, pitch: bool, within: tuple[float, float]) -> Samples:
    """The piece's own sound, its course followed. ``within``: source samples that belong to the segment."""
    count = piece.end - piece.begin
    if piece.plain:
        return reader.read(round(piece.knots[0][1]), count)
    low, high = sorted((piece.knots[0][1], piece.knots[-1][1]))
    first = int(low) - MARGIN
    sound = reader.read(first, int(high) + MARGIN - first + 1)
    knots: list[Knot]
    if piece.backwards:
        sound = sound[::-1].copy()
        top = first + len(sound)
        knots = [(sample, top - at - MARGIN) for sample, at in piece.knots]
    else:
        knots = [(sample, at - first - MARGIN) for sample, at in piece.knots]
    if all(abs(at - knots[0][1] - (sample - knots[0][0])) < 1.5 for sample, at in knots):  # only turned round
        start = round(knots[0][1]) + MARGIN
        return sound[start : start + count].copy()
    return (stretched if pitch else resampled)(sound, knots)


class _Shape:
    """Everything a clip's sound is multiplied by."""

    def __init__(self, timeline: Timeline, number: int) -> None:
        clips = timeline.clips
        self._clip, rate = clips[number], timeline.rate
        clip = self._clip
        origin = sample_of(clip.begins, rate)
        self._length = sample_of(clip.begins + clip.frames, rate) - origin
        self._curves = [
            points for index, operation in enumerate(clip.segment.operations) if (points := operation.gains(timeline.place(clip, index)))
        ]
        self.silent = any(all(factor == 0 for _, factor in points) for points in self._curves)
        self._coming = sample_of(clip.begins + clip.overlap, rate) - origin
        self._kind = clip.transition.kind if clip.transition else ""
        after = clips[number + 1] if number + 1 < len(clips) else None
        self._going = origin + self._length - sample_of(after.begins, rate) if after is not None and after.overlap else 0
        self._next_kind = after.transition.kind if after is not None and after.transition else ""
        self._flows_in = number > 0 and flows(clips[number - 1], clip, rate)
        self._flows_out = after is not None and flows(clip, after, rate)

    def apply(self, sound: Samples, piece: Run, run: Run) -> None:
        """Multiplies a piece in place."""
        import numpy as np

        at = np.arange(piece.begin, piece.end)
        for points in self._curves:
            seconds = [point[0] for point in points]
            factors = np.interp(at / RATE_HZ, seconds, [point[1] for point in points])
            sound *= factors.astype(np.float32)[:, None]
        if self._coming and piece.begin < self._coming:
            sound *= crossfade((at + 0.5) / self._coming, self._kind)[:, None]
        left = self._length - self._going
        if self._going and piece.end > left:
            sound *= crossfade(1 - (at - left + 0.5) / self._going, self._next_kind)[:, None]
        opens = run.begin > 0 or not (self._flows_in or self._coming)
        closes = run.end < self._length or not (self._flows_out or self._going)
        _soften(sound, piece, run, opens, closes)


def _soften(sound: Samples, piece: Run, run: Run, opens: bool, closes: bool) -> None:
    """Fades of 5 ms where a run begins or ends in the open."""
    import numpy as np

    width = min(CLICK, max(1, (run.end - run.begin) // 2))
    ramp = (np.arange(width, dtype=np.float32) + 0.5) / width
    if opens and piece.begin == run.begin:
        sound[:width] *= ramp[: len(sound), None]
    if closes and piece.end == run.end:
        part = sound[-width:]
        part *= ramp[::-1][-len(part) :, None]


def crossfade(share: Any, kind: str) -> Samples:
    """Factors of what comes in, by how far the transition is: equal power, or for a dip nothing at all until its middle."""
    import numpy as np

    share = np.clip(share, 0, 1)
    if kind in _MEET:
        share = np.clip(2 * share - 1, 0, 1)
    return np.asarray(np.sin(share * np.pi / 2), np.float32)


def flows(before: Clip, after: Clip, rate: Fraction) -> bool:
    """Whether the sound simply goes on across a cut: same source, same track, next frame, both at their own speed."""
    if before.segment.source != after.segment.source or before.end != after.first or after.overlap:
        return False
    if track_of(before) != track_of(after) or _volumes(before) != _volumes(after):
        return False
    last, first = runs(before, rate)[-1], runs(after, rate)[0]
    return last.plain and first.plain and abs(last.knots[-1][1] - first.knots[0][1]) < 2


def _volumes(clip: Clip) -> Mapping[str, Any]:
    return reduce(lambda held, one: {**held, **one.model_dump()}, (o for o in clip.segment.operations if isinstance(o, Volume)), {})

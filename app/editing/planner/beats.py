"""Cutting on beats: the film's cuts lie on a grid of beats of the music, or of the clip's own sound that runs through as a bed."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.editing.operations.time import Speed
from app.editing.planner.cutting import Cutting
from app.editing.planner.footage import Footage
from app.editing.planner.gestures import GESTURES
from app.editing.planner.rows import Row
from app.editing.planner.scoring import choose
from app.editing.planner.styles import GestureName, Part

SHORTEST_BEAT_S, FALLBACK_BPM = 0.38, 120.0
ONE_ROW: tuple[GestureName, ...] = ("plain", "push", "pull", "glide", "punch", "rush")
SLOWEST, FASTEST = 0.25, 4.0


@dataclass(frozen=True)
class Bed:
    """Sound that runs through the whole film: a source of the plan, where in it the film begins, its beats in its own time."""

    source: str
    start_s: float
    beats: tuple[float, ...]
    duration_s: float
    tempo_bpm: float | None = None

    def grid(self, seconds: float) -> list[float]:
        """Times of the film at which cuts may fall: 0, the beats, thinned out where they are too quick, and the end."""
        inside = [at - self.start_s for at in self.beats if 0.05 < at - self.start_s < seconds - 0.05]
        period = 60 / (self.tempo_bpm or FALLBACK_BPM)
        if len(inside) < 2:
            inside = [number * period for number in range(1, int(seconds / period) + 1)]
        inside = _without_gaps(inside, period, seconds)
        gaps = sorted(b - a for a, b in pairwise(inside)) or [0.5]
        every = max(1, round(SHORTEST_BEAT_S / max(gaps[len(gaps) // 2], 0.05) + 0.2))
        kept = [0.0]
        for at in inside[every - 1 :: every]:
            if at - kept[-1] >= SHORTEST_BEAT_S * 0.7 and at < seconds - SHORTEST_BEAT_S * 0.7:
                kept.append(at)
        return [*kept, seconds]


def _without_gaps(beats: Sequence[float], period: float, seconds: float) -> list[float]:
    """Where no beats were heard for a while, at the ends too, the pulse goes on as it was."""
    found: list[float] = []
    last = beats[0] - period * int(beats[0] / period) if beats else 0.0
    for at in (*beats, seconds + period):
        while at - last > 1.6 * period and last < seconds:
            last += period
            found.append(last)
        if at < seconds:
            found.append(at)
            last = at
    return sorted({round(at, 4) for at in found if 0 < at < seconds})


def own_bed(footage: Footage, seconds: float, source: str) -> Bed | None:
    """The clip's own sound as a bed: the stretch with most beats and most sound; None for a silent clip."""
    if not footage.has_sound:
        return None
    last = max(0.0, footage.duration_s - seconds)
    starts = [0.0, *(beat for beat in footage.beats if beat <= last)]

    def worth(start: float) -> tuple[float, float]:
        beats = bisect_left(footage.beats, start + seconds) - bisect_left(footage.beats, start)
        return beats * (footage.tempo_bpm is not None) + 10 * footage.sound.mean(start, start + seconds), -start

    return Bed(source, max(starts, key=worth), footage.beats, footage.duration_s, footage.tempo_bpm)


def compose_on_beats(cut: Cutting, seconds: float, grid: Sequence[float]) -> list[Row]:
    """Rows whose cuts are the grid's times; each row stands for one or more beats."""
    rows: list[Row] = []
    place, parts = 0, list(cut.style.parts)
    shares = sum(part.share for part in parts)
    until = 0.0
    for part in parts:
        until += seconds * part.share / shares
        while place < len(grid) - 1 and grid[place] < until - 0.05:
            count = _beats_for(cut, part, grid, place)
            row = _row(cut, part, grid[place], grid[place + count], seconds)
            if row is None:
                return rows
            row.reason += f" On the film from beat {place} to beat {place + count}."
            rows.append(row)
            place += count
    return rows


def _beats_for(cut: Cutting, part: Part, grid: Sequence[float], place: int) -> int:
    low, high = (edge / cut.wishes.pace for edge in part.length_s)
    able = [count for count in range(1, len(grid) - place) if low * 0.9 <= grid[place + count] - grid[place] <= high * 1.1]
    count = cut.rng.choice(able) if able else 1
    left = len(grid) - 1 - place - count
    return count + left if left > 0 and grid[-1] - grid[place + count] < low * 0.5 else count


def _row(cut: Cutting, part: Part, begins: float, ends: float, seconds: float) -> Row | None:
    length = ends - begins
    names = [name for name in part.gestures if name in ONE_ROW and GESTURES[name].shortest_s <= length] or ["plain"]
    name: GestureName = cut.rng.choices(sorted(names), [part.gestures.get(one, 1.0) for one in sorted(names)])[0]
    near = (begins + ends) / 2 / seconds * cut.footage.duration_s
    weights = {**part.choose, **dict(GESTURES[name].likes)}
    stretch = choose(cut.footage, length * GESTURES[name].source_share, weights, cut.used, cut.rng, near_s=near, repeats=part.repeats)
    if stretch is None:
        return None
    row = GESTURES[name].make(cut, stretch, length, part)[0]
    set_frames(cut, row, round(ends * float(cut.rate)) - round(begins * float(cut.rate)))
    if not cut.style.own_sound:
        row.operations.append(cut.mute())
    return row


def set_frames(cut: Cutting, row: Row, frames: int) -> None:
    """Gives a row at constant speed exactly ``frames`` on the film; a shot that is too short for it runs slower."""
    shot = cut.footage.shots[row.shot]
    low, high = cut.frame(shot.first_s), cut.frame(shot.last_s)
    speed = next((one.factor for one in row.operations if isinstance(one, Speed)), 1.0)
    wanted = max(1, round(frames * speed))
    if wanted > high - low:
        wanted = high - low
        _with_speed(row, min(max(wanted / frames, SLOWEST), FASTEST))
    row.end = min(row.first + wanted, high)
    row.first = max(low, row.end - wanted)
    for _ in range(8):  # rounding of odd speeds
        if row.frames == frames:
            break
        if row.frames < frames and row.end < high:
            row.end += 1
        elif row.frames > frames and row.end - row.first > 1:
            row.end -= 1
        else:
            break
    row.least_end = row.most_end = row.end


def _with_speed(row: Row, factor: float) -> None:
    row.operations = [one for one in row.operations if not isinstance(one, Speed)]
    row.operations.insert(0, Speed(factor=round(factor, 4)))

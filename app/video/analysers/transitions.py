"""From change to meaning: hard cuts, fades, dissolves, flashes. Pure rules on the curves, each looking at most 40 frames away."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from app.video.analysers.changes import LAGS, MIDDLES
from app.video.curves import Curves

if TYPE_CHECKING:
    from app.video.curves import Column

Kind = Literal["cut", "dissolve", "fade", "flash"]
BEHIND, AHEAD = 96, 48  # frames before and after a boundary that the verdict on it may depend on

_AROUND = 8
_CUT_SHARE, _CUT_LEVELS = 0.13, 5.5  # a smaller change than this is never a cut
_CUT_CHANGED = 0.35  # share of the picture; when less of it changes, something in the shot has changed, not the shot
_CUT_OVER_MEDIAN_H, _CUT_OVER_MEDIAN_D = 2.0, 2.2
_CUT_OVER_NEXT = 2.0
_FLASH_FRAMES = 3
_FLASH_RETURN_D, _FLASH_RETURN_H = 0.45, 0.35
_FLAT_SPREAD = 6.0
_LONG_PAUSE = 40  # frames
_LONGEST_SLOPE, _SLOPE_SHARE, _JUMP_LEVELS = 32, 0.25, 40.0
_LINE_BEND, _LINE_SHARE, _LINE_LEVELS = 0.2, 0.25, 9.0
_STEADY_SHARE = 0.75
_QUIET_SHARE = 0.3
_SAME_PICTURE = 0.8  # above this correlation the ends are one picture, lighter or darker


@dataclass(frozen=True)
class Transition:
    """Frames ``first`` to ``last`` belong to the change; ``boundary`` is the first frame of the new shot."""

    kind: Kind
    first: int
    last: int
    boundary: int
    strength: float


def find_transitions(curves: Curves, sensitivity: float = 1.0) -> list[Transition]:
    """Everything that interrupts a shot, in order of time. ``sensitivity`` above 1 finds more cuts, below 1 fewer."""
    cuts, flashes = _cuts_and_flashes(curves, sensitivity)
    gradual = _gradual(curves, [cut.first for cut in cuts], flashes)
    firsts = [t.first for t in gradual]  # spans that follow each other without touching
    before = [bisect_left(firsts, cut.first) - 1 for cut in cuts]
    kept = [cut for cut, n in zip(cuts, before, strict=True) if n < 0 or cut.first > gradual[n].last]
    return sorted([*kept, *flashes, *gradual], key=lambda t: (t.first, t.last))


def _cuts_and_flashes(curves: Curves, sensitivity: float) -> tuple[list[Transition], list[Transition]]:
    import numpy as np

    d, h = curves["d1"], curves["h1"]
    changed = curves.columns.get("changed", np.ones(len(curves), np.float32))  # tables of earlier versions do without
    cuts: list[Transition] = []
    flashes: list[Transition] = []
    for k in np.flatnonzero((h >= _CUT_SHARE / sensitivity) & (d >= _CUT_LEVELS / sensitivity)).tolist():
        if k == 0 or (flashes and k <= flashes[-1].boundary):
            continue
        if not _stands_out(d, h, k):
            continue
        length = _flash_length(curves, k)
        if length:
            flashes.append(Transition("flash", k, k + length - 1, k + length, float(h[k])))
        elif changed[k] >= _CUT_CHANGED / sensitivity and not _in_a_run(d, h, k):
            cuts.append(Transition("cut", k, k, k, float(h[k])))
    return cuts, flashes


def _stands_out(d: Column, h: Column, k: int) -> bool:
    """Whether the step into frame ``k`` is out of the ordinary for its surroundings."""
    return _over(d, k, _CUT_OVER_MEDIAN_D, 3.0) and _over(h, k, _CUT_OVER_MEDIAN_H, 0.03)


def _over(column: Column, k: int, times: float, more: float) -> bool:
    """Whether a value is ``times`` its neighbours' median, and ``more``. Lists, since arrays this short cost ten times as much."""
    low, high = max(1, k - _AROUND), min(len(column), k + _AROUND + 1)
    around = sorted([*column[low:k].tolist(), *column[k + 1 : high].tolist()])
    if not around:
        return True
    half = len(around) // 2
    median = around[half] if len(around) % 2 else (around[half - 1] + around[half]) / 2
    return bool(column[k] > times * median + more)


def _in_a_run(d: Column, h: Column, k: int) -> bool:
    """Whether a neighbouring step is of like size and kind: then it is a gradual change in full swing, not a cut.

    A neighbour that stands out by itself far more than this step does not make it part of a run: two cuts may follow each other.
    """
    for j in (k - 1, k + 1):
        if 1 <= j < len(d) and h[k] < _CUT_OVER_NEXT * h[j] and 1 / 4 < d[j] / max(d[k], 1e-6) < 4 and h[j] > 0.08:
            return True
    return False


def _flash_length(curves: Curves, k: int) -> int:
    """Frames of a flash beginning at ``k``: afterwards the picture is again what it was before; 0 for no flash."""
    d, h = float(curves["d1"][k]), float(curves["h1"][k])
    for length in range(1, _FLASH_FRAMES + 1):
        back = k + length
        lag = length + 1
        if back >= len(curves) or lag not in LAGS:
            return 0
        if curves[f"d{lag}"][back] < _FLASH_RETURN_D * d and curves[f"h{lag}"][back] < _FLASH_RETURN_H * h:
            return length
    return 0


def _gradual(curves: Curves, cuts: list[int], flashes: list[Transition]) -> list[Transition]:
    """Fades (through a flat picture) and dissolves (along a straight line), merged where they overlap."""
    spans = _fades(curves, cuts) + _lines(curves, cuts, flashes)
    merged: list[Transition] = []
    for span in sorted(spans, key=lambda t: (t.first, t.last)):
        if merged and span.first <= merged[-1].last + 1:
            merged[-1] = _join(merged[-1], span)
        else:
            merged.append(span)
    return merged


def _join(one: Transition, other: Transition) -> Transition:
    first, last = min(one.first, other.first), max(one.last, other.last)
    fade = next((t for t in (one, other) if t.kind == "fade"), None)
    strength = max(one.strength, other.strength)
    if fade is not None:
        return Transition("fade", first, last, fade.boundary, strength)
    return Transition("dissolve", first, last, (first + last + 1) // 2, strength)


def _fades(curves: Curves, cuts: list[int]) -> list[Transition]:
    """Runs of flat frames that the picture sinks into and rises from without a jump."""
    spread, d = curves["spread"], curves["d1"]
    found: list[Transition] = []
    k, n = 0, len(spread)
    while k < n:
        if spread[k] >= _FLAT_SPREAD:
            k += 1
            continue
        end = k
        while end + 1 < n and spread[end + 1] < _FLAT_SPREAD:
            end += 1
        first, last = _slope(spread, d, k, -1), _slope(spread, d, end, 1)
        found += _fade(k, end, first, last, n)
        k = end + 1
    return [fade for fade in found if not any(fade.first < cut <= fade.last for cut in cuts)]


def _fade(flat: int, end: int, first: int, last: int, n: int) -> list[Transition]:
    """The fade around flat frames ``flat`` to ``end``: one boundary in the middle, two around a long pause, none at the film's ends."""
    sinks, rises = flat - first >= 2, last - end >= 2
    if not (sinks or rises):
        return []
    if flat == 0:
        return [Transition("fade", 0, last, 0, 1.0)]
    if end == n - 1:
        return [Transition("fade", first, end, n, 1.0)]
    if end - flat < _LONG_PAUSE:
        return [Transition("fade", first, last, (flat + end + 1) // 2, 1.0)]
    out = [Transition("fade", first, flat, flat, 1.0)] if sinks else []
    return [*out, Transition("fade", end, last, end + 1, 1.0)] if rises else out


def _slope(spread: Column, d: Column, at: int, step: int) -> int:
    """Walks from a flat frame while the picture keeps gaining contrast without a jump; at most 32 frames."""
    walked, steepest = 0, 0.0
    while 0 <= at + step < len(spread) and walked < _LONGEST_SLOPE:
        following = at + step
        gain = float(spread[following] - spread[at])
        if gain < max(0.3, _SLOPE_SHARE * steepest) or d[max(at, following)] > _JUMP_LEVELS:
            break
        at, walked, steepest = following, walked + 1, max(steepest, gain)
    return at


def _lines(curves: Curves, cuts: list[int], flashes: list[Transition]) -> list[Transition]:
    """Stretches whose middle is the mean of their ends while the histogram changes much, and steadily: dissolves."""
    import numpy as np

    jumps = np.zeros(len(curves) + 1, dtype=np.int32)
    for k in (*cuts, *(f.first for f in flashes), *(f.boundary for f in flashes)):
        if k < len(jumps):
            jumps[k] += 1
    passed = np.cumsum(jumps)
    found: list[Transition] = []
    for lag in MIDDLES:
        d, h, bend = curves[f"d{lag}"], curves[f"h{lag}"], curves[f"m{lag}"]
        alike = curves[f"r{lag}"]
        ends = np.flatnonzero((h >= _LINE_SHARE) & (d >= _LINE_LEVELS) & (bend < _LINE_BEND) & (alike < _SAME_PICTURE))
        for end in ends.tolist():
            start = end - lag
            if start >= 0 and passed[end] == passed[start] and _steady(curves["d1"], start, end):
                first, last = _trim(curves["h1"], start + 1, end)
                found.append(Transition("dissolve", first, last - 1, (first + last) // 2, float(h[end])))
    return found


def _trim(h: Column, first: int, last: int) -> tuple[int, int]:
    """The steps ``first`` to ``last`` without the quiet ones at either end, where nothing is blended yet or any more."""
    steps = h[first : last + 1].tolist()
    enough, low, high = _QUIET_SHARE * max(steps), 0, len(steps) - 1
    while low < high and steps[low] < enough:
        low += 1
    while high > low and steps[high] < enough:
        high -= 1
    return first + low, first + high


def _steady(d: Column, start: int, end: int) -> bool:
    """No single step makes up most of the way: a straight line is walked, not jumped."""
    steps = d[start + 1 : end + 1].tolist()
    total = sum(steps)
    return bool(total > 0 and max(steps) <= _STEADY_SHARE * total)

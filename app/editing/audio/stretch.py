"""Sound faster or slower along any course, with its pitch kept or like a tape; sharp sounds land exactly where they belong."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Samples = np.ndarray[Any, np.dtype[np.float32]]
    Array = np.ndarray[Any, np.dtype[Any]]

HOP = 1200  # 25 ms between two grains
SEARCH = 960  # a grain may be moved so far to fit the one before
MARGIN = HOP + SEARCH + 64  # samples of sound needed before and after those asked for
_COARSE = 4
_GUARD, _HELD_BEFORE, _HELD_AFTER = 24, 96, 480  # around a sharp sound: never doubled, played at its own speed
_APART = 1920
_BLOCK = 48  # 1 ms
_SHARP, _FLOOR = 12.0, 1e-7
_TAPS, _PHASES = 32, 256


def stretched(sound: Samples, knots: Sequence[tuple[int, float]]) -> Samples:
    """Follows a course with the pitch kept: (n, 2) float32, n from the first knot's output sample to the last's.

    Overlapping grains, each moved within 20 ms to where it continues the last one best: WSOLA (Verhelst and Roelands, "An overlap-add
    technique based on waveform similarity (WSOLA) for high quality time-scale modification of speech", ICASSP 1993). Attacks are found
    first and played at their own speed at exactly their place on the course, and no grain beside them repeats them.

    Args:
        sound: (N, 2); its sample 0 lies `MARGIN` before what the smallest knot names.
        knots: (output sample, sample of the sound without the margin), both rising; straight lines between.
    """
    import numpy as np

    outs = np.array([knot[0] for knot in knots], np.float64)
    ins = np.array([knot[1] for knot in knots], np.float64) + MARGIN
    outs -= outs[0]
    length = round(outs[-1])
    out = np.zeros((length, 2), np.float32)
    if length == 0:
        return out
    mono = sound.mean(axis=1)
    locks = _locks(mono, outs, ins)
    anchors = _anchors(mono, outs, ins, locks)
    for (begin, at), (end, to) in itertools.pairwise(anchors):
        out[begin:end] = _blend(sound, at, to - (end - begin), end - begin)
    return out


def resampled(sound: Samples, knots: Sequence[tuple[int, float]]) -> Samples:
    """Follows a course like a tape, pitch and all; arguments as `stretched`. Windowed sinc, cut off where the result would fold."""
    import numpy as np

    outs = np.array([knot[0] for knot in knots], np.float64)
    ins = np.array([knot[1] for knot in knots], np.float64) + MARGIN
    length = round(outs[-1] - outs[0])
    fastest = float(np.max(np.diff(ins) / np.maximum(1, np.diff(outs))))
    table = _table(min(1.0, 1 / fastest))
    at = np.interp(np.arange(length) + outs[0], outs, ins)
    whole = np.floor(at).astype(np.int64)
    phase = np.minimum(_PHASES - 1, ((at - whole) * _PHASES).astype(np.int64))
    out = np.zeros((length, 2), np.float32)
    top = len(sound) - 1
    for tap in range(_TAPS):
        place = np.clip(whole + tap - _TAPS // 2 + 1, 0, top)
        out += sound[place] * table[phase, tap][:, None]
    return out


def _table(cutoff: float) -> Samples:
    """(phases, taps) of a Kaiser-windowed sinc; every row adds up to 1."""
    import numpy as np

    offset = np.arange(_TAPS)[None, :] - (_TAPS // 2 - 1) - (np.arange(_PHASES)[:, None] + 0.5) / _PHASES
    window = np.i0(8.0 * np.sqrt(np.maximum(0, 1 - (offset / (_TAPS / 2)) ** 2))) / np.i0(8.0)
    rows = np.sinc(offset * cutoff) * window
    return np.asarray(rows / rows.sum(axis=1, keepdims=True), np.float32)


def attacks(mono: Samples) -> Array:
    """Samples at which a sharp sound begins, strongest first: a millisecond whose treble is far above the ten before."""
    import numpy as np

    count = len(mono) // _BLOCK
    if count < 16:
        return np.zeros(0, np.int64)
    edge = np.abs(np.diff(mono[: count * _BLOCK], prepend=mono[:1]))
    power = (edge.reshape(count, _BLOCK) ** 2).mean(axis=1)
    summed = np.concatenate(([0.0], np.cumsum(power)))
    past = (summed[10:-1] - summed[:-11]) / 10  # mean of the ten blocks before block 10, 11, ...
    rise = power[10:] / (past + _FLOOR)
    found = np.flatnonzero((rise > _SHARP) & (power[10:] > 20 * _FLOOR))
    found = found[np.argsort(-power[10:][found], kind="stable")] + 10
    starts = []
    for block in found:
        piece = edge[(block - 1) * _BLOCK : (block + 1) * _BLOCK]
        starts.append((block - 1) * _BLOCK + int(np.argmax(piece > 0.4 * piece.max())))
    return np.asarray(starts, np.int64)


def _locks(mono: Samples, outs: Array, ins: Array) -> list[tuple[int, int]]:
    """(output sample, sample of the sound) of the attacks that are kept exact, in order, far enough apart on both sides."""
    import numpy as np

    kept: list[tuple[int, int]] = []
    for start in attacks(mono):
        if not ins[0] + _HELD_BEFORE + _GUARD < start < ins[-1] - _HELD_AFTER - _GUARD:
            continue
        place = round(float(np.interp(start, ins, outs)))
        if _HELD_BEFORE < place < outs[-1] - _HELD_AFTER and all(
            abs(place - other) >= _APART and abs(start - at) >= _APART for other, at in kept
        ):
            kept.append((place, int(start)))
    return sorted(kept)


def _anchors(mono: Samples, outs: Array, ins: Array, locks: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """(output sample, sample of the sound shown there) every 25 ms, at the attacks, and exactly at both ends."""
    import numpy as np

    length = round(float(outs[-1]))
    made = [(0, round(float(ins[0])))]
    pairs = [*((place - _HELD_BEFORE, place, start) for place, start in locks), (length, length, round(float(ins[-1])))]
    passed = -(10**9)
    for begin, place, start in pairs:
        while begin - made[-1][0] > HOP * 3 // 2:
            at = made[-1][0] + HOP
            wanted = round(float(np.interp(at, outs, ins)))
            low = max(passed + _GUARD + HOP, wanted - SEARCH)
            onwards = HOP if begin - at > HOP * 3 // 2 else begin - at
            high = wanted + SEARCH if begin == length else min(start - _GUARD - onwards, wanted + SEARCH)
            made.append((at, _fitting(mono, made[-1][1] + HOP, wanted, low, high)))
        if begin == length:
            made.append((length, start))
            break
        made.append((begin, start - _HELD_BEFORE))
        made.append((place + _HELD_AFTER, start + _HELD_AFTER))
        passed = start
    return made


def _fitting(mono: Samples, natural: int, wanted: int, low: int, high: int) -> int:
    """The place between ``low`` and ``high`` before which the sound is most like that before ``natural``, where the last grain led."""

    if low >= high or natural < HOP or natural > len(mono):
        return max(0, min(max(wanted, low), len(mono))) if low <= high else max(low, 0)
    if low <= natural <= high and abs(natural - wanted) <= 2:
        return natural
    low, high = max(low, HOP), min(high, len(mono))
    if low >= high:
        return max(HOP, min(wanted, len(mono)))
    template = mono[natural - HOP : natural : _COARSE]
    coarse = _best(mono[low - HOP : high : _COARSE], template) * _COARSE + low
    first, last = max(low, coarse - _COARSE), min(high, coarse + _COARSE)
    return first + _best(mono[first - HOP : last], mono[natural - HOP : natural])


def _best(region: Samples, template: Samples) -> int:
    """Where in the region the template fits best, by normalised correlation; the middle where nothing is heard."""
    import numpy as np

    views = np.lib.stride_tricks.sliding_window_view(region, len(template))
    energy = np.einsum("ij,ij->i", views, views)
    if float(energy.max()) < 1e-9 or float(template @ template) < 1e-9:
        return (len(views) - 1) // 2
    return int(np.argmax((views @ template) / np.sqrt(energy + 1e-9)))


def _blend(sound: Samples, fading: int, coming: int, count: int) -> Samples:
    """From the sound at ``fading`` over to that at ``coming``; a plain copy where both are the same."""
    import numpy as np

    first = _cut(sound, fading, count)
    if fading == coming:
        return first
    weight = (0.5 - 0.5 * np.cos(np.pi * (np.arange(count, dtype=np.float32) + 0.5) / count))[:, None].astype(np.float32)
    return np.asarray(first + (_cut(sound, coming, count) - first) * weight, np.float32)


def _cut(sound: Samples, first: int, count: int) -> Samples:
    """A copy of part of a sound, with silence outside it."""
    import numpy as np

    if first >= 0 and first + count <= len(sound):
        return sound[first : first + count].copy()
    out = np.zeros((count, 2), np.float32)
    begin, end = max(0, first), min(len(sound), first + count)
    if end > begin:
        out[begin - first : end - first] = sound[begin:end]
    return out

"""Onsets, tempo and beats of a sound, and how its beats meet the cuts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.video.analysers.sound_features import stretches

if TYPE_CHECKING:
    import numpy as np

    from app.video.analysers.sound_features import Bands

    Array = np.ndarray[Any, np.dtype[Any]]

MIN_BPM, MAX_BPM, USUAL_BPM = 40.0, 240.0, 120.0
SURE = 0.3  # confidence from which beats are given
_OCTAVES = 0.9
_SEGMENT_S = 30.0
_TIGHTNESS = 100.0
_COMPRESSION = 100.0
_AS_ALIKE = 0.8
_WITHIN_FRAMES = 1.5


@dataclass(frozen=True)
class Tempo:
    """Beats per minute, 0 when there is no pulse; ``confidence`` 0..1: how alike the onsets are one beat later."""

    bpm: float
    confidence: float


@dataclass(frozen=True)
class Sync:
    """How cuts and beats meet. Times in seconds; offsets are positive when the cut is late."""

    cuts: int
    share_on_beat: float
    share_by_chance: float
    mean_offset_s: float
    mean_distance_s: float


def onset_strength(bands: Bands | Array) -> Array:
    """(N,) spectral flux of (N, B) band powers: rises of log power, summed over bands.

    As in Boeck and Widmer, "Maximum filter vibrato suppression for onset detection" (DAFx 2013): each band is compared
    with the strongest of itself and its neighbours two hops earlier, so that a gliding tone is no onset.
    """
    import numpy as np

    if len(bands) < 3:
        return np.zeros(len(bands), np.float32)
    loudest = np.concatenate([bands[outer].max(axis=1) for outer, _ in stretches(len(bands))])
    reference = max(float(np.percentile(loudest, 95)), 1e-12)
    strength: Array = np.concatenate([_rises(bands[outer], reference)[inner] for outer, inner in stretches(len(bands), 2)])
    return strength


def _rises(bands: Array, reference: float) -> Array:
    """(N,) sum of the bands' rises over two hops; 0 for the first two."""
    import numpy as np

    level = np.log1p(_COMPRESSION / reference * bands)
    widest = level.copy()
    widest[:, 1:] = np.maximum(widest[:, 1:], level[:, :-1])
    widest[:, :-1] = np.maximum(widest[:, :-1], level[:, 1:])
    rises = np.maximum(0, level[2:] - widest[:-2]).sum(axis=1)
    return np.concatenate((np.zeros(min(2, len(bands)), np.float32), rises))


def pick_onsets(strength: Array, hop_s: float) -> list[float]:
    """Times of local maxima (30 ms either way) that rise clearly above the mean of 100 ms before and 70 ms after."""
    import numpy as np

    if len(strength) < 3 or float(strength.max()) <= 0:
        return []
    before, after, reach = max(1, round(0.1 / hop_s)), max(1, round(0.07 / hop_s)), max(1, round(0.03 / hop_s))
    delta = max(1.0, 0.12 * float(np.percentile(strength, 99)))
    found: list[int] = []
    for outer, inner in stretches(len(strength), max(before, after, reach)):
        part = strength[outer]
        total = np.concatenate(([0.0], np.cumsum(part, dtype=np.float64)))
        place = np.arange(inner.start, inner.stop)
        low, high = np.maximum(0, place - before), np.minimum(len(part), place + after + 1)
        mean = (total[high] - total[low]) / (high - low)
        top = np.lib.stride_tricks.sliding_window_view(np.pad(part, reach), 2 * reach + 1)[inner].max(axis=1)
        summits = np.flatnonzero((part[inner] >= top) & (part[inner] > 1.3 * mean + delta))
        found += (summits + outer.start + inner.start).tolist()
    kept: list[int] = []
    for index in found:
        if not kept or (index - kept[-1]) * hop_s >= 0.05:
            kept.append(index)
    return [round(index * hop_s, 3) for index in kept]


def find_tempo(strength: Array, hop_s: float) -> Tempo:
    """Tempo of the whole: the highest autocorrelation of onset strength, weighed towards 120 beats per minute.

    Ellis, "Beat tracking by dynamic programming" (Journal of New Music Research 36, 2007), section 3; segments of 30 s are
    correlated one by one and added up. The peak four beats later makes the figure finer than one hop.
    """
    import numpy as np

    correlation = np.zeros(_lags(hop_s) * 4 + 8)
    for start in range(0, len(strength), round(_SEGMENT_S / hop_s)):
        correlation += _autocorrelation(strength[start : start + round(_SEGMENT_S / hop_s)], len(correlation))
    return _tempo(correlation, hop_s)


def find_beats(strength: Array, hop_s: float, tempo: Tempo) -> list[float]:
    """Beat times, where there is a pulse: 30 s at a time with that part's own tempo when it has a sure one."""
    import numpy as np

    if tempo.bpm <= 0 or tempo.confidence < SURE:
        return []
    step = round(_SEGMENT_S / hop_s)
    beats: list[float] = []
    for start in range(0, len(strength), step):
        end = len(strength) if len(strength) - start < 1.5 * step else start + step
        part = strength[start:end]
        own = find_tempo(part, hop_s) if len(part) * hop_s >= 10 else tempo
        period = 60.0 / (own.bpm if own.confidence >= SURE else tempo.bpm) / hop_s
        if own.confidence >= SURE:
            times = [(start + b) * hop_s for b in _track(np.asarray(part, np.float64), period)]
            beats += [t for t in times if not beats or t - beats[-1] > 0.6 * period * hop_s]
        if end == len(strength):
            break
    return [round(t, 3) for t in beats]


def pulse_curve(strength: Array, hop_s: float) -> Array:
    """(N,) how regular the onsets are around each hop, 0..1: the tempo's confidence over 10 s, every 5 s."""
    import numpy as np

    step = max(1, round(5 / hop_s))
    starts = range(0, max(1, len(strength) - step), step)
    sure = [find_tempo(strength[s : s + 2 * step], hop_s).confidence for s in starts]
    middles = [min(s + step, len(strength) - 1) for s in starts]
    return np.asarray(np.interp(np.arange(len(strength)), middles, sure), np.float32)


def sync(cuts_s: Sequence[float], beats_s: Sequence[float], fps: float) -> Sync | None:
    """How often a cut falls within 1.5 frames of a beat, and how often it would by chance; None without cuts or beats."""
    import numpy as np

    if not len(cuts_s) or len(beats_s) < 2:
        return None
    beats = np.asarray(beats_s)
    inside = np.asarray([c for c in cuts_s if beats[0] - 1 <= c <= beats[-1] + 1])
    if not len(inside):
        return None
    after = np.clip(np.searchsorted(beats, inside), 1, len(beats) - 1)
    nearest = np.where(inside - beats[after - 1] < beats[after] - inside, beats[after - 1], beats[after])
    offset = inside - nearest
    within = _WITHIN_FRAMES / fps
    return Sync(
        cuts=len(inside),
        share_on_beat=round(float((np.abs(offset) <= within + 1e-9).mean()), 4),
        share_by_chance=round(min(1.0, 2 * within / float(np.median(np.diff(beats)))), 4),
        mean_offset_s=round(float(offset.mean()), 4),
        mean_distance_s=round(float(np.abs(offset).mean()), 4),
    )


def _lags(hop_s: float) -> int:
    return int(60 / MIN_BPM / hop_s) + 1


def _autocorrelation(strength: Array, lags: int) -> Array:
    """Unbiased by length, not divided by its value at 0, so that loud parts count more."""
    import numpy as np

    found = np.zeros(lags)
    if len(strength) < 8:
        return found
    centred = strength.astype(np.float64) - float(strength.mean())
    size = 1 << (2 * len(centred) - 1).bit_length()
    spectrum = np.fft.rfft(centred, size)
    full = np.fft.irfft(spectrum.real**2 + spectrum.imag**2, size)[: min(lags, len(centred) // 2)]
    found[: len(full)] = full * (len(centred) / (len(centred) - np.arange(len(full))))
    return found


def _tempo(correlation: Array, hop_s: float) -> Tempo:
    import numpy as np

    if correlation[0] <= 0:
        return Tempo(0.0, 0.0)
    smooth = np.convolve(correlation, [0.25, 0.5, 0.25], "same")
    lags = np.arange(int(60 / MAX_BPM / hop_s), _lags(hop_s))
    prior = np.exp(-0.5 * (np.log2(60 / (lags * hop_s) / USUAL_BPM) / _OCTAVES) ** 2)
    support = smooth[lags] + 0.5 * np.maximum(0, smooth[np.minimum(2 * lags, len(smooth) - 1)])
    best = int(lags[np.argmax(support * prior)])
    if smooth[best] <= 0:
        return Tempo(0.0, 0.0)
    best = _fastest(smooth, best, int(lags[0]))
    period = _summit(smooth, best)
    for beats in (2, 4):
        near = round(period * beats)
        window = smooth[max(1, near - beats) : near + beats + 1]
        if near + beats + 1 < len(smooth) and window.max() > 0.3 * smooth[best]:
            period = _summit(smooth, max(1, near - beats) + int(np.argmax(window))) / beats
    # a single onset's own width is no pulse: its share of the value at 0 is what a repeated one can reach
    confidence = float(smooth[best] / max(smooth[0], 1e-12))
    return Tempo(round(60 / (period * hop_s), 2), round(min(1.0, max(0.0, confidence)), 3))


def _fastest(curve: Array, lag: int, least: int) -> int:
    """Half the lag, and half of that, as long as the onsets are as alike there: then every one of them is a beat."""
    import numpy as np

    while lag // 2 > least:
        near = lag // 2
        half = near - 1 + int(np.argmax(curve[near - 1 : near + 3]))
        if curve[half] < _AS_ALIKE * curve[lag]:
            break
        lag = half
    return lag


def _summit(curve: Array, index: int) -> float:
    """Where a parabola through three points has its top."""
    if not 0 < index < len(curve) - 1:
        return float(index)
    a, b, c = (float(v) for v in curve[index - 1 : index + 2])
    bend = a - 2 * b + c
    return index + (0.5 * (a - c) / bend if bend < 0 else 0.0)


def _track(strength: Array, period: float) -> list[int]:
    """Beat places by dynamic programming (Ellis 2007, section 2): strong onsets, evenly spaced.

    A beat's predecessor lies half a period back or more, so half a period of places is worked out at a time.
    """
    import numpy as np

    deviation = float(strength.std())
    if deviation <= 0 or len(strength) < 2 * period:
        return []
    spread = np.exp(-0.5 * (np.arange(-round(period), round(period) + 1) * 32 / period) ** 2)
    local = np.convolve(strength / deviation, spread, "same")[: len(strength)]
    back = np.arange(-round(2 * period), -round(period / 2) + 1)
    cost = -_TIGHTNESS * np.log(-back / period) ** 2
    reach, step = -int(back[0]), max(1, -int(back[-1]))
    score = np.concatenate((np.full(reach, -1e9), np.zeros(len(local))))
    link = np.full(len(local), -1)
    for start in range(0, len(local), step):
        places = np.arange(start, min(start + step, len(local)))
        earlier = score[places[:, None] + back[None] + reach] + cost
        choice = earlier.argmax(axis=1)
        best = earlier[np.arange(len(places)), choice]
        follows = best > 0
        score[places + reach] = local[places] + np.where(follows, best, 0)
        link[places] = np.where(follows, places + back[choice], -1)
    total = score[reach:]
    beats = [len(total) - round(period) + int(np.argmax(total[-round(period) :]))]
    while link[beats[-1]] >= 0:
        beats.append(int(link[beats[-1]]))
    beats.reverse()
    return _trimmed(beats, local)


def _trimmed(beats: list[int], local: Array) -> list[int]:
    """Without the beats at either end that no onset supports."""
    import numpy as np

    strong = local[beats] > 0.35 * float(np.sqrt(np.mean(local[beats] ** 2)))
    if not strong.any():
        return []
    first, last = int(np.argmax(strong)), len(beats) - int(np.argmax(strong[::-1]))
    return beats[first:last]

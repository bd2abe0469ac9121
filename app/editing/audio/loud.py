"""Loudness of a whole mix: measured, brought to a target, and kept below a true peak."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.editing.audio.reader import RATE_HZ

if TYPE_CHECKING:
    import numpy as np

    Samples = np.ndarray[Any, np.dtype[np.float32]]

CHUNK = 10 * RATE_HZ  # whole blocks of the meter
_LOOK = 1024  # samples (21 ms) over which the limiter comes down and goes up again; a power of two
_ROUNDS, _NEAR_LU = 4, 0.2
_MOST_GAIN_DB, _SILENT_LUFS = 40.0, -70.0
_NEAR_PEAK = 0.6  # of the limit: what is softer cannot pass it between two samples
_MARGIN_DB = 0.3  # what moving gain and fourfold oversampling may miss
_PAD = 64
_BLOCK = 16_384 - 2 * _PAD  # so that the transform has a length that is quick


@dataclass(frozen=True)
class Measured:
    """``lufs``: integrated, -120 for silence. ``peak_dbtp``: true peak, -120 for silence."""

    lufs: float
    peak_dbtp: float


def measure(mix: Samples, gain: float = 1.0, limit: float | None = None) -> Measured:
    """Loudness (EBU R 128) and true peak of (n, 2), after a gain and a limiter."""
    import numpy as np

    from app.video.analysers.sound_loudness import LoudnessMeter, integrated

    meter = LoudnessMeter(RATE_HZ, [1.0, 1.0])
    for _, part in _limited(mix, gain, limit):
        short = -len(part) % meter.block
        meter.add(np.ascontiguousarray(np.pad(part, ((0, short), (0, 0))).T))
    return Measured(integrated(meter.energies()), meter.peak_db()[1])


def bring_to(mix: Samples, target_lufs: float, peak_dbtp: float) -> bool:
    """Changes a mix in place to a loudness without passing a true peak; False for silence and what is too short to have a loudness.

    A linear gain; where peaks would pass, a limiter with 21 ms of foresight, and the gain is corrected for what it takes away.
    """
    limit = _factor(peak_dbtp - _MARGIN_DB)
    found = measure(mix)
    if found.lufs <= _SILENT_LUFS:
        return False
    gain_db = min(_MOST_GAIN_DB, target_lufs - found.lufs)
    if found.peak_dbtp + gain_db <= peak_dbtp - _MARGIN_DB:
        _apply(mix, _factor(gain_db), None)
        return True
    for _ in range(_ROUNDS):
        off = target_lufs - measure(mix, _factor(gain_db), limit).lufs
        if abs(off) <= _NEAR_LU:
            break
        gain_db = min(_MOST_GAIN_DB, gain_db + off)
    _apply(mix, _factor(gain_db), limit)
    return True


def tame(mix: Samples) -> bool:
    """Keeps a mix below full scale, in place; says whether anything had to be done."""
    import numpy as np

    if not any(float(np.abs(mix[at : at + CHUNK]).max(initial=0.0)) > 1.0 for at in range(0, len(mix), CHUNK)):
        return False
    _apply(mix, 1.0, _factor(-0.3))
    return True


def _apply(mix: Samples, gain: float, limit: float | None) -> None:
    for at, part in _limited(mix, gain, limit):
        mix[at : at + len(part)] = part


def _limited(mix: Samples, gain: float, limit: float | None) -> Iterator[tuple[int, Samples]]:
    """(start, changed samples), chunk by chunk; a chunk may be written back before the next is asked for."""
    import numpy as np

    before = np.zeros((0, 2), np.float32)
    for at in range(0, len(mix), CHUNK):
        end = min(len(mix), at + CHUNK)
        here = np.asarray(mix[at : min(len(mix), end + _LOOK)]) * np.float32(gain)
        if limit is None:
            yield at, here[: end - at]
            continue
        whole = np.concatenate((before, here))
        before = whole[max(0, len(before) + end - at - _LOOK) : len(before) + end - at].copy()
        skip = len(whole) - len(here)
        part = (whole * _curve(whole, limit)[:, None])[skip : skip + end - at]
        yield at, part


def _curve(sound: Samples, limit: float) -> Samples:
    """What keeps every true peak below the limit: never above what is needed, its least value held and then smoothed."""
    import numpy as np

    if max(float(sound.max(initial=0.0)), -float(sound.min(initial=0.0))) <= _NEAR_PEAK * limit:
        return np.ones(len(sound), np.float32)
    need = np.minimum(1.0, limit / np.maximum(_peaks(sound, _NEAR_PEAK * limit), 1e-9)).astype(np.float32)
    width = 1
    least = np.concatenate((np.full(_LOOK, need[0], np.float32), need, np.full(_LOOK, need[-1], np.float32)))
    while width < _LOOK:  # the least of the next _LOOK samples, by doubling
        least[: -width or None] = np.minimum(least[:-width], least[width:])
        width *= 2
    summed = np.concatenate(([0.0], np.cumsum(least, dtype=np.float64)))
    means = (summed[_LOOK:] - summed[:-_LOOK]) / _LOOK  # means[i]: of least[i : i + _LOOK]
    return np.asarray(means[1 : len(sound) + 1], np.float32)


def _peaks(sound: Samples, above: float) -> Samples:
    """Per sample the greatest size near it on both channels, between samples too where it is above ``above``."""
    import numpy as np

    sizes = np.abs(sound)
    peaks = np.maximum(sizes[:, 0], sizes[:, 1])
    for at in range(0, len(sound), _BLOCK):
        if peaks[at : at + _BLOCK].max() <= above:
            continue
        begin, end = at - _PAD, min(len(sound), at + _BLOCK + _PAD)
        piece = np.zeros((2, _BLOCK + 2 * _PAD), np.float32)
        piece[:, max(0, -begin) : end - begin] = sound[max(0, begin) : end].T
        fine = np.abs(np.fft.irfft(np.fft.rfft(piece), 4 * piece.shape[1])) * 4
        both = np.maximum(fine[0], fine[1]).reshape(-1, 4)
        between = np.maximum(np.maximum(both[:, 0], both[:, 1]), np.maximum(both[:, 2], both[:, 3]))
        here = peaks[at : at + _BLOCK]
        np.maximum(here, between[_PAD : _PAD + len(here)], out=here)
    return np.asarray(peaks, np.float32)


def _factor(decibels: float) -> float:
    return float(10 ** (decibels / 20))

"""Loudness as broadcasters measure it: EBU R 128 with the K-weighting and gating of ITU-R BS.1770-4, range as in EBU Tech 3342."""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Samples = np.ndarray[Any, np.dtype[np.float32]]
    Array = np.ndarray[Any, np.dtype[Any]]

SILENT_LUFS = -120.0  # what digital silence is written as
BLOCKS_PER_S = 10
_OFFSET = -0.691
_ABSOLUTE_GATE, _RELATIVE_GATE, _RANGE_GATE = -70.0, -10.0, -20.0
_MOMENTARY, _SHORT = 4, 30  # blocks of 100 ms in 400 ms and 3 s
_LOUDEST = 12  # blocks whose peaks are looked at between the samples
_MARGIN = 64
# BS.1770-4 tables 1 and 2, at 48 kHz: (b0, b1, b2, a1, a2)
_SHELF = (1.53512485958697, -2.69169618940638, 1.19839281085285, -1.69065929318241, 0.73248077421585)
_HIGH_PASS = (1.0, -2.0, 1.0, -1.99004745483398, 0.99007225036621)
_BEHIND = {"SL", "SR", "BL", "BR", "SDL", "SDR"}


def channel_weights(names: Sequence[str]) -> list[float]:
    """BS.1770-4 table 3: 1.41 for channels at the sides and behind, none for the low-frequency channel, else 1."""
    return [0.0 if name.startswith("LFE") else 1.41 if name in _BEHIND else 1.0 for name in names]


class LoudnessMeter:
    """Takes whole blocks of 100 ms, in order; keeps one number per block and the loudest few blocks."""

    def __init__(self, rate_hz: int, weights: Sequence[float]) -> None:
        import numpy as np

        self.block = max(1, round(rate_hz / BLOCKS_PER_S))
        self._weights = np.asarray(weights, np.float64)
        self._gains = _gains(rate_hz, self.block)
        self._energies: list[Array] = []
        self._loudest: list[tuple[float, int, Samples]] = []
        self._count = 0

    def add(self, samples: Samples) -> None:
        """(channels, N * block) float32, full scale 1."""
        import numpy as np

        channels = samples.shape[0]
        blocks = samples.reshape(channels, -1, self.block)
        spectrum = np.fft.rfft(blocks, axis=-1)
        power = spectrum.real**2 + spectrum.imag**2
        self._energies.append(self._weights @ (power @ self._gains).astype(np.float64))
        self._note_peaks(samples, np.maximum(blocks.max(axis=(0, 2)), -blocks.min(axis=(0, 2))))

    def energies(self) -> Array:
        """K-weighted mean square per block, channels added up."""
        import numpy as np

        return np.concatenate(self._energies) if self._energies else np.zeros(0)

    def peak_db(self) -> tuple[float, float]:
        """(sample peak in dBFS, true peak in dBTP: fourfold oversampling of the loudest blocks only)."""
        if not self._loudest:
            return (SILENT_LUFS, SILENT_LUFS)
        sample = max(peak for peak, _, _ in self._loudest)
        return (_decibels(sample), _decibels(max(sample, *(_between(piece) for _, _, piece in self._loudest))))

    def _note_peaks(self, samples: Samples, peaks: Array) -> None:
        import numpy as np

        for place in np.argsort(-peaks)[:_LOUDEST]:
            peak = float(peaks[place])
            if len(self._loudest) >= _LOUDEST and peak <= self._loudest[0][0]:
                break
            start, end = int(place) * self.block, (int(place) + 1) * self.block
            piece = samples[:, max(0, start - _MARGIN) : end + _MARGIN].copy()
            self._count += 1
            push = heapq.heappush if len(self._loudest) < _LOUDEST else heapq.heapreplace
            push(self._loudest, (peak, self._count, piece))


def momentary(energies: Array) -> Array:
    """LUFS over the last 400 ms, one value per block; the first three blocks look at what there is."""
    return _levels(_running(energies, _MOMENTARY))


def integrated(energies: Array) -> float:
    """LUFS of the whole: mean of 400 ms windows above -70 LUFS and above 10 LU below their own mean."""
    windows = _whole(energies, _MOMENTARY)
    loud = windows[_levels(windows) > _ABSOLUTE_GATE]
    if not len(loud):
        return SILENT_LUFS
    kept = loud[_levels(loud) > float(_levels(loud.mean())) + _RELATIVE_GATE]
    return float(_levels(kept.mean()))


def loudness_range(energies: Array) -> float:
    """LU between the 10th and the 95th percentile of 3 s windows, those 20 LU below the mean left out; 0 when too short."""
    import numpy as np

    windows = _whole(energies, _SHORT)
    loud = windows[_levels(windows) > _ABSOLUTE_GATE]
    if not len(loud):
        return 0.0
    levels = _levels(loud)
    kept = levels[levels > float(_levels(loud.mean())) + _RANGE_GATE]
    low, high = np.percentile(kept, [10, 95])
    return float(high - low)


@lru_cache(maxsize=8)
def _gains(rate_hz: int, block: int) -> Any:
    """What each bin of a block's Fourier transform adds to its mean square, K-weighted (Parseval)."""
    import numpy as np

    frequencies = np.minimum(np.fft.rfftfreq(block, 1 / rate_hz), 24_000)
    z = np.exp(-2j * np.pi * frequencies / 48_000)
    gain = np.ones(len(z))
    for b0, b1, b2, a1, a2 in (_SHELF, _HIGH_PASS):
        gain *= np.abs((b0 + b1 * z + b2 * z * z) / (1 + a1 * z + a2 * z * z)) ** 2
    twice = np.full(len(z), 2.0)
    twice[0] = 1
    if block % 2 == 0:
        twice[-1] = 1
    return (gain * twice / block**2).astype(np.float32)


def _running(energies: Array, width: int) -> Array:
    import numpy as np

    total = np.concatenate(([0.0], np.cumsum(energies)))
    ends = np.arange(1, len(energies) + 1)
    starts = np.maximum(0, ends - width)
    return np.asarray(np.maximum(0, total[ends] - total[starts]) / (ends - starts))


def _whole(energies: Array, width: int) -> Array:
    return _running(energies, width)[width - 1 :]


def _levels(energy: Array) -> Array:
    import numpy as np

    return np.asarray(np.maximum(SILENT_LUFS, _OFFSET + 10 * np.log10(np.maximum(energy, 1e-15))))


def _between(piece: Samples) -> float:
    """Greatest size between the samples, by zero padding the spectrum fourfold; the faded ends do not count."""
    import numpy as np

    length = piece.shape[1]
    if length <= 2 * _MARGIN:
        return float(np.abs(piece).max())
    fade = np.minimum(1, np.minimum(np.arange(length), np.arange(length)[::-1]) / (_MARGIN / 2)).astype(np.float32)
    spectrum = np.fft.rfft(piece * fade, axis=1)
    fine = np.fft.irfft(spectrum, 4 * length, axis=1) * 4
    return float(np.abs(fine[:, 2 * _MARGIN : -2 * _MARGIN]).max())


def _decibels(size: float) -> float:
    return max(SILENT_LUFS, 20 * math.log10(max(size, 1e-9)))

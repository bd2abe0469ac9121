"""Band powers of a sound, hop by hop, made chunk by chunk."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Samples = np.ndarray[Any, np.dtype[np.float32]]
    Array = np.ndarray[Any, np.dtype[Any]]

HOPS_PER_S = 100
BANDS = 28
_LOW_HZ, _HIGH_HZ = 60.0, 8000.0
_WINDOW_S = 0.02
_FOLD_FROM_HZ = 32_000
_BLOCK_ROWS = 30_000


class BandPowers:
    """Takes a mono sound in pieces of any length, in order; keeps 28 numbers per 10 ms, whatever was cut where.

    Bands are evenly spaced on the mel scale from 60 to 8000 Hz (those above half the sample rate stay 0).
    """

    def __init__(self, rate_hz: int) -> None:
        import numpy as np

        self._fold = 2 if rate_hz >= _FOLD_FROM_HZ else 1  # half the rate still holds every band
        self._odd = np.zeros(0, np.float32)
        rate_hz //= self._fold
        self.hop = max(1, round(rate_hz / HOPS_PER_S))
        self.hop_s = self.hop / rate_hz
        self._size = 1 << max(5, (int(rate_hz * _WINDOW_S) - 1).bit_length())
        self._window = np.hanning(self._size).astype(np.float32)
        self._bank = _bank(rate_hz, self._size)
        self._rest = np.zeros(self._size // 2, np.float32)  # so that hop n is centred on time n * hop_s
        self._rows: list[Array] = []
        self._filled = 0  # rows of the last block

    def add(self, mono: Samples) -> None:
        """(N,) float32."""
        import numpy as np

        if self._fold == 2:
            joined = np.concatenate((self._odd, mono))
            self._odd = joined[len(joined) // 2 * 2 :]
            mono = (joined[0 : len(joined) - 1 : 2] + joined[1::2]) * np.float32(0.5)
        sound = np.concatenate((self._rest, mono))
        count = (len(sound) - self._size) // self.hop + 1
        if count > 0:
            frames = np.lib.stride_tricks.sliding_window_view(sound, self._size)[: count * self.hop : self.hop]
            spectrum = np.fft.rfft(frames * self._window, axis=1)
            self._keep((spectrum.real**2 + spectrum.imag**2) @ self._bank)
            sound = sound[count * self.hop :]
        self._rest = sound.copy()

    def _keep(self, rows: Array) -> None:
        """Into blocks so large that their memory goes back to the system when they are done with."""
        import numpy as np

        while len(rows):
            if not self._rows or self._filled == _BLOCK_ROWS:
                self._rows.append(np.empty((_BLOCK_ROWS, BANDS), np.float32))
                self._filled = 0
            taken = min(len(rows), _BLOCK_ROWS - self._filled)
            self._rows[-1][self._filled : self._filled + taken] = rows[:taken]
            self._filled += taken
            rows = rows[taken:]

    def finish(self) -> Array:
        """(N, 28) float32: mean square per band and hop. Empties itself as it goes, so as never to hold both."""
        import numpy as np

        self.add(np.zeros(self._size // 2 * self._fold, np.float32))
        count = _BLOCK_ROWS * (len(self._rows) - 1) + self._filled if self._rows else 0
        bands = np.empty((count, BANDS), np.float32)
        while self._rows:
            start = _BLOCK_ROWS * (len(self._rows) - 1)
            rows = self._rows.pop()
            bands[start : start + _BLOCK_ROWS] = rows[: count - start]
        return bands


def band_sum(bands: Array, wanted: Array) -> Array:
    """(N,) float64 sum over the wanted bands, without a copy of the table."""
    import numpy as np

    return np.asarray(bands @ wanted.astype(np.float32), np.float64)


def band_centres_hz() -> Array:
    """(28,) middle of each band."""
    import numpy as np

    edges = _edges()
    return np.asarray((edges[:-2] + edges[2:]) / 2)


def _edges() -> Array:
    import numpy as np

    low, high = (2595 * np.log10(1 + f / 700) for f in (_LOW_HZ, _HIGH_HZ))
    return np.asarray(700 * (10 ** (np.linspace(low, high, BANDS + 2) / 2595) - 1))


@lru_cache(maxsize=8)
def _bank(rate_hz: int, size: int) -> Any:
    """(bins, 28) triangles; a full-scale sine comes out at about 0.5."""
    import numpy as np

    frequencies = np.fft.rfftfreq(size, 1 / rate_hz)[:, None]
    edges = _edges()
    rising = (frequencies - edges[:-2]) / np.maximum(edges[1:-1] - edges[:-2], rate_hz / size)
    falling = (edges[2:] - frequencies) / np.maximum(edges[2:] - edges[1:-1], rate_hz / size)
    shape = np.maximum(0, np.minimum(rising, falling))
    return (shape * 2 / float((np.hanning(size) ** 2).sum()) / size).astype(np.float32)

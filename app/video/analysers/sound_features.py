"""Band powers of a sound, hop by hop, made chunk by chunk."""

from __future__ import annotations

from collections.abc import Iterator
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
_STRETCH = 30_000  # hops worked on at a time: two hours of sound in bounded memory
_HALF_SCALE, _HALF_MOST = 4096.0, 60_000.0


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
        self._bands = Bands()

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
            self._bands.append((spectrum.real**2 + spectrum.imag**2) @ self._bank)
            sound = sound[count * self.hop :]
        self._rest = sound.copy()

    def finish(self) -> Bands:
        """Everything; nothing can be added any more."""
        import numpy as np

        self.add(np.zeros(self._size // 2 * self._fold, np.float32))
        return self._bands


class Bands:
    """(N, 28) mean square per hop and band, held in 56 bytes a hop: as amplitudes of half precision, good to 0.1 %.

    Slices are float32. Blocks are so large that their memory goes back to the system when they are done with.
    """

    def __init__(self) -> None:
        self._blocks: list[Array] = []
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def shape(self) -> tuple[int, int]:
        return self._count, BANDS

    def __getitem__(self, wanted: slice) -> Array:
        import numpy as np

        start, stop, _ = wanted.indices(self._count)
        parts = [
            self._blocks[n][max(0, start - n * _BLOCK_ROWS) : stop - n * _BLOCK_ROWS]
            for n in range(start // _BLOCK_ROWS, -(-stop // _BLOCK_ROWS))
        ]
        found = np.concatenate(parts).astype(np.float32) if parts else np.zeros((0, BANDS), np.float32)
        found *= 1 / _HALF_SCALE
        return np.square(found, out=found)

    def append(self, rows: Array) -> None:
        """(n, 28) powers."""
        import numpy as np

        halves = np.minimum(np.sqrt(rows) * _HALF_SCALE, _HALF_MOST).astype(np.float16)
        while len(halves):
            filled = self._count % _BLOCK_ROWS
            if filled == 0:
                self._blocks.append(np.empty((_BLOCK_ROWS, BANDS), np.float16))
            taken = halves[: _BLOCK_ROWS - filled]
            self._blocks[-1][filled : filled + len(taken)] = taken
            self._count += len(taken)
            halves = halves[len(taken) :]


def stretches(count: int, around: int = 0) -> Iterator[tuple[slice, slice]]:
    """``count`` hops in stretches of bounded size: (the stretch with ``around`` more on either side, the stretch within that)."""
    for start in range(0, count, _STRETCH):
        end = min(count, start + _STRETCH)
        low = max(0, start - around)
        yield slice(low, min(count, end + around)), slice(start - low, end - low)


def band_sum(bands: Bands | Array, wanted: Array) -> Array:
    """(N,) float32 sum over the wanted bands, without a copy of the table."""
    import numpy as np

    weights = wanted.astype(np.float32)
    parts = [bands[outer] @ weights for outer, _ in stretches(len(bands))]
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)


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

"""How far music makes way: a curve that is down wherever the film's own sound is heard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.editing.audio.reader import RATE_HZ

if TYPE_CHECKING:
    import numpy as np

    Samples = np.ndarray[Any, np.dtype[np.float32]]

BLOCK = RATE_HZ // 100  # 10 ms
_FLOOR_DB, _BELOW_LOUD_DB = -50.0, 26.0
_PAUSE = 50  # blocks: shorter pauses do not bring the music up
_SLOPE = 15  # blocks it takes from full to half way, before and after


def levels(sound: Samples) -> Samples:
    """Mean square of each 10 ms of (n, 2); n a whole number of blocks but for the last."""
    import numpy as np

    short = -len(sound) % BLOCK
    padded = np.pad(sound, ((0, short), (0, 0))) if short else sound
    return np.asarray((padded.reshape(-1, BLOCK * 2) ** 2).mean(axis=1), np.float32)


def heard(powers: Samples) -> Samples:
    """(blocks,) 0..1: 1 wherever the film's sound is heard and in its short pauses, with slopes of a third of a second outside."""
    import numpy as np

    if not len(powers):
        return np.zeros(0, np.float32)
    decibels = 10 * np.log10(powers + 1e-12)
    loud = decibels > max(_FLOOR_DB, float(np.percentile(decibels, 98)) - _BELOW_LOUD_DB)
    wide = _grown(loud, _PAUSE // 2)
    closed = ~_grown(~wide, _PAUSE // 2) | loud
    before = _grown(closed, _SLOPE).astype(np.float64)
    padded = np.pad(before, (_SLOPE, _SLOPE), mode="edge")
    summed = np.concatenate(([0.0], np.cumsum(padded)))
    width = 2 * _SLOPE + 1
    return np.asarray((summed[width:] - summed[:-width]) / width, np.float32)


def curve(share: Samples, depth_db: float, first: int, count: int) -> Samples:
    """Factors for ``count`` samples from ``first`` on."""
    import numpy as np

    at = (np.arange(first, first + count, dtype=np.float64) + 0.5) / BLOCK - 0.5
    return np.asarray(10 ** (-depth_db / 20 * np.interp(at, np.arange(len(share)), share)), np.float32)


def _grown(mask: Any, by: int) -> Any:
    """Every True spread by so many places to both sides."""
    import numpy as np

    summed = np.concatenate(([0], np.cumsum(np.pad(mask.astype(np.int64), by))))
    return summed[2 * by + 1 :] - summed[: -2 * by - 1] > 0

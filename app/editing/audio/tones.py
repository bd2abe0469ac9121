"""What sound effects are made of: tones that glide, noise that moves through the spectrum, envelopes, a little room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from app.editing.audio.reader import RATE_HZ

if TYPE_CHECKING:
    import numpy as np

    Mono = np.ndarray[Any, np.dtype[np.float64]]
    Random = np.random.Generator

_FRAME = 2048


def clock(seconds: float) -> Mono:
    """Seconds of every sample."""
    import numpy as np

    return np.asarray(np.arange(round(seconds * RATE_HZ)) / RATE_HZ, np.float64)


def glide(seconds: float, points: Sequence[tuple[float, float]]) -> Mono:
    """A curve through (second, value), straight lines in between."""
    import numpy as np

    return np.interp(clock(seconds), [point[0] for point in points], [point[1] for point in points])


def tone(frequency: Mono, harmonics: Sequence[float] = (1.0,)) -> Mono:
    """A tone of a moving frequency in Hz, with amplitudes of its harmonics; none above 16 kHz."""
    import numpy as np

    phase = 2 * np.pi * np.cumsum(frequency) / RATE_HZ
    total = np.zeros(len(frequency))
    for number, amplitude in enumerate(harmonics, start=1):
        total += amplitude * np.sin(number * phase) * (number * frequency < 16_000)
    return total


def decay(seconds: float, half_s: float, attack_s: float = 0.002) -> Mono:
    """Up within the attack, then half as loud after every ``half_s``."""
    import numpy as np

    at = clock(seconds)
    return np.asarray(np.minimum(1, at / attack_s) * 0.5 ** (np.maximum(0, at - attack_s) / half_s))


def noise(random: Random, low: Mono, high: Mono) -> Mono:
    """Noise between two moving frequencies in Hz: frames of white noise, cut in the spectrum and laid over each other."""
    import numpy as np

    count, hop = len(low), _FRAME // 2
    window = np.sin(np.pi * (np.arange(_FRAME) + 0.5) / _FRAME)
    bins = np.maximum(1, np.fft.rfftfreq(_FRAME, 1 / RATE_HZ))
    starts = np.arange(0, count + hop, hop)
    at = np.clip(starts - hop // 2, 0, count - 1)
    gains = 1 / (1 + (low[at, None] / bins) ** 6) / (1 + (bins / high[at, None]) ** 6)
    white = random.standard_normal(starts[-1] + _FRAME)
    frames = np.lib.stride_tricks.sliding_window_view(white, _FRAME)[starts] * window
    frames = np.fft.irfft(np.fft.rfft(frames, axis=1) * gains, axis=1) * window
    laid = np.zeros(starts[-1] + _FRAME)
    for start, frame in zip(starts, frames, strict=True):
        laid[start : start + _FRAME] += frame
    return np.asarray(laid[hop : hop + count])


def room(random: Random, dry: Mono, seconds: float, wet: float) -> Mono:
    """(n, 2): the sound in a room; each side has its own decaying noise as an impulse response."""
    import numpy as np

    length = round(seconds * RATE_HZ)
    fall = 10 ** (-3 * np.arange(length) / length)
    size = 1 << (len(dry) + length).bit_length()
    spectrum = np.fft.rfft(dry, size)
    sides = []
    for _ in range(2):
        echo = random.standard_normal(length) * fall
        echo /= np.sqrt((echo**2).sum())
        tail = np.fft.irfft(spectrum * np.fft.rfft(echo, size), size)[: len(dry)]
        sides.append(dry + wet * tail)
    return np.stack(sides, axis=1)


def placed(seconds: float, parts: Sequence[tuple[float, Mono]]) -> Mono:
    """Sounds laid into silence, each from its second on, each brought to silence in its last 10 ms; what passes the end is cut."""
    import numpy as np

    out = np.zeros(round(seconds * RATE_HZ))
    for at_s, part in parts:
        first = round(at_s * RATE_HZ)
        piece = (part * np.minimum(1, np.arange(len(part))[::-1] / min(480, len(part))))[: max(0, len(out) - first)]
        out[first : first + len(piece)] += piece
    return out

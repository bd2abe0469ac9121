"""The sample clip's music: a plucked bass, a click on every beat and a small tune, synthesised."""

from __future__ import annotations

import wave
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Sound = np.ndarray[Any, np.dtype[np.float64]]

RATE_HZ = 48_000
_TUNE = (0, 4, 7, 9, 7, 4, 2, 4, 0, 4, 7, 12, 9, 7, 4, 2, 0, 2, 4, 7, 9, 12, 7, 0)  # semitones above middle C, one per beat
_BASS = (0, 0, 5, 5, 7, 7)  # one per four beats
_SEED = 12


def write_wav(path: Path, beats: Sequence[int], duration_s: float, fps: int) -> None:
    """16-bit stereo at 48 kHz; ``beats`` are frame numbers at ``fps``."""
    import numpy as np

    length = round(duration_s * RATE_HZ)
    left, right = np.zeros(length), np.zeros(length)
    noise = np.random.default_rng(_SEED).uniform(-1, 1, RATE_HZ // 20)
    for number, frame in enumerate(beats):
        at = round(frame / fps * RATE_HZ)
        _add(left, at, _click(noise), 0.55)
        _add(right, at, _click(noise), 0.55)
        tone = _pluck(261.63 * 2 ** (_TUNE[number % len(_TUNE)] / 12), 0.45, 9.0)
        _add(left, at, tone, 0.20)
        _add(right, at + RATE_HZ // 90, tone, 0.24)
        if number % 2 == 0:
            bass = _pluck(65.41 * 2 ** (_BASS[number // 4 % len(_BASS)] / 12), 0.8, 4.0)
            _add(left, at, bass, 0.30)
            _add(right, at, bass, 0.28)
    stereo = np.stack([left, right], axis=1)
    stereo *= 0.8 / max(1e-9, float(np.abs(stereo).max()))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes((stereo * 32767).astype("<i2").tobytes())


def _click(noise: Sound) -> Sound:
    import numpy as np

    return np.asarray(noise * np.exp(-np.arange(len(noise)) / (RATE_HZ * 0.004)))


def _pluck(frequency_hz: float, length_s: float, decay: float) -> Sound:
    """A few harmonics that die away, the high ones first."""
    import numpy as np

    t = np.arange(round(length_s * RATE_HZ)) / RATE_HZ
    tone = np.zeros_like(t)
    for harmonic, level in ((1, 1.0), (2, 0.45), (3, 0.2), (5, 0.06)):
        tone += level * np.sin(2 * np.pi * frequency_hz * harmonic * t) * np.exp(-decay * harmonic**0.7 * t)
    attack = np.minimum(1.0, t / 0.004)
    return np.asarray(tone * attack)


def _add(track: Sound, at: int, sound: Sound, level: float) -> None:
    end = min(len(track), at + len(sound))
    if end > at:
        track[at:end] += level * sound[: end - at]

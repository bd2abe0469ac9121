"""A built-in estimate of where somebody speaks: no model, only what speech does to energy and spectrum."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from app.video.analysers.sound_features import band_centres_hz, band_sum, stretches

if TYPE_CHECKING:
    import numpy as np

    from app.video.analysers.sound_features import Bands

    Array = np.ndarray[Any, np.dtype[Any]]

METHOD = "built-in estimate from syllable rhythm, spectrum and pauses; no speech model was used"
_SHORTEST_S, _PAUSE_S = 0.5, 0.35
_CONTEXT_S = 2.5  # to either side that a figure depends on
_ACTIVE_DB = 26.0  # below the loud parts


def speech_score(bands: Bands | Array, hop_s: float, pulse: Array | float = 0.0) -> Array:
    """(N,) 0..1 per hop of (N, B) band powers; ``pulse``: how regular the onsets are there, 0..1, which speech never is.

    Over a second, speech (Scheirer and Slaney, "Construction and evaluation of a robust multifeature speech/music
    discriminator", ICASSP 1997) changes its energy with its syllables, two to eight times a second, falls silent between
    words, turns from vowels to hisses and back, and lies between 200 and 4000 Hz; music and noise do few of these at once.
    """
    import numpy as np

    if len(bands) < 10:
        return np.zeros(len(bands), np.float32)
    regular = np.broadcast_to(np.asarray(pulse, np.float32), (len(bands),))
    return np.concatenate([_score(found, regular[span]) for span, found in features(bands, hop_s)])


def _score(found: dict[str, Array], pulse: Array) -> Array:
    import numpy as np

    evidence = (
        1.1 * np.clip((found["modulation_db"] - 4.0) / 2.5, -2, 2)
        + 0.9 * np.clip((found["colour_change"] - 3.0) / 1.5, -2, 2)
        + 0.8 * np.clip((found["quiet_share"] - 0.12) / 0.12, -1.5, 1)
        + 1.2 * np.clip((found["voice_band"] - 0.6) / 0.15, -2.5, 1)
        - 5.0 * np.clip((pulse - 0.45) / 0.25, 0, 1)
    )
    score = 1 / (1 + np.exp(-evidence))
    return np.asarray(score * (found["level_db"] > -_ACTIVE_DB - 14), np.float32)


def features(bands: Bands | Array, hop_s: float) -> Iterator[tuple[slice, dict[str, Array]]]:
    """What `speech_score` looks at, per hop, over about a second: stretch by stretch, (which hops, their figures)."""
    import numpy as np

    centres = band_centres_hz()
    power = band_sum(bands, _voice(centres))
    floor = max(1e-10, float(np.percentile(power, 98)) * 1e-5)
    top = float(np.percentile(10 * np.log10(power + np.float32(floor)), 95))
    for outer, inner in stretches(len(bands), max(1, round(_CONTEXT_S / hop_s))):
        start = outer.start + inner.start
        found = _features(bands[outer], hop_s, floor, top)
        yield slice(start, start + inner.stop - inner.start), {name: values[inner] for name, values in found.items()}


def _features(bands: Array, hop_s: float, floor: float, top: float) -> dict[str, Array]:
    """``floor``: a power that counts as none; ``top``: level of the loud parts, dB."""
    import numpy as np

    centres = band_centres_hz()
    power, high, low, whole = (
        (bands @ wanted.astype(np.float32)).astype(np.float64)
        for wanted in (_voice(centres), (centres >= 2000) & (centres < 8000), (centres >= 200) & (centres < 1200), centres > 0)
    )
    level = 10 * np.log10(power + floor)
    second, syllable, smooth = (max(1, round(s / hop_s)) for s in (1.0, 0.4, 0.05))
    envelope = _mean(level, smooth)
    modulation = envelope - _mean(level, syllable)
    colour = 10 * np.log10((high + floor / 10) / (low + floor / 10))
    local_top = _mean(np.maximum(level, _mean(level, second)), second)
    return {
        "modulation_db": np.sqrt(_mean(modulation**2, second)),
        "colour_change": np.sqrt(np.maximum(0, _mean((_mean(colour, smooth) - _mean(colour, second)) ** 2, second))),
        "quiet_share": _mean((level < local_top - 10).astype(np.float64), second),
        "voice_band": _mean(power, second) / np.maximum(_mean(whole, second), 1e-12),
        "level_db": envelope - top,
    }


def _voice(centres: Array) -> Array:
    inside: Array = (centres >= 200) & (centres <= 4000)
    return inside


def speech_spans(score: Array, hop_s: float, threshold: float = 0.5) -> list[tuple[float, float]]:
    """(start, end) in seconds: score above ``threshold`` for 0.5 s or longer, gaps up to 0.35 s closed."""
    import numpy as np

    marked = np.concatenate(([0], (_mean(score, max(1, round(0.2 / hop_s))) >= threshold).astype(np.int8), [0]))
    edges = np.flatnonzero(np.diff(marked)).reshape(-1, 2) * hop_s
    spans: list[tuple[float, float]] = []
    for start, end in edges.tolist():
        if spans and start - spans[-1][1] <= _PAUSE_S:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return [(round(a, 2), round(b, 2)) for a, b in spans if b - a >= _SHORTEST_S]


def _mean(values: Array, width: int) -> Array:
    """Centred moving mean; at the ends, of what there is."""
    import numpy as np

    if width <= 1:
        return np.asarray(values, np.float64)
    total = np.concatenate(([0.0], np.cumsum(values, dtype=np.float64)))
    place = np.arange(len(values))
    low, high = np.maximum(0, place - width // 2), np.minimum(len(values), place + width - width // 2)
    return np.asarray((total[high] - total[low]) / (high - low))

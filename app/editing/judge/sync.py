"""Whether the sound stands where the picture stands: the film's onsets against those of the source, through where its pictures are from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.editing.judge.trace import Trace

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

FARTHEST_S = 0.75
KNOWN_FROM = 0.3  # correlation of onsets from which on the sound counts as that of the source
_LONE_S = 1.5  # stretches of this length are judged by themselves as well
_LONE_FROM = 0.5
_SHORTEST_S = 0.3
_ENOUGH_S, _LEAST_S = 2.5, 1.0  # of sound that was compared: less of it must be more alike, or tells nothing
_NEAR_S = 0.05
_DOUBT, _LONE_DOUBT = 1.15, 1.5  # a sound that repeats itself is like itself at other lags, too


@dataclass(frozen=True)
class Run:
    """Pictures of the film from ``start_s`` on for ``seconds`` that run on from ``source_s`` of a source at its own speed."""

    start_s: float
    seconds: float
    source: int
    source_s: float


@dataclass(frozen=True)
class Lag:
    """How late the sound is, seconds; negative when it is early. ``strength``: correlation of the onsets, 0 to 1."""

    seconds: float
    strength: float
    start_s: float = 0.0
    end_s: float = 0.0


@dataclass(frozen=True)
class Synced:
    """``whole``: all runs together, None when the source's sound is not heard; ``lone``: long runs one by one."""

    whole: Lag | None
    lone: tuple[Lag, ...] = ()


def lags(film: Trace, sources: Sequence[Trace], runs: Sequence[Run]) -> Synced | None:
    """Measures; None where neither film nor sources can be compared."""
    import numpy as np

    steps = round(FARTHEST_S / film.hop_s)
    total, energy = np.zeros(2 * steps + 1), np.zeros(2)
    lone: list[Lag] = []
    heard, compared_s = False, 0.0
    for run in runs:
        found = _correlation(film, sources[run.source], run, steps)
        if found is None:
            continue
        heard, compared_s = True, compared_s + run.seconds
        products, ours, theirs = found
        total += products
        energy += (ours, theirs)
        if run.seconds >= _LONE_S:
            lag = _peak(products, ours, theirs, film.hop_s, _LONE_DOUBT)
            if lag is not None and lag.strength >= _LONE_FROM:
                lone.append(Lag(lag.seconds, lag.strength, run.start_s, run.start_s + run.seconds))
    if not heard:
        return None
    whole = _peak(total, float(energy[0]), float(energy[1]), film.hop_s)
    least = KNOWN_FROM if compared_s >= _ENOUGH_S else _LONE_FROM
    sure = whole is not None and whole.strength >= least and compared_s >= _LEAST_S
    return Synced(whole if sure else None, tuple(lone))


def _correlation(film: Trace, source: Trace, run: Run, steps: int) -> tuple[Array, float, float] | None:
    """(products for every lag, energy of the film's onsets, mean energy of the source's)."""
    import numpy as np

    if not film.has_sound or not source.has_sound or run.seconds < _SHORTEST_S:
        return None
    count = int(run.seconds / film.hop_s)
    ours = _rows(film, run.start_s, count, film.hop_s)
    wide = _rows(source, run.source_s - steps * film.hop_s, count + 2 * steps, film.hop_s)
    if not ours.any() or not wide.any():
        return None
    ours = ours - ours.mean(axis=0)
    size = 1 << (len(wide) + count).bit_length()
    spectrum = np.fft.rfft(wide, size, axis=0) * np.conj(np.fft.rfft(ours, size, axis=0))
    products = np.fft.irfft(spectrum, size, axis=0)[: 2 * steps + 1].sum(axis=1)
    centred = wide - wide.mean(axis=0)
    theirs = float(np.square(centred).sum()) * count / len(wide)
    return products[::-1], float(np.square(ours).sum()), theirs  # an early place in the source is late sound


def _rows(trace: Trace, since_s: float, count: int, hop_s: float) -> Array:
    """(count, 7) onsets from a time on, every ``hop_s``; 0 outside the sound."""
    import numpy as np

    places = np.round((since_s + np.arange(count) * hop_s - trace.sound_start_s) / trace.hop_s).astype(int)
    inside = (places >= 0) & (places < len(trace.flux))
    rows = np.zeros((count, trace.flux.shape[1]))
    rows[inside] = trace.flux[places[inside]]
    return rows


def _peak(products: Array, ours: float, theirs: float, hop_s: float, doubt: float = _DOUBT) -> Lag | None:
    """The lag that fits best; one within a frame or so is believed unless another fits ``doubt`` times better."""
    if ours <= 0 or theirs <= 0:
        return None
    place, middle = int(products.argmax()), (len(products) - 1) // 2
    near = max(1, round(_NEAR_S / hop_s))
    usual = middle - near + int(products[middle - near : middle + near + 1].argmax())
    if products[place] < doubt * products[usual]:
        place = usual
    offset = 0.0
    if 0 < place < len(products) - 1:
        a, b, c = (float(v) for v in products[place - 1 : place + 2])
        bend = a - 2 * b + c
        offset = 0.5 * (a - c) / bend if bend < 0 else 0.0
    strength = min(1.0, max(0.0, float(products[place]) / (ours * theirs) ** 0.5))
    return Lag(round((place + offset - middle) * hop_s, 4), round(strength, 3))

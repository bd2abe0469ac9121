"""What is wrong inside one shot and how wrong each frame is: pure functions of the stored numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.video.analysers.camera_moves import smooth
from app.video.analysers.hold_pattern import CLEAR_RATIO, STILL_MOST, pattern, threshold

if TYPE_CHECKING:
    import numpy as np

    from app.video.curves import Curves

    Values = np.ndarray[Any, np.dtype[np.float64]]
    Flags = np.ndarray[Any, np.dtype[np.bool_]]

FLICKER_ABOVE = 0.8  # levels of amplitude
FREEZE_FRAMES = 5  # one picture for this long; shorter ones are repeated frames
JUMP_ABOVE, JUMP_LEVELS = 6.0, 3.0  # in spreads of its neighbours, and in levels
MOVE_JUMP = 0.3  # % of the frame width: about 1 px at 320 px
LONE_JUMP, _LONE_NEAR = 2.2, 4  # times the most of so many steps to each side: tells a jump while a movement dies away
SWING_ABOVE = 4.0  # levels of amplitude of the mean colour
_SWING_SLOW_S = 0.25  # changes of colour slower than about 0.7 Hz do not swing
_SLOW_S = 0.12  # changes of light slower than about 1.5 Hz are no flicker
_WINDOW_S = 1.0
_ONE_WAY, _BOTH_WAYS = 0.3, 0.6  # 1 - net change / sum of changes: none of a fade is flicker, all of what comes back is
_NEAR = 8  # frames to each side that count as neighbours
_FLOOR = 0.5  # levels
_REPEAT_OF_MOTION = 0.04  # of the change in lively frames: a coder touching up a repeat changes no more
_REGULAR = 0.35  # of the power in one line of the spectrum makes a frequency worth telling


@dataclass(frozen=True)
class Stretch:
    """Frames ``start`` to ``end`` (exclusive) of the shot."""

    start: int
    end: int


@dataclass(frozen=True)
class Flicker(Stretch):
    """Light that goes up and down. ``levels``: amplitude; ``hz``: its frequency, None when irregular."""

    levels: float
    hz: float | None


@dataclass(frozen=True)
class ShotFaults:
    """What is wrong in a shot, in frames of the shot, and the coherence of each of its frames, 0 to 1."""

    coherence: Values
    flicker_levels: float
    flicker_hz: float | None
    flickers: list[Flicker] = field(default_factory=list)
    jumps: list[int] = field(default_factory=list)
    frozen: list[Stretch] = field(default_factory=list)
    repeats: list[Stretch] = field(default_factory=list)
    reasons: dict[int, str] = field(default_factory=dict)
    swing_levels: float = 0.0


def examine(part: Curves) -> ShotFaults:
    """All faults of one shot. Its first frame is compared with nothing: what lies before is another shot."""
    import numpy as np

    count = len(part)
    if count < 3:
        return ShotFaults(np.ones(count), 0.0, None)
    rest, gain, local = (_tail(part, name) for name in ("coh_rest", "coh_gain", "coh_local"))
    local[0] = local[1]
    strength = flicker_strength(gain, part.fps)
    flickers = find_flicker(gain, strength, part.fps)
    jumps = find_jumps(part)
    frozen, repeats = find_repeats(_tail(part, "coh_most"))
    u, v = (part[name].astype(np.float64) for name in ("coh_u", "coh_v"))
    colour, swing = np.hypot(np.diff(u), np.diff(v)), swing_strength(u, v, part.fps)
    terms = {
        "the picture changes abruptly": np.clip(spikes(rest) - 2, 0, None) / 6,
        "the light flickers": np.clip(strength - FLICKER_ABOVE / 2, 0, None) / 3,
        "the light flickers in places": np.clip(spikes(local) - 3, 0, None) / 10,
        "the colour jumps": np.clip(spikes(colour) - 3, 0, None) / 6,
        "the colour swings": np.clip(swing - SWING_ABOVE, 0, None) / 6,
        "the motion jumps": _marks(len(rest), jumps, 2.0),
        "frames are repeated": _marks(len(rest), [f for s in repeats for f in range(s.start + 1, s.end)], 0.7),
        "the picture freezes": _marks(len(rest), [f for s in frozen for f in range(s.start + 1, s.end)], 1.0),
    }
    table = np.stack(list(terms.values()))
    worst, names = table.max(0), list(terms)
    coherence = np.concatenate([[1.0], 1.0 / (1.0 + worst)])
    reasons = {int(i) + 1: names[int(table[:, i].argmax())] for i in np.flatnonzero(worst > 0.25)}
    peak = int(strength.argmax())
    hz = _frequency(gain, peak, part.fps) if strength[peak] > FLICKER_ABOVE else None
    return ShotFaults(coherence, float(strength[peak]), hz, flickers, jumps, frozen, repeats, reasons, float(swing.max()))


def flicker_strength(gain: Values, fps: float) -> Values:
    """Amplitude of the light's fast ups and downs around every step, levels.

    The sum of the gains is the light's level over time; what a Gaussian of 0.12 s leaves of it is flicker. The median of
    its size over a second, times the square root of two, is a sine wave's amplitude. Gains far above what is usual within
    the second, a flash or a lamp switched on, are cut down beforehand; light that goes one way only, a fade, does not count.
    """
    import numpy as np

    level = np.concatenate([[0.0], np.cumsum(_usual_gain(gain, fps))])
    fast = np.abs(level - smooth(level, _SLOW_S * fps))
    width = min(len(fast), max(5, round(_WINDOW_S * fps)))
    middle = np.median(np.lib.stride_tricks.sliding_window_view(fast, width), axis=1) * np.sqrt(2.0)
    steps = np.lib.stride_tricks.sliding_window_view(gain, min(width, len(gain)))
    net, total = np.abs(steps.sum(1)), np.abs(steps).sum(1)
    balance = 1.0 - net / np.maximum(total, 1e-9)
    middle = middle[: len(balance)] * np.clip((balance[: len(middle)] - _ONE_WAY) / (_BOTH_WAYS - _ONE_WAY), 0.0, 1.0)
    left = (len(gain) - len(middle)) // 2
    return np.pad(middle, (left, len(gain) - len(middle) - left), mode="edge")


def swing_strength(u: Values, v: Values, fps: float) -> Values:
    """Amplitude of the mean colour's ups and downs around every step, levels of colour difference.

    Measured as flicker is, in the plane of u and v: what a Gaussian of 0.25 s leaves, as the median over a second times the
    square root of two. Colour that goes one way only, as where the camera turns to something else, does not count.
    """
    import numpy as np

    off = np.hypot(u - smooth(u, _SWING_SLOW_S * fps), v - smooth(v, _SWING_SLOW_S * fps))
    steps = np.stack([np.diff(u), np.diff(v)])
    width = min(steps.shape[1], max(5, round(_WINDOW_S * fps)))
    middle = np.median(np.lib.stride_tricks.sliding_window_view(off[1:], width), axis=1) * np.sqrt(2.0)
    parts = np.lib.stride_tricks.sliding_window_view(steps, width, axis=1)
    net, total = np.hypot(*parts.sum(2)), np.hypot(*parts).sum(1)
    found = middle * np.clip((1.0 - net / np.maximum(total, 1e-9) - _ONE_WAY) / (_BOTH_WAYS - _ONE_WAY), 0.0, 1.0)
    left = (steps.shape[1] - len(found)) // 2
    return np.pad(found, (left, steps.shape[1] - len(found) - left), mode="edge")


def _usual_gain(gain: Values, fps: float) -> Values:
    import numpy as np

    reach = min(max(2, round(_WINDOW_S * fps / 2)), len(gain) - 1)
    if reach < 1:
        return gain
    around = np.lib.stride_tricks.sliding_window_view(np.pad(np.abs(gain), reach, mode="reflect"), 2 * reach + 1)
    most = np.maximum(FLICKER_ABOVE, 2.5 * np.quantile(around, 0.75, axis=1))
    return np.clip(gain, -most, most)


def find_flicker(gain: Values, strength: Values, fps: float) -> list[Flicker]:
    """Stretches in which the light flickers."""
    return [
        Flicker(a, b + 1, float(strength[a:b].max()), _frequency(gain, (a + b) // 2, fps)) for a, b in _true_runs(strength > FLICKER_ABOVE)
    ]


def find_jumps(part: Curves) -> list[int]:
    """Frames at which the picture or the camera's speed departs from its neighbours for one step, as where frames are missing."""
    import numpy as np

    rest = _tail(part, "coh_rest")
    jump = ((spikes(rest) > JUMP_ABOVE) | (rest > LONE_JUMP * _most_around(rest))) & (rest > JUMP_LEVELS)
    if "cam_dx" in part.columns:
        found = _tail(part, "cam_inliers") > 0
        velocity = np.stack([_tail(part, "cam_dx"), _tail(part, "cam_dy")])
        usual = np.stack([_near_median(row) for row in velocity])
        off = np.hypot(*(velocity - usual))
        spread = 1.4826 * _near_median(off)
        jump |= found & (off > np.maximum(MOVE_JUMP, np.maximum(0.6 * np.hypot(*usual), 6 * spread))) & _alone(off)
    return [int(i) + 1 for i in np.flatnonzero(jump)]


def find_repeats(most: Values) -> tuple[list[Stretch], list[Stretch]]:
    """(frozen, repeated): pictures that stand longer than the shot's rhythm wants, between frames that move in earnest.

    A pause in acting begins and ends gently; a freeze does not.
    """
    import numpy as np

    split = threshold(most, CLEAR_RATIO)
    limit = STILL_MOST if split is None else max(STILL_MOST, min(split, _REPEAT_OF_MOTION * float(np.percentile(most, 90))))
    moving = most > limit
    if not moving.any():
        return [], []
    period, usual = pattern(moving).period, float(np.median(most[moving]))
    normal = period if period > 0 else 4
    frozen: list[Stretch] = []
    repeats: list[Stretch] = []
    for a, b in _true_runs(~moving):
        if a == 0 or b == len(most) or b - a + 1 <= normal or min(most[a - 1], most[b]) < max(0.25 * usual, 4 * limit):
            continue
        (frozen if b - a + 1 >= FREEZE_FRAMES else repeats).append(Stretch(a, b + 1))
    return frozen, repeats


def spikes(values: Values) -> Values:
    """How far each value stands out above its neighbours, in robust spreads of theirs."""
    import numpy as np

    middle = _near_median(values)
    spread = 1.4826 * _near_median(np.abs(values - middle)) + 0.15 * middle + _FLOOR
    return (values - middle) / spread


def _frequency(gain: Values, place: int, fps: float) -> float | None:
    import numpy as np

    half = max(8, round(fps))
    level = np.concatenate([[0.0], np.cumsum(gain[max(0, place - half) : place + half])])
    fast = level - smooth(level, _SLOW_S * fps)
    power = np.square(np.abs(np.fft.rfft(fast * np.hanning(len(fast)))))
    power[0] = 0.0
    best = int(power.argmax())
    if power.sum() <= 0 or power[max(1, best - 1) : best + 2].sum() < _REGULAR * power.sum():
        return None
    return float(np.fft.rfftfreq(len(fast), 1.0 / fps)[best])


def _alone(off: Values) -> Flags:
    """Steps that stand out more than twice as far as the step before and the step behind."""
    import numpy as np

    around = np.maximum(np.concatenate([[0.0], off[:-1]]), np.concatenate([off[1:], [0.0]]))
    alone: Flags = off > 2 * around
    return alone


def _most_around(values: Values) -> Values:
    """The most of four steps to each side, without the step itself; nothing outdoes it where there are fewer than three steps."""
    import numpy as np

    reach = min(_LONE_NEAR, len(values) - 1)
    if reach < 1:
        return values.copy()
    around = np.lib.stride_tricks.sliding_window_view(np.pad(values, reach), 2 * reach + 1).copy()
    around[:, reach] = 0.0
    most: Values = around.max(axis=1)
    return most


def _near_median(values: Values) -> Values:
    """Median over eight steps to each side; at the ends over as many as there are, mirrored."""
    import numpy as np

    reach = min(_NEAR, len(values) - 1)
    if reach < 1:
        return values.copy()
    return np.median(np.lib.stride_tricks.sliding_window_view(np.pad(values, reach, mode="reflect"), 2 * reach + 1), axis=1)


def _true_runs(flags: Flags) -> list[tuple[int, int]]:
    import numpy as np

    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _marks(count: int, frames: list[int], weight: float) -> Values:
    import numpy as np

    marks = np.zeros(count)
    marks[[f - 1 for f in frames if 0 < f <= count]] = weight
    return marks


def _tail(part: Curves, name: str) -> Values:
    import numpy as np

    return part[name][1:].astype(np.float64)

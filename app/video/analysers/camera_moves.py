"""From per-frame camera motion to moves and style: pure functions of the stored numbers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, cast

if TYPE_CHECKING:
    import numpy as np

    from app.video.curves import Curves, Shot

    Array = np.ndarray[Any, np.dtype[np.float64]]
    Flags = np.ndarray[Any, np.dtype[np.bool_]]
    Names = np.ndarray[Any, np.dtype[np.str_]]

Kind = Literal["static", "pan_left", "pan_right", "tilt_up", "tilt_down", "zoom_in", "zoom_out", "roll_cw", "roll_ccw", "complex"]
Style = Literal["static", "smooth", "dynamic", "handheld"]

STILL_BELOW = 0.5  # % of the frame width per second: about 0.07 px a frame at 320 px and 24 fps, well above what noise makes
SHAKY_STILL_BELOW = 2.0  # the same in a shaking shot, for what is left when the shake is smoothed away
COMPLEX_ABOVE = 0.45  # of the strongest component: a second one this strong makes the move complex
SHAKE_ABOVE = 0.8
SHAKE_OF_SPEED = 0.12
TURNS_PER_S = 2.0
FAST_ABOVE = 60.0
_ZOOM_REACH = 0.3  # a point 30 % of the width away from the middle is what zoom and roll are compared by
_ROLL_REACH = 0.3 * 1.7453  # % of the width per degree at that point
_SHORTEST_S = 0.25
_SHAKE_S, _SHAKY_SMOOTH_S = 0.3, 0.5
_LONGEST_HOLD = 4
_LONGEST_GAP = 6  # steps; for longer than that nothing is known, and no motion is made up
_HOLD_SHARE = 0.15
_CONTESTED = 0.5  # share of agreeing points
_FOREIGN = 1.0  # % of the frame width away from what is usual around
_STEP_MIN = 0.03  # % of the frame width: 0.1 px
_KINDS: tuple[tuple[Kind, Kind], ...] = (
    ("pan_left", "pan_right"),
    ("tilt_up", "tilt_down"),
    ("zoom_out", "zoom_in"),
    ("roll_ccw", "roll_cw"),
)


@dataclass(frozen=True)
class Motion:
    """One shot's camera velocity from frame to frame: value i belongs to the step from frame i to i + 1 of the shot.

    Attributes:
        fps: nominal frames per second.
        parts: right, down (% of the frame width per second), zoom (%/s), roll (degrees/s); holds evened out.
        foreground: mean share of points that move on their own.
        followed: share of the steps that could be measured.
    """

    fps: float
    parts: tuple[Array, Array, Array, Array]
    foreground: float
    followed: float

    def __len__(self) -> int:
        return len(self.parts[0])

    @classmethod
    def of(cls, curves: Curves, shot: Shot) -> Motion:
        """Reads one shot. Where nothing could be measured for a moment, the motion is drawn straight from neighbour to neighbour."""
        import numpy as np

        part = curves.part(shot.start, shot.end)
        inliers = part["cam_inliers"][1:].astype(np.float64)
        raw = [part[name][1:].astype(np.float64) for name in ("cam_dx", "cam_dy", "cam_zoom", "cam_roll")]
        known = (inliers > 0) & ~_mistaken(raw, inliers)
        seconds = np.clip(np.diff(part.times_s), 0.25 / curves.fps, 4.0 / curves.fps)
        if known.any() and not known.all():
            places = np.flatnonzero(known)
            for a, b in pairwise(places.tolist()):
                if 1 < b - a <= _LONGEST_GAP:
                    for values in raw:
                        values[a + 1 : b] = np.linspace(values[a], values[b], b - a + 1)[1:-1]
        parts = tuple(values / seconds for values in even_out(raw))
        foreground = float(1.0 - inliers[known].mean()) if known.any() else 0.0
        followed = float(known.mean()) if len(known) else 0.0
        return cls(curves.fps, cast("tuple[Array, Array, Array, Array]", parts), foreground, followed)

    @cached_property
    def smooth_parts(self) -> tuple[Array, ...]:
        """The same without shake."""
        return tuple(smooth(part, _SHAKE_S * self.fps) for part in self.parts)

    @cached_property
    def strengths(self) -> tuple[Array, Array, Array, Array]:
        """All four in one unit: % of the frame width per second at a point 30 % of the width from the middle."""
        right, down, zoom, roll = self.parts
        return right, down, zoom * _ZOOM_REACH, roll * _ROLL_REACH


@dataclass(frozen=True)
class Steadiness:
    """How a shot's camera moves; speeds in % of the frame width per second. ``turns_per_s``: changes of direction of the shake."""

    style: Style
    shake: float
    mean_speed: float
    peak_speed: float
    turns_per_s: float


@dataclass(frozen=True)
class Run:
    """Frames ``start`` to ``end`` (exclusive) of the shot with one kind of move."""

    kind: Kind
    start: int
    end: int


def even_out(parts: list[Array]) -> list[Array]:
    """Spreads a step over the repeated frames before it: a move drawn on twos is as smooth as one on ones.

    A repeat is a step of less than 15 % of the one that ends the hold, at most three of them in a row.
    """
    import numpy as np

    size = np.sqrt(parts[0] ** 2 + parts[1] ** 2 + (parts[2] * _ZOOM_REACH) ** 2 + (parts[3] * _ROLL_REACH) ** 2).tolist()
    out = [part.copy() for part in parts]
    for place, value in enumerate(size):
        held = 0
        while value > _STEP_MIN and held < min(_LONGEST_HOLD, place) and size[place - held - 1] < _HOLD_SHARE * value:
            held += 1
        if 0 < held < _LONGEST_HOLD:
            span = slice(place - held, place + 1)
            for part in out:
                part[span] = part[span].mean()
    return out


def steadiness(motion: Motion) -> Steadiness:
    """Shake is what remains above about 0.6 Hz; it is called handheld when it goes on through the shot and turns often."""
    import numpy as np

    if len(motion) == 0:
        return Steadiness("static", 0.0, 0.0, 0.0, 0.0)
    strengths = motion.strengths
    slow = [smooth(part, _SHAKE_S * motion.fps) for part in strengths]
    speed = np.sqrt(sum(part**2 for part in strengths))
    fast = np.sqrt(sum((part - calm) ** 2 for part, calm in zip(strengths, slow, strict=True)))
    mean_speed, shake = float(np.sqrt(sum(part**2 for part in slow)).mean()), float(np.sqrt(np.mean(fast**2)))
    lasting = 1.2 * float(np.median(fast))
    limit = max(SHAKE_ABOVE, SHAKE_OF_SPEED * mean_speed)
    seconds = len(motion) / motion.fps
    turns = max(turning_points(part, limit) for part in strengths)
    peak = float(np.percentile(speed, 98))
    if lasting > limit and turns >= 3 and turns / seconds >= TURNS_PER_S:
        style: Style = "handheld"
    elif float(np.mean(_median5(speed) > STILL_BELOW)) < 0.1:
        style = "static"
    else:
        style = "dynamic" if peak > FAST_ABOVE or shake > max(3 * SHAKE_ABOVE, 0.5 * mean_speed) else "smooth"
    return Steadiness(style, shake, mean_speed, peak, turns / seconds)


def turning_points(values: Array, least: float) -> int:
    """How often a curve turns round, going back by more than ``least`` each time."""
    count, heading = 0, 0
    low = high = float(values[0])
    for value in values.tolist():
        low, high = min(low, value), max(high, value)
        if heading >= 0 and value < high - least:
            count, heading, low, high = count + (heading > 0), -1, value, value
        elif heading <= 0 and value > low + least:
            count, heading, low, high = count + (heading < 0), 1, value, value
    return count


def runs(motion: Motion, steady: Steadiness) -> list[Run]:
    """The shot cut into moves; stretches under a quarter of a second join the neighbour they resemble in length."""
    import numpy as np

    if len(motion) == 0:
        return [Run("static", 0, 1)]
    shaky = steady.style == "handheld"
    width = (_SHAKY_SMOOTH_S if shaky else 0.0) * motion.fps
    parts = [smooth(_median5(part), width) for part in motion.strengths]
    names = kinds(parts, max(SHAKY_STILL_BELOW, 0.5 * steady.shake) if shaky else STILL_BELOW)
    shortest = max(3, round(_SHORTEST_S * (4 if shaky else 1) * motion.fps))
    bounds = np.flatnonzero(names[1:] != names[:-1]) + 1
    spans = [(str(names[a]), a, b) for a, b in pairwise([0, *bounds.tolist(), len(names)])]
    spans = _join_short(spans, shortest)
    return [Run(cast("Kind", name), a + (a > 0), b + 1) for name, a, b in spans]


def kinds(strengths: list[Array], still: float) -> Names:
    """The kind of move of every step, by its strongest component."""
    import numpy as np

    size = np.abs(np.stack(strengths))
    order = np.sort(size, axis=0)
    which = size.argmax(0)
    positive = np.take_along_axis(np.stack(strengths), which[None], 0)[0] > 0
    names = np.array(_KINDS)[which, positive.astype(int)]
    names = np.where(order[-2] > COMPLEX_ABOVE * order[-1], "complex", names)
    return np.where(order[-1] < still, "static", names)


def smooth(values: Array, sigma: float) -> Array:
    """Gaussian smoothing, ``sigma`` in steps; the ends are mirrored through their own value, so that a ramp stays a ramp."""
    import numpy as np

    reach = min(round(3 * sigma), len(values) - 1)
    if reach < 1:
        return values
    kernel = np.exp(-0.5 * np.square(np.arange(-reach, reach + 1) / sigma))
    left, right = 2 * values[0] - values[reach:0:-1], 2 * values[-1] - values[-2 : -reach - 2 : -1]
    return np.convolve(np.concatenate([left, values, right]), kernel / kernel.sum(), mode="valid")


def _mistaken(parts: list[Array], inliers: Array) -> Flags:
    """Steps at which something in the foreground was followed: most points disagree, and the steps around are quite different."""
    import numpy as np

    off = np.zeros(len(inliers))
    for part in parts[:2]:
        off = np.maximum(off, np.abs(part - _median5(part)))
    return (inliers < _CONTESTED) & (off > _FOREIGN)


def _median5(values: Array) -> Array:
    import numpy as np

    if len(values) < 5:
        return values
    padded = np.concatenate([values[:1], values[:1], values, values[-1:], values[-1:]])
    middle: Array = np.median(np.lib.stride_tricks.sliding_window_view(padded, 5), axis=1)
    return middle


def _join_short(spans: list[tuple[str, int, int]], shortest: int) -> list[tuple[str, int, int]]:
    """Takes the shortest stretch that is too short and gives it to its longer neighbour, until none is left."""
    spans = list(spans)
    while len(spans) > 1:
        place = min(range(len(spans)), key=lambda i: spans[i][2] - spans[i][1])
        if spans[place][2] - spans[place][1] >= shortest:
            break
        sides = [i for i in (place - 1, place + 1) if 0 <= i < len(spans)]
        other = max(sides, key=lambda i: spans[i][2] - spans[i][1])
        a, b = sorted((place, other))
        spans[a : b + 1] = [(spans[other][0], spans[a][1], spans[b][2])]
        while a > 0 and spans[a - 1][0] == spans[a][0]:
            spans[a - 1 : a + 1] = [(spans[a][0], spans[a - 1][1], spans[a][2])]
            a -= 1
        while a + 1 < len(spans) and spans[a + 1][0] == spans[a][0]:
            spans[a : a + 2] = [(spans[a][0], spans[a][1], spans[a + 1][2])]
    return spans

"""Where in a source the pictures of a film are from, and how fast they run: found by looking, without being told."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from app.editing.judge.trace import Trace

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

LONGEST, SHORTEST = 36, 10  # frames of a window
FOUND_BELOW = 0.12  # distance from which on a window is not taken to be from the source
CLEARLY, SLACK = 1.6, 5e-4  # so many times farther, and so much, is farther beyond doubt
_PICKS = 10  # frames of a window that are looked at
_APART_S = 0.15
_RATES = tuple(2 ** (n / 8) for n in range(-16, 17))  # a quarter to four times as fast
_WHOLE, _WHOLE_BUT = (0.0, 0.0, 1.0, 1.0), 0.03
_SAME_RATE = 0.1  # octaves: 7 %
_LEAST_PIXELS = 60  # of 576 that must be seen
_FLAT_STD = 2.0
_SOURCE_FRAMES = 400_000  # of one source; what lies behind is not searched


@dataclass(frozen=True)
class Window:
    """Frames ``first`` to ``end`` (exclusive) of the film, all of one shot, and where they were found.

    Attributes:
        source: number of the source.
        at: frame of the source that ``first`` shows.
        rate: seconds of the source per second of film; negative when it runs backwards.
        usual: the rate that was to be expected.
        distance: 1 - mean correlation of the pictures with those found; 0 when they are the same.
        usual_at, usual_distance: place and distance at best with the rate that was to be expected.
        tells_rate: other rates fit clearly worse, so that the rate is known.
        tells_place: other places fit clearly worse.
    """

    first: int
    end: int
    source: int
    at: int
    rate: float
    distance: float
    usual: float
    usual_at: int
    usual_distance: float
    tells_rate: bool
    tells_place: bool

    @property
    def found(self) -> bool:
        """Whether it is from the source at all."""
        return self.distance < FOUND_BELOW

    @property
    def off_rate(self) -> bool:
        """Whether the expected rate is ruled out."""
        apart = self.rate * self.usual <= 0 or abs(math.log2(self.rate / self.usual)) > _SAME_RATE
        return self.found and self.tells_rate and apart and self.usual_distance > CLEARLY * self.distance + SLACK

    @property
    def place(self) -> tuple[int, float]:
        """(first frame in the source, rate): the expected rate unless it is ruled out."""
        return (self.at, self.rate) if self.off_rate else (self.usual_at, self.usual)


def windows(shots: Sequence[tuple[int, int]], longest: int = LONGEST) -> Iterator[tuple[int, int]]:
    """Shots in parts of ``longest`` frames at most and about equal length; what is shorter than `SHORTEST` is left out."""
    for start, end in shots:
        parts = max(1, -(-(end - start) // longest))
        edges = [start + round((end - start) * part / parts) for part in range(parts + 1)]
        yield from ((a, b) for a, b in pairwise(edges) if b - a >= SHORTEST)


def find(film: Trace, span: tuple[int, int], sources: Sequence[Trace], usual: float = 1.0, view: Array | None = None) -> Window | None:
    """The window's place in the source that fits best; None where its pictures are flat.

    Every rate of a grid and every place is tried: the mean correlation of ten of the window's pictures with those of the source
    that would be shown.

    Args:
        usual: the rate to be expected.
        view: (N, 4) which part of the source's picture each frame of the film shows, see `views`; None: all of it.
    """
    import numpy as np

    picks = np.unique(np.linspace(span[0], span[1] - 1, _PICKS).round().astype(int))
    seen = [_picture(film, int(pick), view) for pick in picks]
    if not any(picture.any() for picture, _ in seen):
        return None
    found = [_in_source(_likeness(seen, source), picks - span[0], film, source, usual) for source in sources]
    number = min(range(len(found)), key=lambda n: found[n].distance)
    best = found[number]
    return Window(span[0], span[1], number, best.at, best.rate, best.distance, usual, *best.usual, best.tells_rate, best.tells_place)


def distance_at(film: Trace, span: tuple[int, int], source: Trace, frames: Array, view: Array | None = None) -> float:
    """1 - mean correlation of the span's pictures with the source's ``frames`` (one for each); 1 where they are flat."""
    import numpy as np

    shown = np.clip(frames, 0, len(source) - 1)
    picks = np.unique(np.linspace(0, len(shown) - 1, _PICKS).round().astype(int))
    seen = [_picture(film, span[0] + int(pick), view) for pick in picks]
    return float(
        1
        - np.mean(
            [_correlations(picture, mask, source, shown[pick : pick + 1])[0] for (picture, mask), pick in zip(seen, picks, strict=True)]
        )
    )


def _picture(film: Trace, frame: int, view: Array | None) -> tuple[Array, Array | None]:
    """(576,) the picture where it lies in the source's, of mean 0 and length 1, and the pixels that it covers; None for all."""
    import numpy as np

    if view is None or (np.abs(view[min(frame, len(view) - 1)] - _WHOLE) < _WHOLE_BUT).all():
        return film.shapes[frame], None
    return _placed(film.tiny[frame], view[min(frame, len(view) - 1)])


def _placed(tiny: Array, view: Array) -> tuple[Array, Array]:
    """The picture where it lies in the source's tiny one; what shows little of the source is finer than it is there, so blurred."""
    import cv2
    import numpy as np

    height, width = tiny.shape
    across = ((np.arange(width) + 0.5) / width - view[0]) / view[2] * width - 0.5
    along = ((np.arange(height) + 0.5) / height - view[1]) / view[3] * height - 0.5
    x, y = np.meshgrid(across.astype(np.float32), along.astype(np.float32))
    sigma = [max(1e-3, 0.5 / float(share) - 0.5) for share in view[2:]]
    smooth = cv2.GaussianBlur(tiny.astype(np.float32), (0, 0), sigma[0], sigmaY=sigma[1]) if max(sigma) > 0.1 else tiny.astype(np.float32)
    picture = cv2.remap(smooth, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).ravel()
    mask = ((x > -0.3) & (x < width - 0.7) & (y > -0.3) & (y < height - 0.7)).ravel()
    if mask.sum() < _LEAST_PIXELS:
        return np.zeros_like(picture), mask
    flat = np.where(mask, picture - picture[mask].mean(), 0.0).astype(np.float32)
    length = float(np.linalg.norm(flat))
    return (flat / length if length > _FLAT_STD * np.sqrt(mask.sum()) else np.zeros_like(flat)), mask


def _likeness(seen: Sequence[tuple[Array, Array | None]], source: Trace) -> Array:
    """(pictures, source frames) correlations."""
    import numpy as np

    count = min(len(source), _SOURCE_FRAMES)
    if all(mask is None for _, mask in seen):
        whole: Array = np.stack([picture for picture, _ in seen]) @ source.shapes[:count].T
        return whole
    return np.stack([_correlations(picture, mask, source, slice(0, count)) for picture, mask in seen])


def _correlations(picture: Array, mask: Array | None, source: Trace, frames: Any) -> Array:
    """(M,) correlations of one picture with frames of the source, over the pixels that it covers."""
    import numpy as np

    if mask is None:
        whole: Array = source.shapes[frames] @ picture
        return whole
    covered = source.tiny[frames].reshape(-1, mask.size)[:, mask].astype(np.float32)
    covered -= covered.mean(axis=1, keepdims=True)
    length = np.linalg.norm(covered, axis=1)
    found: Array = (covered @ picture[mask].astype(np.float32)) / np.maximum(length, 1e-6)
    found[length < _FLAT_STD * np.sqrt(mask.sum())] = 0.0
    return found


@dataclass(frozen=True)
class _Best:
    at: int
    rate: float
    distance: float
    usual: tuple[int, float]
    tells_rate: bool
    tells_place: bool


def _in_source(likeness: Array, since: Array, film: Trace, source: Trace, usual: float) -> _Best:
    per_frame = source.fps / film.fps
    tried = {rate: _along(likeness, since * rate * per_frame) for rate in dict.fromkeys((usual, *_RATES, -1.0))}
    places = {rate: (int(line.argmax()), float(1 - line.max())) for rate, line in tried.items()}
    rate = min(places, key=lambda r: (places[r][1] + (0 if r == usual else 1e-6), abs(r - usual)))
    at, distance = places[rate]
    limit = CLEARLY * distance + SLACK
    others = [places[r][1] for r in places if r > 0 and not 0.65 < r / rate < 1.5] if rate > 0 else [places[usual][1]]
    line = tried[rate].copy()
    near = max(2, round(_APART_S * source.fps))
    line[max(0, at - near) : at + near + 1] = -1.0
    tells_place = bool(1 - line.max() > limit)
    return _Best(at, rate, max(0.0, distance), (places[usual][0], max(0.0, places[usual][1])), min(others) > limit, tells_place)


def _along(likeness: Array, steps: Array) -> Array:
    """(M,) mean likeness of the pictures, were the first of them that of each place; -1 where it would run out of the source."""
    import numpy as np

    count = likeness.shape[1]
    shifts = np.round(steps).astype(int)
    total = np.full(count, -1.0, np.float32)
    low, high = max(0, -int(shifts.min())), count - max(0, int(shifts.max()))
    if high > low:
        total[low:high] = sum(likeness[k, low + s : high + s] for k, s in enumerate(shifts)) / len(shifts)
    return total

"""Small films as lists of frames, for analysers whose answer is known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from app.video.analysers.base import Measure
from app.video.curves import Curves
from app.video.frame import Frame

Grey = np.ndarray[Any, np.dtype[np.uint8]]


def picture(seed: int, size: tuple[int, int] = (90, 160)) -> Grey:
    """A smooth random picture with its own light."""
    import cv2

    rng = np.random.default_rng(seed)
    coarse = rng.random((5, 8), dtype=np.float32)
    smooth = cv2.resize(coarse, (size[1], size[0]), interpolation=cv2.INTER_CUBIC)
    return np.clip(40 + 25 * (seed % 5) + 120 * smooth, 0, 255).astype(np.uint8)


def frames(pictures: Sequence[Grey], colours: Sequence[int] | None = None) -> list[Frame]:
    """Frames with the pictures as luma; ``colours`` gives each a tint."""
    found = []
    for index, grey in enumerate(pictures):
        tint = 128 if colours is None else colours[index]
        chroma = np.full((grey.shape[0] // 2, grey.shape[1] // 2), tint, np.uint8)
        found.append(Frame(index, index / 24, np.ascontiguousarray(grey), chroma, 255 - chroma))
    return found


def measured(measure: Measure, film: Sequence[Frame], fps: float = 24.0) -> Curves:
    """The curves of a film."""
    rows = np.asarray([measure.measure(frame) for frame in film], dtype=np.float32)
    columns = {name: rows[:, n] for n, name in enumerate(measure.columns)}
    return Curves(fps, np.asarray([frame.time_s for frame in film]), columns)

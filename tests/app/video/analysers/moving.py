"""Films whose motion is known, for the analysers of motion; rendered once and kept for the other tests of the process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from app.video.analysers.base import Findings, Measure
from app.video.analysers.camera import CameraMeasure
from app.video.analysers.coherence_measure import CoherenceMeasure
from app.video.analysers.holds import HoldMeasure
from app.video.curves import Curves, Shot
from tests.benchmarks import motion_truth as truth
from tests.benchmarks.accuracy_motion import findings, info

Image = truth.Image
Move = truth.Move
MEASURES: tuple[Callable[[], Measure], ...] = (CameraMeasure, CoherenceMeasure, HoldMeasure)

__all__ = ["MEASURES", "Image", "Move", "cartoon", "curves_of", "film", "findings", "found_in", "rows_of", "walk"]


@lru_cache(maxsize=1)
def cartoon() -> Image:
    """A large picture of flat shapes with outlines."""
    return truth.cartoon(np.random.default_rng(1))


@lru_cache(maxsize=32)
def film(move: Move, count: int) -> tuple[Image, ...]:
    """``count`` pictures of a camera that makes the same move in every frame."""
    return tuple(truth.view(cartoon(), place) for place in truth.steady_path(move, count))


@lru_cache(maxsize=32)
def walk(period: int, count: int = 40, pan: Move | None = None) -> tuple[Image, ...]:
    """A small figure drawn anew every ``period`` frames."""
    return tuple(truth.walking(cartoon(), np.random.default_rng(4), count, period, pan))


def rows_of(pictures: Sequence[Image], start: int = 0) -> list[list[float]]:
    """All measures' numbers, when they are started at frame ``start``."""
    measures = [make() for make in MEASURES]
    return [
        [float(value) for measure in measures for value in measure.measure(frame)]
        for frame in truth.frames(pictures)
        if frame.index >= start
    ]


def curves_of(fps: float = 24.0, **columns: Any) -> Curves:
    """Curves from the columns given; others that rules ask for are filled with what a still picture has."""
    count = len(next(iter(columns.values())))
    nothing = np.zeros(count, np.float32)
    names = [name for make in MEASURES for name in make().columns]
    table = dict.fromkeys(names, nothing) | {"cam_inliers": nothing + 1, "coh_ssim": nothing + 1}
    table |= {name: np.asarray(values, np.float32) for name, values in columns.items()}
    return Curves(fps, np.arange(count) / fps, table)


def found_in(curves: Curves, shots: Sequence[Shot] | None = None) -> Findings:
    """Findings of one shot, unless told otherwise."""
    return Findings(curves, Curves(curves.fps, curves.times_s[:0]), [Shot(0, len(curves))] if shots is None else shots, info(len(curves)))

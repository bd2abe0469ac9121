"""The measuring half of the table: what every analyser's measures and samplers say of a frame, as rows of numbers."""

from __future__ import annotations

from collections.abc import Sequence

from app.video.analysers.base import Analyser, Measure, Sampler
from app.video.frame import Frame

SAMPLES_PER_S = 2.0


class Measures:
    """Looks at frames in order.

    Attributes:
        names, sample_names: what the numbers of `row` and of `sample` are.
        memory: frames that must be shown before the first whose row counts (`row` may be thrown away).
        stride: frames whose number it divides are sampled.
    """

    def __init__(self, analysers: Sequence[Analyser], fps: float) -> None:
        self._measures: list[Measure] = [a.measure() for a in analysers if a.measure is not None]
        self._samplers: list[Sampler] = [a.sampler() for a in analysers if a.sampler is not None]
        self.memory = max((m.memory for m in self._measures), default=0)
        self.stride = max(1, round(fps / SAMPLES_PER_S))
        self.names = [name for m in self._measures for name in m.columns]
        self.sample_names = ["frame", *(name for s in self._samplers for name in s.columns)]
        if len({*self.names}) != len(self.names) or len({*self.sample_names}) != len(self.sample_names):
            raise ValueError("two analysers use the same column name")

    def row(self, frame: Frame) -> list[float]:
        """Measures the next frame."""
        return [number for measure in self._measures for number in measure.measure(frame)]

    def sample(self, frame: Frame) -> list[float] | None:
        """Looks closely at a frame, when it is one to be sampled; to be called after `row`."""
        if frame.index % self.stride:
            return None
        return [float(frame.index), *(number for sampler in self._samplers for number in sampler.sample(frame))]

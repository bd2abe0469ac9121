"""What an analyser is: numbers measured frame by frame in the one pass, and a pure decision over all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import BaseModel

from app.video.curves import Curves, Shot
from app.video.frame import Frame
from app.video.models import MediaInfo


class Measure(Protocol):
    """Measures every frame, in order. Its numbers may depend on at most ``memory`` frames before the present one.

    That bound is what lets a killed analysis resume, and several segments be measured at once, with the same result:
    a measure that is started ``memory`` frames early has forgotten, at its first kept frame, where it was started.
    """

    columns: tuple[str, ...]
    memory: int

    def measure(self, frame: Frame) -> Sequence[float]:
        """One number per column."""


class Sampler(Protocol):
    """Looks closely at few frames (two a second); keeps no state."""

    columns: tuple[str, ...]

    def sample(self, frame: Frame) -> Sequence[float]:
        """One number per column."""


@dataclass(frozen=True)
class Findings:
    """All that a decision may look at.

    Attributes:
        curves: every frame's numbers.
        samples: sampled frames' numbers; its column ``frame`` holds their frame numbers.
        shots: the scenes, in order, without gaps.
        info: what probing told.
    """

    curves: Curves
    samples: Curves
    shots: Sequence[Shot]
    info: MediaInfo


@dataclass(frozen=True)
class Analyser:
    """One row of the table. ``name`` is its key in analysis.json, ``result`` the model under it."""

    name: str
    result: type[BaseModel]
    decide: Callable[[Findings], BaseModel]
    measure: Callable[[], Measure] | None = None
    sampler: Callable[[], Sampler] | None = None


Row = Mapping[str, Any]

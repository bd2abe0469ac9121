"""The timeline: a plan that has been checked against its sources, in whole frames. Everything downstream reads this, not the plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from app.editing.facts import SourceFacts
from app.editing.operations.base import Operation, Place
from app.editing.operations.joins import Transition
from app.editing.plan import EditPlan, Segment


@dataclass(frozen=True)
class Stretch:
    """A run of output frames at one speed: output frame i (from 0) shows source frame ``floor(start + i * step)``.

    ``start`` counts source frames from the clip's in-point; ``step`` in source frames per output frame: 0 holds, below 0 runs back.
    """

    start: Fraction
    step: Fraction
    frames: int


@dataclass(frozen=True)
class Clip:
    """One approved segment on the timeline.

    ``first`` and ``end``: source frames on the grid of its rate (see `SourceFacts`), ``end`` exclusive; 0 and 1 for a still.
    ``frames`` long on the film from film frame ``begins`` on; the first ``overlap`` of them lie
    under the end of the clip before (a transition). ``stretches`` add up to ``frames``.
    ``path``: JSON path of its segment in the plan.
    """

    segment: Segment
    path: str
    source: SourceFacts
    first: int
    end: int
    stretches: tuple[Stretch, ...]
    begins: int
    frames: int
    overlap: int
    transition: Transition | None

    def source_frame(self, frame: int) -> int:
        """The source frame that output frame ``frame`` (from the beginning of the clip) shows."""
        for stretch in self.stretches:
            if frame < stretch.frames:
                at = self.first + int((stretch.start + frame * stretch.step) // 1)
                return min(max(at, self.first), self.end - 1)
            frame -= stretch.frames
        raise IndexError(frame)


@dataclass(frozen=True)
class Timeline:
    """A film of ``frames`` frames at ``rate``, ``width`` x ``height`` pixels (even). ``notes``: what of the plan has no effect, and why."""

    plan: EditPlan
    sources: Mapping[str, SourceFacts]
    rate: Fraction
    width: int
    height: int
    clips: tuple[Clip, ...]
    frames: int
    notes: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        """Length of the film."""
        return float(self.frames / self.rate)

    def place(self, clip: Clip, index: int) -> Place:
        """Where the clip's operation number ``index`` stands."""
        return Place(
            path=f"{clip.path}.operations[{index}]", scope="segment", frames=clip.frames, first_frame=clip.begins, rate=self.rate,
            width=self.width, height=self.height, sources=self.sources, source=clip.source, source_start=clip.first, source_end=clip.end,
            alpha=self.plan.output.alpha, background=self.plan.output.background,
        )  # fmt: skip

    def film_place(self, index: int) -> Place:
        """Where the film's operation number ``index`` stands."""
        return Place(
            path=f"$.film[{index}]", scope="film", frames=self.frames, first_frame=0, rate=self.rate, width=self.width,
            height=self.height, sources=self.sources, alpha=self.plan.output.alpha, background=self.plan.output.background,
        )  # fmt: skip

    def staged(self, clip: Clip) -> list[tuple[Operation, Place]]:
        """The clip's operations in the order in which they are carried out."""
        rows = [(operation, self.place(clip, index)) for index, operation in enumerate(clip.segment.operations)]
        return sorted(rows, key=lambda row: (row[0].STAGE, not row[0].FIRST))

    def planned_frames(self) -> list[tuple[str, int]]:
        """(source id, source frame) of every output frame; within a transition those of the incoming clip."""
        found: list[tuple[str, int]] = []
        for clip in self.clips:
            del found[clip.begins :]
            found += [(clip.segment.source, clip.source_frame(frame)) for frame in range(clip.frames)]
        return found

"""A plan that is being changed: rows that know where they lie on the film, and what of the sources is still unused."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from app.editing.check import compile_plan
from app.editing.facts import SourceFacts
from app.editing.operations.base import Operation
from app.editing.plan import EditPlan, Output, Segment
from app.editing.timeline import Clip
from app.video.document import VideoAnalysis

_OVERLAP_S = 0.1  # stretches that share less count as different
_STEP_S = 0.25
_NEAR_CUT_S = 0.12
_LONGEST_REASON = 1000


@dataclass
class Row:
    """An approved segment while the plan is changed.

    Attributes:
        begins_s, seconds: where it lay on the film that was judged.
        rate: seconds of source per second of film where it is the same throughout; None for ramps, freezes and reverse.
        joined_s: length of the transition into it.
    """

    id: str
    source: str
    start_s: float
    end_s: float
    operations: list[Operation]
    reason: str
    begins_s: float
    seconds: float
    rate: float | None
    joined_s: float
    is_still: bool
    clip: Clip | None = None
    approved: bool = True

    @property
    def joined(self) -> bool:
        """Whether a transition leads into it."""
        return self.joined_s > 0

    def source_span(self, from_s: float, to_s: float) -> tuple[float, float]:
        """Seconds of the source that are shown between two times of the film; within the segment."""
        if self.clip is None or self.clip.frames < 1:
            return self.start_s, self.end_s
        rate = self.clip.frames / max(self.seconds, 1e-6)
        inside = [min(self.clip.frames - 1, max(0, int((at - self.begins_s) * rate))) for at in (from_s, to_s)]
        shown = sorted(self.clip.source_frame(frame) for frame in inside)
        return shown[0] / float(self.clip.source.rate), (shown[1] + 1) / float(self.clip.source.rate)


@dataclass
class Draft:
    """The changing plan. ``barred``: (source, from, to) in seconds, stretches with faults that are not to be shown again."""

    base: EditPlan
    facts: Mapping[str, SourceFacts]
    analyses: Mapping[str, VideoAnalysis]
    rows: list[Row]
    film: list[Operation]
    output: Output
    notes: list[str] = field(default_factory=list)
    barred: list[tuple[str, float, float]] = field(default_factory=list)

    def copy(self) -> Draft:
        """A draft of its own; what is known of the sources is shared."""
        rows = [copy.copy(row) for row in self.rows]
        for row in rows:
            row.operations = list(row.operations)
        return Draft(self.base, self.facts, self.analyses, rows, list(self.film), self.output, list(self.notes), list(self.barred))

    def plan(self) -> EditPlan:
        """As a plan; rows that were not approved stay where they stood."""
        made = {row.id: _segment(row) for row in self.rows}
        kept = [made.pop(old.id, old) for old in self.base.segments if old.id in made or not old.approved]
        for row in self.rows:
            if row.id in made:  # added; it stands where it stands among the rows
                place = next((n for n, one in enumerate(kept) if one.id == self._behind(row)), len(kept))
                kept.insert(place, made[row.id])
        changes = {"segments": tuple(kept), "film": tuple(self.film), "output": self.output}
        return EditPlan.model_validate(self.base.model_copy(update=changes).model_dump())

    def _behind(self, row: Row) -> str:
        place = self.rows.index(row) + 1
        return self.rows[place].id if place < len(self.rows) else ""

    def note(self, row: Row, words: str) -> None:
        """Adds to a row's reason."""
        row.reason = f"{row.reason} {words}".strip()[:_LONGEST_REASON]

    def row_at(self, at_s: float) -> Row | None:
        """The row that the film shows at a time."""
        return next((row for row in self.rows if row.begins_s <= at_s < row.begins_s + row.seconds), None)

    def cut_at(self, at_s: float) -> tuple[Row, Row] | None:
        """The rows before and behind the cut nearest to a time."""
        pairs = list(zip(self.rows[:-1], self.rows[1:], strict=True))
        found = min(pairs, key=lambda pair: abs(pair[1].begins_s - at_s), default=None)
        return found if found is not None and abs(found[1].begins_s - at_s) <= _NEAR_CUT_S else None

    def length_of(self, row: Row) -> float:
        """Seconds of the row's source."""
        return self.facts[row.source].duration_s

    def free_behind(self, row: Row) -> float:
        """Seconds of the source behind the row, up to the end of its shot, the next stretch that is used, or the source's end."""
        ends = [self.length_of(row), *(other.start_s for other in self.rows if other.source == row.source and other.start_s >= row.end_s)]
        ends += [max(start_s, row.end_s) for source, start_s, end_s in self.barred if source == row.source and end_s > row.end_s]
        analysis = self.analyses.get(row.source)
        if analysis is not None:
            ends += [scene.end_s for scene in analysis.scenes if scene.start_s < row.end_s - 1e-3 < scene.end_s]
        return max(0.0, min(ends) - row.end_s)

    def replace(self, row: Row, words: str) -> bool:
        """Gives a row the best unused stretch of its source of the same length."""
        found = self._best(row.source, row.end_s - row.start_s, leave=(row.start_s, row.end_s))
        if found is None:
            return False
        row.start_s, row.end_s = found
        self.note(row, words)
        return True

    def add(self, seconds: float) -> bool:
        """Adds the best unused stretch of any source before the last row."""
        sources = list(dict.fromkeys(row.source for row in self.rows if not row.is_still))
        found = next(((source, span) for source in sources if (span := self._best(source, seconds)) is not None), None)
        if found is None:
            return False
        source, (start_s, end_s) = found
        names = {segment.id for segment in self.base.segments} | {row.id for row in self.rows}
        name = next(f"more-{n}" for n in range(1, 10_000) if f"more-{n}" not in names)
        row = Row(name, source, start_s, end_s, [], "Added for the length.", -1.0, end_s - start_s, 1.0, 0.0, False)
        self.rows.insert(max(0, len(self.rows) - 1), row)
        return True

    def _best(self, source: str, seconds: float, leave: tuple[float, float] | None = None) -> tuple[float, float] | None:
        """The stretch of a source, within one shot and not used yet, with the sharpest and steadiest picture."""
        used = [(row.start_s, row.end_s) for row in self.rows if row.source == source]
        used += [(start_s - _OVERLAP_S, end_s + _OVERLAP_S) for barred, start_s, end_s in self.barred if barred == source]
        if leave is not None:
            used.append(leave)
        best: tuple[float, float, float] | None = None
        for start_s, end_s, worth in self._stretches(source, seconds):
            if all(min(end_s, b) - max(start_s, a) < _OVERLAP_S for a, b in used) and (best is None or worth > best[2]):
                best = (start_s, end_s, worth)
        return None if best is None else (round(best[0], 6), round(best[1], 6))

    def _stretches(self, source: str, seconds: float) -> Iterator[tuple[float, float, float]]:
        analysis = self.analyses.get(source)
        if analysis is None:
            return
        bad = [(span.start_s, span.end_s) for span in (*analysis.technical.black, *analysis.technical.frozen)]
        for scene, shot in zip(analysis.scenes, analysis.coherence.shots, strict=True):
            at = scene.start_s
            while at + seconds <= scene.end_s + 1e-6:
                if not any(min(at + seconds, b) > max(at, a) for a, b in bad):
                    sharp = scene.quality.sharpness / (scene.quality.sharpness + 200.0)
                    yield at, at + seconds, sharp + shot.score
                at += _STEP_S


def _segment(row: Row) -> Segment:
    span = {"start_s": round(max(0.0, row.start_s), 6), "end_s": round(row.end_s, 6)}
    operations = [operation.model_dump() for operation in row.operations]
    return Segment.model_validate({"id": row.id, "source": row.source, **span, "operations": operations, "reason": row.reason})


def draft_of(plan: EditPlan, facts: Mapping[str, SourceFacts], analyses: Mapping[str, VideoAnalysis]) -> Draft:
    """A draft of a plan that can be rendered."""
    timeline = compile_plan(plan, facts)
    rate = float(timeline.rate)
    rows = [
        Row(
            clip.segment.id, clip.segment.source, clip.segment.start_s, clip.segment.end_s, list(clip.segment.operations),
            clip.segment.reason, clip.begins / rate, clip.frames / rate, _rate(clip, rate), clip.overlap / rate,
            clip.source.kind != "video", clip,
        )
        for clip in timeline.clips
    ]  # fmt: skip
    return Draft(plan, facts, analyses, rows, list(plan.film), plan.output)


def _rate(clip: Clip, rate: float) -> float | None:
    """Seconds of source per second of film; None where it changes or runs back."""
    if len(clip.stretches) != 1 or clip.stretches[0].step <= 0:
        return None
    return float(clip.stretches[0].step) * rate / float(clip.source.rate)

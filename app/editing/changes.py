"""Changes of a plan, each a pure function from one plan to the next, in a table; what a change would break, it mends.

Rows are named by the ids of their segments. Every change keeps what it does not speak of.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from app.editing.operations import AnyOperation
from app.editing.operations.base import Seconds
from app.editing.parts import fitting, halves, turned
from app.editing.plan import EditPlan, PlanSource, Segment, SegmentId
from configs.errors import NotFound


class Change(BaseModel):
    """One change. ``label``: what a history calls it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    LABEL: ClassVar[str]
    change: str

    def applied(self, plan: EditPlan) -> EditPlan:
        """The plan after it; raises `NotFound` when a row it names is not there."""
        raise TypeError(type(self).__name__)

    def label(self, plan: EditPlan) -> str:
        """What was done, as "Trim row 3"."""
        segment = getattr(self, "segment", None)
        return f"{self.LABEL} row {row_of(plan, segment) + 1}" if segment is not None else self.LABEL


class Trim(Change):
    """Moves the beginning or the end of a row; freezes keep their pictures, and what no longer lies within is left out."""

    LABEL: ClassVar[str] = "Trim"
    change: Literal["trim"] = "trim"
    segment: SegmentId
    start_s: Seconds | None = None
    end_s: Seconds | None = None

    def applied(self, plan: EditPlan) -> EditPlan:
        row = plan.segments[row_of(plan, self.segment)]
        start_s = row.start_s if self.start_s is None else self.start_s
        end_s = row.end_s if self.end_s is None else self.end_s
        moved = fitting(row.model_copy(update={"start_s": start_s, "end_s": end_s}), row.start_s)
        return _with_row(plan, self.segment, moved)


class Split(Change):
    """Makes two rows of one at a moment of its source; together they show what the one showed."""

    LABEL: ClassVar[str] = "Split"
    change: Literal["split"] = "split"
    segment: SegmentId
    at_s: Seconds = Field(description="Seconds of the source.")

    def applied(self, plan: EditPlan) -> EditPlan:
        number = row_of(plan, self.segment)
        row = plan.segments[number]
        if not row.start_s < self.at_s < row.end_s:
            raise NotFound(f"Row {number + 1} shows {row.start_s:g} to {row.end_s:g} s; {self.at_s:g} s is not within.", "Split it inside.")
        first, second = halves(row, self.at_s)
        second = second.model_copy(update={"id": free_id(plan)})
        return _rows(plan, [*plan.segments[:number], first, second, *plan.segments[number + 1 :]])


class Move(Change):
    """Puts a row elsewhere; ``to`` counts from 0 in the list without it."""

    LABEL: ClassVar[str] = "Move"
    change: Literal["move"] = "move"
    segment: SegmentId
    to: int = Field(ge=0)

    def applied(self, plan: EditPlan) -> EditPlan:
        row = plan.segments[row_of(plan, self.segment)]
        rest = [one for one in plan.segments if one.id != self.segment]
        return _rows(plan, [*rest[: self.to], row, *rest[self.to :]])


class Delete(Change):
    """Takes a row out."""

    LABEL: ClassVar[str] = "Delete"
    change: Literal["delete"] = "delete"
    segment: SegmentId

    def applied(self, plan: EditPlan) -> EditPlan:
        row_of(plan, self.segment)
        return _rows(plan, [one for one in plan.segments if one.id != self.segment])


class Duplicate(Change):
    """Puts a copy behind a row; the transition stays with the original."""

    LABEL: ClassVar[str] = "Duplicate"
    change: Literal["duplicate"] = "duplicate"
    segment: SegmentId

    def applied(self, plan: EditPlan) -> EditPlan:
        number = row_of(plan, self.segment)
        row = plan.segments[number]
        kept = tuple(one for one in row.operations if one.op != "transition")
        copy = row.model_copy(update={"id": free_id(plan), "operations": kept})
        return _rows(plan, [*plan.segments[: number + 1], copy, *plan.segments[number + 1 :]])


class Approve(Change):
    """Lets a row into the film, or leaves it out; without a row, all of them."""

    LABEL: ClassVar[str] = "Approve"
    change: Literal["approve"] = "approve"
    segment: SegmentId | None = None
    approved: bool = True

    def applied(self, plan: EditPlan) -> EditPlan:
        if self.segment is not None:
            row_of(plan, self.segment)
        chosen = (None, *(one.id for one in plan.segments)) if self.segment is None else (self.segment,)
        rows = [one.model_copy(update={"approved": self.approved}) if one.id in chosen else one for one in plan.segments]
        return _rows(plan, rows)

    def label(self, plan: EditPlan) -> str:
        word = "Approve" if self.approved else "Leave out"
        return f"{word} all rows" if self.segment is None else f"{word} row {row_of(plan, self.segment) + 1}"


class SetOperations(Change):
    """Sets what is done to a row, or without a row to the film."""

    LABEL: ClassVar[str] = "Change"
    change: Literal["set_operations"] = "set_operations"
    segment: SegmentId | None = None
    operations: tuple[AnyOperation, ...]

    def applied(self, plan: EditPlan) -> EditPlan:
        if self.segment is None:
            return plan.model_copy(update={"film": self.operations})
        row = plan.segments[row_of(plan, self.segment)]
        return _with_row(plan, self.segment, row.model_copy(update={"operations": self.operations}))

    def label(self, plan: EditPlan) -> str:
        return "Change the film" if self.segment is None else f"Change row {row_of(plan, self.segment) + 1}"


class Append(Change):
    """Puts another plan behind this one: its sources, rows and their operations; what it does to its film as a whole is left out."""

    LABEL: ClassVar[str] = "Append a plan"
    change: Literal["append"] = "append"
    plan: EditPlan

    def applied(self, plan: EditPlan) -> EditPlan:
        known = {source.media: source.id for source in plan.sources}
        taken = {source.id for source in plan.sources}
        sources = list(plan.sources)
        names: dict[str, str] = {}
        for source in self.plan.sources:
            name = known.get(source.media) or _free(source.id, taken)
            names[source.id] = name
            if source.media not in known:
                known[source.media] = name
                taken.add(name)
                sources.append(PlanSource(id=name, media=source.media))
        rows, ids = list(plan.segments), {one.id for one in plan.segments}
        for row in self.plan.segments:
            name = _free(row.id, ids)
            ids.add(name)
            operations = tuple(turned(one, names) for one in row.operations)
            rows.append(row.model_copy(update={"id": name, "source": names.get(row.source, row.source), "operations": operations}))
        return plan.model_copy(update={"sources": tuple(sources), "segments": tuple(rows)})


Any_ = Trim | Split | Move | Delete | Duplicate | Approve | SetOperations | Append
AnyChange = Annotated[Any_, Field(discriminator="change")]
CHANGES: dict[str, type[Change]] = {row.model_fields["change"].default: row for row in get_args(Any_)}


def read_change(data: Any) -> Change:
    """A change from JSON; raises pydantic's ValidationError."""
    change: Change = TypeAdapter(AnyChange).validate_python(data)
    return change


def row_of(plan: EditPlan, segment_id: str) -> int:
    """Which row a segment is, from 0; raises `NotFound`."""
    for number, segment in enumerate(plan.segments):
        if segment.id == segment_id:
            return number
    raise NotFound(f"The plan has no row {segment_id!r}.", "It may have been deleted meanwhile; look at the plan again.")


def free_id(plan: EditPlan) -> str:
    """An id that no segment has."""
    return _free(f"s{len(plan.segments) + 1}", {one.id for one in plan.segments})


def _free(wanted: str, taken: set[str]) -> str:
    if wanted not in taken:
        return wanted
    stem = wanted.rstrip("0123456789") or "s"
    number = len(taken) + 1
    while f"{stem}{number}"[-40:] in taken:
        number += 1
    return f"{stem}{number}"[-40:]


def _rows(plan: EditPlan, rows: Sequence[Segment]) -> EditPlan:
    return plan.model_copy(update={"segments": tuple(rows)})


def _with_row(plan: EditPlan, segment_id: str, row: Segment) -> EditPlan:
    return _rows(plan, [row if one.id == segment_id else one for one in plan.segments])

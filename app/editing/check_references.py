"""What a plan refers to: sources that exist, names given once, operations where they may stand and as often as they may."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from app.editing.facts import SourceFacts
from app.editing.operations.base import Operation, Scope, sources_named
from app.editing.operations.time import Freeze, Ramp, Reverse, Speed
from app.editing.plan import EditPlan, Segment
from app.editing.problems import Problem

_TIMES = (Speed, Ramp, Freeze, Reverse)


def reference_problems(plan: EditPlan, sources: Mapping[str, SourceFacts]) -> Iterator[Problem]:
    """What can be told from names alone. Of segments that are not approved only the names count."""
    yield from _twice([(source.id, f"$.sources[{index}].id") for index, source in enumerate(plan.sources)], "source")
    yield from _twice([(segment.id, f"$.segments[{index}].id") for index, segment in enumerate(plan.segments)], "segment")
    for index, source in enumerate(plan.sources):
        if source.id not in sources:
            said = f"The file of source {source.id!r} ({source.media}) is not known here."
            yield Problem("missing_source", f"$.sources[{index}].media", said, "Add the file to the studio again and choose it here.")
    declared = {source.id for source in plan.sources}
    for index, segment in enumerate(plan.segments):
        if segment.approved:
            path = f"$.segments[{index}]"
            if segment.source not in declared:
                yield _unknown(segment.source, f"{path}.source", declared)
            yield from _operations(segment.operations, path + ".operations", "segment", declared)
            yield from _of_time(segment, path, sources.get(segment.source))
    yield from _operations(plan.film, "$.film", "film", declared)


def _operations(operations: Sequence[Operation], path: str, scope: Scope, declared: set[str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, operation in enumerate(operations):
        here = f"{path}[{index}]"
        if scope not in operation.SCOPES:
            where = ("a segment", "the whole film") if scope == "film" else ("the whole film", "a segment")
            said = f"{operation.TITLE} works on {where[0]}, not on {where[1]}."
            yield Problem("wrong_scope", here, said, f"Move it to {'a segment' if scope == 'film' else 'film'}.")
        if operation.ONCE and operation.op in seen:
            yield Problem("twice", here, f"{operation.TITLE} stands here more than once.", "Keep one of them.")
        seen.add(operation.op)
        for field in sources_named(type(operation)):
            named = getattr(operation, field)
            if named is not None and named not in declared:
                yield _unknown(named, f"{here}.{field}", declared)


def _of_time(segment: Segment, path: str, facts: SourceFacts | None) -> Iterator[Problem]:
    """Speed and ramp exclude each other; a still has no time."""
    paced = [index for index, one in enumerate(segment.operations) if isinstance(one, (Speed, Ramp))]
    kinds = {segment.operations[index].op for index in paced}
    if len(kinds) > 1:
        said = f"Segment {segment.id!r} has a speed and a speed ramp."
        yield Problem("speed_and_ramp", f"{path}.operations[{paced[1]}]", said, "Keep one; a ramp begins at any speed.")
    if facts is not None and facts.kind == "image":
        for index, one in enumerate(segment.operations):
            if isinstance(one, _TIMES):
                said = f"{one.TITLE} changes nothing: {facts.name} is a still."
                yield Problem("still_has_no_time", f"{path}.operations[{index}]", said, "Take it out; give the segment another length.")


def _twice(names: Sequence[tuple[str, str]], what: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for name, path in names:
        if name in seen:
            yield Problem("duplicate_id", path, f"There are two {what}s named {name!r}.", "Give each a name of its own.")
        seen.add(name)


def _unknown(name: str, path: str, declared: set[str]) -> Problem:
    known = ", ".join(sorted(declared)[:8]) or "none"
    return Problem("unknown_source", path, f"The plan has no source {name!r}.", f"Its sources are: {known}.")

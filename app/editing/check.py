"""From a plan to a timeline: everything that is wrong with it is found at once and before anything is rendered; no file is opened."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from app.editing.canvas import output_problems, output_rate, output_size
from app.editing.check_cuts import Cut, cut_of, overlap_of, overlap_problem, still_frames
from app.editing.check_references import reference_problems
from app.editing.facts import SourceFacts
from app.editing.operations.base import Operation, Place
from app.editing.operations.joins import Transition
from app.editing.plan import EditPlan, Segment
from app.editing.problems import BadPlan, Problem
from app.editing.timeline import Clip, Stretch, Timeline
from app.editing.timemap import frames_of, held, stretches_of

LONGEST_FILM_S = 24 * 3600
_PARTS = ("version", "title", "goal", "style", "planner", "seed", "sources", "segments", "film", "output", "notes")


@dataclass(frozen=True)
class _Row:
    """An approved segment, and its clip where one could be made."""

    segment: Segment
    path: str
    clip: Clip | None


def compile_plan(plan: EditPlan, sources: Mapping[str, SourceFacts]) -> Timeline:
    """The timeline of a plan: its approved segments in whole frames at an exact rate.

    Args:
        sources: facts of the plan's sources by their id in the plan.

    Raises:
        BadPlan: it cannot be rendered; ``problems`` has everything that is wrong with it.
    """
    problems, timeline = examine(plan, sources)
    if problems:
        raise BadPlan(problems)
    return timeline


def problems_of(plan: EditPlan, sources: Mapping[str, SourceFacts]) -> list[Problem]:
    """Everything that is wrong with a plan, in its order; empty when it can be rendered."""
    return examine(plan, sources)[0]


def examine(plan: EditPlan, sources: Mapping[str, SourceFacts]) -> tuple[list[Problem], Timeline]:
    """The problems, and the timeline; where there are problems the timeline holds only the clips that could be made."""
    rate = output_rate(plan, sources)
    width, height = output_size(plan, sources)
    problems = [*reference_problems(plan, sources), *output_problems(plan.output, (width, height))]
    rows, wrong = _rows(plan, sources, rate)
    problems += wrong
    rows, wrong, notes = _joined(rows, rate)
    problems += wrong
    clips = tuple(row.clip for row in rows if row.clip is not None)
    frames = max((clip.begins + clip.frames for clip in clips), default=0)
    if frames > LONGEST_FILM_S * rate + 1:
        said = f"The film would last {float(frames / rate) / 3600:.1f} hours; {LONGEST_FILM_S // 3600} is the most."
        problems.append(Problem("film_too_long", "$.segments", said, "Make it in several films."))
    timeline = Timeline(plan, sources, rate, width, height, clips, frames, tuple(notes))
    problems += _operation_problems(timeline, whole=bool(rows) and len(clips) == len(rows))
    return sorted(dict.fromkeys(problems), key=_order), timeline


def _rows(plan: EditPlan, sources: Mapping[str, SourceFacts], rate: Fraction) -> tuple[list[_Row], list[Problem]]:
    """The approved segments, each by itself: not joined yet."""
    rows: list[_Row] = []
    problems: list[Problem] = []
    for index, segment in enumerate(plan.segments):
        if not segment.approved:
            continue
        path = f"$.segments[{index}]"
        facts = sources.get(segment.source)
        cut = cut_of(segment, path, facts) if facts is not None else None
        if isinstance(cut, Problem):
            problems.append(cut)
        made = _clip(segment, path, facts, cut, rate) if isinstance(cut, tuple) and facts is not None else None
        rows.append(_Row(segment, path, made))
    if not rows:
        said = "No segment of the plan is approved." if plan.segments else "The plan has no segment."
        problems.append(Problem("nothing_to_render", "$.segments", said, "Approve or add at least one."))
    return rows, problems


def _clip(segment: Segment, path: str, facts: SourceFacts, cut: Cut, rate: Fraction) -> Clip:
    first, end = cut
    stretches: tuple[Stretch, ...]
    if facts.kind == "image":
        stretches = held(still_frames(segment, rate))
    else:
        stretches = stretches_of(end - first, facts.rate, rate, segment.operations)
    return Clip(segment, path, facts, first, end, stretches, begins=0, frames=frames_of(stretches), overlap=0, transition=None)


def _joined(rows: Sequence[_Row], rate: Fraction) -> tuple[list[_Row], list[Problem], list[str]]:
    """The clips one behind another; transitions lay them over each other, and no frame lies under two transitions."""
    joined: list[_Row] = []
    problems: list[Problem] = []
    notes: list[str] = []
    end, free = 0, 0  # of the film so far; frames at its end that no transition uses
    for row in rows:
        clip = row.clip
        if clip is None:
            joined.append(row)
            continue
        transition = next((one for one in row.segment.operations if isinstance(one, Transition)), None)
        overlap = overlap_of(transition, rate) if transition else 0
        if transition and not joined:
            notes.append(f"The transition into segment {row.segment.id!r} has no effect: nothing comes before it.")
            transition, overlap = None, 0
        elif transition and joined[-1].clip is not None:
            problem = overlap_problem(row.segment, row.path, overlap, free, clip.frames, rate)
            problems += [problem] if problem else []
            overlap = 0 if problem else overlap
        begins = end - min(overlap, end)
        joined.append(replace(row, clip=replace(clip, begins=begins, overlap=end - begins, transition=transition)))
        end, free = begins + clip.frames, clip.frames - overlap
    return joined, problems, notes


def _operation_problems(timeline: Timeline, whole: bool) -> Iterator[Problem]:
    """What each operation says of its place. Where the film's length is not known, nothing counts as beyond its end."""
    for clip in timeline.clips:
        for index, operation in enumerate(clip.segment.operations):
            if "segment" in operation.SCOPES:
                yield from _asked(operation, timeline.place(clip, index))
    for index, operation in enumerate(timeline.plan.film):
        if "film" in operation.SCOPES:
            place = timeline.film_place(index)
            yield from _asked(operation, place if whole else replace(place, frames=int(LONGEST_FILM_S * timeline.rate)))


def _asked(operation: Operation, place: Place) -> Iterator[Problem]:
    named = operation.source_ids()
    if all(name in place.sources for name in named):
        yield from operation.problems(place)


def _order(problem: Problem) -> tuple[int, list[int]]:
    """Problems in the order of the plan."""
    head = re.match(r"\$\.(\w+)", problem.path)
    part = _PARTS.index(head[1]) if head and head[1] in _PARTS else len(_PARTS)
    return part, [int(number) for number in re.findall(r"\[(\d+)\]", problem.path)]

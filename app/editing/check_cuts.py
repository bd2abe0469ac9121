"""A segment's cut in whole frames of its source, and how far a transition reaches: what can be made, or what is wrong."""

from __future__ import annotations

from fractions import Fraction

from app.editing.facts import SourceFacts, exact, nearest
from app.editing.operations.joins import Transition
from app.editing.plan import Segment
from app.editing.problems import Problem

Cut = tuple[int, int]  # first frame and (exclusive) end


def cut_of(segment: Segment, path: str, facts: SourceFacts) -> Cut | Problem:
    """The source frames of a segment. Times mean the frame that begins nearest, so half a frame beyond the end is the end.

    A segment that is shorter than a frame has one; a still has the frames 0 to 1.
    """
    if not facts.has_picture:
        said = f"Source {segment.source!r} ({facts.name}) has no picture, so it cannot be a segment."
        return Problem("no_picture", f"{path}.source", said, "Use it as music of the film instead.")
    start, end = segment.start_s, segment.end_s
    if end <= start:
        wrong = "cut_empty" if end == start else "cut_reversed"
        said = f"Segment {segment.id!r} ends at {end:g} s and begins at {start:g} s."
        return Problem(wrong, f"{path}.end_s", said, "Give an end after the beginning; reverse plays backwards.")
    if facts.kind == "image":
        return (0, 1)
    first, last = facts.frame_at(start), facts.frame_at(end)
    if first >= facts.frame_count:
        return _outside(segment, f"{path}.start_s", f"begins at {start:g} s", facts)
    if last > facts.frame_count:
        return _outside(segment, f"{path}.end_s", f"ends at {end:g} s", facts)
    return first, max(last, first + 1)


def still_frames(segment: Segment, rate: Fraction) -> int:
    """How many output frames a still is shown for."""
    return max(1, nearest((exact(segment.end_s) - exact(segment.start_s)) * rate))


def overlap_of(transition: Transition, rate: Fraction) -> int:
    """Output frames that a transition lasts, at least one."""
    return max(1, nearest(exact(transition.duration_s) * rate))


def overlap_problem(segment: Segment, path: str, wanted: int, before: int, own: int, rate: Fraction) -> Problem | None:
    """What is wrong with a transition of ``wanted`` frames into a segment.

    Args:
        before: frames of the segment before that no other transition lies over.
        own: frames of this segment.
    """
    if wanted <= before and wanted <= own:
        return None
    number = next(index for index, one in enumerate(segment.operations) if isinstance(one, Transition))
    which = "the segment before it has" if wanted > before else "it has"
    room = min(before, own)
    said = (
        f"The transition into segment {segment.id!r} lasts {seconds_of(wanted, rate)} s, "
        f"but {which} only {seconds_of(room, rate)} s that no other transition uses."
    )
    remedy = f"Give {seconds_of(room, rate)} s or less, or lengthen the segments." if room else "Take it out, or lengthen the segments."
    fits = float(room / rate) if room else None
    return Problem("transition_too_long", f"{path}.operations[{number}].duration_s", said, remedy, fits)


def seconds_of(frames: int, rate: Fraction) -> str:
    """Frames as seconds, for a sentence."""
    return f"{float(frames / rate):.3f}".rstrip("0").rstrip(".")


def _outside(segment: Segment, path: str, what: str, facts: SourceFacts) -> Problem:
    length = facts.time_of(facts.frame_count)
    said = f"Segment {segment.id!r} {what}, but {facts.name} is {length:g} s long."
    return Problem("cut_outside", path, said, f"Give at most {length:g} s.", length if path.endswith("end_s") else None)

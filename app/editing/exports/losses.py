"""The report of what a format does not carry of one plan: exact, row by row, and nothing that is not in the plan."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from app.editing.exports.base import FormatName, Lost
from app.editing.exports.carried import CARRIED, Way
from app.editing.exports.edl import REVERSED, reel_of
from app.editing.exports.layout import Row, rows
from app.editing.operations import OPERATIONS
from app.editing.operations.base import Operation
from app.editing.operations.colour import Fade
from app.editing.operations.joins import Transition
from app.editing.operations.layers import Composite, PictureInPicture, Watermark
from app.editing.operations.sounds import Music, Volume
from app.editing.operations.time import Ramp, Speed
from app.editing.timeline import Timeline

EDITORS: frozenset[FormatName] = frozenset({"otio", "edl", "fcpxml", "premiere", "kdenlive"})
EXACT_TRANSITIONS: dict[FormatName, frozenset[str]] = {
    "otio": frozenset({"dissolve"}),
    "edl": frozenset({"dissolve", "wipe_right", "wipe_down"}),
    "fcpxml": frozenset({"dissolve"}),
    "premiere": frozenset({"dissolve"}),
    "kdenlive": frozenset({"dissolve"}),
}
_PURPOSE: dict[FormatName, str] = {
    "srt": "Subtitles carry words and their times.",
    "chapters": "Chapters carry where rows begin.",
    "csv": "The table carries cuts.",
}


def losses(timeline: Timeline, format: FormatName) -> tuple[Lost, ...]:
    """Everything in a plan that a file of this format does not carry, in the order of the plan.

    For formats that carry one thing only (`_PURPOSE`), what they are not made for is one entry.
    """
    found = [*_of_segments(timeline, format), *_of_film(timeline, format)]
    if format in EDITORS:
        found += [*_of_output(timeline, format), *_of_sources(timeline, format)]
    beside = sorted({OPERATIONS[operation.op].TITLE for operation in _all(timeline) if CARRIED[operation.op][format].fate == "beside"})
    if beside:
        found.append(
            Lost(
                what=", ".join(beside),
                degree="lost",
                path="$",
                why=_PURPOSE[format],
                instead="Export OpenTimelineIO or the format of your editor beside it.",
            )
        )
    return tuple(found)


def _all(timeline: Timeline) -> Iterator[Operation]:
    for clip in timeline.clips:
        yield from clip.segment.operations
    yield from timeline.plan.film


def _of_segments(timeline: Timeline, format: FormatName) -> Iterator[Lost]:
    for row in rows(timeline):
        for index, operation in enumerate(row.clip.segment.operations):
            path = f"{row.clip.path}.operations[{index}]"
            for way, what in _ways(operation, format, row):
                yield _lost(way, what, path, row)


def _of_film(timeline: Timeline, format: FormatName) -> Iterator[Lost]:
    for index, operation in enumerate(timeline.plan.film):
        for way, what in _ways(operation, format, None):
            yield _lost(way, what, f"$.film[{index}]", None)


def _lost(way: Way, what: str, path: str, row: Row | None) -> Lost:
    return Lost(
        what=what,
        degree="lost" if way.fate == "lost" else "approximated",
        path=path,
        row=row.number if row else None,
        segment=row.clip.segment.id if row else None,
        why=way.why,
        instead=way.instead,
    )


def _ways(operation: Operation, format: FormatName, row: Row | None) -> Iterator[tuple[Way, str]]:
    """The table's answer, then what depends on the operation's own fields."""
    title = OPERATIONS[operation.op].TITLE
    way = CARRIED[operation.op][format]
    if way.fate in ("approximated", "lost") and not _harmless(operation, format):
        yield way, title
    if format in EDITORS:
        for detail in _DETAILS:
            found = detail(operation, format, row)
            if found is not None:
                yield found, title


def _harmless(operation: Operation, format: FormatName) -> bool:
    """Whether what the table warns of is not in this one: a layer without border or mode, music that makes way for nothing."""
    if format in ("fcpxml", "premiere", "kdenlive"):
        if isinstance(operation, PictureInPicture):
            return operation.border_px == 0
        if isinstance(operation, Composite):
            return operation.mode == "over" or format == "premiere"
        if isinstance(operation, Watermark):
            return True
        if isinstance(operation, Fade):
            return operation.colour == "#000000"
        if isinstance(operation, Music):
            return operation.duck_db == 0
    if isinstance(operation, Volume):
        return operation.gain_db == 0 if format == "edl" else operation == Volume(track=operation.track)
    return False


def _smoothing(operation: Operation, format: FormatName, row: Row | None) -> Way | None:
    if not isinstance(operation, Speed | Ramp) or operation.smooth == "none" or format == "fcpxml":
        return None
    if format == "premiere":
        if operation.smooth == "blend":
            return None
        return Way("approximated", "The format knows blended frames only.", "Frames are blended; choose optical flow in the editor.")
    return Way(
        "lost", "The format does not say how frames between frames are made.", "Choose frame blending or optical flow in the editor."
    )


def _pitch(operation: Operation, format: FormatName, row: Row | None) -> Way | None:
    if not isinstance(operation, Speed | Ramp) or operation.keep_pitch or format in ("fcpxml", "kdenlive") or not (row and row.heard):
        return None
    return Way("lost", "The format does not say whether the pitch is kept.", "Switch off the keeping of pitch in the editor.")


def _edl_speed(operation: Operation, format: FormatName, row: Row | None) -> Way | None:
    if format != "edl" or not isinstance(operation, Speed) or row is None:
        return None
    speeds = [abs(piece.step) * round(row.film_rate) for piece in row.pieces if not piece.held]
    if all(Fraction(round(speed * 10), 10) == speed for speed in speeds):
        return None
    return Way("approximated", "An edit list writes speed to a tenth of a frame per second.", "In and out points are exact.")


def _transition(operation: Operation, format: FormatName, row: Row | None) -> Way | None:
    if not isinstance(operation, Transition) or operation.kind in EXACT_TRANSITIONS[format] or (row and row.clip.overlap == 0):
        return None
    if format == "edl" and operation.kind in REVERSED:
        return Way("approximated", "An edit list has wipes to the right and down only.", "The same wipe stands there; turn it round.")
    instead = "A transition of its own name stands there" if format == "otio" else "A dissolve of the same length stands there"
    return Way("approximated", f"Programs differ in {operation.kind.replace('_', ' ')}.", f"{instead}; choose another in the editor.")


def _short_piece(operation: Operation, format: FormatName, row: Row | None) -> Way | None:
    if format not in ("otio", "edl") or not isinstance(operation, Transition) or row is None:
        return None
    if not 0 < row.pieces[0].frames < row.clip.overlap:
        return None
    return Way("approximated", "A transition cannot lie over several speeds.", "It ends with the first speed of the clip.")


def _track(operation: Operation, format: FormatName, row: Row | None) -> Way | None:
    if format != "edl" or not isinstance(operation, Volume) or operation.track == 0:
        return None
    return Way("lost", "An edit list cannot choose among a file's audio tracks.", f"Choose track {operation.track + 1} in the editor.")


_DETAILS: tuple[Callable[[Operation, FormatName, Row | None], Way | None], ...] = (
    _smoothing,
    _pitch,
    _edl_speed,
    _transition,
    _short_piece,
    _track,
)


def _of_output(timeline: Timeline, format: FormatName) -> Iterator[Lost]:
    output = timeline.plan.output
    if format == "edl" and timeline.rate > 100:
        yield Lost(
            what="Frame rate of the film",
            degree="approximated",
            path="$.output.fps",
            why="CMX 3600 has two digits for frames.",
            instead="Timecodes have three; choose 60 frames per second or less where a program refuses them.",
        )
    shapes = {(clip.source.width * timeline.height == clip.source.height * timeline.width) for clip in timeline.clips}
    if output.fit != "pad" and shapes - {True}:
        yield Lost(
            what=f"Fit: {output.fit}",
            degree="lost",
            path="$.output.fit",
            why="Editors fit clips of another shape with bars.",
            instead="Choose fill, or set a background, for the rows of another shape.",
        )
    if output.alpha:
        yield Lost(
            what="Transparency",
            degree="lost",
            path="$.output.alpha",
            why="It belongs to the rendered file, not to the timeline.",
            instead="Export with an alpha channel in the editor.",
        )


def _of_sources(timeline: Timeline, format: FormatName) -> Iterator[Lost]:
    for index, source in enumerate(timeline.plan.sources):
        facts = timeline.sources.get(source.id)
        if facts is None:
            continue
        path = f"$.sources[{index}]"
        if facts.vfr:
            yield Lost(
                what=f"Frame times of {facts.name}",
                degree="approximated",
                path=path,
                why="Editors count every film on an even grid.",
                instead=f"It is laid on {float(facts.rate):g} frames per second; convert it first where a frame matters.",
            )
        if facts.folder is None:
            yield Lost(
                what=f"Place of {facts.name}",
                degree="approximated",
                path=path,
                why="It was uploaded, so where it lies is not known.",
                instead="The file's name stands there; link it anew in the editor.",
            )
        if format == "edl" and facts.reel and reel_of(facts.reel) != facts.reel:
            yield Lost(
                what=f"Reel of {facts.name}",
                degree="approximated",
                path=path,
                why="CMX 3600 has eight letters and digits for a reel.",
                instead=f"{reel_of(facts.reel)} stands there; the whole name is in a comment.",
            )
        if format == "edl" and facts.kind == "video" and facts.rate != timeline.rate:
            yield Lost(
                what=f"Frame rate of {facts.name}",
                degree="approximated",
                path=path,
                why="An edit list has one frame rate.",
                instead="Source times count in the clip's own rate, and M2 lines say how fast it plays.",
            )

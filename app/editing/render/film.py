"""A stretch of the film as one graph: parts of clips joined, then what is done to the film, then its captions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.editing.graph import Graph, Pad, in_turn
from app.editing.operations.base import Operation, Place, Stage
from app.editing.operations.joins import join
from app.editing.render.bench import Workshop
from app.editing.render.clips import Part, part_pad
from app.editing.render.colours import tagged
from app.editing.timeline import Timeline
from configs.captions_file import FONTS_DIR


@dataclass(frozen=True)
class Span:
    """Film frames ``begin`` to ``end`` (exclusive)."""

    begin: int
    end: int

    @property
    def frames(self) -> int:
        """How long it is."""
        return self.end - self.begin


def parts_of(timeline: Timeline, span: Span) -> list[Part]:
    """What of which clip lies within a span of the film, in order."""
    found = []
    for clip in timeline.clips:
        begin, end = max(0, span.begin - clip.begins), min(clip.frames, span.end - clip.begins)
        if begin < end:
            found.append(Part(clip, begin, end))
    return found


def film_pad(
    graph: Graph, timeline: Timeline, span: Span, shop: Workshop, captions: Path | None = None, further: Sequence[Span] = ()
) -> Pad:
    """The pictures of a span of the film, one per frame from 0 on.

    Args:
        captions: an ASS document whose second 0 is the first frame.
        further: spans that come behind it; only where nothing is done to the film as a whole.
    """
    pad = joined(graph, timeline, [part for one in (span, *further) for part in parts_of(timeline, one)], shop)
    rows: list[tuple[Operation, Place]] = [(operation, timeline.film_place(index)) for index, operation in enumerate(timeline.plan.film)]
    rows = sorted((row for row in rows if has_picture(row[0])), key=lambda row: row[0].STAGE)
    if rows:
        pad = graph.filter("setpts", [pad], expr=f"PTS+{span.begin}")
        pad = shop.applied(graph, pad, rows, span.begin)
        pad = graph.filter("setpts", [pad], expr=f"PTS-{span.begin}")
    if captions is not None:
        alpha = timeline.plan.output.alpha
        pad = graph.filter("ass", [pad], filename=str(captions), fontsdir=str(FONTS_DIR), alpha=alpha)
    pad = graph.filter("format", [pad], pix_fmts=working_format(timeline))
    pad = graph.filter("fps", [pad], fps=timeline.rate)
    pad = tagged(graph, pad, timeline)
    return graph.filter("trim", [pad], end_frame=span.frames + sum(one.frames for one in further))


def working_format(timeline: Timeline) -> str:
    """The pixel format in which pictures pass through the film."""
    return "yuva420p" if timeline.plan.output.alpha else "yuv420p"


def has_picture(operation: Operation) -> bool:
    """Whether it changes pictures at all."""
    return type(operation).picture is not Operation.picture and operation.STAGE != Stage.TIME


def joined(graph: Graph, timeline: Timeline, parts: Sequence[Part], shop: Workshop) -> Pad:
    """Cuts and transitions between the parts."""
    chains: list[tuple[Pad, int]] = []
    for number, part in enumerate(parts):
        pad = part_pad(graph, timeline, part, shop)
        overlap = part.clip.overlap if number and part.begin == 0 else 0
        if overlap and part.clip.transition is not None:
            before, length = chains.pop()
            pad = join(graph, before, pad, part.clip.transition, timeline.rate, length - overlap, overlap, working_format(timeline))
            chains.append((pad, length + part.frames - overlap))
        else:
            chains.append((pad, part.frames))
    return in_turn(graph, [pad for pad, _ in chains], timeline.rate)

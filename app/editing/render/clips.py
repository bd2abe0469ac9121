"""One part of a clip as a chain of filters: source frames, time, shape, canvas, then everything that is done to the picture."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from app.editing.graph import Graph, Pad, in_turn
from app.editing.operations.base import Operation, Place, Stage
from app.editing.render.bench import Workshop, opened
from app.editing.render.colours import recoloured
from app.editing.render.expressions import lookup, member
from app.editing.render.fit import fitted
from app.editing.render.frames import Run, runs, shown
from app.editing.render.smooth import mixed_pad, slow_of, slow_pad, slow_parts, smoothing_of, stretches_within
from app.editing.timeline import Clip, Timeline

MOST_BACKWARDS_BYTES = 192 << 20  # of raw pictures held to play them from the end


@dataclass(frozen=True)
class Part:
    """Output frames ``begin`` to ``end`` (exclusive) of a clip, counted from its beginning."""

    clip: Clip
    begin: int
    end: int

    @property
    def frames(self) -> int:
        """How long it is."""
        return self.end - self.begin


def part_pad(graph: Graph, timeline: Timeline, part: Part, shop: Workshop) -> Pad:
    """The part's finished pictures: canvas size, square pixels, one per frame of the film from 0 on."""
    clip, rate = part.clip, timeline.rate
    staged = timeline.staged(clip)
    groups = {stage: [row for row in staged if stage == row[0].STAGE] for stage in Stage}
    pad = _timed(graph, timeline, part, groups[Stage.SOURCE], shop)
    pad = graph.filter("setpts", [pad], expr=f"N+{part.begin}")
    size = _size(source_size(clip), groups[Stage.SOURCE])
    pad = shop.applied(graph, pad, groups[Stage.SHAPE], part.begin, size)
    pad = _on_canvas(graph, pad, timeline, clip, _size(size, groups[Stage.SHAPE]), shop)
    for stage in (Stage.FRAME, Stage.LAYER, Stage.COLOUR, Stage.FINISH):
        pad = shop.applied(graph, pad, groups[stage], part.begin)
    pad = graph.filter("setsar", [pad], sar=1)  # uneven scaling within an operation is no pixel shape
    pad = graph.filter("setpts", [pad], expr="N")
    pad = graph.filter("fps", [pad], fps=rate)
    return graph.filter("trim", [pad], end_frame=part.frames)  # what lies over a picture may last longer than it


def _timed(graph: Graph, timeline: Timeline, part: Part, cleaning: list[tuple[Operation, Place]], shop: Workshop) -> Pad:
    """The right source frame at every output frame. What cleans the source sees the clip from its beginning, as it remembers."""
    clip, source = part.clip, part.clip.source
    if source.kind == "image":
        pad = shop.applied(graph, opened(graph, source, 0), cleaning, 0, source_size(clip))
        return _held(graph, pad, part.frames, timeline.rate)
    smoothing = smoothing_of(clip)
    if smoothing == "none":
        return in_turn(graph, _run_pads(graph, timeline, part, cleaning, shop), timeline.rate)
    pads: list[Pad] = []
    at = part.begin
    for slow, stretches in slow_parts(list(stretches_within(clip, part.begin, part.end))):
        frames = sum(stretch.frames for stretch in stretches)
        if slow:
            needed = slow_of(clip, stretches)
            pad = _from(graph, clip, needed.first, cleaning, shop)
            pads.append(_exactly(graph, slow_pad(graph, pad, needed, smoothing, timeline.rate), frames))
        else:
            pads += _run_pads(graph, timeline, Part(clip, at, at + frames), cleaning, shop, mixing=True)
        at += frames
    return in_turn(graph, pads, timeline.rate)


def _run_pads(
    graph: Graph, timeline: Timeline, part: Part, cleaning: list[tuple[Operation, Place]], shop: Workshop, *, mixing: bool = False
) -> list[Pad]:
    """Every run of the part by itself."""
    pads = []
    for run in runs(shown(part.clip, part.begin, part.end), _most_backwards(part)):
        pad = _from(graph, part.clip, run.first, cleaning, shop)
        pad = mixed_pad(graph, pad, run.end - run.first, run.frames) if mixing else pad
        pads.append(_run_pad(graph, pad, run, timeline.rate))
    return pads


def _from(graph: Graph, clip: Clip, frame: int, cleaning: list[tuple[Operation, Place]], shop: Workshop) -> Pad:
    """The source from a frame on, cleaned."""
    first = clip.first if cleaning else frame
    pad = graph.filter("setpts", [opened(graph, clip.source, first, quick=shop.preview)], expr=f"PTS-{first}")
    pad = shop.applied(graph, pad, cleaning, 0, source_size(clip))
    return graph.filter("trim", [pad], start_frame=frame - first) if first < frame else pad


def _run_pad(graph: Graph, pad: Pad, run: Run, rate: Fraction) -> Pad:
    """``pad`` begins with the run's first source frame; what comes back has exactly the run's frames."""
    pad = graph.filter("trim", [pad], end_frame=run.end - run.first)
    if not run.whole:
        pad = graph.filter("select", [pad], expr=member([frame - run.first for frame in run.kept]))
    if run.backwards:
        pad = graph.filter("reverse", [pad])
    pad = graph.filter("settb", [pad], expr=1 / rate)
    if run.steady:
        pad = graph.filter("setpts", [pad], expr="N")
    else:
        pad = graph.filter("setpts", [pad], expr=lookup((*run.at, run.frames)))  # the last one is for the end of the stream
        pad = graph.filter("fps", [pad], fps=rate, start_time=0)
    return _exactly(graph, pad, run.frames)


def _held(graph: Graph, pad: Pad, frames: int, rate: Fraction) -> Pad:
    pad = graph.filter("settb", [pad], expr=1 / rate)
    pad = graph.filter("setpts", [pad], expr="N")
    return _exactly(graph, graph.filter("fps", [pad], fps=rate, start_time=0), frames)


def _exactly(graph: Graph, pad: Pad, frames: int) -> Pad:
    """The last picture is held where the source ends early; nothing comes after the last frame."""
    pad = graph.filter("tpad", [pad], stop_mode="clone", stop=frames)
    return graph.filter("trim", [pad], end_frame=frames)


def _on_canvas(graph: Graph, pad: Pad, timeline: Timeline, clip: Clip, size: tuple[int, int], shop: Workshop) -> Pad:
    """The picture in the film's size, colours and way of lying in memory. What is transparent shows the background unless it is kept."""
    canvas, output = (timeline.width, timeline.height), timeline.plan.output
    clear = clip.source.has_alpha or output.alpha
    if clear:
        pad = graph.filter("format", [pad], pix_fmts="yuva420p")
    pad = recoloured(graph, pad, clip.source, timeline)
    if size != canvas:
        pad = fitted(graph, pad, canvas, output, "bilinear" if shop.preview else "bicubic")
    if clear and not output.alpha:
        front, back = graph.filters("split", [pad], 2)
        back = graph.filter("drawbox", [back], color=f"0x{output.background[1:]}ff", t="fill", replace=1)
        pad = graph.filter("overlay", [back, front], format="auto")
    return pad if output.alpha else graph.filter("format", [pad], pix_fmts="yuv420p")


def source_size(clip: Clip) -> tuple[int, int]:
    """Width and height of the clip's pictures as they come from its source."""
    return clip.source.width, clip.source.height


def _size(size: tuple[int, int], rows: list[tuple[Operation, Place]]) -> tuple[int, int]:
    for operation, _ in rows:
        size = operation.size_after(*size)
    return size


def inputs_of(part: Part) -> int:
    """How many times its source is opened."""
    return 1 if part.clip.source.kind == "image" else len(runs(shown(part.clip, part.begin, part.end), _most_backwards(part)))


def _most_backwards(part: Part) -> int:
    """How many pictures may lie in memory to be played from the end."""
    width, height = source_size(part.clip)
    return max(4, MOST_BACKWARDS_BYTES // max(1, width * height * 3 // 2))

"""How one segment becomes the next."""

from __future__ import annotations

from fractions import Fraction
from typing import ClassVar, Literal

from pydantic import Field

from app.editing.graph import Graph, Pad
from app.editing.operations.base import Operation, Stage

Kind = Literal[
    "dissolve", "dip_black", "dip_white", "wipe_left", "wipe_right", "wipe_up", "wipe_down", "slide_left", "slide_right", "circle",
    "radial", "zoom_in", "pixelate", "blur",
]  # fmt: skip
_XFADE: dict[Kind, str] = {
    "dissolve": "fade", "dip_black": "fadeblack", "dip_white": "fadewhite", "wipe_left": "wipeleft", "wipe_right": "wiperight",
    "wipe_up": "wipeup", "wipe_down": "wipedown", "slide_left": "slideleft", "slide_right": "slideright", "circle": "circleopen",
    "radial": "radial", "zoom_in": "zoomin", "pixelate": "pixelize", "blur": "hblur",
}  # fmt: skip


class Transition(Operation):
    """From the segment before into this one; the two overlap, so the film grows shorter by its length."""

    op: Literal["transition"] = "transition"
    kind: Kind = "dissolve"
    duration_s: float = Field(default=0.5, gt=0, le=10)

    TITLE: ClassVar[str] = "Transition"
    STAGE: ClassVar[Stage] = Stage.FINISH
    ONCE: ClassVar[bool] = True


def join(
    graph: Graph, before: Pad, after: Pad, transition: Transition, rate: Fraction, begins_frame: int, frames: int,
    pixels: str = "yuv420p",
) -> Pad:  # fmt: skip
    """``before`` becomes ``after`` in the ``frames`` frames from its frame ``begins_frame`` on; ``after`` goes on from there.

    Both begin at 0 with one picture per frame. Only the frames in which both are seen are mixed: ffmpeg's mixer works on pictures
    with full colour resolution, and the rest of the film need not pass it. The sound is crossed by `app.editing.audio`.
    """
    pads = []
    if begins_frame:
        head, tail = graph.filters("split", [before], 2)
        pads.append(graph.filter("trim", [head], end_frame=begins_frame))
    else:
        tail = before
    first, rest = graph.filters("split", [after], 2)
    going = _part(graph, tail, rate, begins_frame, begins_frame + frames)
    coming = _part(graph, first, rate, 0, frames)
    length = float(frames / rate)
    mixed = graph.filter("xfade", [going, coming], transition=_XFADE[transition.kind], offset=0, duration=length)
    mixed = graph.filter("format", [mixed], pix_fmts=pixels)
    pads += [mixed, _part(graph, rest, rate, frames, None)]
    pad = graph.filter("concat", pads, n=len(pads), v=1, a=0)
    pad = graph.filter("settb", [pad], expr=1 / rate)
    return graph.filter("fps", [pad], fps=rate)


def _part(graph: Graph, pad: Pad, rate: Fraction, begin: int, end: int | None) -> Pad:
    """Some frames of a pad, from 0 on, in the steady clock that the mixer asks for."""
    pad = graph.filter("trim", [pad], start_frame=begin, **({} if end is None else {"end_frame": end}))
    pad = graph.filter("settb", [pad], expr=1 / rate)
    pad = graph.filter("setpts", [pad], expr="N")
    return graph.filter("fps", [pad], fps=rate)

"""How one segment becomes the next."""

from __future__ import annotations

from fractions import Fraction
from typing import ClassVar, Literal

from pydantic import Field

from app.editing.graph import Graph, Pad, in_turn
from app.editing.operations.base import Operation, Stage

Kind = Literal[
    "dissolve", "dip_black", "dip_white", "wipe_left", "wipe_right", "wipe_up", "wipe_down", "slide_left", "slide_right", "circle",
    "radial", "zoom_in", "pixelate", "blur",
]  # fmt: skip
_DIPS: dict[Kind, str] = {"dip_black": "black", "dip_white": "white"}
_XFADE: dict[Kind, str] = {
    "dissolve": "fade", "wipe_left": "wipeleft", "wipe_right": "wiperight",
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
    if transition.kind in _DIPS:
        colour, half = _DIPS[transition.kind], (frames + 1) // 2
        going = _part(graph, tail, rate, begins_frame, begins_frame + half)
        pads.append(_dipped(graph, going, rate, "out", half, colour, pixels))
        if half < frames:
            pads.append(_dipped(graph, _part(graph, first, rate, half, frames), rate, "in", frames - half, colour, pixels))
        else:
            graph.filters("nullsink", [first], 0)
    else:
        going = _part(graph, tail, rate, begins_frame, begins_frame + frames)
        coming = _part(graph, first, rate, 0, frames)
        kind, length = _XFADE[transition.kind], float(frames / rate)
        mixed = graph.filter("xfade", [going, coming], transition=kind, offset=0, duration=length)
        pads.append(graph.filter("format", [mixed], pix_fmts=pixels))
    pads.append(_part(graph, rest, rate, frames, None))
    return in_turn(graph, pads, rate)


def _dipped(graph: Graph, pad: Pad, rate: Fraction, kind: str, frames: int, colour: str, pixels: str) -> Pad:
    """Goes to a colour or comes from it in so many frames, of which the last, or the first, is wholly of it."""
    if "a" in pixels:
        pad = graph.filter("format", [pad], pix_fmts="gbrap")  # the filter mistakes the black of YUV with alpha
    start = -1 if kind == "out" and frames > 1 else 0
    pad = graph.filter("setpts", [pad], expr=f"N-({start})")
    pad = graph.filter("fade", [pad], type=kind, start_time=0, duration=float(frames / rate), color=colour)
    pad = graph.filter("setpts", [pad], expr="N")
    return graph.filter("format", [pad], pix_fmts=pixels)


def _part(graph: Graph, pad: Pad, rate: Fraction, begin: int, end: int | None) -> Pad:
    """Some frames of a pad, from 0 on, in the steady clock that the mixer asks for."""
    pad = graph.filter("trim", [pad], start_frame=begin, **({} if end is None else {"end_frame": end}))
    pad = graph.filter("settb", [pad], expr=1 / rate)
    pad = graph.filter("setpts", [pad], expr="N")
    return graph.filter("fps", [pad], fps=rate)

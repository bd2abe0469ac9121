"""Fitting a picture of any size to the canvas: with bars, cut, before its own blurred picture, or distorted."""

from __future__ import annotations

from collections.abc import Callable

from app.editing.graph import Graph, Pad
from app.editing.plan import Output

_BLUR_SHARE = 8  # the background is blurred at an eighth of the size: as good, and quick
_HAIRLINE = 0.006  # of a side, both bars together


def fitted(graph: Graph, pad: Pad, size: tuple[int, int], output: Output, flags: str = "bicubic") -> Pad:
    """``pad`` (square pixels, any size) at ``size`` (even)."""
    pad = _FITS[output.fit](graph, pad, size, output, flags)
    return graph.filter("setsar", [pad], sar=1)


def _inside(graph: Graph, pad: Pad, size: tuple[int, int], flags: str) -> Pad:
    """As large as it can be within the canvas, even; bars of a hair's breadth, as rounded sizes leave them, are not worth it."""
    width, height = size
    share = f"min({width}/iw,{height}/ih)"
    sides = [f"2*max(1,round({side}*{share}/2))" for side in ("iw", "ih")]
    w, h = (f"if(lte({whole}-{part},{max(2, _HAIRLINE * whole):g}),{whole},{part})" for whole, part in zip(size, sides, strict=True))
    return graph.filter("scale", [pad], w=w, h=h, flags=flags)


def _covering(graph: Graph, pad: Pad, size: tuple[int, int], flags: str) -> Pad:
    """As small as it can be and still cover the canvas, then cut from the middle."""
    width, height = size
    share = f"max({width}/iw,{height}/ih)"
    pad = graph.filter("scale", [pad], w=f"max({width},2*round(iw*{share}/2))", h=f"max({height},2*round(ih*{share}/2))", flags=flags)
    return graph.filter("crop", [pad], w=width, h=height)


def _padded(graph: Graph, pad: Pad, size: tuple[int, int], output: Output, flags: str) -> Pad:
    pad = _inside(graph, pad, size, flags)
    colour = f"0x{output.background[1:]}" + ("00" if output.alpha else "")
    return graph.filter("pad", [pad], w=size[0], h=size[1], x="(ow-iw)/2", y="(oh-ih)/2", color=colour)


def _cut(graph: Graph, pad: Pad, size: tuple[int, int], output: Output, flags: str) -> Pad:
    return _covering(graph, pad, size, flags)


def _blurred(graph: Graph, pad: Pad, size: tuple[int, int], output: Output, flags: str) -> Pad:
    front, back = graph.filters("split", [pad], 2)
    small = (max(2, size[0] // _BLUR_SHARE // 2 * 2), max(2, size[1] // _BLUR_SHARE // 2 * 2))
    back = _covering(graph, back, small, "bilinear")
    back = graph.filter("gblur", [back], sigma=max(1, small[1] / 24))
    back = graph.filter("scale", [back], w=size[0], h=size[1], flags="bilinear")
    front = _inside(graph, front, size, flags)
    return graph.filter("overlay", [back, front], x="(W-w)/2", y="(H-h)/2")


def _stretched(graph: Graph, pad: Pad, size: tuple[int, int], output: Output, flags: str) -> Pad:
    return graph.filter("scale", [pad], w=size[0], h=size[1], flags=flags)


_FITS: dict[str, Callable[[Graph, Pad, tuple[int, int], Output, str], Pad]] = {
    "pad": _padded, "crop": _cut, "blur": _blurred, "stretch": _stretched,
}  # fmt: skip

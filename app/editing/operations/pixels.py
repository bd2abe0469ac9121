"""What several operations do with pixels: the working format, alpha kept aside, other pictures laid over a stretch of frames."""

from __future__ import annotations

from collections.abc import Callable

from app.editing.graph import Graph, Pad
from app.editing.operations.base import Bench, Place
from app.editing.operations.views import during


def working(place: Place) -> str:
    """The pixel format in which pictures pass from one operation to the next, once they have the size of the canvas."""
    return "yuva420p" if place.alpha else "yuv420p"


def in_colours(bench: Bench, pad: Pad, work: Callable[[Pad], Pad]) -> Pad:
    """Does something to red, green and blue instead of brightness and colour differences; transparency passes by."""
    pad = work(converted(bench.graph, pad, "gbrap" if bench.place.alpha else "gbrp"))
    return converted(bench.graph, pad, working(bench.place))


def converted(graph: Graph, pad: Pad, pixels: str) -> Pad:
    """In another pixel format, rounded to the nearest level: left to itself ffmpeg rounds down, and two ways darken visibly."""
    return graph.filter("format", [graph.filter("scale", [pad], flags="accurate_rnd")], pix_fmts=pixels)


def apart_from_alpha(bench: Bench, pad: Pad, alpha: bool, work: Callable[[Pad], Pad]) -> Pad:
    """Does something that knows no transparency; where the pictures have it, it is kept aside meanwhile."""
    if not alpha:
        return work(pad)
    graph = bench.graph
    seen, kept = graph.filters("split", [graph.filter("format", [pad], pix_fmts="yuva420p")], 2)
    kept = graph.filter("alphaextract", [kept])
    return graph.filter("alphamerge", [work(graph.filter("format", [seen], pix_fmts="yuv420p")), kept])


def lay_over(bench: Bench, pad: Pad, layer: Pad, span: tuple[int, int], at: tuple[str | int, str | int] = (0, 0)) -> Pad:
    """Shows ``layer`` (stamps from 0) over the frames of the place in ``span`` (first, exclusive end), its corner at ``at``."""
    layer = delayed(bench, layer, span[0])
    return bench.graph.filter("overlay", [pad, layer], x=at[0], y=at[1], format="yuv420", enable=during(bench, *span))


def delayed(bench: Bench, layer: Pad, first: int) -> Pad:
    """A layer that begins with frame ``first`` of the place: a quarter of a frame early, so that rounded stamps still meet."""
    if first == 0:
        return layer
    layer = bench.graph.filter("settb", [layer], expr=1 / (4 * bench.place.rate))
    return bench.graph.filter("setpts", [layer], expr=f"PTS+{4 * first - 1}")


def colour_pictures(bench: Bench, colour: str, frames: int) -> Pad:
    """So many pictures of one colour (#rrggbb) at the size of the bench."""
    width, height = bench.size
    pad = bench.graph.filter("color", [], c=f"0x{colour[1:]}", s=f"{width}x{height}", r=bench.place.rate)
    return bench.graph.filter("trim", [pad], end_frame=frames)

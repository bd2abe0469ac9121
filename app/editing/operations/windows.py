"""A window of fixed size that slides over a larger picture, smoothly: to the even pixel by cutting, the rest between pixels."""

from __future__ import annotations

from collections.abc import Sequence

from app.editing.graph import Pad, Value
from app.editing.operations.base import Bench
from app.editing.operations.curves import expression, short_spans
from app.editing.operations.views import during, now

_TOLERANCE = 0.02  # pixels
_STILL = 0.03


def slide(bench: Bench, pad: Pad, size: tuple[int, int], left: Sequence[float], top: Sequence[float]) -> Pad:
    """``left`` and ``top`` of the window in every frame of the place, pixels; ``size``: even, within the picture.

    Cutting at even pixels keeps the colours in place. What is left over, up to two pixels, is done by ``perspective`` on the window
    alone, and only in frames in which it is anything.
    """
    graph, (width, height) = bench.graph, size
    room = [(whole - part) // 2 * 2 for whole, part in zip(bench.size, size, strict=True)]
    ways = [_within(values, most) for values, most in zip((left, top), room, strict=True)]
    spare = [2 if most and any(value != values[0] for value in values) else 0 for values, most in zip(ways, room, strict=True)]
    clock, counter = now(bench), f"(in+{bench.begins - 1})"
    cuts = [_cut(values, most - more, clock) for values, most, more in zip(ways, room, spare, strict=True)]
    pad = graph.filter("crop", [pad], w=width + spare[0], h=height + spare[1], x=cuts[0], y=cuts[1], exact=True)
    if not any(spare):
        return pad
    rows = list(zip(ways, room, spare, strict=True))
    for begin, end in short_spans(ways, _TOLERANCE):
        if end > bench.begins:
            parts = [(values[begin:end], most - more, more) for values, most, more in rows]
            rests, seen = ([_rest(values, most, told, begin) if more else "0" for values, most, more in parts] for told in (counter, clock))
            on = f"{during(bench, begin, end)}*gt({seen[0]}+{seen[1]},{_STILL})"
            pad = graph.filter("perspective", [pad], **_shifted(rests), eval="frame", enable=on)
    return graph.filter("crop", [pad], w=width, h=height, x=0, y=0, exact=True)


def _shifted(by: Sequence[str]) -> dict[str, Value]:
    """Corners of ``perspective`` for a shift to the right and down."""
    found: dict[str, Value] = {}
    for corner in range(4):
        found[f"x{corner}"] = f"{'W' if corner % 2 else '0'}+{by[0]}"
        found[f"y{corner}"] = f"{'H' if corner // 2 else '0'}+{by[1]}"
    return found


def _within(values: Sequence[float], most: int) -> list[float]:
    """Where the window can be; where it rests, at an even pixel if it never moves."""
    kept = [min(max(value, 0.0), float(most)) for value in values]
    if max(kept) - min(kept) < 1:
        return [float(min(2 * round(sum(kept) / len(kept) / 2), most))] * len(kept)
    return kept


def _cut(values: Sequence[float], most: int, counter: str) -> str:
    return f"min(2*floor({expression(values, counter, 0, _TOLERANCE)}/2),{most})"


def _rest(values: Sequence[float], most: int, counter: str, first: int) -> str:
    way = expression(values, counter, first, _TOLERANCE)
    return f"(st(8,{way});ld(8)-min(2*floor(ld(8)/2),{most}))"

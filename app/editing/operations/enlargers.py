"""THE table of upscalers: what enlarges pictures. A model that can joins it under its name; without a name it is Lanczos."""

from __future__ import annotations

from collections.abc import Callable

from app.editing.graph import Pad
from app.editing.operations.base import Bench

Enlarger = Callable[[Pad, Bench, int], Pad]

_SHARPEN = 0.4


def _lanczos(pad: Pad, bench: Bench, factor: int) -> Pad:
    """Lanczos, then a little sharpening of what it leaves soft."""
    width, height = bench.size
    pad = bench.graph.filter("scale", [pad], w=width * factor, h=height * factor, flags="lanczos")
    return bench.graph.filter("unsharp", [pad], luma_msize_x=3, luma_msize_y=3, luma_amount=_SHARPEN, chroma_amount=0)


ENLARGERS: dict[str | None, Enlarger] = {None: _lanczos}

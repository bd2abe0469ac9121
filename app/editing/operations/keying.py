"""A chroma key as tables over the two planes of colour differences, at their own size: ten times as quick as pixel by pixel."""

from __future__ import annotations

import math

from app.editing.graph import Graph, Pad
from app.editing.operations.base import Place

_NEUTRAL = 128
_LEAST_BLEND = 0.005
LEAST_COLOUR = 12.0  # levels from grey
_HD_HEIGHT = 720
_DIFFERENCES = {  # blue and red difference of red, green, blue in shares: limited range, 8 bits
    "bt601": ((-37.797, -74.203, 112.0), (112.0, -93.786, -18.214)),
    "bt709": ((-25.664, -86.336, 112.0), (112.0, -101.730, -10.270)),
}


def differences(colour: str, matrix: str) -> tuple[float, float]:
    """Blue and red difference of #rrggbb, levels about 0."""
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    u, v = (sum(a * b for a, b in zip(row, shares, strict=True)) for row in _DIFFERENCES[matrix])
    return u, v


def matrix_of(place: Place) -> str:
    """Which matrix the pictures of a place are in: what the file says, else what players take for granted."""
    said = place.source.colour[2] if place.source is not None else None
    if said is not None:
        return "bt709" if said == "bt709" else "bt601"
    return "bt709" if place.height >= _HD_HEIGHT else "bt601"


def keyed(graph: Graph, pad: Pad, size: tuple[int, int], key: tuple[float, float], similarity: float, blend: float) -> Pad:
    """Transparent where the colour is near ``key``; what light of that colour fell on the rest is taken out of it.

    ``similarity`` and ``blend`` are those of ffmpeg's ``chromakey``: shares of the diagonal of the plane of colour differences.
    """
    pad = graph.filter("format", [pad], pix_fmts="yuv420p")
    luma, blue, red = graph.filters("extractplanes", [pad], 3, planes="y+u+v")
    blues, reds = graph.filters("split", [blue], 3, outputs=3), graph.filters("split", [red], 3, outputs=3)
    seen = graph.filter("lut2", [blues[0], reds[0]], c0=_opacity(key, similarity, blend))
    seen = graph.filter("scale", [seen], w=size[0], h=size[1], flags="bicubic")
    new_blue, new_red = _unspilt(key)
    planes = [luma, graph.filter("lut2", [blues[1], reds[1]], c0=new_blue), graph.filter("lut2", [blues[2], reds[2]], c0=new_red), seen]
    return graph.filter("mergeplanes", planes, map1s=1, map2s=2, map3s=3, format="yuva420p")


def _opacity(key: tuple[float, float], similarity: float, blend: float) -> str:
    away = f"hypot(x-{_NEUTRAL + key[0]:.3f},y-{_NEUTRAL + key[1]:.3f})/{255 * math.sqrt(2):.3f}"
    return f"clip(255*({away}-{similarity:.6f})/{max(blend, _LEAST_BLEND):.6f},0,255)"


def _unspilt(key: tuple[float, float]) -> tuple[str, str]:
    """Colours keep at least 45 degrees from the key's hue: what points its way is shortened to what lies across."""
    length = math.hypot(*key)
    a, b = key[0] / length, key[1] / length
    along = f"((x-{_NEUTRAL})*{a:.6f}+(y-{_NEUTRAL})*{b:.6f})"
    across = f"abs((x-{_NEUTRAL})*{b:.6f}-(y-{_NEUTRAL})*{a:.6f})"
    spilt = f"max(0,{along}-{across})"
    return f"clip(x-{a:.6f}*{spilt}+0.5,0,255)", f"clip(y-{b:.6f}*{spilt}+0.5,0,255)"

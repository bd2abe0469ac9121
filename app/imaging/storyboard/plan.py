"""The floor plan of a shot for the slate: the camera with its field of view, who stands where, and where the light comes from."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from app.imaging.storyboard.colours import BLUE, HAIRLINE, INK, RED, Colour, mixed

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

_FAR: Mapping[str, float] = {  # how far the camera stands back, as a share of the plan; the field of view narrows with it
    "ECU": 0.2, "CU": 0.26, "MCU": 0.34, "MS": 0.42, "2S": 0.46, "OTS": 0.46, "MLS": 0.52, "WS": 0.64, "POV": 0.6, "EWS": 0.76,
}  # fmt: skip


def draw_plan(
    draw: ImageDraw, box: tuple[float, float, float, float], shot: str, people: Sequence[tuple[float, Colour]], light: float
) -> None:
    """The plan, seen from above, in a square of paper.

    Args:
        people: of each, how far across the frame it stands, 0 to 1, and its colour.
        light: -1 from the left to 1 from the right.
    """
    left, top, right, bottom = box
    size = min(right - left, bottom - top)
    thin = max(1, round(size / 110))
    draw.rectangle(box, outline=HAIRLINE, width=thin)
    x, y = (left + right) / 2, bottom - size * 0.1
    reach = size * (0.14 + 0.74 * _FAR[shot])
    half = math.radians(24)
    floor = y - reach
    spread = math.tan(half) * reach * 1.12
    draw.polygon([(x, y), (x - spread, floor - size * 0.06), (x + spread, floor - size * 0.06)], fill=mixed(BLUE, (244, 241, 234), 0.72))
    for side in (-1, 1):
        draw.line([(x, y), (x + side * spread, floor - size * 0.06)], fill=BLUE, width=thin)
    radius = size * 0.045
    for across, colour in people:
        place = x + (across - 0.5) * 1.5 * spread
        draw.ellipse([place - radius, floor - radius, place + radius, floor + radius], fill=colour, outline=INK, width=thin)
    _camera(draw, x, y, size)
    _lamp(draw, (left + size * 0.14 if light < 0 else right - size * 0.14, top + size * 0.16), (x, floor), size)


def _camera(draw: ImageDraw, x: float, y: float, size: float) -> None:
    body = size * 0.05
    draw.rectangle([x - body, y, x + body, y + body * 1.5], fill=INK)
    draw.polygon(
        [(x - body * 0.35, y), (x + body * 0.35, y), (x + body * 0.75, y - body * 0.8), (x - body * 0.75, y - body * 0.8)], fill=INK
    )


def _lamp(draw: ImageDraw, at: tuple[float, float], to: tuple[float, float], size: float) -> None:
    radius = size * 0.04
    draw.ellipse([at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius], outline=RED, width=max(1, round(size / 80)))
    long = math.hypot(to[0] - at[0], to[1] - at[1]) or 1.0
    across, down = (to[0] - at[0]) / long, (to[1] - at[1]) / long
    near, far = radius * 1.7, min(long * 0.5, size * 0.24)
    end = (at[0] + across * far, at[1] + down * far)
    draw.line([(at[0] + across * near, at[1] + down * near), end], fill=RED, width=max(1, round(size / 80)))
    wing = size * 0.035
    draw.polygon(
        [(end[0] + across * wing, end[1] + down * wing), (end[0] - down * wing * 0.7, end[1] + across * wing * 0.7),
         (end[0] + down * wing * 0.7, end[1] - across * wing * 0.7)], fill=RED,
    )  # fmt: skip

"""What is drawn over the scene for the people who will shoot it: thirds, horizon and safe area in blue, the camera's move in red."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from app.imaging.storyboard.colours import BLUE, RED, Colour
from app.imaging.storyboard.stage import Point

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

SAFE = 0.9  # of width and height: action safe, as SMPTE RP 2046-1 has it within a few percent


def draw_guides(image: Image, horizon: float) -> None:
    """Thirds, corners of the safe area, and, where it is in the frame, the horizon; ``horizon`` in px."""
    from PIL import Image as Images
    from PIL import ImageDraw

    width, height = image.size
    layer = Images.new("L", image.size, 0)
    draw = ImageDraw.Draw(layer)
    thin = max(1, round(height / 520))
    for share in (1 / 3, 2 / 3):
        draw.line([(width * share, 0), (width * share, height)], fill=92, width=thin)
        draw.line([(0, height * share), (width, height * share)], fill=92, width=thin)
    _corners(draw, width, height, thin)
    if 0.03 * height < horizon < 0.97 * height:
        _dashes(draw, horizon, width, height, thin)
    image.paste(BLUE, (0, 0), layer)


def _corners(draw: ImageDraw, width: int, height: int, thin: int) -> None:
    left, top = width * (1 - SAFE) / 2, height * (1 - SAFE) / 2
    arm = min(width, height) * 0.06
    for x, right in ((left, 1), (width - left, -1)):
        for y, down in ((top, 1), (height - top, -1)):
            draw.line([(x, y + down * arm), (x, y), (x + right * arm, y)], fill=215, width=thin * 2)
    middle = min(width, height) * 0.018
    draw.line([(width / 2 - middle, height / 2), (width / 2 + middle, height / 2)], fill=215, width=thin)
    draw.line([(width / 2, height / 2 - middle), (width / 2, height / 2 + middle)], fill=215, width=thin)


def _dashes(draw: ImageDraw, y: float, width: int, height: int, thin: int) -> None:
    dash = max(4.0, height / 60)
    for number in range(int(width / dash / 1.8) + 1):
        draw.line([(number * dash * 1.8, y), (number * dash * 1.8 + dash, y)], fill=150, width=thin)
    tick = height / 48
    for x, side in ((0, 1), (width, -1)):
        draw.polygon([(x, y - tick / 2), (x + side * tick, y), (x, y + tick / 2)], fill=230)


def draw_move(image: Image, move: str) -> None:
    """Arrows for the camera's move, in the signs of the trade."""
    from PIL import ImageDraw

    if not move:
        return
    draw, width, height = ImageDraw.Draw(image), image.width, image.height
    size = min(width, height)
    kind, _, way = move.partition(" ")
    if kind in ("Pan", "Truck", "Tilt", "Crane"):
        _straight(draw, width, height, way, boxed=kind in ("Truck", "Crane"))
    elif kind in ("Push", "Pull", "Zoom"):
        _corners_move(draw, width, height, inwards=way == "in", dashed=kind == "Zoom")
    elif kind == "Orbit":
        box = [width / 2 - size * 0.36, height - size * 0.26, width / 2 + size * 0.36, height - size * 0.06]
        _stroke_arc(draw, box, size)
    else:
        x, y = width * 0.06, height * 0.07
        points = [(x + size * 0.022 * step, y + (size * 0.018 if step % 2 else -size * 0.018)) for step in range(9)]
        _lines(draw, points, size)


def _straight(draw: ImageDraw, width: int, height: int, way: str, boxed: bool) -> None:
    """A long arrow near the edge: outlined where the camera only turns, filled where it travels."""
    size = min(width, height)
    thick = size * 0.026
    if way in ("left", "right"):
        sign, y = (1 if way == "right" else -1), height * 0.93
        arrow(draw, (width / 2 - sign * width * 0.21, y), (width / 2 + sign * width * 0.21, y), thick, filled=boxed)
    else:
        sign, x = (-1 if way == "up" else 1), width * 0.945
        arrow(draw, (x, height / 2 - sign * height * 0.22), (x, height / 2 + sign * height * 0.22), thick, filled=boxed)


def _corners_move(draw: ImageDraw, width: int, height: int, inwards: bool, dashed: bool) -> None:
    """The frame at the other end of the move, and four arrows to it."""
    size = min(width, height)
    inner = [width * 0.19, height * 0.19, width * 0.81, height * 0.81]
    thin = max(1, round(size / 300))
    if dashed:
        for share in range(0, 20, 2):
            x1, x2 = (inner[0] + (inner[2] - inner[0]) * part / 20 for part in (share, share + 1))
            y1, y2 = (inner[1] + (inner[3] - inner[1]) * part / 20 for part in (share, share + 1))
            for y in (inner[1], inner[3]):
                draw.line([(x1, y), (x2, y)], fill=RED, width=thin)
            for x in (inner[0], inner[2]):
                draw.line([(x, y1), (x, y2)], fill=RED, width=thin)
    else:
        draw.rectangle(inner, outline=RED, width=thin)
    for x, inner_x in ((0.075, 0.165), (0.925, 0.835)):
        for y, inner_y in ((0.075, 0.165), (0.925, 0.835)):
            outer, end = (width * x, height * y), (width * inner_x, height * inner_y)
            arrow(draw, outer if inwards else end, end if inwards else outer, size * 0.013, filled=True)


def arrow(draw: ImageDraw, start: Point, end: Point, thick: float, *, filled: bool) -> None:
    """Red pencil with a thin pale edge, so that it is seen on every ground."""
    angle = math.atan2(end[1] - start[1], end[0] - start[0])
    long = math.hypot(end[0] - start[0], end[1] - start[1])
    head = min(thick * 3.4, long * 0.6)
    outline = [(0, -0.5), (long - head, -0.5), (long - head, -1.45), (long, 0), (long - head, 1.45), (long - head, 0.5), (0, 0.5)]
    cos, sin = math.cos(angle), math.sin(angle)
    points = [(start[0] + x * cos - y * thick * sin, start[1] + x * sin + y * thick * cos) for x, y in outline]
    edge = max(1, round(thick * 0.22))
    draw.line([*points, points[0], points[1]], fill=_PALE, width=edge * 3, joint="curve")
    if filled:
        draw.polygon(points, fill=RED)
    draw.line([*points, points[0], points[1]], fill=RED, width=edge, joint="curve")


def _stroke_arc(draw: ImageDraw, box: list[float], size: float) -> None:
    for colour, wide in ((_PALE, size * 0.018), (RED, size * 0.01)):
        draw.arc(box, 20, 160, fill=colour, width=max(1, round(wide)))
    x, y = box[0] + (box[2] - box[0]) * 0.03, (box[1] + box[3]) / 2 + (box[3] - box[1]) * 0.17
    arrow(draw, (x + size * 0.05, y + size * 0.035), (x, y - size * 0.01), size * 0.014, filled=True)


def _lines(draw: ImageDraw, points: list[Point], size: float) -> None:
    for colour, wide in ((_PALE, size * 0.014), (RED, size * 0.007)):
        draw.line(points, fill=colour, width=max(1, round(wide)), joint="curve")


_PALE: Colour = (255, 246, 240)

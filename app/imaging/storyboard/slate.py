"""Everything of a card that is not the frame: where things stand, the slate, the caption, the label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import gcd
from typing import TYPE_CHECKING

from app.imaging.storyboard.colours import BLUE, EDGE, HAIRLINE, INK, MUTED, PAPER, RED, Colour, Palette, luminance
from app.imaging.storyboard.plan import draw_plan
from app.imaging.storyboard.reading import Reading
from app.imaging.storyboard.type import ASCENT, LEADING, fitted, measured, written
from app.imaging.storyboard.vocabulary import SHOT_TITLES, TIME_TITLES

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

Box = tuple[int, int, int, int]  # left, top, right, bottom
_SHARE = 0.785  # of width and of height: the frame has the aspect of the card
SHORT_LABEL = "No AI image"


@dataclass(frozen=True)
class Layout:
    """Where the parts of a card stand, px; ``unit`` is the size that type is measured in."""

    frame: Box
    column: Box
    footer: Box
    unit: float
    framed: bool = True

    @property
    def frame_size(self) -> tuple[int, int]:
        """Width and height."""
        return self.frame[2] - self.frame[0], self.frame[3] - self.frame[1]


@dataclass(frozen=True)
class Facts:
    """What the slate says; ``people`` and ``light`` as `plan.draw_plan` has them."""

    reading: Reading
    palette: Palette
    caption: str
    seed: int
    number: int | None
    cast: tuple[str, ...]
    label: str
    people: tuple[tuple[float, Colour], ...] = ()
    light: float = 1.0


def layout_of(width: int, height: int, framed: bool = True) -> Layout:
    """The frame at the upper left, in the aspect of the card; a column to its right, a strip below."""
    if not framed:
        return Layout((0, 0, width, height), (0, 0, 0, 0), (0, 0, 0, 0), 1.0, False)
    unit = min((width * height) ** 0.5 / 768, min(width, height) / 400)
    margin = max(6, round(min(width, height) * 0.03))
    wide, high = round(width * _SHARE), round(height * _SHARE)
    frame = (margin, margin, margin + wide, margin + high)
    gap = max(5, round(margin * 0.8))
    column = (frame[2] + gap, margin, width - margin, frame[3])
    footer = (margin, frame[3] + gap, width - margin, height - margin)
    return Layout(frame, column, footer, unit)


def aspect_of(width: int, height: int) -> str:
    """16:9 where the numbers are small, else 1.85:1."""
    shared = gcd(width, height)
    across, down = width // shared, height // shared
    return f"{across}:{down}" if max(across, down) <= 21 else f"{width / height:.2f}:1"


def draw_sheet(sheet: Image, layout: Layout, facts: Facts) -> None:
    """Draws all of it around the frame, which is there already."""
    from PIL import ImageDraw

    draw = ImageDraw.Draw(sheet)
    left, top, right, bottom = layout.frame
    draw.rectangle([left - 1, top - 1, right, bottom], outline=INK, width=max(1, round(layout.unit * 1.2)))
    _column(draw, layout, facts, aspect_of(*sheet.size))
    _footer(draw, layout, facts)


def _column(draw: ImageDraw, layout: Layout, facts: Facts, aspect: str) -> None:
    left, top, right, bottom = layout.column
    width, unit, reading = right - left, layout.unit, facts.reading
    head = min(46 * unit, width * 0.42)
    while head > 6 and measured(reading.shot, max(6, round(head))) > width:
        head *= 0.9
    y = top + head * ASCENT
    written(draw, (left, y), reading.shot, max(6, round(head)), INK)
    if facts.number is not None:
        small = max(6, round(13 * unit))
        text = f"No. {facts.number}"
        if measured(reading.shot, round(head)) + measured(text, small) + 6 * unit < width:
            written(draw, (right, y), text, small, MUTED, align=1.0)
    y += 10 * unit
    draw.line([(left, y), (right, y)], fill=RED, width=max(1, round(2 * unit)))
    y += 9 * unit
    swatch = _swatches(draw, (left, bottom, right), facts.palette, unit)
    for title, value in _rows(facts, aspect):
        tall = _row(draw, (left, y), width, title, value, unit, swatch - 8 * unit)
        if not tall:
            return
        y += tall
    size = min(width, swatch - 12 * unit - y)
    if size > 52 * unit:
        draw_plan(draw, (left, swatch - 10 * unit - size, left + size, swatch - 10 * unit), reading.shot, facts.people, facts.light)


def _rows(facts: Facts, aspect: str) -> list[tuple[str, str]]:
    """(name, value) of what is worth saying, the most important first."""
    reading = facts.reading
    light = {"back": "Back light", "left": "Key from the left", "right": "Key from the right", "top": "Top light", "under": "From below"}
    said = (TIME_TITLES[reading.time] if reading.time_said else "", light.get(reading.light, ""))
    rows = [
        ("Shot", SHOT_TITLES[reading.shot] + ("" if reading.shot_said else " *")),
        ("Angle", reading.angle),
        ("Camera", reading.move or "Static"),
        ("Cast", ", ".join(facts.cast)),
        ("Light", ", ".join(part for part in said if part)),
        ("Seed, aspect", f"{facts.seed} · {aspect}"),
    ]
    return [(title, value) for title, value in rows if value]


def _row(draw: ImageDraw, place: tuple[float, float], width: float, title: str, value: str, unit: float, bottom: float) -> float:
    """A name above its value; returns how high it is, 0 where there was no room."""
    small, large = max(6, round(9.5 * unit)), max(6, round(13 * unit))
    setting = fitted(value, width, large * 2.6, large, max(6, round(9 * unit)))
    tall = small * LEADING + setting.height + 7 * unit
    if place[1] + tall > bottom or not setting.lines:
        return 0.0
    if measured(title, small) <= width:
        written(draw, (place[0], place[1] + small * ASCENT), title, small, MUTED)
    y = place[1] + small * LEADING + setting.size * ASCENT
    for line in setting.lines:
        written(draw, (place[0], y), line, setting.size, INK, base_right=setting.right)
        y += setting.size * LEADING
    return tall


def _swatches(draw: ImageDraw, place: tuple[float, float, float], palette: Palette, unit: float) -> float:
    """Five colours of the scene along the foot of the column; returns their top."""
    left, bottom, right = place
    size = min((right - left) / 5, 26 * unit)
    top = bottom - size
    for number, colour in enumerate(palette.shown()):
        x = left + number * size
        draw.rectangle([x, top, x + size - 1, bottom], fill=colour)
    draw.rectangle([left, top, left + 5 * size - 1, bottom], outline=EDGE if luminance(palette.sky_low) > 0.8 else HAIRLINE)
    return top


def _footer(draw: ImageDraw, layout: Layout, facts: Facts) -> None:
    left, top, right, bottom = layout.footer
    unit = layout.unit
    small = max(7, round(min(10.5 * unit, (bottom - top) * 0.2)))
    strip = small * 1.9
    _label(draw, (left, bottom - strip), (right, bottom), facts.label, small)
    room = bottom - strip - top - 5 * unit
    setting = fitted(facts.caption, right - left, room, min(28 * unit, max(21 * unit, room * 0.3)), max(7, round(10 * unit)))
    x, y = (right, 1.0) if setting.right else (left, 0.0)
    line_y = top + setting.size * ASCENT
    for line in setting.lines:
        written(draw, (x, line_y), line, setting.size, INK, align=y, base_right=setting.right)
        line_y += setting.size * LEADING


def _label(draw: ImageDraw, start: tuple[float, float], end: tuple[float, float], label: str, size: int) -> None:
    """The badge of a built-in engine, an outline; the holes of the peg bar on the right where there is room."""
    left, top = start
    right, bottom = end
    room = right - left - size * 1.4
    while size > 6 and measured(label, size) > room:
        size -= 1
    shown = label if measured(label, size) <= room else SHORT_LABEL
    wide = measured(shown, size) + size * 1.4
    draw.rounded_rectangle([left, top, left + wide, bottom], radius=size * 0.4, outline=EDGE, width=max(1, round(size / 11)))
    written(draw, (left + size * 0.7, (top + bottom) / 2 + size * 0.36), shown, size, MUTED)
    _pegs(draw, right, (top + bottom) / 2, (bottom - top) * 0.5, left + wide)


def _pegs(draw: ImageDraw, right: float, y: float, size: float, taken: float) -> None:
    """Two slots and a round hole, as animation paper has them."""
    long = size * 2.6
    if right - taken < long * 2 + size * 5:
        return
    middle, thin, slot = right - long - size * 1.6, max(1, round(size / 9)), size * 0.28
    for x in (middle - size * 1.6 - long, middle + size * 1.6):
        draw.rounded_rectangle([x, y - slot, x + long, y + slot], radius=slot, outline=EDGE, width=thin)
    draw.ellipse([middle - size / 2, y - size / 2, middle + size / 2, y + size / 2], outline=EDGE, width=thin)


def tag_names(frame: Image, names: Sequence[tuple[str, float, float]]) -> None:
    """Who is who: a small tag above each head, ``(name, x, top of the head)``, inside the frame and never over another."""
    from PIL import ImageDraw

    draw = ImageDraw.Draw(frame)
    size = max(7, round(min(frame.size) * 0.03))
    taken: list[tuple[float, float, float, float]] = []
    for name, x, top in names:
        wide, tall = min(measured(name, size) + size, frame.width * 0.9), size * 1.6
        shown = fitted(name, wide - size + 1, tall, size, size).lines[:1]
        left = min(max(x - wide / 2, 2), frame.width - wide - 2)
        y = min(max(top - tall - size * 0.5, 2), frame.height - tall - 2)
        while y < frame.height - 2 * tall and any(_meet((left, y, left + wide, y + tall), other) for other in taken):
            y += tall + 2
        taken.append((left, y, left + wide, y + tall))
        draw.rounded_rectangle([left, y, left + wide, y + tall], radius=size * 0.35, fill=PAPER, outline=BLUE)
        for line in shown:
            written(draw, (left + wide / 2, y + tall / 2 + size * 0.36), line, size, INK, align=0.5)


def _meet(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def small_label(frame: Image) -> None:
    """On a card too small for type: the short label where it can be read, a striped edge in any case."""
    from PIL import ImageDraw

    draw = ImageDraw.Draw(frame)
    width, height = frame.size
    band = max(4, round(height * 0.1))
    size = max(6, round(band * 0.8)) if band >= 9 else 0
    paper: Colour = PAPER
    draw.rectangle([0, height - band, width, height], fill=paper)
    if size and measured(SHORT_LABEL, size) < width - 4:
        written(draw, (width / 2, height - band / 2 + size * 0.36), SHORT_LABEL, size, MUTED, align=0.5)
        return
    for x in range(-band, width, band * 2):
        draw.polygon([(x, height), (x + band, height - band), (x + band * 2, height - band), (x + band, height)], fill=EDGE)

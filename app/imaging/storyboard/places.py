"""Places: what stands on the horizon and what lies before it. THE table of them is `PLACES`, by the names of `vocabulary.PLACES`."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from app.imaging.storyboard.colours import mixed
from app.imaging.storyboard.landmarks import paint_landmark
from app.imaging.storyboard.rooms import paint_room
from app.imaging.storyboard.skies import paint_sky
from app.imaging.storyboard.stage import Stage, disc, glow, gradient, range_of


def paint_place(stage: Stage) -> None:
    """The sky, the place, its ground."""
    PLACES.get(stage.reading.place, _open)(stage)
    if stage.reading.landmark and stage.reading.place not in ("room", "space", "underwater"):
        paint_landmark(stage, stage.reading.landmark)


def _ground(stage: Stage, lines: bool = True) -> None:
    """From the horizon to the lower edge, with a few lines that run to the vanishing point."""
    palette = stage.palette
    top = max(0, min(stage.height - 1, round(stage.horizon)))
    stage.put(gradient((stage.width, stage.height - top), [(0, palette.ground_far), (1, palette.ground_near)]), (0, top))
    if not lines:
        return
    colour = mixed(palette.ground_near, palette.ground_far, 0.45)
    for number in range(-9, 10):
        stage.draw.line(
            [(stage.vanish, stage.horizon), (stage.vanish + number * stage.width * 0.22, stage.height)],
            fill=colour,
            width=max(1, round(stage.unit * 0.22)),
        )


def _open(stage: Stage) -> None:
    paint_sky(stage)
    range_of(stage, stage.horizon, stage.unit * 5, 0.1, stage.palette.far)
    _ground(stage)


def _meadow(stage: Stage) -> None:
    paint_sky(stage)
    palette = stage.palette
    range_of(stage, stage.horizon, stage.unit * 13, 0.12, palette.far)
    range_of(stage, stage.horizon + stage.unit * 3, stage.unit * 9, 0.08, mixed(palette.mid, palette.far, 0.4))
    _ground(stage, lines=False)
    for share in (0.18, 0.42, 0.72):
        base = stage.horizon + (stage.height - stage.horizon) * share
        range_of(stage, base, stage.unit * 6, 0.05, mixed(palette.ground_far, palette.ground_near, share + 0.2))
    for _ in range(5):
        _tree(
            stage,
            stage.rng.uniform(0, stage.width),
            stage.horizon + stage.unit * stage.rng.uniform(0, 3),
            stage.unit * stage.rng.uniform(5, 10),
        )


def _mountains(stage: Stage) -> None:
    paint_sky(stage)
    palette, unit = stage.palette, stage.unit
    for depth, tall in ((0.0, 42), (0.45, 28), (0.8, 15)):
        colour = mixed(mixed(palette.far, palette.sky_low, 0.25), palette.mid, depth)
        outline = range_of(stage, stage.horizon, unit * tall, 0.5 + depth * 0.3, colour)
        if depth < 0.5:
            _caps(stage, outline, unit * tall)
    _ground(stage, lines=False)
    range_of(stage, stage.horizon + unit * 9, unit * 8, 0.2, mixed(palette.ground_far, palette.ground_near, 0.5))


def _caps(stage: Stage, outline: list[tuple[float, float]], tall: float) -> None:
    """Snow on what is highest, lit from the side of the light."""
    line = stage.horizon - tall * 0.66
    snow = mixed(stage.palette.light, stage.palette.sky_low, 0.25)
    peak: list[tuple[float, float]] = []
    for x, y in [*outline, (stage.width, stage.height)]:
        if y < line:
            peak.append((x, y))
            continue
        if len(peak) > 3:
            foot = [(px, line + tall * (0.02 + 0.05 * math.sin(number * 0.55))) for number, (px, _) in enumerate(reversed(peak))]
            stage.draw.polygon([*peak, *((px, max(py, y)) for (px, py), (_, y) in zip(foot, reversed(peak), strict=True))], fill=snow)
        peak = []


def _forest(stage: Stage) -> None:
    paint_sky(stage)
    palette, unit, rng = stage.palette, stage.unit, stage.rng
    _ground(stage, lines=False)
    for depth in (0.0, 0.35, 0.7):
        colour = mixed(mixed(palette.far, palette.sky_low, 0.35), palette.near, depth)
        base = stage.horizon + (stage.height - stage.horizon) * 0.16 * depth
        range_of(stage, base - unit * (20 - 10 * depth), unit * 16, 0.75, colour, base + unit)
        for _ in range(13 - round(8 * depth)):
            x, thick = rng.uniform(0, stage.width), unit * (0.8 + 2.2 * depth)
            stage.draw.polygon(
                [(x - thick, base + unit), (x - thick * 0.6, 0), (x + thick * 0.6, 0), (x + thick, base + unit)], fill=colour
            )
    range_of(stage, stage.horizon + unit * 12, unit * 7, 0.3, mixed(palette.ground_far, palette.ground_near, 0.6))
    glow(stage, (stage.width * (0.5 + 0.3 * stage.light), stage.horizon * 0.55), stage.height * 0.55, palette.light, 0.35)
    for x, side in ((-0.02, 1), (1.02, -1)):
        _near_trunk(stage, x * stage.width, side)


def _near_trunk(stage: Stage, x: float, side: int) -> None:
    """A dark trunk at the edge of the frame, with a root: it gives the picture depth."""
    unit, colour = stage.unit, stage.palette.dark
    wide = unit * stage.rng.uniform(5, 9)
    stage.draw.polygon(
        [(x - side * unit, 0), (x + side * wide * 0.7, 0), (x + side * wide * 0.62, stage.height * 0.7),
        (x + side * wide * 1.9, stage.height),
         (x - side * unit, stage.height)], fill=colour,
    )  # fmt: skip


def _tree(stage: Stage, x: float, base: float, tall: float) -> None:
    colour = mixed(stage.palette.near, stage.palette.mid, stage.rng.uniform(0.1, 0.5))
    stage.draw.rectangle([x - tall * 0.05, base - tall * 0.4, x + tall * 0.05, base], fill=stage.palette.dark)
    for dx, dy, radius in ((0, 0.72, 0.36), (-0.22, 0.5, 0.28), (0.24, 0.52, 0.26)):
        disc(stage.draw, (x + dx * tall, base - dy * tall), radius * tall, colour)


def _city(stage: Stage) -> None:
    paint_sky(stage)
    palette, unit, rng = stage.palette, stage.unit, stage.rng
    lit = stage.reading.time in ("night", "dusk", "golden")
    for depth, tall in ((0.0, 46), (0.5, 34), (1.0, 22)):
        colour = mixed(mixed(palette.far, palette.sky_low, 0.3), palette.near, depth)
        x = -unit * rng.uniform(0, 6)
        while x < stage.width:
            wide, high = unit * rng.uniform(5, 12), unit * tall * rng.uniform(0.35, 1)
            top = stage.horizon - high
            stage.draw.rectangle([x, top, x + wide, stage.horizon + unit], fill=colour)
            if rng.random() < 0.3:
                stage.draw.line([(x + wide / 2, top), (x + wide / 2, top - unit * 5)], fill=colour, width=max(1, round(unit * 0.35)))
            _windows(stage, (x, top, x + wide, stage.horizon), lit, colour)
            x += wide + unit * rng.uniform(0, 1.5)
    _ground(stage)
    if lit:
        glow(stage, (stage.width * 0.5, stage.horizon), stage.height * 0.5, palette.accent, 0.22)


def _windows(stage: Stage, box: tuple[float, float, float, float], lit: bool, wall: tuple[int, int, int]) -> None:
    left, top, right, bottom = box
    unit, rng = stage.unit, stage.rng
    on = mixed(wall, stage.palette.accent, 0.75) if lit else mixed(wall, stage.palette.sky_low, 0.35)
    y = top + unit * 1.6
    while y < bottom - unit * 2:
        x = left + unit
        while x < right - unit * 1.4:
            if rng.random() < (0.4 if lit else 0.55):
                stage.draw.rectangle([x, y, x + unit * 0.8, y + unit * 1.1], fill=on)
            x += unit * 1.9
        y += unit * 2.5


def _village(stage: Stage) -> None:
    paint_sky(stage)
    palette, unit, rng = stage.palette, stage.unit, stage.rng
    range_of(stage, stage.horizon, unit * 15, 0.15, palette.far)
    _ground(stage, lines=False)
    range_of(stage, stage.horizon + unit * 4, unit * 7, 0.06, mixed(palette.ground_far, palette.mid, 0.4))
    for number in range(7):
        x = stage.width * (number + rng.uniform(0.1, 0.9)) / 7
        _house(stage, x, stage.horizon + unit * rng.uniform(0, 4), unit * rng.uniform(6, 11))
    for number in range(6):
        _tree(stage, stage.width * (number + rng.random()) / 6, stage.horizon + unit * rng.uniform(3, 6), unit * rng.uniform(5, 8))
    range_of(stage, stage.horizon + unit * 16, unit * 7, 0.06, mixed(palette.ground_far, palette.ground_near, 0.7))


def _house(stage: Stage, x: float, base: float, tall: float) -> None:
    palette, rng = stage.palette, stage.rng
    wall, roof = mixed(palette.mid, palette.light, rng.uniform(0.15, 0.4)), mixed(palette.near, palette.accent, rng.uniform(0.15, 0.5))
    half = tall * 0.5
    stage.draw.rectangle([x - half, base - tall * 0.6, x + half, base], fill=wall)
    stage.draw.polygon([(x - half * 1.2, base - tall * 0.58), (x, base - tall * 1.15), (x + half * 1.2, base - tall * 0.58)], fill=roof)
    lit = stage.reading.time in ("night", "dusk")
    stage.draw.rectangle(
        [x - tall * 0.12, base - tall * 0.42, x + tall * 0.1, base - tall * 0.2], fill=palette.accent if lit else palette.dark
    )


def _sea(stage: Stage) -> None:
    paint_sky(stage)
    palette, unit, rng = stage.palette, stage.unit, stage.rng
    range_of(stage, stage.horizon, unit * 5, 0.3, mixed(palette.far, palette.sky_low, 0.3))
    _ground(stage, lines=False)
    deep = stage.height - stage.horizon
    for number in range(70):
        share = (number / 70) ** 1.6
        y = stage.horizon + deep * share * 0.9 + unit * 0.4
        wide = unit * (2 + 16 * share) * rng.uniform(0.5, 1.3)
        near_light = rng.gauss(0.5 + 0.28 * stage.light, 0.12 + 0.3 * share)
        x = stage.width * near_light
        thick = max(1, round(unit * (0.18 + 0.5 * share)))
        stage.draw.line([(x - wide, y), (x + wide, y)], fill=mixed(palette.ground_far, palette.light, 0.55 - 0.35 * share), width=thick)
    shore = mixed((222, 200, 160), palette.ground_near, 0.35 if stage.reading.time in ("day", "dawn", "golden") else 0.7)
    kinds = {subject.kind for subject in stage.reading.subjects}
    if kinds & {"boat", "fish"}:
        return
    ashore = stage.reading.people > 0
    base = stage.horizon + deep * 0.36 if ashore else stage.height - unit * 3
    if ashore:
        range_of(stage, base - unit * 1.2, unit * 6, 0.05, mixed(palette.light, palette.ground_far, 0.35))
        stage.rng.random()
    range_of(stage, base + unit * 1.5, unit * 6 if ashore else unit * 8, 0.05, shore)


def _desert(stage: Stage) -> None:
    paint_sky(stage)
    palette, unit = stage.palette, stage.unit
    range_of(stage, stage.horizon, unit * 9, 0.3, mixed(palette.far, palette.mid, 0.4))
    _ground(stage, lines=False)
    for share in (0.08, 0.3, 0.6):
        base = stage.horizon + (stage.height - stage.horizon) * share
        colour = mixed(palette.ground_far, palette.ground_near, share)
        outline = range_of(stage, base, unit * 10, 0.06, mixed(colour, palette.light, 0.18))
        shade = [(x, y + unit * (2 + 7 * abs(math.sin(number * 0.9 + share * 9)))) for number, (x, y) in enumerate(outline)]
        stage.draw.polygon([(0, stage.height), *shade, (stage.width, stage.height)], fill=colour)


def _space(stage: Stage) -> None:
    stage.horizon = stage.height * 1.0
    paint_sky(stage)
    palette, unit = stage.palette, stage.unit
    glow(
        stage,
        (stage.width * (0.5 - 0.25 * stage.light), stage.height * 0.4),
        stage.height * 0.9,
        mixed(palette.accent, palette.mid, 0.5),
        0.3,
    )
    centre = (stage.width * (0.5 + 0.3 * stage.light), stage.height * 1.02)
    radius = stage.height * 0.52
    disc(stage.draw, centre, radius * 1.02, mixed(palette.light, palette.sky_low, 0.4))
    disc(stage.draw, centre, radius, mixed(palette.mid, palette.accent, 0.25))
    disc(stage.draw, (centre[0] - stage.light * radius * 0.22, centre[1] + radius * 0.14), radius * 0.94, palette.near)
    moon = (stage.width * (0.5 - stage.light * 0.32), stage.height * 0.26)
    disc(stage.draw, moon, unit * 5, mixed(palette.light, palette.far, 0.35))
    disc(stage.draw, (moon[0] - stage.light * unit * 1.7, moon[1] + unit), unit * 4.5, mixed(palette.far, palette.near, 0.5))
    stage.horizon = stage.height * 0.62


def _underwater(stage: Stage) -> None:
    palette, unit, rng = stage.palette, stage.unit, stage.rng
    surface = mixed(palette.mid, palette.light, 0.6)
    stage.put(gradient((stage.width, stage.height), [(0, surface), (0.4, palette.mid), (1, palette.near)]), (0, 0))
    for _ in range(6):
        x, wide = rng.uniform(0, stage.width), unit * rng.uniform(3, 9)
        _shaft(stage, x, wide, unit * 26 * -stage.light)
    range_of(stage, stage.horizon, unit * 18, 0.5, mixed(palette.mid, palette.near, 0.45))
    range_of(stage, stage.height - unit * 12, unit * 14, 0.35, mixed(palette.near, palette.dark, 0.5))
    for _ in range(26):
        size = unit * rng.uniform(0.3, 1)
        x, y = rng.uniform(0, stage.width), rng.uniform(0, stage.height)
        stage.draw.ellipse([x - size, y - size, x + size, y + size], outline=surface, width=max(1, round(unit * 0.2)))


def _shaft(stage: Stage, x: float, wide: float, lean: float) -> None:
    from PIL import Image, ImageDraw, ImageFilter

    mask = Image.new("L", (stage.width // 8, stage.height // 8), 0)
    points = [(x - wide, 0), (x + wide, 0), (x + wide * 2.4 + lean, stage.height), (x - wide * 1.2 + lean, stage.height)]
    ImageDraw.Draw(mask).polygon([(px / 8, py / 8) for px, py in points], fill=44)
    stage.veil(stage.palette.light, mask.filter(ImageFilter.GaussianBlur(3)))


PLACES: Mapping[str, Callable[[Stage], None]] = {
    "": _open, "meadow": _meadow, "mountains": _mountains, "forest": _forest, "city": _city, "village": _village, "sea": _sea,
    "desert": _desert, "space": _space, "underwater": _underwater, "room": paint_room,
}  # fmt: skip

"""Buildings that are seen from afar and that a prompt names: one silhouette each, on the horizon. THE table of them is `LANDMARKS`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.imaging.storyboard.colours import mixed
from app.imaging.storyboard.stage import Stage, disc, glow


def paint_landmark(stage: Stage, name: str) -> None:
    """On the side of the light, where the figures leave room."""
    x = stage.width * (0.5 + 0.22 * stage.light)
    wide_open = not stage.reading.people
    tall = stage.unit * (44 if wide_open else 30)
    LANDMARKS[name](stage, x, stage.horizon + stage.unit * 1.5, tall)


def _lighthouse(stage: Stage, x: float, base: float, tall: float) -> None:
    palette, draw = stage.palette, stage.draw
    wall, band, half = mixed(palette.light, palette.mid, 0.25), mixed(palette.accent, palette.near, 0.3), tall * 0.11
    rock = mixed(palette.near, palette.dark, 0.3)
    draw.polygon([(x - tall * 0.5, base + tall * 0.05), (x - tall * 0.2, base - tall * 0.1), (x + tall * 0.22, base - tall * 0.08),
                  (x + tall * 0.55, base + tall * 0.05)], fill=rock)  # fmt: skip
    draw.polygon([(x - half, base - tall * 0.08), (x + half, base - tall * 0.08), (x + half * 0.62, base - tall * 0.8),
                  (x - half * 0.62, base - tall * 0.8)], fill=wall)  # fmt: skip
    for low, high in ((0.2, 0.34), (0.5, 0.64)):
        inner, outer = half * (1 - 0.5 * high), half * (1 - 0.5 * low)
        draw.polygon([(x - outer, base - tall * low), (x + outer, base - tall * low), (x + inner, base - tall * high),
                      (x - inner, base - tall * high)], fill=band)  # fmt: skip
    draw.rectangle([x - half * 0.85, base - tall * 0.83, x + half * 0.85, base - tall * 0.79], fill=rock)
    draw.rectangle([x - half * 0.45, base - tall * 0.92, x + half * 0.45, base - tall * 0.83], fill=palette.accent)
    draw.polygon([(x - half * 0.7, base - tall * 0.92), (x, base - tall), (x + half * 0.7, base - tall * 0.92)], fill=band)
    if stage.reading.time in ("night", "dusk", "grey"):
        glow(stage, (x, base - tall * 0.87), tall * 0.9, palette.accent, 0.5)


def _castle(stage: Stage, x: float, base: float, tall: float) -> None:
    palette, draw = stage.palette, stage.draw
    wall, roof = mixed(palette.mid, palette.light, 0.2), mixed(palette.near, palette.accent, 0.35)
    for place, high, half in ((-0.62, 0.55, 0.09), (0.62, 0.5, 0.09), (-0.26, 0.8, 0.08), (0.3, 0.7, 0.08), (0.02, 0.95, 0.1)):
        left, right, top = x + tall * (place - half), x + tall * (place + half), base - tall * high
        draw.rectangle([left, top, right, base], fill=mixed(wall, palette.near, 0.1 if high > 0.75 else 0.25))
        draw.polygon([(left - tall * 0.03, top), ((left + right) / 2, top - tall * 0.22), (right + tall * 0.03, top)], fill=roof)
        middle = (left + right) / 2
        draw.rectangle([middle - tall * 0.014, top + tall * 0.08, middle + tall * 0.014, top + tall * 0.15], fill=palette.accent)
    draw.rectangle([x - tall * 0.66, base - tall * 0.3, x + tall * 0.66, base], fill=mixed(wall, palette.near, 0.15))
    for number in range(14):
        left = x - tall * 0.66 + tall * 1.32 * number / 14
        draw.rectangle([left, base - tall * 0.34, left + tall * 0.05, base - tall * 0.29], fill=mixed(wall, palette.near, 0.15))
    draw.pieslice([x - tall * 0.09, base - tall * 0.2, x + tall * 0.09, base + tall * 0.06], 180, 360, fill=palette.dark)


def _windmill(stage: Stage, x: float, base: float, tall: float) -> None:
    palette, draw = stage.palette, stage.draw
    wall, sail = mixed(palette.mid, palette.light, 0.3), mixed(palette.near, palette.dark, 0.3)
    draw.polygon(
        [(x - tall * 0.17, base), (x + tall * 0.17, base), (x + tall * 0.1, base - tall * 0.6), (x - tall * 0.1, base - tall * 0.6)],
        fill=wall,
    )
    draw.pieslice(
        [x - tall * 0.12, base - tall * 0.72, x + tall * 0.12, base - tall * 0.48], 180, 360, fill=mixed(palette.near, palette.accent, 0.3)
    )
    hub = (x, base - tall * 0.62)
    for across, down in ((0.8, 0.6), (-0.6, 0.8), (-0.8, -0.6), (0.6, -0.8)):
        end = (hub[0] + across * tall * 0.38, hub[1] + down * tall * 0.38)
        side = (-down * tall * 0.07, across * tall * 0.07)
        start = (hub[0] + across * tall * 0.08, hub[1] + down * tall * 0.08)
        draw.polygon(
            [start, end, (end[0] + side[0], end[1] + side[1]), (start[0] + side[0], start[1] + side[1])], fill=mixed(sail, wall, 0.4)
        )
        draw.line([hub, end], fill=sail, width=max(1, round(tall * 0.015)))
    disc(draw, hub, tall * 0.025, sail)


def _tower(stage: Stage, x: float, base: float, tall: float) -> None:
    palette, draw = stage.palette, stage.draw
    wall, half = mixed(palette.mid, palette.light, 0.25), tall * 0.11
    draw.rectangle([x - half, base - tall * 0.68, x + half, base], fill=wall)
    draw.polygon(
        [(x - half * 1.3, base - tall * 0.68), (x, base - tall), (x + half * 1.3, base - tall * 0.68)],
        fill=mixed(palette.near, palette.accent, 0.3),
    )
    for high in (0.2, 0.42, 0.58):
        draw.rectangle([x - half * 0.22, base - tall * high - half * 0.5, x + half * 0.22, base - tall * high], fill=palette.accent)


def _tree(stage: Stage, x: float, base: float, tall: float) -> None:
    palette, draw = stage.palette, stage.draw
    trunk, leaves = mixed(palette.near, palette.dark, 0.4), mixed(palette.near, palette.mid, 0.35)
    draw.polygon([(x - tall * 0.09, base + tall * 0.02), (x - tall * 0.03, base - tall * 0.5), (x + tall * 0.03, base - tall * 0.5),
                  (x + tall * 0.1, base + tall * 0.02)], fill=trunk)  # fmt: skip
    for across, up, radius in ((-0.24, 0.56, 0.2), (0.26, 0.58, 0.19), (0.0, 0.5, 0.22), (-0.12, 0.76, 0.2), (0.14, 0.78, 0.19)):
        disc(draw, (x + across * tall, base - up * tall), radius * tall, leaves)
    for across, up, radius in ((0.1, 0.84, 0.12), (-0.1, 0.78, 0.1)):
        disc(draw, (x + (across + 0.06 * stage.light) * tall, base - up * tall), radius * tall, mixed(leaves, palette.light, 0.2))


LANDMARKS: Mapping[str, Callable[[Stage, float, float, float], None]] = {
    "lighthouse": _lighthouse, "castle": _castle, "windmill": _windmill, "tower": _tower, "tree": _tree,
}  # fmt: skip

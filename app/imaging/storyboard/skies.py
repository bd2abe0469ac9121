"""Skies: what stands above the horizon before anything else is painted."""

from __future__ import annotations

from app.imaging.storyboard.colours import mixed
from app.imaging.storyboard.stage import Stage, disc, glow, gradient


def paint_sky(stage: Stage) -> None:
    """The gradient, and then sun or moon, stars and clouds as the time of day has them."""
    palette, reading = stage.palette, stage.reading
    horizon = max(1, round(min(max(stage.horizon, 0.12 * stage.height), stage.height)))
    middle = mixed(palette.sky_top, palette.sky_low, 0.45)
    stage.put(gradient((stage.width, horizon), [(0, palette.sky_top), (0.6, middle), (1, palette.sky_low)]), (0, 0))
    if reading.time == "night" or reading.place == "space":
        _stars(stage, horizon)
    if reading.time != "grey" and reading.place != "space":
        _sun(stage, horizon)
    if reading.place != "space" and not (reading.time == "night" and reading.weather != "snow"):
        for _ in range(5 if reading.time == "grey" else 3):
            _cloud(stage, horizon)


def _sun(stage: Stage, horizon: int) -> None:
    reading, palette = stage.reading, stage.palette
    night = reading.time == "night"
    x = stage.width * (0.5 + stage.light * stage.rng.uniform(0.16, 0.36))
    y = horizon * (1 - 0.82 * stage.high)
    size = stage.unit * (4.5 if night else 6.5 if reading.time in ("golden", "dawn") else 4.2)
    glow(stage, (x, y), stage.height * 0.75, palette.light, 0.55 if not night else 0.28)
    disc(stage.draw, (x, y), size, mixed(palette.light, (255, 255, 255), 0.45))
    if night:
        disc(stage.draw, (x - stage.light * size * 0.42, y - size * 0.12), size * 0.86, mixed(palette.sky_top, palette.light, 0.16))


def _stars(stage: Stage, horizon: int) -> None:
    rng = stage.rng
    for _ in range(150):
        depth = rng.random()
        colour = mixed(stage.palette.sky_top, stage.palette.light, 0.25 + 0.75 * depth)
        disc(
            stage.draw,
            (rng.uniform(0, stage.width), rng.uniform(0, horizon) * rng.uniform(0.3, 1)),
            stage.unit * (0.1 + 0.2 * depth**3),
            colour,
        )


def _cloud(stage: Stage, horizon: int) -> None:
    """A bank of puffs with a flat foot, lit from above."""
    from PIL import Image, ImageDraw

    rng, unit = stage.rng, stage.unit
    wide = rng.uniform(0.22, 0.5) * stage.width
    left, foot = rng.uniform(-0.15, 0.85) * stage.width, rng.uniform(0.18, 0.82) * horizon
    tall = min(wide * 0.16, horizon * 0.18) * rng.uniform(0.7, 1.1)
    mask = Image.new("L", (stage.width // 2, stage.height // 2), 0)
    draw = ImageDraw.Draw(mask)
    strength = 150 if stage.reading.time in ("day", "grey") else 90
    for number in range(9):
        share = (number + 0.5) / 9
        radius = tall * (0.35 + 0.75 * (1 - (2 * share - 1) ** 2)) * rng.uniform(0.75, 1.1)
        disc(draw, ((left + wide * share) / 2, (foot - radius * 0.35) / 2), radius / 2, strength, 0.8)
    draw.rectangle([0, foot / 2 + unit * 0.3, mask.width, mask.height], fill=0)
    stage.veil(mixed(stage.palette.sky_low, stage.palette.light, 0.5), mask)

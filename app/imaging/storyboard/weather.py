"""What lies over the whole scene: rain, snow, fog, petals, and the darkening towards the corners."""

from __future__ import annotations

from app.imaging.storyboard.colours import mixed
from app.imaging.storyboard.stage import Stage, disc


def paint_far_weather(stage: Stage) -> None:
    """Behind the figures: fog on the ground."""
    if stage.reading.weather in ("fog", "rain", "snow"):
        _fog(stage, 0.75 if stage.reading.weather == "fog" else 0.3)


def paint_near_weather(stage: Stage) -> None:
    """Before them."""
    weather = stage.reading.weather
    if weather == "rain":
        _rain(stage)
    elif weather in ("snow", "petals"):
        _flakes(stage, weather == "snow")
    _corners(stage)


def _fog(stage: Stage, strength: float) -> None:
    import numpy as np
    from PIL import Image

    rows = np.linspace(0, 1, 64)
    fall = np.exp(-(((rows - min(1.0, stage.horizon / stage.height + 0.03)) / 0.2) ** 2))
    mask = Image.fromarray(np.rint(255 * strength * np.repeat(fall[:, None], 4, axis=1)).astype(np.uint8))
    stage.veil(mixed(stage.palette.sky_low, stage.palette.light, 0.25), mask)


def _rain(stage: Stage) -> None:
    from PIL import Image, ImageDraw

    rng, unit = stage.rng, stage.unit
    mask = Image.new("L", stage.image.size, 0)
    draw = ImageDraw.Draw(mask)
    for _ in range(260):
        x, y, long = rng.uniform(-0.1, 1.1) * stage.width, rng.uniform(-0.1, 1) * stage.height, unit * rng.uniform(2.5, 7)
        draw.line([(x, y), (x - long * 0.28, y + long)], fill=rng.choice((70, 100, 140)), width=max(1, round(unit * 0.16)))
    stage.veil(mixed(stage.palette.light, stage.palette.sky_low, 0.4), mask)


def _flakes(stage: Stage, snow: bool) -> None:
    rng, unit = stage.rng, stage.unit
    colour = mixed(stage.palette.light, (255, 255, 255), 0.7) if snow else stage.palette.accent
    for _ in range(130 if snow else 60):
        size = unit * (0.18 + 0.8 * rng.random() ** 3)
        disc(stage.draw, (rng.uniform(0, stage.width), rng.uniform(0, stage.height)), size, colour, 1.0 if snow else 0.6)


def _corners(stage: Stage) -> None:
    import numpy as np
    from PIL import Image

    y, x = np.mgrid[-1:1:36j, -1:1:64j]
    fall = np.clip((x**2 * 0.55 + y**2 * 0.6) - 0.42, 0, 1) ** 1.2
    strength = 150 if stage.reading.mood in ("dark", "tense", "sad") else 90
    stage.veil(mixed(stage.palette.dark, (0, 0, 0), 0.4), Image.fromarray(np.rint(np.clip(strength * fall, 0, 255)).astype(np.uint8)))

"""Rooms: walls and floor in one-point perspective, a window, and the light that falls through it."""

from __future__ import annotations

from app.imaging.storyboard.colours import mixed
from app.imaging.storyboard.stage import Point, Stage, glow, gradient

_BACK = 0.5  # of the frame's width and height: the wall at the back


def paint_room(stage: Stage) -> None:
    """A box around the vanishing point, open towards the camera."""
    palette = stage.palette
    wide, tall = stage.width * _BACK, stage.height * _BACK
    middle = min(max(stage.horizon, 0.3 * stage.height), 0.7 * stage.height)
    left, top = stage.vanish - wide / 2, middle - tall * 0.56
    right, bottom = left + wide, top + tall
    wall, dim = mixed(palette.mid, palette.light, 0.22), mixed(palette.mid, palette.near, 0.55)
    near, far = (dim, mixed(wall, palette.mid, 0.4)) if stage.light < 0 else (mixed(wall, palette.mid, 0.4), dim)
    w, h = stage.width, stage.height
    stage.draw.polygon([(0, 0), (w, 0), (right, top), (left, top)], fill=mixed(palette.near, palette.mid, 0.4))
    stage.draw.polygon([(0, 0), (left, top), (left, bottom), (0, h)], fill=near)
    stage.draw.polygon([(w, 0), (right, top), (right, bottom), (w, h)], fill=far)
    stage.put(gradient((round(wide) + 1, round(tall) + 1), [(0, mixed(wall, palette.near, 0.25)), (1, wall)]), (round(left), round(top)))
    _floor(stage, (left, bottom), (right, bottom))
    _furnish(stage, (left, top, right, bottom))
    _window(stage, (left, top, right, bottom))


def _furnish(stage: Stage, back: tuple[float, float, float, float]) -> None:
    """A skirting board, a shelf on the dark side, and a picture or two."""
    left, top, right, bottom = back
    wide, tall, palette, rng = right - left, bottom - top, stage.palette, stage.rng
    wood = mixed(palette.near, palette.dark, 0.25)
    stage.draw.rectangle([left, bottom - tall * 0.035, right, bottom], fill=wood)
    x = (left + right) / 2 - stage.light * wide * 0.3
    shelf = [x - wide * 0.15, top + tall * 0.24, x + wide * 0.15, bottom]
    stage.draw.rectangle(shelf, fill=wood)
    rows = 4
    for row in range(rows):
        y1, y2 = (shelf[1] + (shelf[3] - shelf[1]) * (row + part) / rows for part in (0.12, 0.94))
        stage.draw.rectangle([shelf[0] + wide * 0.012, y1, shelf[2] - wide * 0.012, y2], fill=mixed(wood, palette.dark, 0.6))
        at = shelf[0] + wide * 0.018
        while at < shelf[2] - wide * 0.04:
            thick, high = wide * rng.uniform(0.012, 0.026), (y2 - y1) * rng.uniform(0.55, 0.92)
            if rng.random() < 0.85:
                colour = mixed(
                    rng.choice((palette.accent, palette.sky_top, palette.mid, palette.light)), palette.near, rng.uniform(0.3, 0.7)
                )
                stage.draw.rectangle([at, y2 - high, at + thick, y2], fill=colour)
            at += thick + wide * 0.004
    frame = [(left + right) / 2 - wide * 0.07, top + tall * 0.2, (left + right) / 2 + wide * 0.05, top + tall * 0.42]
    stage.draw.rectangle(frame, fill=mixed(palette.sky_low, palette.mid, 0.4), outline=wood, width=max(1, round(stage.unit * 0.7)))


def _floor(stage: Stage, left: Point, right: Point) -> None:
    palette, w, h = stage.palette, stage.width, stage.height
    stage.draw.polygon([left, right, (w, h), (0, h)], fill=palette.ground_near)
    line = mixed(palette.ground_near, palette.ground_far, 0.35)
    for number in range(13):
        share = number / 12
        top = (left[0] + (right[0] - left[0]) * share, left[1])
        foot = ((top[0] - stage.vanish) * 2.6 + stage.vanish, h)
        stage.draw.line([top, foot], fill=line, width=max(1, round(stage.unit * 0.25)))


def _window(stage: Stage, back: tuple[float, float, float, float]) -> None:
    """On the back wall, on the side of the light; its light lies on the floor."""
    from PIL import Image, ImageDraw, ImageFilter

    palette, unit = stage.palette, stage.unit
    left, top, right, bottom = back
    wide, tall = (right - left) * 0.28, (bottom - top) * 0.46
    x = (left + right) / 2 + stage.light * (right - left) * 0.24
    box = [x - wide / 2, top + (bottom - top) * 0.16, x + wide / 2, top + (bottom - top) * 0.16 + tall]
    frame = mixed(palette.near, palette.dark, 0.3)
    stage.draw.rectangle([box[0] - unit, box[1] - unit, box[2] + unit, box[3] + unit], fill=frame)
    stage.put(
        gradient((max(1, round(wide)), max(1, round(tall))), [(0, palette.sky_top), (1, palette.sky_low)]), (round(box[0]), round(box[1]))
    )
    bar = max(1, round(unit * 0.6))
    stage.draw.line([(x, box[1]), (x, box[3])], fill=frame, width=bar)
    stage.draw.line([(box[0], (box[1] + box[3]) / 2), (box[2], (box[1] + box[3]) / 2)], fill=frame, width=bar)
    pool = Image.new("L", (stage.width // 8, stage.height // 8), 0)
    lean = -stage.light * stage.width * 0.24
    floor = [(x - wide * 0.6 + lean * 0.5, bottom + unit * 6), (x + wide * 0.6 + lean * 0.5, bottom + unit * 6),
             (x + wide * 1.2 + lean, stage.height - unit * 5), (x - wide * 1.2 + lean, stage.height - unit * 5)]  # fmt: skip
    ImageDraw.Draw(pool).polygon([(px / 8, py / 8) for px, py in floor], fill=120 if stage.reading.time != "night" else 60)
    stage.veil(palette.light, pool.filter(ImageFilter.GaussianBlur(1.2)))
    glow(stage, (x, (box[1] + box[3]) / 2), stage.height * 0.5, palette.light, 0.3)

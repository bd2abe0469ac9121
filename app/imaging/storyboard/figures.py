"""Who is in the frame: where they stand, how large the shot makes them, and the light on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from app.imaging.storyboard.bodies import BODIES, HEIGHTS, PEOPLE, Brush, Look, look_of
from app.imaging.storyboard.colours import Colour, mixed, parsed
from app.imaging.storyboard.stage import Point, Stage, capsule, disc, glow, spot

if TYPE_CHECKING:
    from PIL.Image import Image

# Height of a head, and where its top is, as shares of the frame; None: the figure stands on the ground.
_SIZES: Mapping[str, tuple[float, float | None]] = {
    "EWS": (0.034, None), "WS": (0.098, None), "2S": (0.25, 0.15), "MLS": (0.185, 0.12), "MS": (0.26, 0.13), "MCU": (0.36, 0.1),
    "CU": (0.54, 0.1), "ECU": (0.98, -0.16), "OTS": (0.34, 0.14), "POV": (0.12, None),
}  # fmt: skip
_UP = {"Low angle": 1.22, "High angle": 0.86, "Bird's-eye": 0.72}


@dataclass(frozen=True)
class Member:
    """Somebody to be drawn: a character (``name`` not empty) or what the prompt's words name."""

    kind: str
    name: str = ""
    palette: tuple[str, ...] = ()
    colour: str = ""


@dataclass(frozen=True)
class Placed:
    """Where somebody stands: the ground below, px per head, which way it faces."""

    member: Member
    at: Point
    unit: float
    facing: int
    look: Look

    @property
    def top(self) -> float:
        """The top of the head, px."""
        return self.at[1] - self.unit * HEIGHTS[self.member.kind]


def paint_figures(stage: Stage, members: Sequence[Member]) -> list[Placed]:
    """Draws everybody, the farthest first, and says where they are."""
    from PIL import Image, ImageDraw

    placed = [_place(stage, member, number, len(members)) for number, member in enumerate(members)]
    if not placed:
        return []
    layer = Image.new("RGBA", stage.image.size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(layer)
    for one in sorted(placed, key=lambda figure: figure.at[1]):
        if _SIZES[stage.reading.shot][1] is None:
            _shadow(stage, one)
        pose = stage.reading.pose if one.member.kind in PEOPLE or stage.reading.pose in ("run", "walk") else "stand"
        BODIES[one.member.kind](Brush(draw, one.at, one.unit, one.facing), _lit(stage, one.look), pose)
    _shaded(stage, layer, max(one.unit for one in placed))
    if stage.reading.shot == "OTS":
        _shoulder(stage, placed[0])
    return placed


def _look(stage: Stage, member: Member) -> Look:
    """A character looks the same on every card, whatever its seed."""
    rng = Random(f"{member.name}\n{member.palette}") if member.name else stage.rng
    colour = parsed(member.colour) if member.colour else None
    cloth = stage.palette.accent
    if not member.name and stage.reading.people > 2:  # a crowd is dressed in all colours of the scene
        cloth = mixed(rng.choice((cloth, stage.palette.sky_top, stage.palette.mid, stage.palette.light)), stage.palette.near, 0.15)
    return look_of([parsed(text) for text in member.palette], colour, cloth, rng)


def _place(stage: Stage, member: Member, number: int, count: int) -> Placed:
    rng, tall, look = stage.rng, HEIGHTS[member.kind], _look(stage, member)
    size, top = _head_size(stage, member, count), _SIZES[stage.reading.shot][1]
    x = _across(stage, number, count)
    facing = _facing(stage, x)
    if top is None:
        deep = stage.height - stage.horizon
        depth = 0.42 + 0.1 * rng.random() + (0.16 * (number % 3) if count > 2 else 0.0)
        floor = min(stage.height * 0.94, max(stage.horizon + deep * depth, stage.height * 0.62))
        return Placed(member, (x, floor), size * (0.85 + 0.5 * depth), facing, look)
    head = stage.height * top + (0 if member.kind != "child" or count == 1 else size * 0.9)
    return Placed(member, (x, head + tall * size), size, facing, look)


def _head_size(stage: Stage, member: Member, count: int) -> float:
    """px per head: what the shot makes of a person; animals and things fill the frame as a person would."""
    share, top = _SIZES[stage.reading.shot]
    size = share * stage.height * _UP.get(stage.reading.angle, 1.0)
    if member.kind == "dragon":
        size *= 0.55
    elif member.kind not in PEOPLE and top is not None:
        size *= min(1.2 if member.kind == "thing" else 2.2, max(1.0, 0.62 * 5.5 / HEIGHTS[member.kind]))
    if count > 2 and top is not None:
        size *= 0.82
    return min(size, 1.5 * stage.width * share)


def _facing(stage: Stage, x: float) -> int:
    """Into the frame; whoever walks or runs goes with the camera, all the same way."""
    if stage.reading.pose not in ("run", "walk"):
        return 1 if x < stage.width / 2 else -1
    way = stage.reading.move.rpartition(" ")[2]
    return {"left": -1, "right": 1}.get(way, 1 if stage.light < 0 else -1)


def _across(stage: Stage, number: int, count: int) -> float:
    """On a third when alone, opposite the light; side by side otherwise."""
    shot, width, rng = stage.reading.shot, stage.width, stage.rng
    if count == 1:
        if shot == "OTS":
            return width * (0.5 + 0.14 * -stage.light)
        away = 0.0 if shot in ("ECU", "POV") else 0.1 if shot == "CU" else 0.167
        return width * (0.5 - away * stage.light + rng.uniform(-0.015, 0.015))
    spread = 0.5 if count == 2 else 0.72
    return width * (0.5 + spread * ((number + 0.5) / count - 0.5) * (1.15 if shot in ("WS", "EWS") else 1) + rng.uniform(-0.02, 0.02))


def _lit(stage: Stage, look: Look) -> Look:
    """In the colour of the light; against the light, and at night, nearly a silhouette."""
    reading, palette = stage.reading, stage.palette
    dim = 0.66 if reading.light == "back" else {"night": 0.5, "dusk": 0.34, "golden": 0.22, "grey": 0.14}.get(reading.time, 0.06)
    if reading.place == "room" and reading.light != "back":
        dim *= 0.5
    shade = mixed(palette.dark, palette.sky_top, 0.25)

    def graded(colour: Colour) -> Colour:
        return mixed(mixed(colour, palette.light, 0.08), shade, dim)

    return Look(graded(look.main), graded(look.head), graded(look.hair), graded(look.legs), look.number)


def _shaded(stage: Stage, layer: Image, unit: float) -> None:
    """Puts the figures down: a shadow side away from the light, a bright rim towards it."""
    from PIL import ImageChops, ImageFilter

    box = layer.getbbox()
    if box is None:
        return
    figure = layer.crop(box)
    alpha = figure.getchannel("A")
    step = max(1, round(min(unit, stage.height * 0.4) * 0.16))
    rim = max(1, round(min(unit, stage.height * 0.3) * 0.03))
    toward = 1 if stage.light > 0 else -1
    lit = _moved(alpha, toward * step, -round(step * 0.5))
    side = ImageChops.multiply(ImageChops.subtract(alpha, lit), alpha)
    dark = mixed(stage.palette.dark, stage.palette.sky_top, 0.2)
    soft = ImageChops.multiply(side.filter(ImageFilter.BoxBlur(max(1, step // 4))), alpha)
    figure.paste(dark, (0, 0), soft.point(lambda value: value * 0.5))
    edge = ImageChops.subtract(alpha, _moved(alpha, -toward * rim, rim))
    if stage.reading.light == "back":
        edge = ImageChops.lighter(edge, ImageChops.subtract(alpha, _moved(alpha, toward * rim, rim)))
    edge = ImageChops.multiply(edge.filter(ImageFilter.BoxBlur(max(1, rim // 3))), alpha)
    figure.paste(mixed(stage.palette.light, (255, 255, 255), 0.2), (0, 0), edge.point(lambda value: value * 0.7))
    figure.putalpha(alpha)
    stage.image.paste(figure, box[:2], figure)


def _moved(mask: Image, x: int, y: int) -> Image:
    """Shifted, empty where nothing comes from."""
    from PIL import Image

    moved = Image.new("L", mask.size, 0)
    moved.paste(mask, (x, y))
    return moved


def _shadow(stage: Stage, figure: Placed) -> None:
    """On the ground, away from the light."""
    wide = figure.unit * {"car": 3.2, "boat": 0.1, "fish": 0.1, "beast": 1.9, "dragon": 4.2, "rocket": 0.8}.get(figure.member.kind, 1.1)
    if stage.reading.place in ("space", "underwater") or wide < stage.unit * 0.3:
        return
    centre = (figure.at[0] - stage.light * wide * 0.7, figure.at[1])
    stage.veil(stage.palette.dark, spot(stage.image.size, centre, wide * 1.5, 0.55, 0.16))


def _shoulder(stage: Stage, subject: Placed) -> None:
    """Somebody near the camera, from behind, dark, at the side that is free."""
    width, height = stage.width, stage.height
    side = -1 if subject.at[0] > width / 2 else 1
    x = width * (0.5 + side * 0.34)
    colour = mixed(stage.palette.dark, stage.palette.near, 0.25)
    edge = mixed(colour, stage.palette.light, 0.35)
    for shift, fill in ((-side * stage.unit * 0.9, edge), (0.0, colour)):
        at = x + shift
        disc(stage.draw, (at, height * 0.47), height * 0.2, fill, 1.2)
        capsule(stage.draw, (at, height * 0.6), (at, height * 0.85), height * 0.2, fill)
        capsule(stage.draw, (at - side * height * 0.34, height * 1.02), (at + side * height * 0.5, height * 0.98), height * 0.46, fill)
    glow(stage, (x - side * height * 0.2, height * 0.4), height * 0.18, stage.palette.light, 0.12)

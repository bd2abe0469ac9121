"""Figures as simple shapes, in head units: x forward, y up from the ground, one head high is 1. THE table of them is `BODIES`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from app.imaging.storyboard.colours import Colour, mixed
from app.imaging.storyboard.stage import Point, capsule, disc

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

Joints = Mapping[str, Point]


@dataclass(frozen=True)
class Look:
    """Colours of a figure: ``main`` coat or fur, ``head`` skin, ``hair``, ``legs``; ``number`` decides its haircut and such."""

    main: Colour
    head: Colour
    hair: Colour
    legs: Colour
    number: int


@dataclass(frozen=True)
class Brush:
    """Draws in head units. ``at``: where the ground is below the figure, px; ``unit``: px per head; ``facing``: 1 right, -1 left."""

    draw: ImageDraw
    at: Point
    unit: float
    facing: int

    def px(self, point: Point) -> Point:
        """Head units to px."""
        return self.at[0] + point[0] * self.unit * self.facing, self.at[1] - point[1] * self.unit

    def limb(self, one: Point, other: Point, thick: float, fill: Colour, taper: float = 1.0) -> None:
        """A line with round ends."""
        capsule(self.draw, self.px(one), self.px(other), thick * self.unit, (*fill, 255), taper)

    def ball(self, centre: Point, radius: float, fill: Colour, tall: float = 1.0) -> None:
        """A circle or an upright ellipse."""
        disc(self.draw, self.px(centre), radius * self.unit, (*fill, 255), tall)

    def shape(self, points: Sequence[Point], fill: Colour) -> None:
        """A polygon."""
        self.draw.polygon([self.px(point) for point in points], fill=(*fill, 255))


_POSES: Mapping[str, Joints] = {  # x, y of the joints; the second of each pair is nearer to the camera
    "stand": {"knee1": (-0.2, 1.25), "foot1": (-0.26, 0.06), "knee2": (0.24, 1.25), "foot2": (0.28, 0.06),
              "elbow1": (-0.78, 3.05), "hand1": (-0.72, 2.15), "elbow2": (0.76, 3.05), "hand2": (0.74, 2.2)},
    "walk": {"knee1": (-0.36, 1.3), "foot1": (-0.95, 0.22), "knee2": (0.5, 1.38), "foot2": (0.78, 0.06),
             "elbow1": (0.42, 2.98), "hand1": (0.92, 2.5), "elbow2": (-0.62, 3.0), "hand2": (-0.72, 2.15)},
    "run": {"knee1": (-0.5, 1.45), "foot1": (-1.45, 1.05), "knee2": (0.85, 1.85), "foot2": (0.62, 0.5),
            "elbow1": (0.5, 3.05), "hand1": (1.15, 3.4), "elbow2": (-0.85, 3.2), "hand2": (-0.7, 2.3)},
    "sit": {"knee1": (0.85, 1.72), "foot1": (0.8, 0.5), "knee2": (1.0, 1.66), "foot2": (1.02, 0.42),
            "elbow1": (-0.5, 2.95), "hand1": (0.3, 2.2), "elbow2": (0.45, 2.8), "hand2": (0.95, 2.1)},
    "wave": {"knee1": (-0.25, 1.25), "foot1": (-0.36, 0.06), "knee2": (0.28, 1.25), "foot2": (0.36, 0.06),
             "elbow1": (-0.85, 3.1), "hand1": (-0.9, 2.25), "elbow2": (1.05, 4.35), "hand2": (1.0, 5.35)},
    "reach": {"knee1": (-0.3, 1.25), "foot1": (-0.42, 0.06), "knee2": (0.32, 1.25), "foot2": (0.42, 0.06),
              "elbow1": (-0.72, 3.05), "hand1": (-0.62, 2.15), "elbow2": (0.95, 3.7), "hand2": (1.75, 3.95)},
}  # fmt: skip


def _human(brush: Brush, look: Look, pose: str) -> None:
    joints = _POSES.get(pose, _POSES["stand"])
    drop = 0.0 if pose != "sit" else -0.55
    shoulder1, shoulder2, hip1, hip2 = (-0.5, 4.0 + drop), (0.5, 4.0 + drop), (-0.2, 2.4 + drop), (0.22, 2.4 + drop)
    back = mixed(look.main, (0, 0, 0), 0.18)
    _arm(brush, shoulder1, joints["elbow1"], joints["hand1"], back, look.head, drop)
    for hip, knee, foot in ((hip1, "knee1", "foot1"), (hip2, "knee2", "foot2")):
        colour = look.legs if knee == "knee2" else mixed(look.legs, (0, 0, 0), 0.18)
        brush.limb(hip, joints[knee], 0.46, colour, 0.72)
        brush.limb(joints[knee], joints[foot], 0.33, colour, 0.7)
        brush.limb(joints[foot], (joints[foot][0] + 0.3, joints[foot][1] + 0.01), 0.24, mixed(look.legs, (0, 0, 0), 0.4))
    brush.limb((-0.4, 3.98 + drop), (0.4, 3.98 + drop), 0.5, look.main)
    brush.shape([(-0.64, 3.95 + drop), (0.64, 3.95 + drop), (0.42, 2.3 + drop), (-0.42, 2.3 + drop)], look.main)
    brush.limb((-0.24, 2.36 + drop), (0.24, 2.36 + drop), 0.36, look.main)
    brush.limb((0, 4.15 + drop), (0, 4.5 + drop), 0.3, mixed(look.head, (0, 0, 0), 0.15))
    _head(brush, look, 4.9 + drop)
    _arm(brush, shoulder2, joints["elbow2"], joints["hand2"], look.main, look.head, drop)


def _robed(brush: Brush, look: Look, pose: str) -> None:
    joints = _POSES["reach" if pose == "reach" else "wave" if pose == "wave" else "stand"]
    _arm(brush, (-0.42, 4.0), joints["elbow1"], joints["hand1"], mixed(look.main, (0, 0, 0), 0.18), look.head, 0.0)
    sway = 0.25 if pose in ("walk", "run") else 0.0
    hem = [(0.92 - sway, 0.1), (0.3, 0.0), (-0.5 - sway, 0.02), (-0.98 - sway, 0.14)]
    brush.shape([(-0.32, 2.75), (0.32, 2.75), *hem], mixed(look.main, look.legs, 0.25))
    brush.limb((-0.32, 3.98), (0.32, 3.98), 0.46, look.main)
    brush.shape([(-0.54, 3.95), (0.54, 3.95), (0.34, 2.6), (-0.34, 2.6)], look.main)
    brush.limb((0, 4.1), (0, 4.5), 0.26, mixed(look.head, (0, 0, 0), 0.15))
    if look.number % 2:
        brush.shape([(-0.5, 5.0), (0.42, 5.0), (0.5, 3.6), (-0.62, 3.5)], look.hair)
    _head(brush, look, 4.9)
    _arm(brush, (0.42, 4.0), joints["elbow2"], joints["hand2"], look.main, look.head, 0.0)


def _child(brush: Brush, look: Look, pose: str) -> None:
    """Larger in the head, shorter in the legs."""
    small = Brush(brush.draw, brush.at, brush.unit * 0.72, brush.facing)
    joints = _POSES.get(pose, _POSES["stand"])
    _human(small, look, pose if pose in _POSES else "stand")
    drop = -0.55 if pose == "sit" else 0.0
    small.ball((0.04, 4.95 + drop), 0.66, look.hair, 1.02)
    small.ball((0.1, 4.82 + drop), 0.58, look.head, 1.0)
    _face(small, look, 4.88 + drop, 1.28)
    _hair(small, look, 4.95 + drop, 0.66)
    small.ball(joints["hand2"] if pose != "sit" else (0.95, 1.6), 0.17, look.head)


def _head(brush: Brush, look: Look, y: float) -> None:
    brush.ball((-0.03, y + 0.06), 0.48, look.hair, 1.06)
    brush.ball((0.06, y - 0.06), 0.41, look.head, 1.16)
    brush.ball((-0.26, y - 0.12), 0.1, mixed(look.head, (0, 0, 0), 0.14), 1.3)
    _face(brush, look, y, 1.0)
    _hair(brush, look, y, 0.48)


def _face(brush: Brush, look: Look, y: float, size: float) -> None:
    """Turned three quarters: eyes, brows, nose and mouth, no more than says where somebody looks."""
    if brush.unit < 26:
        return
    dark, line = mixed(look.head, (24, 20, 26), 0.82), mixed(look.head, (40, 16, 20), 0.45)
    for x in (0.02, 0.3):
        brush.ball(((x + 0.02) * size, y - 0.06 * size), 0.052 * size, dark, 1.35)
        brush.limb(((x - 0.07) * size, y + 0.08 * size), ((x + 0.09) * size, y + 0.1 * size), 0.035 * size, look.hair)
    brush.limb((0.22 * size, y - 0.1 * size), (0.27 * size, y - 0.2 * size), 0.03 * size, line)
    brush.limb((0.08 * size, y - 0.33 * size), (0.25 * size, y - 0.315 * size), 0.032 * size, line)


def _hair(brush: Brush, look: Look, y: float, size: float) -> None:
    """A fringe, and one of five haircuts."""
    s = size / 0.48
    brush.shape([(-0.46 * s, y + 0.1), (-0.3 * s, y + 0.5 * s), (0.12 * s, y + 0.56 * s), (0.46 * s, y + 0.26 * s), (0.2 * s, y + 0.24 * s),
                 (-0.14 * s, y + 0.2 * s)], look.hair)  # fmt: skip
    cut = look.number % 5
    if cut == 1:
        brush.ball((-0.36 * s, y + 0.52 * s), 0.22 * s, look.hair)
    elif cut == 2:
        for x, up in ((-0.34, 0.62), (-0.06, 0.76), (0.24, 0.66)):
            brush.shape([((x - 0.16) * s, y + 0.36 * s), (x * s, y + up * s), ((x + 0.16) * s, y + 0.36 * s)], look.hair)
    elif cut == 3:
        brush.limb((-0.42 * s, y + 0.05), (-0.56 * s, y - 0.85 * s), 0.26 * s, look.hair, 0.4)
    elif cut == 4:
        felt = mixed(look.main, (0, 0, 0), 0.25)
        brush.limb((-0.5 * s, y + 0.34 * s), (0.62 * s, y + 0.3 * s), 0.12 * s, felt)
        brush.shape([(-0.4 * s, y + 0.34 * s), (-0.28 * s, y + 0.72 * s), (0.3 * s, y + 0.7 * s), (0.4 * s, y + 0.32 * s)], felt)


def _arm(brush: Brush, shoulder: Point, elbow: Point, hand: Point, sleeve: Colour, skin: Colour, drop: float) -> None:
    bent, end = (elbow[0], elbow[1] + drop), (hand[0], hand[1] + drop)
    brush.limb(shoulder, bent, 0.34, sleeve, 0.82)
    brush.limb(bent, end, 0.28, sleeve, 0.78)
    brush.ball(end, 0.15, skin)


def _robot(brush: Brush, look: Look, pose: str) -> None:
    dark = mixed(look.main, (0, 0, 0), 0.35)
    joints = _POSES.get(pose, _POSES["stand"])
    for hip, knee, foot in (((-0.3, 2.2), "knee1", "foot1"), ((0.3, 2.2), "knee2", "foot2")):
        brush.limb(hip, joints[knee], 0.3, dark)
        brush.limb(joints[knee], joints[foot], 0.34, look.main)
        x, y = joints[foot]
        brush.shape([(x - 0.3, y + 0.2), (x + 0.42, y + 0.2), (x + 0.5, y - 0.06), (x - 0.32, y - 0.06)], dark)
    brush.limb((-0.72, 3.8), joints["elbow1"], 0.24, dark)
    brush.limb(joints["elbow1"], joints["hand1"], 0.3, look.main)
    brush.shape([(-0.7, 4.1), (0.7, 4.1), (0.58, 2.2), (-0.58, 2.2)], look.main)
    brush.shape([(-0.36, 3.75), (0.36, 3.75), (0.32, 2.9), (-0.32, 2.9)], mixed(look.main, (255, 255, 255), 0.25))
    brush.limb((0, 4.1), (0, 4.4), 0.2, dark)
    brush.shape([(-0.55, 5.3), (0.55, 5.3), (0.6, 4.4), (-0.6, 4.4)], look.head)
    brush.shape([(-0.2, 5.08), (0.5, 5.08), (0.52, 4.76), (-0.2, 4.76)], look.hair)
    brush.limb((-0.3, 5.3), (-0.36, 5.75), 0.07, dark)
    brush.ball((-0.36, 5.8), 0.1, look.hair)
    brush.limb((0.72, 3.8), joints["elbow2"], 0.24, dark)
    brush.limb(joints["elbow2"], joints["hand2"], 0.3, look.main)


def _beast(brush: Brush, look: Look, pose: str, ears: str = "point") -> None:
    """On four legs, about two heads high."""
    back, belly = mixed(look.main, (0, 0, 0), 0.2), mixed(look.main, (255, 255, 255), 0.35)
    stride = 0.7 if pose == "run" else 0.3 if pose == "walk" else 0.0
    lift = 0.25 if pose == "run" else 0.0
    for x, colour in ((-1.0 - stride, back), (0.75 + stride, back)):
        _leg(brush, (x * 0.8, 1.2 + lift), (x, 0.1 + lift * 1.6), 0.3, colour)
    brush.limb((-1.25, 1.75 + lift), (-2.2, 2.3 + lift), 0.42, look.main, 0.5)
    brush.ball((-2.2, 2.3 + lift), 0.16, belly)
    brush.limb((-0.95, 1.5 + lift), (0.75, 1.6 + lift), 1.0, look.main, 0.96)
    for x in (-0.85 + stride * 0.6, 0.95 - stride * 0.4):
        _leg(brush, (x * 0.85, 1.2 + lift), (x, 0.1), 0.34, look.main)
        brush.limb((x, 0.1), (x + 0.14, 0.09), 0.2, look.legs)
    brush.limb((0.9, 1.8 + lift), (1.35, 2.4 + lift), 0.6, look.main)
    brush.ball((1.45, 2.55 + lift), 0.5, look.main, 0.92)
    brush.limb((1.6, 2.42 + lift), (2.02, 2.34 + lift), 0.4, belly, 0.5)
    brush.ball((2.15, 2.38 + lift), 0.09, (28, 28, 32))
    brush.ball((1.6, 2.68 + lift), 0.07, (28, 28, 32), 1.3)
    for x in (1.12, 1.5):
        if ears == "long":
            brush.limb((x, 2.9 + lift), (x - 0.28, 3.85 + lift), 0.26, look.main, 0.7)
        else:
            brush.shape([(x - 0.16, 2.85 + lift), (x + 0.02, 3.4 + lift), (x + 0.24, 2.9 + lift)], look.main)


def _leg(brush: Brush, hip: Point, foot: Point, thick: float, colour: Colour) -> None:
    """Bent at the knee."""
    knee = ((hip[0] + foot[0]) / 2 - 0.14, (hip[1] + foot[1]) / 2 + 0.04)
    brush.limb(hip, knee, thick * 1.25, colour, 0.72)
    brush.limb(knee, foot, thick * 0.9, colour, 0.62)


def _hare(brush: Brush, look: Look, pose: str) -> None:
    _beast(brush, look, pose, "long")


def _bird(brush: Brush, look: Look, pose: str) -> None:
    for x in (-0.1, 0.2):
        brush.limb((x, 0.8), (x + 0.05, 0.05), 0.08, look.legs)
    brush.limb((-1.1, 1.1), (-0.3, 1.4), 0.3, mixed(look.main, (0, 0, 0), 0.25))
    brush.limb((-0.25, 1.3), (0.35, 1.7), 0.95, look.main)
    brush.ball((0.55, 2.2), 0.42, look.main)
    brush.shape([(0.9, 2.3), (1.35, 2.14), (0.9, 2.05)], (232, 160, 60))
    brush.shape([(-0.6, 1.55), (0.25, 1.75), (-0.2, 0.95), (-0.9, 0.95)], mixed(look.main, (0, 0, 0), 0.2))
    brush.ball((0.68, 2.3), 0.07, (28, 28, 32))


def _dragon(brush: Brush, look: Look, pose: str) -> None:
    big = Brush(brush.draw, brush.at, brush.unit * 1.7, brush.facing)
    wing = mixed(look.main, look.hair, 0.45)
    big.shape([(-0.2, 2.0), (-1.6, 4.6), (-2.1, 3.4), (-2.6, 3.6), (-2.5, 2.6), (-1.2, 1.7)], mixed(wing, (0, 0, 0), 0.25))
    big.limb((-1.2, 1.6), (-3.1, 0.7), 0.5, look.main, 0.2)
    _beast(big, look, pose)
    big.shape([(0.2, 2.0), (0.5, 4.9), (-0.4, 4.0), (-0.9, 4.2), (-1.3, 3.2), (-0.9, 1.8)], wing)
    for x in (-0.8, -0.3, 0.2, 0.7):
        big.shape([(x - 0.14, 2.0), (x, 2.4), (x + 0.14, 2.02)], look.hair)


def _fish(brush: Brush, look: Look, pose: str) -> None:
    high = Brush(brush.draw, (brush.at[0], brush.at[1] - brush.unit * 1.6), brush.unit, brush.facing)
    high.shape([(-1.2, 1.0), (-2.1, 1.7), (-1.9, 1.0), (-2.1, 0.3)], mixed(look.main, (0, 0, 0), 0.25))
    high.shape([(-0.3, 1.5), (0.1, 2.15), (0.5, 1.5)], mixed(look.main, (0, 0, 0), 0.2))
    high.limb((-0.9, 1.0), (0.7, 1.05), 0.9, look.main, 1.25)
    high.shape([(-0.2, 0.9), (-0.6, 0.3), (0.2, 0.75)], look.hair)
    high.ball((0.95, 1.2), 0.1, (20, 22, 28))


def _car(brush: Brush, look: Look, pose: str) -> None:
    glass = (196, 222, 232)
    brush.shape([(-2.6, 0.55), (-2.6, 1.5), (-1.5, 1.75), (-1.0, 2.6), (1.0, 2.6), (1.7, 1.75), (2.7, 1.5), (2.75, 0.55)], look.main)
    brush.shape([(-1.25, 1.75), (-0.88, 2.42), (0.0, 2.42), (0.0, 1.75)], glass)
    brush.shape([(0.16, 1.75), (0.16, 2.42), (0.9, 2.42), (1.4, 1.75)], glass)
    for x in (-1.6, 1.7):
        brush.ball((x, 0.55), 0.55, (30, 32, 38))
        brush.ball((x, 0.55), 0.24, mixed(look.main, (255, 255, 255), 0.5))
    brush.ball((2.62, 1.25), 0.16, (255, 232, 170))


def _boat(brush: Brush, look: Look, pose: str) -> None:
    brush.shape([(-2.6, 1.0), (2.9, 1.1), (2.2, 0.0), (-2.0, 0.0)], look.main)
    brush.limb((0, 1.0), (0, 4.8), 0.12, mixed(look.legs, (0, 0, 0), 0.2))
    brush.shape([(0.12, 4.7), (0.12, 1.4), (2.3, 1.5)], look.head)
    brush.shape([(-0.12, 4.3), (-0.12, 1.5), (-1.7, 1.6)], mixed(look.head, look.hair, 0.3))


def _rocket(brush: Brush, look: Look, pose: str) -> None:
    high = Brush(brush.draw, (brush.at[0], brush.at[1] - brush.unit * 0.9), brush.unit, brush.facing)
    high.shape([(-0.35, 0.1), (0.35, 0.1), (0.0, -1.3)], (255, 190, 90))
    for side in (-1, 1):
        high.shape([(0.5 * side, 1.6), (1.25 * side, 0.0), (0.4 * side, 0.5)], look.hair)
    high.shape([(-0.55, 0.1), (0.55, 0.1), (0.75, 2.2), (0.45, 3.6), (0.0, 4.6), (-0.45, 3.6), (-0.75, 2.2)], look.main)
    high.ball((0, 2.7), 0.32, (190, 222, 235))


def _thing(brush: Brush, look: Look, pose: str) -> None:
    """What cannot be drawn from its name stands for itself as a plain form with its contours."""
    brush.shape([(-1.3, 0.0), (1.3, 0.0), (1.1, 1.0), (-1.1, 1.0)], mixed(look.legs, (255, 255, 255), 0.2))
    brush.ball((0, 1.95), 0.98, look.main)
    line = (*mixed(look.main, (0, 0, 0), 0.3), 255)
    for tall in (0.3, 1.0):
        x, y = brush.px((0, 1.95))
        radius = 0.98 * brush.unit
        wide, high = (radius, radius * tall) if tall < 1 else (radius * 0.3, radius)
        brush.draw.ellipse([x - wide, y - high, x + wide, y + high], outline=line, width=max(1, round(brush.unit * 0.04)))


Body = Callable[[Brush, Look, str], None]
BODIES: Mapping[str, Body] = {
    "human": _human, "robed": _robed, "child": _child, "robot": _robot, "beast": _beast, "hare": _hare, "bird": _bird,
    "dragon": _dragon, "fish": _fish, "car": _car, "boat": _boat, "rocket": _rocket, "thing": _thing,
}  # fmt: skip
HEIGHTS: Mapping[str, float] = {  # in heads, up to what must be in the frame
    "human": 5.5, "robed": 5.5, "child": 4.1, "robot": 5.9, "beast": 3.4, "hare": 3.9, "bird": 2.7, "dragon": 8.0, "fish": 3.6,
    "car": 2.7, "boat": 4.9, "rocket": 5.6, "thing": 3.0,
}  # fmt: skip
PEOPLE = ("human", "robed", "child", "robot")
_SKINS = ((244, 206, 178), (226, 178, 142), (190, 136, 98), (142, 96, 68), (104, 70, 52))
_HAIRS = ((52, 40, 36), (86, 58, 40), (140, 84, 46), (196, 152, 84), (34, 34, 42), (150, 62, 40))


def look_of(palette: Sequence[Colour], colour: Colour | None, fallback: Colour, rng: Random) -> Look:
    """A figure's colours: from a character's palette as far as it goes, then from its word, then by chance."""
    number = rng.randrange(1000)
    skin, hair = _SKINS[rng.randrange(len(_SKINS))], _HAIRS[rng.randrange(len(_HAIRS))]
    main = colour or mixed(fallback, _HAIRS[rng.randrange(len(_HAIRS))], 0.3)
    legs = mixed(main, (30, 34, 52), 0.62)
    if palette:
        rest = list(palette)
        found = next((one for one in rest if _like_skin(one)), None)
        if found is not None and len(rest) > 1:
            skin = found
            rest.remove(found)
        main = rest[0]
        hair = rest[1] if len(rest) > 1 else mixed(main, (20, 20, 26), 0.6)
        legs = rest[2] if len(rest) > 2 else mixed(main, (30, 34, 52), 0.62)
    return Look(main, skin, hair, legs, number)


def _like_skin(colour: Colour) -> bool:
    red, green, blue = colour
    return red > green > blue and 20 < red - blue < 120 and red > 90 and (red - green) < 75 and green > 0.52 * red

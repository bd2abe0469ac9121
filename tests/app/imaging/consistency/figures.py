"""Test characters by seed: proportions, hair, clothes, colours; and their look-alikes, which share colours or shapes."""

from __future__ import annotations

import colorsys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tests.app.imaging.consistency.solids import Paint, Solid, ellipsoid, limb, plain, rotation

Colour = tuple[float, float, float]
HAIR = ("short", "bob", "long", "ponytail", "bun", "mohawk", "spikes", "bald")
TOPS = ("plain", "stripes", "dots", "halves", "vest")
BOTTOMS = ("trousers", "shorts", "skirt", "dress")
HATS = ("none", "none", "none", "cap", "cone", "wide", "band")
EXTRAS = ("none", "none", "scarf", "cape", "backpack", "belt")
KINDS = ("human", "human", "human", "cat", "bear", "robot")
SKINS = ((0.98, 0.84, 0.74), (0.92, 0.72, 0.58), (0.78, 0.56, 0.42), (0.55, 0.37, 0.26), (0.38, 0.25, 0.18))
FURS = ((0.95, 0.62, 0.25), (0.55, 0.42, 0.33), (0.9, 0.9, 0.88), (0.35, 0.35, 0.4), (0.6, 0.75, 0.9), (0.8, 0.6, 0.75))


@dataclass(frozen=True)
class Shape:
    """Everything but colours; lengths in heads of a middling figure."""

    kind: str
    head: float
    head_tall: float
    body_tall: float
    shoulders: float
    hips: float
    legs: float
    arm: float
    hair: str
    top: str
    bottom: str
    hat: str
    extra: str
    eyes: float
    ears: float


@dataclass(frozen=True)
class Palette:
    """sRGB, 0 to 1."""

    skin: Colour
    hair: Colour
    top: Colour
    second: Colour
    bottom: Colour
    shoes: Colour
    extra: Colour


@dataclass(frozen=True)
class Figure:
    """One character."""

    name: str
    shape: Shape
    palette: Palette


@dataclass(frozen=True)
class Pose:
    """Angles in radians."""

    left_arm: float = 0.25
    right_arm: float = 0.25
    arm_forward: float = 0.0
    stride: float = 0.0
    head_yaw: float = 0.0
    head_tilt: float = 0.0
    lean: float = 0.0
    smile: float = 1.0


def a_shape(random: np.random.Generator) -> Shape:
    one = random.uniform
    return Shape(
        kind=str(random.choice(KINDS)), head=one(0.28, 0.55), head_tall=one(0.9, 1.25), body_tall=one(0.6, 1.15), shoulders=one(0.24, 0.5),
        hips=one(0.2, 0.48), legs=one(0.35, 1.05), arm=one(0.07, 0.14), hair=str(random.choice(HAIR)), top=str(random.choice(TOPS)),
        bottom=str(random.choice(BOTTOMS)), hat=str(random.choice(HATS)), extra=str(random.choice(EXTRAS)), eyes=one(0.08, 0.2),
        ears=one(0.18, 0.4),
    )  # fmt: skip


def a_palette(random: np.random.Generator, shape: Shape) -> Palette:
    skins: Sequence[Colour] = FURS if shape.kind in ("cat", "bear") else SKINS
    skin = skins[int(random.integers(len(skins)))] if shape.kind != "robot" else _tone(random, 0.15, 0.75)
    return Palette(skin, _hair(random), _tone(random), _tone(random), _tone(random, 0.6, 0.5), _tone(random, 0.5, 0.4), _tone(random))


def a_figure(seed: int) -> Figure:
    random = np.random.default_rng([7, seed])
    shape = a_shape(random)
    return Figure(f"figure-{seed}", shape, a_palette(random, shape))


def look_alike(figure: Figure, seed: int) -> Figure:
    """Another character that shares, by turns: every colour on its part; the shapes and clothes; or the colours on other parts."""
    random = np.random.default_rng([11, seed])
    way = seed % 3
    if way == 0:
        shape = a_shape(random)
        while shape.kind == "robot" or shape.hair == figure.shape.hair or shape.bottom == figure.shape.bottom:
            shape = a_shape(random)
        return Figure(f"{figure.name}-colours", replace(shape, kind=figure.shape.kind), figure.palette)
    if way == 1:
        return Figure(f"{figure.name}-shape", figure.shape, a_palette(random, figure.shape))
    old = figure.palette
    swapped = Palette(old.skin, old.top, old.bottom, old.extra, old.hair, old.second, old.shoes)
    shape = replace(a_shape(random), kind=figure.shape.kind)
    return Figure(f"{figure.name}-swapped", shape, swapped)


def _tone(random: np.random.Generator, strength: float = 0.75, light: float = 0.85) -> Colour:
    red, green, blue = colorsys.hsv_to_rgb(
        random.uniform(), float(np.clip(random.normal(strength, 0.25), 0, 1)), float(np.clip(random.normal(light, 0.2), 0.08, 1))
    )
    return red, green, blue


def _hair(random: np.random.Generator) -> Colour:
    natural = ((0.1, 0.08, 0.07), (0.3, 0.18, 0.1), (0.5, 0.3, 0.15), (0.9, 0.75, 0.4), (0.75, 0.3, 0.12), (0.85, 0.85, 0.85))
    return natural[int(random.integers(len(natural)))] if random.uniform() < 0.6 else _tone(random)


def built(figure: Figure, pose: Pose) -> list[Solid]:
    """The figure's solids, feet at y = 0, facing +z."""
    shape, colours = figure.shape, figure.palette
    hip = shape.legs
    neck = hip + shape.body_tall
    solids = [
        *_legs(shape, colours, pose),
        *_body(shape, colours, hip, neck),
        *_arms(shape, colours, pose, neck),
        *_extras(shape, colours, hip, neck),
    ]
    head = _head(shape, colours, pose, neck)
    whole = [*solids, *head]
    if not pose.lean:
        return whole
    turn = rotation(0, 0, pose.lean)
    return [replace(solid, centre=turn @ solid.centre, axes=(turn @ solid.axes).astype(np.float32)) for solid in whole]


def top_of(figure: Figure) -> float:
    shape = figure.shape
    return shape.legs + shape.body_tall + 2 * shape.head * shape.head_tall


def _legs(shape: Shape, colours: Palette, pose: Pose) -> list[Solid]:
    solids = []
    for side in (-1, 1):
        swing = pose.stride * side
        hip = np.array([side * shape.hips * 0.5, shape.legs + 0.06, 0.0])
        foot = np.array([side * shape.hips * 0.55, 0.09, np.sin(swing) * shape.legs])
        foot[1] += (1 - np.cos(swing)) * shape.legs
        knee = hip + (foot - hip) * 0.5
        bare = shape.bottom != "trousers"
        thick = shape.arm * 1.5
        cloth = plain(colours.bottom)
        solids.append(limb(hip, knee, thick * 1.2, thick, cloth if shape.bottom in ("trousers", "shorts") else plain(colours.skin)))
        solids.append(limb(knee, foot, thick, thick * 0.8, plain(colours.skin) if bare else cloth))
        solids.append(ellipsoid(foot + np.array([0, -0.02, 0.07]), [thick, 0.09, thick * 1.8], plain(colours.shoes)))
    return solids


def _body(shape: Shape, colours: Palette, hip: float, neck: float) -> list[Solid]:
    cloth = _cloth(shape, colours)
    middle = (hip + neck) / 2
    solids = [
        limb([0, hip - 0.05, 0], [0, neck, 0], shape.hips, shape.shoulders * 0.9, cloth, 0.7),
        ellipsoid([0, neck, 0], [shape.shoulders * 0.9, 0.1, shape.shoulders * 0.6], cloth),
        ellipsoid([0, hip - 0.03, 0], [shape.hips, 0.12, shape.hips * 0.7], plain(colours.bottom)),
    ]
    if shape.bottom in ("skirt", "dress"):
        paint = cloth if shape.bottom == "dress" else plain(colours.bottom)
        start = middle if shape.bottom == "dress" else hip + 0.1
        solids.append(limb([0, start, 0], [0, max(0.2, hip - 0.55 * shape.legs), 0], shape.hips * 0.85, shape.hips * 1.7, paint, 0.9))
    return solids


def _arms(shape: Shape, colours: Palette, pose: Pose, neck: float) -> list[Solid]:
    solids = []
    long = shape.body_tall * 0.85
    for side, angle in ((-1, pose.left_arm), (1, pose.right_arm)):
        shoulder = np.array([side * shape.shoulders, neck - 0.05, 0.0])
        way = np.array([side * np.sin(angle), -np.cos(angle), np.sin(pose.arm_forward * side) * 0.8])
        way = way / np.linalg.norm(way)
        elbow, hand = shoulder + way * long * 0.5, shoulder + way * long
        sleeve = plain(colours.top if shape.top != "vest" else colours.skin)
        solids.append(limb(shoulder, elbow, shape.arm * 1.15, shape.arm, sleeve))
        solids.append(limb(elbow, hand, shape.arm, shape.arm * 0.8, sleeve if shape.top in ("plain", "halves") else plain(colours.skin)))
        solids.append(ellipsoid(hand, [shape.arm * 1.1] * 3, plain(colours.skin)))
    return solids


def _extras(shape: Shape, colours: Palette, hip: float, neck: float) -> list[Solid]:
    paint = plain(colours.extra)
    if shape.extra == "scarf":
        scarf = ellipsoid([0, neck + 0.03, 0], [shape.shoulders * 0.8, 0.12, shape.shoulders * 0.75], paint)
        return [scarf, limb([0.1, neck, shape.shoulders * 0.6], [0.14, neck - 0.45, shape.shoulders * 0.75], 0.09, 0.11, paint, 0.4)]
    if shape.extra == "cape":
        return [limb([0, neck, -0.1], [0, max(0.15, hip * 0.4), -0.22], shape.shoulders * 0.9, shape.shoulders * 1.6, paint, 0.5)]
    if shape.extra == "backpack":
        return [ellipsoid([0, neck - 0.35, -shape.shoulders * 0.85], [shape.shoulders * 0.8, 0.35, 0.22], paint)]
    if shape.extra == "belt":
        return [limb([0, hip + 0.02, 0], [0, hip + 0.14, 0], shape.hips * 1.06, shape.hips * 1.04, paint, 0.75)]
    return []


def _head(shape: Shape, colours: Palette, pose: Pose, neck: float) -> list[Solid]:
    r, tall = shape.head, shape.head * shape.head_tall
    middle = np.array([0, neck + tall * 0.95, 0])
    turn = rotation(pose.head_yaw, pose.head_tilt)
    robot = shape.kind == "robot"
    radii, box = [r, tall, r * 0.95], np.array([0, tall * 0.85, 0])
    solids = [
        limb([0, neck - 0.05, 0], middle, r * 0.4, r * 0.35, plain(colours.skin)),
        *([limb(middle - box, middle + box, r, r, plain(colours.skin), 0.95)] if robot else []),
        ellipsoid(middle, radii, plain(colours.skin), turn),
    ]
    solids += _face(shape, colours, pose, middle, tall, turn)
    if shape.kind in ("human",):
        solids += _hair_of(shape, plain(colours.hair), middle, tall, turn)
    else:
        solids += _ears(shape, colours, middle, tall, turn)
    return solids + _hat(shape, plain(colours.extra), middle, tall, turn)


def _face(shape: Shape, colours: Palette, pose: Pose, middle: Any, tall: float, turn: Any) -> list[Solid]:
    r, size = shape.head, shape.eyes * shape.head * 1.8
    at = lambda x, y, z: middle + turn @ np.array([x * r, y * tall, z * r])  # noqa: E731
    solids = []
    for side in (-1, 1):
        solids.append(ellipsoid(at(side * 0.36, 0.08, 0.83), [size, size * 1.25, size * 0.5], plain((0.97, 0.97, 0.97)), turn))
        solids.append(
            ellipsoid(at(side * 0.36, 0.06, 0.83 + 0.3 * size / r), [size * 0.55, size * 0.75, size * 0.4], plain((0.08, 0.08, 0.12)), turn)
        )
    mouth = (0.6, 0.15, 0.15) if shape.kind != "robot" else (0.15, 0.15, 0.2)
    solids.append(ellipsoid(at(0, -0.45, 0.82), [0.2 * r, 0.03 + 0.05 * r * pose.smile, 0.08], plain(mouth), turn))
    if shape.kind in ("cat", "bear"):
        solids.append(
            ellipsoid(at(0, -0.28, 0.85), [0.32 * r, 0.24 * r, 0.25 * r], plain(tuple(0.5 + 0.5 * c for c in colours.skin)), turn)
        )
        solids.append(ellipsoid(at(0, -0.2, 1.08), [0.09 * r, 0.07 * r, 0.06], plain((0.15, 0.08, 0.08)), turn))
    else:
        solids.append(ellipsoid(at(0, -0.15, 0.95), [0.09 * r, 0.1 * r, 0.1], plain(colours.skin), turn))
    return solids


def _hair_of(shape: Shape, paint: Paint, middle: Any, tall: float, turn: Any) -> list[Solid]:
    r = shape.head
    at = lambda x, y, z: middle + turn @ np.array([x * r, y * tall, z * r])  # noqa: E731
    if shape.hair == "bald":
        return []
    if shape.hair == "mohawk":
        return [ellipsoid(at(0, 0.55 - 0.3 * i, -0.1 - 0.4 * i), [0.14 * r, 0.75 * tall, 0.5 * r], paint, turn) for i in range(2)]
    # A cap that leaves the face free: what lies before a slanted plane is cut away.
    cap = ellipsoid(at(0, 0.06, -0.06), [1.1 * r, 1.08 * tall, 1.06 * r], paint, turn, clip=(np.array([0, 0.75, -0.66]), 0.12))
    solids = [cap]
    if shape.hair == "spikes":
        solids += [
            limb(at(0.6 * np.sin(a), 0.75, 0.6 * np.cos(a) - 0.1), at(1.15 * np.sin(a), 1.55, 1.0 * np.cos(a) - 0.1), 0.3 * r, 0.02, paint)
            for a in np.linspace(0, 2 * np.pi, 6)[:-1]
        ]
    if shape.hair == "bob":
        solids.append(ellipsoid(at(0, -0.25, -0.25), [1.2 * r, 0.8 * tall, 0.95 * r], paint, turn, clip=(np.array([0, 0, -1.0]), -0.25)))
    if shape.hair == "long":
        solids.append(limb(at(0, 0.2, -0.35), at(0, -2.0, -0.55), 0.95 * r, 1.1 * r, paint, 0.55))
    if shape.hair == "ponytail":
        solids.append(limb(at(0, 0.5, -0.95), at(0.1, -1.3, -1.5), 0.4 * r, 0.15 * r, paint))
    if shape.hair == "bun":
        solids.append(ellipsoid(at(0, 1.15, -0.3), [0.5 * r, 0.45 * r, 0.5 * r], paint))
    return solids


def _ears(shape: Shape, colours: Palette, middle: Any, tall: float, turn: Any) -> list[Solid]:
    r, size = shape.head, shape.ears * shape.head * 1.6
    at = lambda x, y, z: middle + turn @ np.array([x * r, y * tall, z * r])  # noqa: E731
    if shape.kind == "cat":
        return [limb(at(s * 0.55, 0.65, 0), at(s * 0.8, 1.2 + shape.ears, 0), size, 0.02, plain(colours.hair), 0.5) for s in (-1, 1)]
    if shape.kind == "bear":
        return [ellipsoid(at(s * 0.7, 0.78, 0), [size, size, size * 0.5], plain(colours.hair), turn) for s in (-1, 1)]
    stick = limb(at(0, 0.8, 0), at(0, 1.4 + shape.ears, 0), 0.05, 0.04, plain(colours.hair))
    return [stick, ellipsoid(at(0, 1.45 + shape.ears, 0), [size * 0.6] * 3, plain(colours.second))]


def _hat(shape: Shape, paint: Paint, middle: Any, tall: float, turn: Any) -> list[Solid]:
    r = shape.head
    at = lambda x, y, z: middle + turn @ np.array([x * r, y * tall, z * r])  # noqa: E731
    if shape.hat == "cap":
        dome = ellipsoid(at(0, 0.25, 0), [1.16 * r, 0.95 * tall, 1.12 * r], paint, turn, clip=(np.array([0, 1.0, 0]), 0.2))
        return [dome, ellipsoid(at(0, 0.45, 1.1), [0.7 * r, 0.05, 0.55 * r], paint, turn)]
    if shape.hat == "cone":
        return [limb(at(0, 0.5, 0), at(0, 2.1, -0.1), 1.05 * r, 0.04, paint)]
    if shape.hat == "wide":
        return [
            ellipsoid(at(0, 0.6, 0), [1.8 * r, 0.07, 1.8 * r], paint, turn),
            limb(at(0, 0.6, 0), at(0, 1.35, 0), 0.95 * r, 0.8 * r, paint),
        ]
    if shape.hat == "band":
        return [limb(at(0, 0.35, 0), at(0, 0.6, 0), 1.12 * r, 1.02 * r, paint)]
    return []


def _cloth(shape: Shape, colours: Palette) -> Paint:
    first, second = np.asarray(colours.top, np.float32), np.asarray(colours.second, np.float32)
    if shape.top == "stripes":
        return lambda p: np.where((np.floor(p[:, 1:2] * 6) % 2) > 0, second, first)
    if shape.top == "dots":
        return lambda p: np.where(np.sin(p[:, 1:2] * 22) * np.sin(np.arctan2(p[:, 0:1], p[:, 2:3]) * 7) > 0.5, second, first)
    if shape.top == "halves":
        return lambda p: np.where(p[:, 0:1] > 0, second, first)
    return plain(colours.top)

"""How the sample clip is drawn: paper, pencil lines, and Pip, who is all curves."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING:
    Image = np.ndarray[Any, np.dtype[np.uint8]]
    Points = np.ndarray[Any, np.dtype[np.float64]]

Colour = tuple[int, int, int]  # BGR
Placer = Callable[[float, float], tuple[float, float]]

PAPER: Colour = (226, 240, 246)
NON_PHOTO_BLUE: Colour = (232, 196, 108)
PALE_BLUE: Colour = (240, 218, 160)
RED_PENCIL: Colour = (52, 84, 226)
DEEP_RED: Colour = (34, 52, 176)
BLUSH: Colour = (120, 140, 246)
INK: Colour = (46, 36, 34)
WHITE: Colour = (252, 253, 254)
NIGHT: Colour = (58, 34, 24)
OCHRE: Colour = (76, 178, 236)
LEAF: Colour = (92, 158, 92)

_SHIFT = 4
_SCALE = 1 << _SHIFT


@dataclass(frozen=True)
class Pose:
    """Where Pip is and how. ``x``, ``y``: the point between the feet; sizes in pixels, angles in degrees."""

    x: float
    y: float
    size: float = 90.0
    stretch: float = 1.0  # 1 at rest, more is tall and thin, less is squashed
    lean: float = 0.0
    look_x: float = 0.0  # -1 left .. 1 right
    look_y: float = 0.0
    eyes: float = 1.0  # 0 shut .. 1 open
    smile: float = 0.6
    sprout: float = 0.0  # bend of the leaf, degrees
    feet: bool = True
    arms: float | None = None  # angle of raised arms, None when they rest

    def moved(self, **changes: Any) -> Pose:
        """The same pose with some things changed."""
        return replace(self, **changes)


def paper(colour: Colour, width: int, height: int, grain: float = 2.2, seed: int = 7) -> Image:
    """A sheet of tinted paper with a fine grain."""
    noise = _grain(width, height, seed) * grain
    sheet = np.clip(np.asarray(colour, dtype=np.float32) + noise[..., None], 0, 255)
    return np.asarray(sheet, dtype=np.uint8)


@lru_cache(maxsize=4)
def _grain(width: int, height: int, seed: int) -> Any:
    noise = np.random.default_rng(seed).standard_normal((height, width)).astype(np.float32)
    return cv2.GaussianBlur(noise, (0, 0), 0.9) * 1.8


def pegs(image: Image, colour: Colour = (206, 214, 218)) -> None:
    """The three holes that hold animation paper in place."""
    height, width = image.shape[:2]
    middle, y = width // 2, height - 34
    cv2.circle(image, (middle, y), 11, colour, -1, cv2.LINE_AA)
    for side in (-1, 1):
        x = middle + side * 190
        cv2.ellipse(image, (x, y), (26, 9), 0, 0, 360, colour, -1, cv2.LINE_AA)


def line(image: Image, points: Points, colour: Colour, width: int = 4, closed: bool = False) -> None:
    """A smooth pencil line through (N, 2) points."""
    cv2.polylines(image, [np.round(points * _SCALE).astype(np.int32)], closed, colour, width, cv2.LINE_AA, _SHIFT)


def fill(image: Image, points: Points, colour: Colour) -> None:
    """A filled shape."""
    cv2.fillPoly(image, [np.round(points * _SCALE).astype(np.int32)], colour, cv2.LINE_AA, _SHIFT)


def oval(x: float, y: float, a: float, b: float, degrees: float = 0.0, count: int = 48) -> Points:
    """(N, 2) points of an ellipse."""
    t = np.linspace(0, 2 * math.pi, count, endpoint=False)
    return np.asarray(turned(np.stack([a * np.cos(t), b * np.sin(t)], axis=1), degrees) + np.array([x, y]))


def turned(points: Points, degrees: float) -> Points:
    """Points turned about the origin, clockwise on the screen."""
    angle = math.radians(degrees)
    c, s = math.cos(angle), math.sin(angle)
    return np.asarray(points @ np.array([[c, s], [-s, c]]))


def arc(x: float, y: float, radius: float, start: float, end: float, flatten: float = 1.0, count: int = 40) -> Points:
    """Points along a circle from ``start`` to ``end`` degrees."""
    t = np.radians(np.linspace(start, end, count))
    return np.stack([x + radius * np.cos(t), y + radius * flatten * np.sin(t)], axis=1)


def body(pose: Pose, boil: int = 0) -> Points:
    """Pip's outline: a pear that keeps its volume when squashed; ``boil`` picks one of the hand-drawn variants."""
    t = np.linspace(0, 2 * math.pi, 72, endpoint=False)
    wobble = 1 + 0.008 * np.sin(3 * t + 2.1 * boil) + 0.006 * np.sin(5 * t - 1.3 * boil)
    tall = pose.size * pose.stretch
    wide = pose.size / math.sqrt(pose.stretch)
    belly = 1 + 0.16 * np.sin(t)
    points = np.stack([wide * np.cos(t) * belly * wobble, tall * np.sin(t) * wobble - tall * 1.02], axis=1)
    return np.asarray(turned(points, pose.lean) + np.array([pose.x, pose.y]))


def shadow(image: Image, x: float, ground: float, width: float, height_above: float, colour: Colour) -> None:
    """A soft-edged oval on the ground, smaller and paler the higher its owner is."""
    near = max(0.25, 1 - height_above / 420)
    fill(image, oval(x, ground + 6, width * near, 11 * near + 3), colour)


def draw_pip(image: Image, pose: Pose, boil: int = 0, ink: Colour = INK) -> None:
    """Pip, all of it."""
    weight = max(3, round(pose.size / 20))
    at = _placer(pose)
    if pose.feet:
        for side in (-1, 1):
            foot = at(side * 0.42, 0.0)
            fill(image, oval(*foot, pose.size * 0.27, pose.size * 0.13, pose.lean), DEEP_RED)
            line(image, oval(*foot, pose.size * 0.27, pose.size * 0.13, pose.lean), ink, weight, closed=True)
    _sprout(image, pose, at, weight, ink)
    if pose.arms is not None:
        _arms(image, pose, at, weight, ink)
    outline = body(pose, boil)
    fill(image, outline, RED_PENCIL)
    _hatch(image, outline, pose)
    shine = at(-0.42, 1.52)
    fill(image, oval(*shine, pose.size * 0.17, pose.size * 0.10, pose.lean - 35), BLUSH)
    line(image, outline, ink, weight, closed=True)
    _face(image, pose, at, weight, ink)


def _placer(pose: Pose) -> Placer:
    """Maps (right, up) in units of Pip's size to the screen, with squash and lean."""

    def at(right: float, up: float) -> tuple[float, float]:
        point = np.array([[right * pose.size / math.sqrt(pose.stretch), -up * pose.size * pose.stretch]])
        spot = turned(point, pose.lean)
        return pose.x + float(spot[0, 0]), pose.y + float(spot[0, 1])

    return at


def _sprout(image: Image, pose: Pose, at: Placer, weight: int, ink: Colour) -> None:
    top = np.array(at(0.0, 1.98))
    bend = pose.lean + pose.sprout
    stem = turned(np.stack([np.array([0, 2, 6]) * pose.size / 90, -np.array([0, 16, 34]) * pose.size / 90], axis=1), bend) + top
    line(image, stem, ink, weight)
    for side in (-1, 1):
        leaf = oval(side * 0.24 * pose.size, -0.46 * pose.size, 0.25 * pose.size, 0.11 * pose.size, side * -24)
        leaf = turned(leaf, bend) + top
        fill(image, leaf, LEAF)
        line(image, leaf, ink, max(2, weight - 1), closed=True)


def _arms(image: Image, pose: Pose, at: Placer, weight: int, ink: Colour) -> None:
    assert pose.arms is not None
    for side in (-1, 1):
        shoulder = np.array(at(side * 0.9, 0.95))
        reach = turned(np.array([[0.62 * pose.size, 0.0]]), -pose.arms if side > 0 else 180 + pose.arms)[0]
        hand = shoulder + reach
        line(image, np.stack([shoulder, (shoulder + hand) / 2 + (0, 6), hand]), ink, weight + 2)
        fill(image, oval(float(hand[0]), float(hand[1]), pose.size * 0.12, pose.size * 0.12), RED_PENCIL)
        line(image, oval(float(hand[0]), float(hand[1]), pose.size * 0.12, pose.size * 0.12), ink, weight, closed=True)


def _hatch(image: Image, outline: Points, pose: Pose) -> None:
    """Pencil strokes on the shaded side, inside the outline only."""
    low = np.maximum(np.floor(outline.min(axis=0)).astype(int) - 2, 0)
    high = np.minimum(np.ceil(outline.max(axis=0)).astype(int) + 2, (image.shape[1], image.shape[0]))
    if (high - low).min() < 4:
        return
    region = image[low[1] : high[1], low[0] : high[0]]
    height, width = int(high[1] - low[1]), int(high[0] - low[0])
    inside, lit = _mask(outline - low, width, height), _mask(outline - low - np.array([0.26, 0.16]) * pose.size, width, height)
    rows, columns = np.arange(height)[:, None], np.arange(width)[None, :]
    strokes = ((rows * 2 + columns) % 11) < 4
    region[(inside > 127) & (lit < 128) & strokes] = DEEP_RED


def _mask(points: Points, width: int, height: int) -> Image:
    mask = np.zeros((height, width), np.uint8)
    cv2.fillPoly(mask, [np.round(points * _SCALE).astype(np.int32)], 255, cv2.LINE_AA, _SHIFT)
    return mask


def _face(image: Image, pose: Pose, at: Placer, weight: int, ink: Colour) -> None:
    size = pose.size
    for side in (-1, 1):
        eye = at(side * 0.33 + 0.10 * pose.look_x, 1.28)
        if pose.eyes < 0.15:
            line(image, arc(eye[0], eye[1], 0.17 * size, 20, 160, 0.5), ink, weight)
            continue
        fill(image, oval(*eye, 0.21 * size, 0.27 * size * pose.eyes, pose.lean), WHITE)
        line(image, oval(*eye, 0.21 * size, 0.27 * size * pose.eyes, pose.lean), ink, max(2, weight - 1), closed=True)
        pupil = (eye[0] + 0.09 * size * pose.look_x, eye[1] + 0.11 * size * pose.look_y)
        fill(image, oval(*pupil, 0.095 * size, 0.12 * size * min(1.0, pose.eyes + 0.1)), ink)
        fill(image, oval(pupil[0] - 0.03 * size, pupil[1] - 0.04 * size, 0.03 * size, 0.035 * size), WHITE)
        fill(image, oval(*at(side * 0.60 + 0.06 * pose.look_x, 0.93), 0.13 * size, 0.07 * size), BLUSH)
    mouth = at(0.10 * pose.look_x, 0.98)
    if pose.smile > 0.8:
        shape = arc(mouth[0], mouth[1] - 0.05 * size, 0.22 * size, 0, 180, 1.1)
        fill(image, shape, (40, 24, 90))
        line(image, shape, ink, max(2, weight - 1), closed=True)
    else:
        line(image, arc(mouth[0], mouth[1] - 0.10 * size, 0.2 * size, 25, 155, max(0.1, pose.smile)), ink, weight)

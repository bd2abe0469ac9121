"""A small ray caster for test figures: ellipsoids and cone frusta, clipped, shaded by one light; numpy only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Vector = Any  # (3,) float
Array = np.ndarray[Any, np.dtype[np.float32]]
Paint = Callable[[Array], Array]  # local points (n, 3) -> sRGB 0..1 (n, 3)


@dataclass(frozen=True)
class Solid:
    """A unit sphere, or a frustum of height 1 along y whose radius goes from 1 to ``taper``, moved by an affine map.

    Attributes:
        centre: where the local origin lies.
        axes: (3, 3), columns are the local axes in the world, with their lengths.
        paint: the colour at a local point.
        clip: (normal, least) in local coordinates: only points with ``normal . p >= least`` are there.
    """

    centre: Vector
    axes: Array
    paint: Paint
    taper: float | None = None
    clip: tuple[Vector, float] | None = None


@dataclass(frozen=True)
class Camera:
    """Looks at ``target`` from ``distance`` away; ``half`` is what fits between the middle and the upper edge there."""

    yaw: float
    pitch: float
    target: Vector
    half: float
    distance: float = 7.0
    shift: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True)
class Light:
    """A far light and what comes from everywhere; colours are linear RGB."""

    direction: Vector
    colour: Vector
    ambient: Vector
    toon: int = 0  # steps of shade, 0: smooth
    gloss: float = 0.0


def plain(colour: Vector) -> Paint:
    tone = np.asarray(colour, np.float32)
    return lambda p: np.broadcast_to(tone, (len(p), 3))


def ellipsoid(centre: Vector, radii: Vector, paint: Paint, turn: Array | None = None, clip: tuple[Vector, float] | None = None) -> Solid:
    axes = (np.eye(3) if turn is None else turn) @ np.diag(np.asarray(radii, float))
    return Solid(np.asarray(centre, float), axes.astype(np.float32), paint, None, clip)


def limb(start: Vector, end: Vector, start_radius: float, end_radius: float, paint: Paint, flat: float = 1.0) -> Solid:
    """A frustum from ``start`` to ``end``; ``flat`` squeezes it from front to back."""
    start, end = np.asarray(start, float), np.asarray(end, float)
    along = end - start
    side = np.cross(along, [0.0, 0.0, 1.0])
    side = np.array([1.0, 0.0, 0.0]) if np.linalg.norm(side) < 1e-6 else side / np.linalg.norm(side)
    depth = np.cross(side, along)
    depth = depth / (np.linalg.norm(depth) or 1.0)
    axes = np.column_stack([side * start_radius, along, depth * start_radius * flat])
    return Solid(start, axes.astype(np.float32), paint, end_radius / start_radius)


def rotation(yaw: float = 0.0, pitch: float = 0.0, roll: float = 0.0) -> Array:
    cy, sy, cp, sp, cr, sr = np.cos(yaw), np.sin(yaw), np.cos(pitch), np.sin(pitch), np.cos(roll), np.sin(roll)
    around_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    around_x = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    around_z = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    return (around_y @ around_x @ around_z).astype(np.float32)


def cast(solids: Sequence[Solid], camera: Camera, light: Light, width: int, height: int) -> tuple[Array, Array]:
    """((h, w, 3) sRGB 0..1, (h, w) coverage 0..1), the latter for laying the figure over a background."""
    origin, rays = _rays(camera, width * 2, height * 2)
    nearest = np.full(len(rays), np.inf, np.float32)
    colour = np.zeros((len(rays), 3), np.float32)
    for solid in solids:
        _draw(solid, origin, rays, nearest, colour, light)
    hit = np.isfinite(nearest)
    shape = (height, 2, width, 2)
    share = hit.reshape(shape).mean(axis=(1, 3))
    summed = (colour * hit[:, None]).reshape(*shape, 3).mean(axis=(1, 3))
    return np.where(share[..., None] > 0, summed / np.maximum(share[..., None], 1e-6), 0).astype(np.float32), share.astype(np.float32)


def _rays(camera: Camera, width: int, height: int) -> tuple[Array, Array]:
    turn = rotation(camera.yaw, camera.pitch)
    forward, right, up = turn @ [0, 0, -1.0], turn @ [1.0, 0, 0], turn @ [0, 1.0, 0]
    origin = np.asarray(camera.target) - forward * camera.distance
    y, x = np.mgrid[0:height, 0:width]
    across = ((x + 0.5) / height - 0.5 * width / height) * 2 * camera.half + camera.shift[0]
    along = (0.5 - (y + 0.5) / height) * 2 * camera.half + camera.shift[1]
    points = forward * camera.distance + across[..., None] * right + along[..., None] * up
    rays = points.reshape(-1, 3)
    return origin.astype(np.float32), (rays / np.linalg.norm(rays, axis=1, keepdims=True)).astype(np.float32)


def _draw(solid: Solid, origin: Array, rays: Array, nearest: Array, colour: Array, light: Light) -> None:
    inverse = np.linalg.inv(solid.axes.astype(float)).astype(np.float32)
    around = _in_reach(solid, origin, rays)
    o, d = inverse @ (origin - solid.centre).astype(np.float32), rays[around] @ inverse.T
    a, b, c = _quadric(o, d, solid.taper)
    inside = b * b - a * c
    hit = inside > 0
    near, a, b, d = around[hit], a[hit], b[hit], d[hit]
    if not len(near):
        return
    root = np.sqrt(inside[hit])
    for sign in (-1.0, 1.0):  # the nearer side first; the farther shows where the nearer is clipped away
        t = (-b + sign * root * np.sign(a)) / a
        p = o + t[:, None] * d
        there = (t > 1e-3) & (t < nearest[near]) & _kept(solid, p)
        index = near[there]
        if not len(index):
            continue
        normal = _normal(p[there], solid.taper) @ inverse
        normal /= np.linalg.norm(normal, axis=1, keepdims=True) + 1e-9
        view = rays[index]
        normal *= -np.sign((normal * view).sum(axis=1, keepdims=True) + 1e-9)
        nearest[index] = t[there]
        colour[index] = shaded(solid.paint(p[there]), normal, view, light)


def _in_reach(solid: Solid, origin: Array, rays: Array) -> Array:
    """Numbers of the rays that pass the ball around the solid."""
    lengths = np.linalg.norm(solid.axes, axis=0)
    middle, radius = solid.centre, float(lengths.max())
    if solid.taper is not None:
        middle = solid.centre + solid.axes[:, 1] / 2
        radius = float(np.hypot(lengths[1] / 2, max(lengths[0], lengths[2]) * max(1.0, solid.taper)))
    way = (middle - origin).astype(np.float32)
    far = float(np.linalg.norm(way))
    return np.flatnonzero(rays @ (way / far) >= np.sqrt(max(0.0, 1 - (radius / far) ** 2)))


def _quadric(o: Array, d: Array, taper: float | None) -> tuple[Array, Array, Array]:
    if taper is None:
        return (d * d).sum(axis=1), d @ o, np.full(len(d), float(o @ o) - 1, np.float32)
    slope = taper - 1.0
    r, s = 1 + slope * o[1], slope * d[:, 1]
    a = d[:, 0] ** 2 + d[:, 2] ** 2 - s * s
    b = d[:, 0] * o[0] + d[:, 2] * o[2] - r * s
    c = np.full(len(d), o[0] ** 2 + o[2] ** 2 - r * r, np.float32)
    return np.where(np.abs(a) < 1e-7, 1e-7, a).astype(np.float32), b, c


def _kept(solid: Solid, p: Array) -> Array:
    kept = np.ones(len(p), bool) if solid.taper is None else (p[:, 1] >= 0) & (p[:, 1] <= 1)
    if solid.clip is not None:
        kept &= p @ np.asarray(solid.clip[0], np.float32) >= solid.clip[1]
    return kept


def _normal(p: Array, taper: float | None) -> Array:
    if taper is None:
        return p.copy()
    slope = taper - 1.0
    return np.column_stack([p[:, 0], -slope * (1 + slope * p[:, 1]), p[:, 2]])


def shaded(srgb: Array, normal: Array, view: Array, light: Light) -> Array:
    """Lambert's diffuse and Blinn's highlight, in linear light."""
    direction = np.asarray(light.direction, np.float32)
    direction = direction / np.linalg.norm(direction)
    diffuse = np.clip(normal @ direction, 0, 1)
    if light.toon:
        diffuse = np.floor(diffuse * light.toon + 0.5) / light.toon
    sky = 0.6 + 0.4 * normal[:, 1]
    linear = srgb**2.2 * (np.asarray(light.ambient) * sky[:, None] + np.asarray(light.colour) * diffuse[:, None])
    if light.gloss:
        half = direction - view
        half /= np.linalg.norm(half, axis=1, keepdims=True)
        linear = linear + light.gloss * np.asarray(light.colour) * (np.clip((normal * half).sum(axis=1), 0, 1) ** 24)[:, None]
    return np.clip(linear, 0, 1) ** (1 / 2.2)

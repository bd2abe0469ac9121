"""Pictures of test characters: a sheet of four views in even light, and views that vary in everything a picture varies in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from tests.app.imaging.consistency.figures import Figure, Pose, a_figure, built, look_alike, top_of
from tests.app.imaging.consistency.solids import Camera, Light, cast

SIDE = 144
SHEET_YAWS = (0.0, 0.7, -0.7, 3.14)
GROUNDS = ("plain", "gradient", "room", "blobs", "stripes", "noise", "scenery")


@dataclass(frozen=True)
class Family:
    """A character and the one that might be taken for it."""

    figure: Figure
    decoy: Figure


def families(count: int, first: int = 0) -> list[Family]:
    return [Family(a_figure(seed), look_alike(a_figure(seed), seed)) for seed in range(first, first + count)]


def sheet(figure: Figure) -> list[Image.Image]:
    """Front, both three-quarter views and back, standing, in even light before grey."""
    light = Light([0.3, 0.6, 0.9], [0.55] * 3, [0.6] * 3)
    tall = top_of(figure)
    ground = Image.new("RGB", (SIDE, SIDE), (200, 200, 202))
    return [laid(figure, Pose(), Camera(yaw, 0.05, [0, tall / 2, 0], tall * 0.68), light, ground) for yaw in SHEET_YAWS]


def view(figure: Figure, seed: int, close: bool | None = None) -> Image.Image:
    """One picture: pose, camera, light, background, occlusion, scale and damage by chance."""
    random = np.random.default_rng([23, seed])
    one = random.uniform
    width, height = ((SIDE, SIDE), (112, 168), (192, 128))[int(random.integers(3))]
    pose = Pose(
        one(0.05, 1.9), one(0.05, 1.9), one(-0.8, 0.8), one(-0.5, 0.5), one(-0.5, 0.5), one(-0.2, 0.25), one(-0.12, 0.12), one(0, 2)
    )  # fmt: skip
    tall = top_of(figure)
    near = one() < 0.25 if close is None else close
    yaw = one(-1.0, 1.0) if one() < 0.85 else one(-3.14, 3.14)
    if near:
        target, half = [0, tall * 0.72, 0], tall * one(0.34, 0.46)
    else:
        target, half = [0, tall * 0.5, 0], tall * one(0.58, 1.1)
    slack = half * 0.25
    camera = Camera(yaw, one(-0.15, 0.35), target, half, shift=(one(-slack, slack) * width / height, one(-slack, slack) * 0.4))
    picture = laid(figure, pose, camera, _light(random), background(random, width, height))
    if one() < 0.3:
        _occlude(picture, random)
    return _worn(picture, random)


def _light(random: np.random.Generator) -> Light:
    one = random.uniform
    warmth = one(-0.22, 0.22)
    tint = np.array([1 + warmth, 1.0, 1 - warmth])
    strength = one(0.35, 0.9)
    return Light(
        [one(-1, 1), one(0.1, 1), one(0.1, 1)], tint * strength, tint[::-1] * one(0.25, 0.55),
        toon=int(random.choice([0, 0, 2, 3])), gloss=one(0, 0.4) if one() < 0.4 else 0.0,
    )  # fmt: skip


def laid(figure: Figure, pose: Pose, camera: Camera, light: Light, ground: Image.Image) -> Image.Image:
    colour, share = cast(built(figure, pose), camera, light, ground.width, ground.height)
    behind = np.asarray(ground, np.float32) / 255
    mixed = colour * share[..., None] + behind * (1 - share[..., None])
    return Image.fromarray((np.clip(mixed, 0, 1) * 255 + 0.5).astype(np.uint8))


def background(random: np.random.Generator, width: int, height: int, soft: float = 2.0) -> Image.Image:
    """One of seven kinds, blurred by at most ``soft`` px."""
    kind = str(random.choice(GROUNDS))
    tones = [tuple(int(v) for v in random.uniform(20, 245, 3)) for _ in range(6)]
    if kind == "noise":
        small = random.uniform(0, 255, (9, 12, 3)).astype(np.uint8)
        soft = Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC)
        return Image.blend(soft, Image.new("RGB", (width, height), tones[0]), 0.6)
    if kind == "gradient":
        return Image.fromarray(np.array([[tones[0]], [tones[1]]], np.uint8)).resize((width, height), Image.Resampling.BILINEAR)
    picture = Image.new("RGB", (width, height), tones[0])
    draw = ImageDraw.Draw(picture)
    if kind == "plain":
        return picture
    if kind == "stripes":
        for x in range(0, width, 24):
            draw.rectangle((x, 0, x + 11, height), fill=tones[1])
    elif kind == "blobs":
        for tone in tones[1:]:
            x, y, r = random.uniform(0, width), random.uniform(0, height), random.uniform(8, 40)
            draw.ellipse((x - r, y - r, x + r, y + r), fill=tone)
    else:
        horizon = int(height * random.uniform(0.45, 0.8))
        draw.rectangle((0, horizon, width, height), fill=tones[1])
        for tone in tones[2 : 2 + (1 if kind == "room" else 4)]:
            x, wide, tall = random.uniform(0, width), random.uniform(10, 45), random.uniform(15, 80)
            draw.rectangle((x, horizon - tall, x + wide, horizon), fill=tone)
    return picture.filter(ImageFilter.GaussianBlur(float(random.uniform(0, soft))))


def _occlude(picture: Image.Image, random: np.random.Generator) -> None:
    """Something before the figure: a post or a bush at the lower edge."""
    draw = ImageDraw.Draw(picture)
    width, height = picture.size
    tone = tuple(int(v) for v in random.uniform(20, 235, 3))
    x = random.uniform(0.2, 0.8) * width
    if random.uniform() < 0.5:
        wide = random.uniform(0.04, 0.1) * width
        draw.rectangle((x - wide, 0, x + wide, height), fill=tone)
    else:
        r = random.uniform(0.12, 0.25) * width
        draw.ellipse((x - r, height - r, x + r, height + r), fill=tone)


def _worn(picture: Image.Image, random: np.random.Generator) -> Image.Image:
    """Noise of a sensor or a sampler, a slight blur, another exposure."""
    if random.uniform() < 0.3:
        picture = picture.filter(ImageFilter.GaussianBlur(float(random.uniform(0.3, 0.9))))
    pixels = np.asarray(picture, np.float32) * random.uniform(0.85, 1.12)
    pixels = pixels + random.normal(0, random.uniform(0, 5), pixels.shape)
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def contact(pictures: Sequence[Image.Image], columns: int, side: int = SIDE) -> Image.Image:
    """All of them on one sheet, to look at."""
    rows = -(-len(pictures) // columns)
    canvas: Any = Image.new("RGB", (columns * side, rows * side), "black")
    for number, picture in enumerate(pictures):
        small = picture.copy()
        small.thumbnail((side, side))
        canvas.paste(small, (number % columns * side, number // columns * side))
    return canvas

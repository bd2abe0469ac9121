"""Clean pictures, drawn on paper and in scenes; known damage to them; and how truly it is found."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from PIL import Image, ImageFilter, ImageOps

from app.imaging.duplicates import prints_of, twin_of
from app.imaging.quality import faults_of, measure
from tests.app.imaging.consistency.figures import Pose, a_figure, look_alike, top_of
from tests.app.imaging.consistency.solids import Camera, Light
from tests.app.imaging.consistency.views import background, laid

Picture = Image.Image
Row = dict[str, Any]
SIDE = 224
LEAST = 0.9


def clean(seed: int, decoy: bool = False) -> Picture:
    """A figure in even light before white paper, black or a scene; every third is flat drawn art."""
    random = np.random.default_rng([31, seed])
    one = random.uniform
    figure = look_alike(a_figure(seed), seed) if decoy else a_figure(seed)
    tall = top_of(figure)
    light = Light([one(-1, 1), 0.6, 0.9], [0.55] * 3, [0.5] * 3, toon=2 if seed % 3 == 0 else 0)
    pose = Pose(one(0.1, 1.2), one(0.1, 1.2), one(-0.5, 0.5), one(-0.4, 0.4), one(-0.4, 0.4))
    ground = background(random, SIDE, SIDE, soft=0.0)
    if seed % 4 == 0:
        ground = Image.new("RGB", (SIDE, SIDE), "white" if seed % 8 else "black")
    return laid(figure, pose, Camera(one(-0.8, 0.8), 0.1, [0, tall / 2, 0], tall * one(0.5, 0.7)), light, ground)


def brightened(picture: Picture, gain: float, lift: float = 0.0) -> Picture:
    return Image.fromarray(np.clip(np.asarray(picture, np.float32) * gain + lift, 0, 255).astype(np.uint8))


def noisy(picture: Picture, levels: float) -> Picture:
    pixels = np.asarray(picture, np.float32)
    return Image.fromarray(np.clip(pixels + np.random.default_rng(1).normal(0, levels, pixels.shape), 0, 255).astype(np.uint8))


def compressed(picture: Picture, quality: int) -> Picture:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=quality)
    with Image.open(buffer) as opened:
        return opened.convert("RGB")


def scaled(picture: Picture, factor: float) -> Picture:
    return picture.resize((round(picture.width * factor), round(picture.height * factor)), Image.Resampling.LANCZOS)


def cropped(picture: Picture, part: float) -> Picture:
    edge = round(part * picture.width)
    return picture.crop((edge, edge, picture.width - edge, picture.height - edge)).resize(picture.size)


def moved(picture: Picture, px: int) -> Picture:
    """Motion blur along the diagonal."""
    frames = [np.roll(np.asarray(picture, np.float32), (step, step), axis=(0, 1)) for step in range(px)]
    return Image.fromarray(np.mean(frames, axis=0).astype(np.uint8))


def speckle(picture: Picture) -> Picture:
    return Image.fromarray(np.random.default_rng(2).integers(0, 256, (picture.height, picture.width, 3), dtype=np.uint8))


def slope(picture: Picture) -> Picture:
    return Image.linear_gradient("L").resize(picture.size, Image.Resampling.BICUBIC).convert("RGB")


# kind of fault -> damage in words -> how it is done
DAMAGES: dict[str, dict[str, Callable[[Picture], Picture]]] = {
    "sharpness": {
        "blur of 2.5 px": lambda p: p.filter(ImageFilter.GaussianBlur(2.5)),
        "blur of 4 px": lambda p: p.filter(ImageFilter.GaussianBlur(4)),
        "motion of 12 px": lambda p: moved(p, 12),
        "enlarged six times": lambda p: scaled(scaled(p, 1 / 6), 6),
        "noise of 25 levels": lambda p: noisy(p, 25),
    },
    "exposure": {
        "2.5 times too bright": lambda p: brightened(p, 2.5, 25),
        "a fifth of the light": lambda p: brightened(p, 0.2),
        "washed out": lambda p: brightened(p, 0.1, 120),
    },
    "emptiness": {
        "one tone": lambda p: Image.new("RGB", p.size, (120, 130, 90)),
        "black": lambda p: Image.new("RGB", p.size),
        "noise": speckle,
        "a mere gradient": slope,
    },
}
COPIES: dict[str, Callable[[Picture], Picture]] = {
    "JPEG of quality 40": lambda p: compressed(p, 40),
    "half the size": lambda p: scaled(p, 0.5),
    "mirrored": ImageOps.mirror,
    "a tenth brighter": lambda p: brightened(p, 1.1),
    "cropped by 2 %": lambda p: cropped(p, 0.02),
    "noise of 6 levels": lambda p: noisy(p, 6),
}


def kinds_found(picture: Picture) -> set[str]:
    return {fault.kind for fault in faults_of(measure(picture))}


def damage_rows(first: int, count: int) -> list[Row]:
    """Precision and recall of every kind of fault and of repeated pictures; recall of each damage by itself."""
    pictures = [clean(seed) for seed in range(first, first + count)]
    rows = []
    unharmed = [kinds_found(picture) for picture in pictures]
    found = {kind: {name: [kinds_found(harm(p)) for p in pictures] for name, harm in harms.items()} for kind, harms in DAMAGES.items()}
    for kind, by_name in found.items():
        own = [kind in seen for runs in by_name.values() for seen in runs]
        others = [kind in seen for other, runs in found.items() if other != kind for many in runs.values() for seen in many]
        # Damage of another kind may well do this harm too (noise is too bright for nobody, but a black picture is dark): only
        # clean pictures and those other kinds that leave it alone count against precision.
        wrong = sum(kind in seen for seen in unharmed)
        rows.append(_row(f"{kind}: precision among {len(own)} damaged and {count} clean", sum(own) / max(1, sum(own) + wrong)))
        rows.append(_row(f"{kind}: recall", sum(own) / len(own)))
        rows += [
            {"what": f"... {name}, recall", "ours": round(sum(kind in seen for seen in runs) / count, 3)} for name, runs in by_name.items()
        ]
        rows.append({"what": f"... said of damage of other kinds ({len(others)})", "ours": round(sum(others) / len(others), 3)})
    return [*rows, *copy_rows(pictures, first)]


def copy_rows(pictures: Sequence[Picture], first: int) -> list[Row]:
    """Copies must be found; the same scene with a look-alike in it, and all other pictures, must not."""
    prints = [prints_of(picture) for picture in pictures]
    rows, hits, tries = [], 0, 0
    for name, copied in COPIES.items():
        right = sum(
            (twin := twin_of(prints_of(copied(picture)), prints)) is not None and twin.index == number
            for number, picture in enumerate(pictures)
        )
        hits, tries = hits + right, tries + len(pictures)
        rows.append({"what": f"... {name}, recall", "ours": round(right / len(pictures), 3)})
    wrong = sum(twin_of(prints[number], prints[:number]) is not None for number in range(len(pictures)))
    wrong += sum(twin_of(prints_of(clean(first + number, decoy=True)), prints) is not None for number in range(len(pictures)))
    return [
        _row(f"repeats: precision among {tries} copies and {2 * len(pictures)} others", hits / max(1, hits + wrong)),
        _row("repeats: recall", hits / tries), *rows,
    ]  # fmt: skip


def _row(what: str, value: float) -> Row:
    return {"what": what, "ours": round(value, 3), "target": f">= {LEAST}", "met": value >= LEAST}

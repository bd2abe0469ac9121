"""How right the subject's track is, with a subject that moves before a panned background and with a still one; and banding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from app.video.analysers import camera, composition, subjects
from app.video.analysers.banding import banding
from app.video.curves import Shot
from app.video.frame import Frame
from app.video.table import Table
from tests.benchmarks import motion_truth, picture_truth
from tests.benchmarks.motion_truth import HEIGHT, WIDTH, Image, Move

Row = dict[str, Any]
FPS, COUNT = 24.0, 37
WITHIN = 0.05  # of the width
STEPS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 16)
KINDS = ("across", "down", "slanting", "round")


@dataclass(frozen=True)
class Film:
    """Frames, and the subject's true centre in each, px at 320 px of width."""

    frames: list[Frame]
    centres: list[tuple[float, float]]


def run(quick: bool) -> list[Row]:
    """Rows for made stills and, where there are any, stills of clips."""
    cv2.setNumThreads(1)
    rows = []
    count = 10 if quick else 60
    for name, stills in (("made stills", motion_truth.made_stills()), ("clips", motion_truth.clip_stills())):
        if stills:
            films = (crossing(stills, seed) for seed in range(count))
            rows.append(_row(f"moving subject's track within 5 % of the width, panned {name}", [d for f in films for d in misses(f)]))
    rows.append(_row("still subject's track within 5 % of the width", [d for seed in range(count) for d in misses(standing(seed))]))
    worst = min(banding_rank(kind) for kind in KINDS)
    smooth = max(banding(dithered(gradient(kind), step))[1] for kind in KINDS for step in (1, 2, 4, 8))
    rows.append({"what": "banding rank, Spearman, worst gradient", "ours": worst, "target": ">= 0.95", "met": worst >= 0.95})
    rows.append({"what": "banding of dithered gradients, levels, worst", "ours": smooth, "target": "<= 0.5", "met": smooth <= 0.5})
    return rows


def _row(what: str, distances: Sequence[float]) -> Row:
    right = float(np.mean([d <= WITHIN for d in distances]))
    return {"what": what, "ours": right, "target": ">= 0.95", "met": right >= 0.95, "n": len(distances)}


# Subjects -------------------------------------------------------------------------------------------------------------------------


def misses(film: Film) -> list[float]:
    """How far off the box's middle is in every sampled frame of the track, in frame widths; a whole width where there is none."""
    table = Table([composition.ANALYSER, camera.ANALYSER, subjects.ANALYSER], FPS)
    for frame in film.frames:
        table.take(frame, frame.index)
    track = subjects.track(table.samples(), Shot(0, len(film.frames)))
    found = []
    for place, frame_number in enumerate(track.frames):
        x, y = film.centres[frame_number]
        across = (track.x[place] + track.w[place] / 2) * WIDTH - x
        found.append(float(np.hypot(across, (track.y[place] + track.h[place] / 2) * HEIGHT - y)) / WIDTH)
    return found or [1.0]


def crossing(stills: Sequence[tuple[str, Image]], seed: int) -> Film:
    """A textured disc that goes its own way, at least a pixel a frame, before a background under a pan with some tilt and zoom."""
    rng = np.random.default_rng([21, seed])
    still, texture = stills[seed % len(stills)][1], stills[(seed + 1) % len(stills)][1]
    share = float(rng.uniform(0.02, 0.1))
    pan = Move(right=float(rng.uniform(1, 3) * rng.choice([-1, 1])), down=float(rng.uniform(-1, 1)), zoom=float(rng.uniform(-0.003, 0.003)))
    middle, speed = _course(rng, pan)
    centres = [(middle + speed * (i - (COUNT - 1) / 2)) for i in range(COUNT)]
    views = [motion_truth.noisy(motion_truth.view(still, place), rng, 1.5) for place in motion_truth.steady_path(pan, COUNT)]
    pictures = [motion_truth.put_in_front(v, texture, (float(x), float(y)), share) for v, (x, y) in zip(views, centres, strict=True)]
    return Film(list(motion_truth.frames(pictures, FPS)), [(float(x), float(y)) for x, y in centres])


def _course(rng: np.random.Generator, pan: Move) -> tuple[Any, Any]:
    """(middle of the way, px a frame): stays in the picture, and is not the background's."""
    while True:
        speed, middle = rng.uniform(-3, 3, 2), rng.uniform((110, 70), (210, 110))
        ends = [middle + sign * speed * (COUNT - 1) / 2 for sign in (-1, 1)]
        if np.hypot(speed[0] + pan.right, speed[1] + pan.down) >= 1 and all(40 < x < WIDTH - 40 and 30 < y < HEIGHT - 30 for x, y in ends):
            return middle, speed


def standing(seed: int) -> Film:
    """A drawn figure that stands still before a drawn background, with grain."""
    made, rng = picture_truth.planted(seed), np.random.default_rng(seed)
    frame = picture_truth.frame_of(made.image)
    frames = [Frame(i, i / FPS, motion_truth.noisy(frame.y, rng, 1.0), frame.u, frame.v) for i in range(COUNT)]
    return Film(frames, [(made.x * WIDTH, made.y * HEIGHT)] * COUNT)


# Banding --------------------------------------------------------------------------------------------------------------------------


def gradient(kind: str) -> Any:
    """(180, 320) float levels, 30 to 230."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH] / np.array([[[HEIGHT - 1.0]], [[WIDTH - 1.0]]])
    shape = {"across": x, "down": y, "slanting": (x + y) / 2, "round": np.hypot(x - 0.5, y - 0.5) * 1.4}[kind]
    return 30 + 200 * shape


def quantised(picture: Any, step: float) -> Any:
    """In steps of ``step`` levels."""
    return np.clip(np.round(picture / step) * step, 0, 255).astype(np.uint8)


def dithered(picture: Any, step: float, seed: int = 1) -> Any:
    """Quantised with triangular dither of a step to either side, which leaves no trace of the steps but noise."""
    rng = np.random.default_rng(seed)
    return quantised(picture + step * (rng.random(picture.shape) - rng.random(picture.shape)), step)


def banding_rank(kind: str) -> float:
    """Spearman's rank correlation of the measure with the size of the steps."""
    return spearman([banding(quantised(gradient(kind), step))[1] for step in STEPS], STEPS)


def spearman(one: Sequence[float], other: Sequence[float]) -> float:
    """Rank correlation; equals share their rank."""

    def ranks(values: Sequence[float]) -> Any:
        told = np.asarray(values, float)
        return np.array([(told < v).sum() + ((told == v).sum() - 1) / 2 for v in told])

    return float(np.corrcoef(ranks(one), ranks(other))[0, 1])

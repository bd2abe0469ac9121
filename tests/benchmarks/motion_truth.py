"""Pictures whose motion is known: views of large stills, moved by sub-pixel amounts, with or without something passing in front."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from app.video.frame import Frame

Image = np.ndarray[Any, np.dtype[np.uint8]]
Plane = np.ndarray[Any, np.dtype[np.float32]]

WIDTH, HEIGHT = 320, 180
SUPER = 4  # views are rendered this many times larger, then averaged down: sub-pixel moves are true ones
MARGIN = 1.5  # a still is this many times larger than a view
MEDIA_VARIABLE = "STUDIO_BENCH_MEDIA"  # a folder of clips whose pictures serve as stills too


@dataclass(frozen=True)
class Move:
    """Where the camera is, or how far it goes in one frame.

    Attributes:
        right, down: px at 320 px of width.
        zoom: logarithm of the magnification.
        roll_deg: clockwise turn of the camera, degrees.
    """

    right: float = 0.0
    down: float = 0.0
    zoom: float = 0.0
    roll_deg: float = 0.0

    def __add__(self, other: Move) -> Move:
        return Move(self.right + other.right, self.down + other.down, self.zoom + other.zoom, self.roll_deg + other.roll_deg)

    def times(self, factor: float) -> Move:
        """The same move, ``factor`` times as far."""
        return Move(self.right * factor, self.down * factor, self.zoom * factor, self.roll_deg * factor)


MOVES: tuple[tuple[str, Move], ...] = (
    ("static", Move()),
    ("pan_right", Move(right=0.3)),
    ("pan_right", Move(right=2.7)),
    ("pan_right", Move(right=9.4)),
    ("pan_left", Move(right=-1.35)),
    ("pan_left", Move(right=-5.6)),
    ("tilt_up", Move(down=-0.8)),
    ("tilt_up", Move(down=-4.1)),
    ("tilt_down", Move(down=2.25)),
    ("zoom_in", Move(zoom=0.004)),
    ("zoom_in", Move(zoom=0.015)),
    ("zoom_out", Move(zoom=-0.01)),
    ("roll_cw", Move(roll_deg=0.5)),
    ("roll_ccw", Move(roll_deg=-1.1)),
    ("complex", Move(right=2.2, down=-1.6, zoom=0.012, roll_deg=0.4)),
)


def matrix(place: Move) -> Plane:
    """(3, 3): a point of the still, centre-based px, to where the camera shows it, centre-based px."""
    angle, scale = math.radians(-place.roll_deg), math.exp(place.zoom)  # the camera turns clockwise, the picture the other way
    c, s = scale * math.cos(angle), scale * math.sin(angle)
    turn = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]], dtype=np.float64)
    shift = np.array([[1, 0, -place.right], [0, 1, -place.down], [0, 0, 1]], dtype=np.float64)
    return turn @ shift


def view(still: Image, place: Move, level: float = 0.0) -> Image:
    """(180, 320) uint8: what the camera at ``place`` shows of ``still``, brighter by ``level``."""
    height, width = still.shape
    big = SUPER * np.array([WIDTH, HEIGHT])
    scale = np.diag([float(SUPER), float(SUPER), 1.0])
    to_centre = np.array([[1, 0, -(width - 1) / 2], [0, 1, -(height - 1) / 2], [0, 0, 1]], dtype=np.float64)
    from_centre = np.array([[1, 0, (big[0] - 1) / 2], [0, 1, (big[1] - 1) / 2], [0, 0, 1]], dtype=np.float64)
    whole = from_centre @ scale @ matrix(place) @ np.linalg.inv(scale) @ to_centre
    seen = cv2.warpAffine(still, whole[:2], (int(big[0]), int(big[1])), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    small = cv2.resize(seen.astype(np.float32), (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    return np.clip(np.rint(small + level), 0, 255).astype(np.uint8)


def put_in_front(picture: Image, texture: Image, centre: tuple[float, float], share: float = 0.17) -> Image:
    """The picture with a textured disc in front, covering ``share`` of it, its middle at ``centre`` px."""
    radius = math.sqrt(share * WIDTH * HEIGHT / math.pi)
    side = 2 * math.ceil(radius) + 3
    local = cv2.resize(texture, (side * 2, side * 2), interpolation=cv2.INTER_AREA)[:side, :side]
    shift = np.array([[1, 0, centre[0] - side / 2], [0, 1, centre[1] - side / 2]], dtype=np.float64)
    disc = np.zeros((side, side), np.float32)
    cv2.circle(disc, (side // 2, side // 2), int(radius), 1.0, -1, cv2.LINE_AA)
    alpha = cv2.warpAffine(disc, shift, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR)
    front = cv2.warpAffine(local, shift, (WIDTH, HEIGHT), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.rint(picture * (1 - alpha) + front * alpha).astype(np.uint8)


def frames(pictures: Sequence[Image], fps: float = 24.0) -> Iterator[Frame]:
    """The pictures as an analyser is handed them, with neutral colour."""
    grey = np.full((HEIGHT // 2, WIDTH // 2), 128, np.uint8)
    for index, picture in enumerate(pictures):
        yield Frame(index, index / fps, picture, grey, grey)


# Stills ---------------------------------------------------------------------------------------------------------------------------


def _size() -> tuple[int, int]:
    return int(WIDTH * SUPER * MARGIN), int(HEIGHT * SUPER * MARGIN)


def _noise(rng: np.random.Generator, cell: float) -> Plane:
    width, height = _size()
    small = rng.normal(0.0, 1.0, (math.ceil(height / cell) + 2, math.ceil(width / cell) + 2)).astype(np.float32)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)


def painted(rng: np.random.Generator) -> Image:
    """A painted background: noise of several grains."""
    total = sum((_noise(rng, cell) * weight for cell, weight in ((400, 40), (120, 25), (40, 14), (12, 8))), np.zeros(1, np.float32))
    return np.clip(120 + total, 0, 255).astype(np.uint8)


def cartoon(rng: np.random.Generator) -> Image:
    """Flat shapes with dark outlines, as in limited animation."""
    width, height = _size()
    image = np.full((height, width), 190, np.uint8)
    for _ in range(70):
        middle = rng.uniform((0, 0), (width, height))
        radii = rng.uniform(30, 180, 2)
        angles = np.sort(rng.uniform(0, 2 * math.pi, rng.integers(3, 9)))
        points = np.rint(middle + np.stack([np.cos(angles), np.sin(angles)], 1) * radii).astype(np.int32)
        cv2.fillPoly(image, [points], int(rng.integers(40, 240)), cv2.LINE_AA)
        cv2.polylines(image, [points], True, 20, 6, cv2.LINE_AA)
    return image


def city(rng: np.random.Generator) -> Image:
    """Houses with rows of windows under a plain sky: repetition, straight lines, a third without texture."""
    width, height = _size()
    image = np.repeat(np.linspace(225, 170, height, dtype=np.float32)[:, None], width, 1)
    left = 0
    while left < width:
        wide, top = int(rng.integers(90, 260)), int(rng.integers(height * 0.2, height * 0.6))
        image[top:, left : left + wide] = rng.uniform(50, 150)
        for y in range(top + 24, height - 20, int(rng.integers(40, 70))):
            for x in range(left + 16, min(left + wide, width) - 24, int(rng.integers(34, 60))):
                image[y : y + 26, x : x + 18] = rng.uniform(20, 250)
        left += wide
    return image.astype(np.uint8)


def foliage(rng: np.random.Generator) -> Image:
    """Thousands of small leaves."""
    width, height = _size()
    image = np.full((height, width), 60, np.uint8)
    for _ in range(6000):
        middle = (int(rng.integers(0, width)), int(rng.integers(0, height)))
        axes = (int(rng.integers(6, 26)), int(rng.integers(3, 10)))
        cv2.ellipse(image, middle, axes, float(rng.uniform(0, 180)), 0, 360, int(rng.integers(30, 200)), -1, cv2.LINE_AA)
    return image


def misty(rng: np.random.Generator) -> Image:
    """Soft hills with few details: little to hold on to."""
    width, height = _size()
    image = np.repeat(np.linspace(200, 120, height, dtype=np.float32)[:, None], width, 1) + _noise(rng, 60) * 3
    xs = np.arange(width)
    for layer in range(4):
        ridge = height * (0.35 + 0.15 * layer) + 60 * np.sin(xs / rng.uniform(90, 260) + rng.uniform(0, 6)) + _noise(rng, 50)[layer] * 12
        image[np.arange(height)[:, None] > ridge[None, :]] -= 22
    for _ in range(60):
        x, y = int(rng.integers(0, width)), int(rng.integers(height * 0.35, height))
        cv2.rectangle(image, (x, y), (x + int(rng.integers(6, 16)), y - int(rng.integers(20, 70))), float(rng.uniform(40, 90)), -1)
    return np.clip(cv2.GaussianBlur(image, (0, 0), 2.0), 0, 255).astype(np.uint8)


MAKERS: tuple[tuple[str, Callable[[np.random.Generator], Image]], ...] = (
    ("painted", painted),
    ("cartoon", cartoon),
    ("city", city),
    ("foliage", foliage),
    ("misty", misty),
)


def made_stills(seed: int = 7) -> list[tuple[str, Image]]:
    """Five stills made by code: (name, (1080, 1920) uint8)."""
    return [(name, make(np.random.default_rng(seed + place))) for place, (name, make) in enumerate(MAKERS)]


def clip_stills(count: int = 5) -> list[tuple[str, Image]]:
    """The same from the middle of real clips, where ``STUDIO_BENCH_MEDIA`` names a folder that has some; else none."""
    folder = os.environ.get(MEDIA_VARIABLE)
    found: list[tuple[str, Image]] = []
    for path in sorted(Path(folder).glob("*.*")) if folder else []:
        if path.suffix in {".mp4", ".webm", ".mkv", ".mov"} and not path.name.startswith("synth"):
            capture = cv2.VideoCapture(str(path))
            capture.set(cv2.CAP_PROP_POS_FRAMES, capture.get(cv2.CAP_PROP_FRAME_COUNT) // 2)
            good, image = capture.read()
            capture.release()
            if good:
                found.append((path.stem, cv2.resize(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), _size(), interpolation=cv2.INTER_CUBIC)))
    return found[:count]


# Whole shots ----------------------------------------------------------------------------------------------------------------------


def steady_path(move: Move, count: int) -> list[Move]:
    """The places of a camera that makes the same move in every frame, its middle over the middle of the still."""
    return [move.times(index - (count - 1) / 2) for index in range(count)]


def handheld_path(rng: np.random.Generator, count: int, px: float, drift: Move | None = None, fps: float = 24.0) -> list[Move]:
    """Shake of about ``px`` px, from slow sway to tremor of 7 Hz, on top of a steady drift."""
    times = np.arange(count) / fps

    def wobble() -> Plane:
        rates = rng.uniform((0.6, 1.5, 3.0, 5.0), (1.2, 3.0, 5.0, 7.0))
        sizes = rng.uniform(0.7, 1.3, 4) * (1.0, 0.6, 0.25, 0.12)
        return px * (sizes[:, None] * np.sin(2 * math.pi * rates[:, None] * times + rng.uniform(0, 6, 4)[:, None])).sum(0)

    right, down, roll = wobble(), wobble(), wobble() * 0.1
    base = steady_path(drift or Move(), count)
    return [place + Move(float(x), float(y), 0.0, float(r)) for place, x, y, r in zip(base, right, down, roll, strict=True)]


def noisy(picture: Image, rng: np.random.Generator, sigma: float) -> Image:
    """The picture with Gaussian noise of ``sigma`` levels."""
    return np.clip(np.rint(picture + rng.normal(0.0, sigma, picture.shape)), 0, 255).astype(np.uint8)


def walking(still: Image, rng: np.random.Generator, count: int, period: int, pan: Move | None = None) -> list[Image]:
    """A small figure of flat shapes that moves before ``still``, drawn anew every ``period`` frames; the camera pans on ones.

    With a pan the figure keeps its place in the picture, as a walk cycle does; ``period`` 0 leaves the figure out.
    """
    start = rng.uniform((60, 80), (120, 120))
    speed, phase = rng.uniform(1.2, 2.4), rng.uniform(0, 6)
    base = [view(still, place) for place in steady_path(pan, count)] if pan else [view(still, Move())] * count
    return [_with_figure(base[i], start, speed, phase, i - i % period, pan is None) if period else base[i] for i in range(count)]


def _with_figure(picture: Image, start: Any, speed: float, phase: float, drawing: int, travels: bool) -> Image:
    big = cv2.resize(picture, None, fx=SUPER, fy=SUPER, interpolation=cv2.INTER_NEAREST)
    swing = math.sin(drawing * 0.45 + phase)
    x, y = (start + np.array([drawing * speed if travels else 0.0, 3 * abs(swing)])) * SUPER

    def limb(x0: float, y0: float, angle: float, length: float) -> None:
        end = (int(x0 + length * math.sin(angle)), int(y0 + length * math.cos(angle)))
        cv2.line(big, (int(x0), int(y0)), end, 15, 5 * SUPER, cv2.LINE_AA)

    for side in (-1, 1):
        limb(x, y + 8 * SUPER, side * swing * 0.9, 16 * SUPER)
        limb(x, y - 4 * SUPER, -side * swing * 0.8, 12 * SUPER)
    cv2.ellipse(big, (int(x), int(y)), (7 * SUPER, 12 * SUPER), 0, 0, 360, 225, -1, cv2.LINE_AA)
    cv2.ellipse(big, (int(x), int(y - 17 * SUPER)), (7 * SUPER, 7 * SUPER), 0, 0, 360, 250, -1, cv2.LINE_AA)
    figure = cv2.resize(big, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    return np.where(cv2.absdiff(figure, picture) > 1, figure, picture).astype(np.uint8)


def encoded(pictures: Sequence[Image], crf: int = 23, fps: int = 24) -> list[Image]:
    """The pictures as x264 gives them back."""
    import subprocess

    import imageio_ffmpeg

    size = ["-f", "rawvideo", "-pix_fmt", "gray", "-s", f"{WIDTH}x{HEIGHT}", "-r", str(fps)]
    program = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error"]
    coder = ["-pix_fmt", "yuv420p", "-c:v", "libx264", "-crf", str(crf), "-threads", "1", "-f", "matroska", "-"]
    data = b"".join(picture.tobytes() for picture in pictures)
    film = subprocess.run([*program, *size, "-i", "-", *coder], input=data, capture_output=True, check=True).stdout
    back = [*program, "-i", "-", "-f", "rawvideo", "-pix_fmt", "gray", "-"]
    raw = subprocess.run(back, input=film, capture_output=True, check=True).stdout
    return list(np.frombuffer(raw, np.uint8).reshape(-1, HEIGHT, WIDTH))

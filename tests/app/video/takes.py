"""Takes of one shot, made from one clip by damage of known kind and size."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

Picture = np.ndarray[Any, np.dtype[np.uint8]]
SIZE = (320, 180)
FRAMES, SPARE, AT = 72, 8, 40

# From the best to the worst: nothing; one frame repeated; one missing; five missing; grain all over; flicker of 2, 4 and 8 levels.
IN_ORDER = ("clean", "repeat", "drop", "jump", "noise", "flicker-2", "flicker-4", "flicker-8")


@lru_cache(maxsize=1)
def clean() -> tuple[Picture, ...]:
    """A camera that pans over flat shapes while a ball moves; eight frames more than a take has."""
    import cv2

    rng = np.random.default_rng(7)
    wide, high = SIZE[0] * 3, SIZE[1] * 2
    ground = cv2.GaussianBlur(rng.integers(0, 255, (high, wide, 3)).astype(np.uint8), (0, 0), 3)
    ground = cv2.normalize(ground, None, 20, 235, cv2.NORM_MINMAX)  # type: ignore[call-overload]
    for _ in range(60):
        colour = tuple(int(c) for c in rng.integers(20, 235, 3))
        cv2.circle(ground, (int(rng.integers(0, wide)), int(rng.integers(0, high))), int(rng.integers(8, 40)), colour, -1)
    found = []
    for number in range(FRAMES + SPARE):
        move = np.asarray([[1, 0, -20 - 2.5 * number], [0, 1, -60 - 0.3 * number]], dtype=np.float32)
        picture = cv2.warpAffine(ground, move, SIZE)
        cv2.circle(picture, (int(80 + 60 * np.sin(number / 9)), int(90 + 30 * np.cos(number / 7))), 18, (40, 60, 220), -1)
        found.append(picture)
    return tuple(found)


def damaged(kind: str) -> list[Picture]:
    """The frames of one take."""
    pictures, rng = list(clean()), np.random.default_rng(3)
    if kind == "repeat":
        pictures[AT] = pictures[AT - 1]
    elif kind in ("drop", "jump"):
        del pictures[AT : AT + (1 if kind == "drop" else 5)]
    elif kind == "noise":
        pictures = [np.clip(p + rng.normal(0, 15, p.shape), 0, 255).astype(np.uint8) for p in pictures]
    elif kind.startswith("flicker-"):
        levels = int(kind.removeprefix("flicker-"))
        pictures = [np.clip(p.astype(np.int16) + (levels if n % 2 else -levels), 0, 255).astype(np.uint8) for n, p in enumerate(pictures)]
    elif kind == "cut":
        pictures[AT:] = [np.ascontiguousarray(255 - p[::-1]) for p in pictures[AT:]]
    return pictures[:FRAMES]


def write(pictures: list[Picture], path: Path, fps: int = 24, crf: int = 16) -> Path:
    """Encodes the frames in H.264 with a keyframe every twelve."""
    import av

    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("libx264", rate=fps)
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt, stream.options = "yuv420p", {"crf": str(crf), "preset": "veryfast", "g": "12"}
        for picture in pictures:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        container.mux(stream.encode())
    return path


def take(kind: str, folder: Path) -> Path:
    """A take as a file."""
    path = folder / f"{kind}.mp4"
    return path if path.exists() else write(damaged(kind), path)

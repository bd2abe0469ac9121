"""What is in the sample clip: its size, its rate, and where everything happens."""

from __future__ import annotations

from dataclasses import dataclass

WIDTH, HEIGHT, FPS = 1280, 720, 24
FRAMES = 288
BEAT_FRAMES = 12


@dataclass(frozen=True)
class GroundTruth:
    """What is in the clip. Frame ranges are (first, one past the last)."""

    frames: int
    cuts: tuple[int, ...]
    flash: tuple[int, int]
    pan: tuple[int, int]
    pan_px_per_frame: float
    twos: tuple[int, int]
    beats: tuple[int, ...]


GROUND_TRUTH = GroundTruth(
    frames=FRAMES,
    cuts=(48, 96, 144, 192, 240),
    flash=(246, 247),
    pan=(96, 144),
    pan_px_per_frame=16.0,
    twos=(144, 192),
    beats=tuple(range(0, FRAMES, BEAT_FRAMES)),
)

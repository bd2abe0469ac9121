"""Traces made of numbers alone: a camera that pans over a random ground, and random onsets."""

from __future__ import annotations

from typing import Any

import numpy as np

from app.editing.judge.trace import BANDS, COLUMNS, TINY, Trace

FPS = 24.0


def trace(frames: Any, *, seed: int = 1, fps: float = FPS, onsets: Any = None, **columns: float) -> Trace:
    """A trace whose frame i is ground ``seed`` seen from place ``frames[i]``; ``columns`` are constant.

    ``onsets``: (M, 7) levels in decibels every 10 ms; left out: no sound.
    """
    places = np.asarray(frames, float)
    ground = _ground(seed)
    tiny = np.stack([_seen(ground, place) for place in places])
    table = np.zeros((len(places), len(COLUMNS)), np.float32)
    values = {"luma": 120.0, "spread": 40.0, "sharpness": 400.0, **columns}
    for name, value in values.items():
        table[:, COLUMNS.index(name)] = value
    sound = np.zeros((0, BANDS), np.float16) if onsets is None else np.asarray(onsets, np.float16)
    return Trace(fps, TINY[0] / TINY[1], np.arange(len(places)) / fps, tiny, table, sound, 0.01, 0.0, np.zeros(len(sound), np.float32))


def sounds(seconds: float, seed: int = 3) -> Any:
    """(M, 7) decibels with irregular onsets."""
    rng = np.random.default_rng(seed)
    levels = np.full((round(seconds * 100), BANDS), -60.0)
    at = 5
    while at < len(levels) - 20:
        height = rng.uniform(15, 40, BANDS) * (rng.random(BANDS) < 0.6)
        levels[at : at + 20] = np.maximum(levels[at : at + 20], -60 + height * np.linspace(1, 0, min(20, len(levels) - at))[:, None])
        at += int(rng.integers(9, 45))
    return levels


def _ground(seed: int) -> Any:
    import cv2

    rng = np.random.default_rng(seed)
    return cv2.GaussianBlur(rng.uniform(0, 255, (TINY[1], 1200)).astype(np.float32), (0, 0), 1.4)


def _seen(ground: Any, place: float) -> Any:
    left = int(np.floor(place)) + 300
    share = place - np.floor(place)
    seen = (1 - share) * ground[:, left : left + TINY[0]] + share * ground[:, left + 1 : left + 1 + TINY[0]]
    return np.clip((seen - 127) * 3 + 127, 0, 255).astype(np.uint8)

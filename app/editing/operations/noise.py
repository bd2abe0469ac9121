"""Shaking: smooth noise from a seed, and the part of the picture it leaves to be shown."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from app.editing.operations.views import Canvas, Window

_ATTACK_S, _RELEASE_S = 0.08, 0.2
_DECAYS = 4.0  # e-folds over the whole shake


def smooth_noise(seed: int, frames: int, per_frame: float) -> list[float]:
    """Values from -1 to 1 that turn ``per_frame`` times per frame: half cosines between random heights on changing sides."""
    dice = random.Random(seed)
    phase = dice.random()
    knots = [dice.uniform(0.4, 1.0) * (-1) ** index for index in range(int(frames * per_frame) + 3)]
    found = []
    for frame in range(frames):
        at = frame * per_frame + phase
        index = int(at)
        part = (1 - math.cos(math.pi * (at - index))) / 2
        found.append(knots[index] + part * (knots[index + 1] - knots[index]))
    return found


def envelope(frames: int, rate: float, decays: bool, dies: bool) -> list[float]:
    """How strong it is in every frame: at once and dying away after a blow, else coming up quickly and, if it ``dies``, going down."""
    found = []
    for frame in range(frames):
        if decays:
            left = 1 - frame / frames
            found.append(math.exp(-_DECAYS * (1 - left)) * min(1.0, left * 4))
            continue
        up = min(1.0, (frame + 1) / max(1.0, _ATTACK_S * rate))
        down = min(1.0, (frames - frame) / max(1.0, min(_RELEASE_S * rate, frames / 2))) if dies else 1.0
        found.append(min(up, down))
    return found


def shaken(canvas: Canvas, strengths: Sequence[float], reach: float, turns: float, seed: int) -> list[Window]:
    """``reach``: greatest displacement sideways, in shares of the width, at strength 1; ``turns`` per frame.

    What is shown is smaller than the picture by the displacement of the moment on either side, so a border never comes into it.
    """
    across = smooth_noise(2 * seed, len(strengths), 2 * turns)
    along = smooth_noise(2 * seed + 1, len(strengths), 2 * turns)
    views = []
    for strength, right, down in zip(strengths, across, along, strict=True):
        scale = 1 - 2 * reach * strength
        w, h = canvas.width * scale, canvas.height * scale
        most = min(canvas.width, canvas.height) * reach * strength
        views.append(Window((canvas.width - w) / 2 + right * canvas.width * reach * strength, (canvas.height - h) / 2 + down * most, w, h))
    return views

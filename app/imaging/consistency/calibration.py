"""From what was measured to a similarity between 0 and 1, on which 0.65 means the same for every engine."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

THRESHOLD = 0.65


@dataclass(frozen=True)
class Parts:
    """What the built-in descriptor measures.

    Attributes:
        colours: how far the colours and their places are apart, 0 to 1.
        outline: how far the outlines are apart, 0 alike to 20.
    """

    colours: float
    outline: float


# Fitted by logistic regression on rendered characters, none of which is among those that the published figures are from.
COLOURS_WEIGHT, OUTLINE_WEIGHT = -17.6, -1.2
EVEN = -34.5  # the score at which as many pictures of the character are refused as pictures of others are let through


def raw_score(parts: Parts) -> float:
    """Log odds up to a constant: larger is more alike."""
    return COLOURS_WEIGHT * parts.colours + OUTLINE_WEIGHT * parts.outline


def built_in_similarity(parts: Parts) -> float:
    """The logistic curve through `THRESHOLD` where errors of both kinds are equally frequent."""
    return logistic(raw_score(parts) - EVEN + math.log(THRESHOLD / (1 - THRESHOLD)))


def logistic(value: float) -> float:
    """1 / (1 + e^-value), without overflow."""
    if value < 0:
        grown = math.exp(max(value, -700.0))
        return grown / (1 + grown)
    return 1 / (1 + math.exp(-value))


def interpolated(value: float, anchors: Sequence[tuple[float, float]]) -> float:
    """Piecewise linear through (measured, similarity) anchors in rising order; flat beyond them."""
    if value <= anchors[0][0]:
        return anchors[0][1]
    for (left, low), (right, high) in pairwise(anchors):
        if value <= right:
            return low + (high - low) * (value - left) / (right - left)
    return anchors[-1][1]

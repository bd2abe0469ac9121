"""Outlines of a subject: small windows of edge directions and coverage, and how well those of two subjects match."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.imaging.consistency.subject import Subject

if TYPE_CHECKING:
    import numpy as np

    Floats = np.ndarray[Any, np.dtype[np.float32]]

CELL_PX, WINDOW = 4, 4  # a window is 4 x 4 cells
DIRECTIONS = 6
COVER_WEIGHT, EDGE_WEIGHT = 5.0, 15.0
SEEN_TALL, REFERENCE_TALL = ((8, 1), (12, 1)), ((8, 1), (12, 1), (17, 2))  # cells from top to bottom, and steps between windows
FREE_SHIFT, SHIFT_COST = 0.1, 8.0  # of the subject's height: poses move things so far
_FAINT = 20.0  # of a window's edges: weaker ones are not stretched to full strength
_LEAST_COVER = 0.4
FARTHEST = 20.0


@dataclass(frozen=True)
class Outline:
    """Windows: (n, 40) descriptions, (n,) how much of each is covered, (n,) how high they sit, 0 top to 1."""

    rows: Floats
    covers: Floats
    heights: Floats


def outline_of(subject: Subject, tall: tuple[tuple[int, int], ...]) -> Outline | None:
    """All windows that the subject covers; None where there are none."""
    import numpy as np

    rows, covers, heights = [], [], []
    for cells, step in tall:
        cover, edges = _pooled(subject, cells)
        high, wide = cover.shape
        for top in range(0, high - WINDOW + 1, step):
            for left in range(0, wide - WINDOW + 1, step):
                part = cover[top : top + WINDOW, left : left + WINDOW]
                if part.mean() < _LEAST_COVER:
                    continue
                rows.append(window(part, edges[top : top + WINDOW, left : left + WINDOW]))
                covers.append(part.mean())
                heights.append((top + WINDOW / 2) / high)
    if not rows:
        return None
    return Outline(*(np.asarray(values, dtype=np.float32) for values in (rows, covers, heights)))


def window(cover: Floats, edges: Floats) -> Floats:
    """(40,): coverage of its 16 cells, and edge strengths by direction of its four quarters, normalised (HOG: Dalal, Triggs, CVPR 2005)."""
    import numpy as np

    half = WINDOW // 2
    strengths = edges.reshape(2, half, 2, half, DIRECTIONS).sum(axis=(1, 3)).ravel()
    strengths = strengths / np.sqrt((strengths**2).sum() + _FAINT**2)
    return np.concatenate([cover.ravel() * COVER_WEIGHT, strengths * EDGE_WEIGHT]).astype(np.float32)


def mismatch(seen: Outline | None, reference: Outline | None) -> float:
    """Mean distance of every window to the best one of the other side, both ways together; `FARTHEST` where one has none."""
    import numpy as np

    if seen is None or reference is None:
        return FARTHEST
    squared = (seen.rows**2).sum(axis=1)[:, None] + (reference.rows**2).sum(axis=1)[None] - 2 * seen.rows @ reference.rows.T
    moved = np.maximum(0, np.abs(seen.heights[:, None] - reference.heights[None]) - FREE_SHIFT)
    cost = np.sqrt(np.maximum(squared, 0)) + SHIFT_COST * moved
    there = float((cost.min(axis=1) * seen.covers).sum() / seen.covers.sum())
    back = float((cost.min(axis=0) * reference.covers).sum() / reference.covers.sum())
    return min(FARTHEST, there + back)


def edge_directions(lab: Floats) -> Floats:
    """(h, w, 6): how strong an edge is at each pixel, shared between the two nearest of six directions; the channel with the strongest
    edge counts."""
    import cv2
    import numpy as np

    across, along = (cv2.Sobel(lab, cv2.CV_32F, dx, dy) / 4 for dx, dy in ((1, 0), (0, 1)))
    strongest = (across**2 + along**2).argmax(axis=2)[..., None]
    gx, gy = (np.take_along_axis(part, strongest, axis=2)[..., 0] for part in (across, along))
    place = (np.arctan2(gy, gx) % np.pi) / np.pi * DIRECTIONS
    lower = np.floor(place)
    share, first = place - lower, lower.astype(int) % DIRECTIONS
    strength = np.hypot(gx, gy)
    found = np.zeros((*strength.shape, DIRECTIONS), dtype=np.float32)
    np.put_along_axis(found, first[..., None], (strength * (1 - share))[..., None], axis=2)
    second = np.zeros_like(found)
    np.put_along_axis(second, ((first + 1) % DIRECTIONS)[..., None], (strength * share)[..., None], axis=2)
    return found + second


def _pooled(subject: Subject, tall: int) -> tuple[Floats, Floats]:
    """((tall, wide) coverage 0 to 1, (tall, wide, 6) mean edge strengths within the subject) of the subject's box, ``tall`` cells high."""
    import cv2
    import numpy as np

    height, width = subject.mask.shape
    left, top, right, bottom = (round(edge * size) for edge, size in zip(subject.box, (width, height, width, height), strict=True))
    lab = cv2.cvtColor(subject.rgb[top:bottom, left:right].astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    wide = min(4 * tall, max(WINDOW, round(tall * (right - left) / max(1, bottom - top))))
    size = (wide * CELL_PX, tall * CELL_PX)
    enlarged = bottom - top < size[1]
    lab = cv2.resize(lab, size, interpolation=cv2.INTER_LINEAR if enlarged else cv2.INTER_AREA)
    mask = cv2.resize(subject.mask[top:bottom, left:right].astype(np.float32), size, interpolation=cv2.INTER_LINEAR)
    edges = edge_directions(np.asarray(lab, dtype=np.float32)) * mask[..., None]
    shape = (tall, CELL_PX, wide, CELL_PX)
    return mask.reshape(shape).mean(axis=(1, 3)), edges.reshape(*shape, DIRECTIONS).mean(axis=(1, 3))

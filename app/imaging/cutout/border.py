"""What the background looks like, told from the picture's border: a smooth course of colour, or a texture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Plane = np.ndarray[Any, np.dtype[Any]]

BAND = 0.03  # of the shorter side: how much of the border is looked at
ROUNDS = 8
NOISY, WAVY = 9.0, 2.0  # Lab units: grain alone may lie this far from a smooth course, and what is left of it after a blur this far
MOST_READ = 20_000  # pixels of the border: more do not tell more
LEAST_SHARE = 0.7  # of the border: what a subject that touches it may hide


@dataclass(frozen=True)
class Border:
    """A background's model.

    Attributes:
        course: float32 Lab [H, W, 3], the colour the background would have at every pixel.
        spread: how far the border's own pixels lie from it, Lab units (standard deviation of those that belong to it).
        waves: the same after a blur: grain averages out, texture does not.
        share: of the border that belongs to it; the rest is a subject that is cut by the frame.
    """

    course: Plane
    spread: float
    waves: float
    share: float

    @property
    def smooth(self) -> bool:
        """Whether the course alone tells background from subject."""
        return self.spread <= NOISY and self.waves <= WAVY and self.share >= LEAST_SHARE


def read_border(lab: Plane) -> Border:
    """Fits a quadratic surface to each Lab channel over the border, robustly (iteratively reweighted least squares, Cauchy weights).

    Args:
        lab: float32 [H, W, 3], L 0..100.
    """
    import numpy as np

    height, width = lab.shape[:2]
    edge = band(height, width)
    rows, columns = np.nonzero(edge)
    step = max(1, len(rows) // MOST_READ)
    across, down = np.linspace(-1, 1, width, dtype=np.float32), np.linspace(-1, 1, height, dtype=np.float32)
    known, colours = _terms(across[columns[::step]], down[rows[::step]]), lab[rows[::step], columns[::step]]
    weights = _first_weights(colours)
    found = np.zeros((6, 3), np.float32)
    scale = 4.0
    for _ in range(ROUNDS):
        heavy = known * weights[:, None]
        # A little ridge: a border that the subject mostly hides must not bend the course.
        found = np.linalg.solve(heavy.T @ known + 1e-3 * len(known) * np.diag([0, 0.01, 0.01, 1, 1, 1]), heavy.T @ colours)
        away = np.linalg.norm(colours - known @ found, axis=1)
        scale = max(1.0, 1.4826 * float(np.median(away[weights > 0.25])) if (weights > 0.25).any() else 1.0)
        weights = 1 / (1 + (away / (2 * scale)) ** 2) ** 2
    limit = max(4.0, 3.5 * scale)
    belongs = away <= limit
    spread = float(np.sqrt((away[belongs] ** 2).mean())) if belongs.any() else 99.0
    course = np.empty_like(lab)
    for row in range(height):
        course[row] = _terms(across, np.full_like(across, down[row])) @ found
    away = np.linalg.norm(lab - course, axis=2)
    return Border(course, spread, _waves(lab - course, edge & (away <= limit)), float(belongs.mean()))


def _terms(x: Plane, y: Plane) -> Plane:
    """[n, 6] of a quadratic surface."""
    import numpy as np

    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], -1)


def _waves(left: Plane, belongs: Any) -> float:
    """How far blurred neighbours lie from the course, along the border, where most of them belong to it; their median."""
    import cv2
    import numpy as np

    of_it = belongs.astype(np.float32)
    weight = cv2.blur(of_it, (5, 5))
    counted = belongs & (weight > 0.4)
    if not counted.any():
        return 99.0
    blurred = cv2.blur(left * of_it[..., None], (5, 5))[counted] / weight[counted][:, None]
    return float(np.median(np.linalg.norm(blurred, axis=1)))


def band(height: int, width: int) -> Any:
    """bool [H, W]: the pixels along the frame."""
    import numpy as np

    wide = max(2, round(min(height, width) * BAND))
    edge = np.zeros((height, width), bool)
    edge[:wide] = edge[-wide:] = True
    edge[:, :wide] = edge[:, -wide:] = True
    return edge


def _first_weights(colours: Plane) -> Plane:
    """Starts from the most frequent colour of the border, not from its mean, which a subject at the frame would shift."""
    import numpy as np

    cells = np.floor(colours / 12).astype(np.int64)
    _, inverse, counts = np.unique(cells, axis=0, return_inverse=True, return_counts=True)
    frequent = counts[inverse.ravel()] / counts.max()
    weights: Plane = (0.05 + frequent).astype(np.float32)
    return weights

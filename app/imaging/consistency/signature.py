"""The colours of a subject and how high they sit on it, as a few weighted points; and how far two such sets are apart (EMD)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.imaging.consistency.subject import Subject

if TYPE_CHECKING:
    import numpy as np

    Floats = np.ndarray[Any, np.dtype[np.float32]]

POINTS = 14
HEIGHT_WEIGHT = 40.0  # the whole subject's height counts as much as this difference of colour (CIE76)
LIGHTNESS_WEIGHT = 0.5  # light and shadow change lightness far more than hue
FARTHEST = 45.0  # beyond this, colours are simply different
_SAMPLES = 1500


@dataclass(frozen=True)
class Signature:
    """Weighted points.

    Attributes:
        colours: (n, 3) float32, CIE L*a*b* (D65).
        heights: (n,), 0 at the subject's top, 1 at its lowest point.
        weights: (n,), shares of the subject; their sum is 1.
    """

    colours: Floats
    heights: Floats
    weights: Floats


def signature_of(subject: Subject, points: int = POINTS) -> Signature:
    """Clusters (k-means) of the subject's pixels by colour and height."""
    import cv2
    import numpy as np

    lab = cv2.cvtColor(subject.rgb.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    rows, columns = np.nonzero(subject.mask)
    chosen = np.linspace(0, len(rows) - 1, min(_SAMPLES, len(rows))).astype(int)
    rows, columns = rows[chosen], columns[chosen]
    top, tall = rows.min(), max(1, rows.max() - rows.min())
    heights = ((rows - top) / tall).astype(np.float32)
    joint = np.column_stack([lab[rows, columns], heights * HEIGHT_WEIGHT]).astype(np.float32)
    joint[:, 0] *= LIGHTNESS_WEIGHT
    cv2.setRNGSeed(1)
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 15, 0.3)
    count = min(points, len(joint))
    _, labels, centres = cv2.kmeans(joint, count, None, criteria, 1, cv2.KMEANS_PP_CENTERS)  # type: ignore[call-overload]
    weights = np.bincount(labels.ravel(), minlength=count).astype(np.float32)
    kept = weights > 0
    colours = centres[kept, :3] / np.array([LIGHTNESS_WEIGHT, 1, 1], dtype=np.float32)
    return Signature(colours, centres[kept, 3] / HEIGHT_WEIGHT, weights[kept] / weights.sum())


def ground_distances(one: Signature, other: Signature) -> Floats:
    """(n, m): colour (CIE76 with weakened lightness) and height together, saturated: 0 alike .. 1 different."""
    import numpy as np

    scale = np.array([LIGHTNESS_WEIGHT, 1, 1], dtype=np.float32)
    colour = (((one.colours[:, None] - other.colours[None]) * scale) ** 2).sum(axis=2)
    height = ((one.heights[:, None] - other.heights[None]) * HEIGHT_WEIGHT) ** 2
    return (1 - np.exp(-np.sqrt(colour + height) / (FARTHEST / 2))).astype(np.float32)


def earth_movers_distance(one_weights: Floats, other_weights: Floats, distances: Floats) -> float:
    """The least work that turns one set of weights into the other, per unit moved (Rubner, Tomasi, Guibas, IJCV 2000).

    Where the sums differ, only the smaller is moved.
    """
    import cv2
    import numpy as np

    work, _, _ = cv2.EMD(  # type: ignore[call-overload]
        one_weights.reshape(-1, 1).astype(np.float32), other_weights.reshape(-1, 1).astype(np.float32), cv2.DIST_USER,
        np.ascontiguousarray(distances, dtype=np.float32),
    )  # fmt: skip
    return float(work)


def alike(one: Signature, other: Signature) -> float:
    """1 for the same colours at the same heights, 0 for nothing in common."""
    return 1.0 - earth_movers_distance(one.weights, other.weights, ground_distances(one, other))

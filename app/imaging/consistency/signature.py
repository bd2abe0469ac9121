"""The colours of a subject and how high they sit on it, as weighted points; and how far two such sets are apart (EMD)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.imaging.consistency.fields import Fields

if TYPE_CHECKING:
    import numpy as np

    Floats = np.ndarray[Any, np.dtype[np.float32]]

HEIGHT_WEIGHT = 40.0  # the subject's whole height counts as much as this difference of colour (CIE76)
LIGHTNESS_WEIGHT = 0.8  # light and shadow change lightness more than hue
HALF_WAY = 15.0  # at this difference two points are 1 - 1/e apart; much farther ones are simply different
CUTS = (1.0, 0.7, 0.5)  # a picture may show only the upper part of what the reference shows
CUT_COST = 0.03
_FAINTEST = 0.004  # points of less weight are left out
_ENDS = (0.02, 0.985)  # of the weight, from the top: where the subject begins and ends


@dataclass(frozen=True)
class Signature:
    """Weighted points.

    Attributes:
        colours: (n, 3) CIE L*a*b* (D65).
        heights: (n,) 0 at the subject's top, 1 at its lowest point.
        weights: (n,) shares of the subject; their sum is 1.
    """

    colours: Floats
    heights: Floats
    weights: Floats


def signature_of(fields: Fields, belongs: Floats) -> Signature:
    """The fields, each as far as it ``belongs`` (n, 0 to 1) to the subject; all of them where none does."""
    import numpy as np

    weights = belongs * fields.areas
    if float(weights.sum()) < 1e-6:
        weights = fields.areas
    weights = weights / weights.sum()
    order = np.argsort(fields.y, kind="stable")
    reached = np.cumsum(weights[order])
    top, bottom = (float(fields.y[order][min(len(order) - 1, int(np.searchsorted(reached, end)))]) for end in _ENDS)
    heights = np.clip((fields.y - top) / max(bottom - top, 0.05), -0.2, 1.2)
    kept = weights > _FAINTEST
    return Signature(
        fields.colours[kept], heights[kept].astype(np.float32), (weights[kept] / weights[kept].sum()).astype(np.float32)
    )  # fmt: skip


def ground_distances(one: Signature, other: Signature) -> Floats:
    """(n, m): colour (CIE76 with weakened lightness) and height together, saturated: 0 alike .. 1 different."""
    import numpy as np

    scale = np.array([LIGHTNESS_WEIGHT, 1, 1], dtype=np.float32)
    colour = (((one.colours[:, None] - other.colours[None]) * scale) ** 2).sum(axis=2)
    height = ((one.heights[:, None] - other.heights[None]) * HEIGHT_WEIGHT) ** 2
    found: Floats = (1 - np.exp(-np.sqrt(colour + height) / HALF_WAY)).astype(np.float32)
    return found


def earth_movers_distance(one_weights: Floats, other_weights: Floats, distances: Floats) -> float:
    """The least work that turns one set of weights into the other (Rubner, Tomasi, Guibas, IJCV 40, 2000); both sum to 1."""
    import cv2
    import numpy as np

    work, _, _ = cv2.EMD(
        one_weights.reshape(-1, 1).astype(np.float32), other_weights.reshape(-1, 1).astype(np.float32), cv2.DIST_USER,
        np.ascontiguousarray(distances, dtype=np.float32),
    )  # fmt: skip
    return float(work)


def upper(signature: Signature, part: float) -> Signature | None:
    """The upper ``part`` of a subject by itself, its heights again from 0 to 1; None where too little lies there."""
    kept = signature.heights <= part + 0.08
    share = float(signature.weights[kept].sum())
    if share < 0.2:
        return None
    return Signature(signature.colours[kept], signature.heights[kept] / part, signature.weights[kept] / share)


def apart(seen: Signature, reference: Signature) -> float:
    """0 for the same colours at the same heights, 1 for nothing in common; ``seen`` may be only the upper part of the figure."""
    costs = []
    for part in CUTS:
        other = reference if part >= 1 else upper(reference, part)
        if other is not None:
            # Heights are compared on the scale of the whole figure: a close-up has fewer of them.
            own = Signature(seen.colours, seen.heights * part, seen.weights)
            whole = Signature(other.colours, other.heights * part, other.weights)
            distance = earth_movers_distance(own.weights, whole.weights, ground_distances(own, whole))
            costs.append(distance + (CUT_COST if part < 1 else 0.0))
    return min(1.0, min(costs))

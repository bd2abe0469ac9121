"""Where in a picture a character would be: the fields whose colours are the reference's rather than the background's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.imaging.consistency.fields import Fields
from app.imaging.consistency.signature import Signature
from app.imaging.consistency.subject import Subject

if TYPE_CHECKING:
    import numpy as np

    Floats = np.ndarray[Any, np.dtype[np.float32]]

REFERENCE_SPREAD, GROUND_SPREAD = 9.0, 6.0  # CIE76: how far light moves a colour; the background shows itself
LIGHTNESS_WEIGHT = 0.5
UNKNOWN = 0.02  # density of colours that neither has
_LEAST_PRIOR, _PRIOR = 0.15, 0.70  # at the edge, and added in the middle
_REACH_X, _REACH_Y = 2.0, 2.2  # standard deviations: what lies farther from the rest is something else
_LEAST = 0.45
_SMALLEST = 0.12  # of the largest piece


def densities(colours: Floats, centres: Floats, weights: Floats, spread: float) -> Floats:
    """(n,) how densely ``centres`` (m, 3), weighted, lie around each of ``colours`` (n, 3): a sum of Gaussians, at most sum(weights)."""
    import numpy as np

    scale = np.array([LIGHTNESS_WEIGHT, 1, 1], dtype=np.float32)
    squared = (((colours[:, None] - centres[None]) * scale) ** 2).sum(axis=2)
    found: Floats = (np.exp(-squared / (2 * spread * spread)) * weights).sum(axis=1).astype(np.float32)
    return found


def belonging(fields: Fields, reference: Signature) -> Floats:
    """(n,) how surely each field belongs to the character of the reference, 0 to 1 (Bayes; the middle is likelier than the edge)."""
    import numpy as np

    rooted = np.sqrt(reference.weights)  # small things, such as a scarf, tell as much as large ones
    figure = densities(fields.colours, reference.colours, rooted / rooted.sum(), REFERENCE_SPREAD)
    ground = densities(fields.colours, fields.colours, fields.edge, GROUND_SPREAD)
    prior = _LEAST_PRIOR + _PRIOR * np.exp(-((fields.x - 0.5) ** 2) / 0.10 - (fields.y - 0.5) ** 2 / 0.30)
    sure = figure * prior / (figure * prior + ground * (1 - prior) + UNKNOWN)
    sure = np.where(sure > 0.5, sure, 2 * sure * sure)
    return gathered(fields, sure.astype(np.float32))


def gathered(fields: Fields, sure: Floats) -> Floats:
    """The same, with less trust in fields far from the bulk of them."""
    import numpy as np

    weights = sure * fields.areas
    if float(weights.sum()) < 1e-9:
        return sure
    weights = weights / weights.sum()
    away = np.zeros_like(sure)
    for place, reach in ((fields.x, _REACH_X), (fields.y, _REACH_Y)):
        middle = float((weights * place).sum())
        spread = float(np.sqrt((weights * (place - middle) ** 2).sum())) + 0.05
        away += np.clip(((place - middle) / spread / reach) ** 2 - 1, 0, 9)
    found: Floats = (sure * np.exp(-0.5 * away)).astype(np.float32)
    return found


def guided_subject(fields: Fields, belongs: Floats) -> Subject | None:
    """The subject that the fields make up; None where too little belongs to it."""
    import cv2
    import numpy as np

    soft: Any = cv2.GaussianBlur(np.ascontiguousarray(belongs[fields.labels], dtype=np.float32), (0, 0), 1.2)
    mask = cv2.morphologyEx((soft > _LEAST).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), dtype=np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    if count < 2:
        return None
    sizes = stats[:, cv2.CC_STAT_AREA].copy()
    sizes[0] = 0
    found = (sizes > _SMALLEST * sizes.max())[labels]
    return Subject(fields.subject.rgb, found, True) if found.sum() >= 24 else None

"""Title cards and logos: shots that stand still but for fades, as the per-frame table shows them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from app.editing.planner.footage import ShotView

if TYPE_CHECKING:
    from app.video.curves import Curves

FADES_BELOW, FADES_FROM = 0.17, 1.0  # the middle frame lies on the line between its ends, and something changes (levels)
STILL_BELOW = 2.0  # change over eight frames that is none, levels
LEAST_FADING, LEAST_STILL, LEAST_FRAMES = 0.15, 0.85, 24
AFTER_CUT = 10  # frames that are still compared with the shot before
UNSURE, PLAIN = 0.3, 0.4  # what is left of a card's subject, and of its picture


def is_card(curves: Curves | None, start_frame: int, end_frame: int) -> bool:
    """Whether a shot changes by fades alone: brightness comes and goes, nothing moves."""
    import numpy as np

    if curves is None or not {"d8", "m8"} <= curves.columns.keys():
        return False
    part = curves.part(start_frame + AFTER_CUT, end_frame)
    if len(part) < LEAST_FRAMES:
        return False
    far, bent = np.asarray(part["d8"]), np.asarray(part["m8"])
    fading = (bent < FADES_BELOW) & (far >= FADES_FROM)
    still = far < STILL_BELOW
    rest = ~fading
    return bool(fading.mean() >= LEAST_FADING and rest.any() and still[rest].mean() >= LEAST_STILL)


def plainer(shot: ShotView) -> ShotView:
    """A card has no subject to aim at and is no picture to choose."""
    track = tuple((at, replace(box, confidence=UNSURE * box.confidence, moving=0.0)) for at, box in shot.track)
    return replace(shot, track=track, still_subject=None, picture=PLAIN * shot.picture)

"""The soft edge: how much of each pixel in the unsure band is subject, and what colour the subject has there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.imaging.cutout.subject import INSIDE, OUTSIDE, UNSURE

if TYPE_CHECKING:
    import numpy as np

    Mask = np.ndarray[Any, np.dtype[Any]]
    Plane = np.ndarray[Any, np.dtype[Any]]

APART = 0.06  # of the range 0..1: two colours this far apart tell how they were mixed
GUIDE_RADIUS, GUIDE_EPS = 4, 1e-4


def soft_alpha(colours: Plane, trimap: Mask, course: Plane | None = None) -> tuple[Plane, Plane, Plane]:
    """(alpha [H, W], subject's colours [H, W, 3], background's colours [H, W, 3]), all float32 0..1.

    A pixel of the band is taken for a mixture of the nearest sure colours of both sides, ``C = a F + (1 - a) B``: ``a`` is where C
    lies between them (Chuang et al. 2001, with one colour a side). Where the two are alike, the picture's own structure decides
    (guided filter; He, Sun, Tang 2010).

    Args:
        colours: float32 RGB 0..1. course: the background's colours where they are known everywhere.
    """
    import numpy as np

    inside, outside = trimap == INSIDE, trimap == OUTSIDE
    front = spread_colours(colours, inside)
    back = spread_colours(colours, outside) if course is None else course
    if course is not None:
        unsure = trimap == UNSURE
        near = front[unsure]
        front[unsure] = _better(colours[unsure], back[unsure], near, boldest(colours, back, unsure))
    between = front - back
    apart = (between**2).sum(2)
    mixed = np.clip(((colours - back) * between).sum(2) / np.maximum(apart, 1e-6), 0, 1)
    sure = np.clip((np.sqrt(apart) - APART) / APART, 0, 1)
    guided = _guided(colours, np.where(inside, 1, np.where(outside, 0, mixed)).astype(np.float32))
    alpha = np.where(inside, 1, np.where(outside, 0, sure * mixed + (1 - sure) * guided)).astype(np.float32)
    return alpha, front, back


def boldest(colours: Plane, back: Plane, where: Any) -> Plane:
    """[n, 3]: for each pixel asked for the colour within two px that differs most from the background.

    That is what a thin line has where nothing near it is surely inside.
    """
    import numpy as np

    height, width = colours.shape[:2]
    rows, columns = np.nonzero(where)
    found = colours[rows, columns].copy()
    most = ((found - back[rows, columns]) ** 2).sum(1)
    for down in range(-2, 3):
        for across in range(-2, 3):
            y, x = np.clip(rows + down, 0, height - 1), np.clip(columns + across, 0, width - 1)
            other = colours[y, x]
            away = ((other - back[y, x]) ** 2).sum(1)
            bolder = away > most
            most[bolder], found[bolder] = away[bolder], other[bolder]
    return found


def _better(colours: Plane, back: Plane, front: Plane, other: Plane) -> Plane:
    """[n, 3]: the one of two foreground colours whose mixture with the background comes clearly closer to each pixel."""
    import numpy as np

    def miss(guess: Plane) -> Plane:
        between = guess - back
        share = np.clip(((colours - back) * between).sum(1) / np.maximum((between**2).sum(1), 1e-6), 0, 1)[:, None]
        found: Plane = np.linalg.norm(colours - back - share * between, axis=1)
        return found

    worse = miss(front) > 2 * miss(other) + 0.04
    return np.where(worse[:, None], other, front).astype(np.float32)


def own_colours(colours: Plane, alpha: Plane, front: Plane, back: Plane) -> Plane:
    """The subject's colours without the background that shines through its edge: ``F = (C - (1 - a) B) / a``, held near the
    nearest sure colour where little of the subject is left to tell by."""
    import numpy as np

    share = alpha[..., None]
    solved = np.clip((colours - (1 - share) * back) / np.maximum(share, 0.05), 0, 1)
    trust = np.clip((share - 0.1) / 0.6, 0, 1)
    edge = trust * solved + (1 - trust) * front
    made: Plane = np.where(share >= 1, colours, edge).astype(np.float32)
    return made


def spread_colours(colours: Plane, known: Any) -> Plane:
    """Known colours carried to everywhere: each pixel gets that of the nearest known one, smoothed over its neighbourhood."""
    import cv2
    import numpy as np

    if not known.any():
        return np.broadcast_to(colours.mean((0, 1)), colours.shape).astype(np.float32)
    weight = known.astype(np.float32)
    _, nearest = cv2.distanceTransformWithLabels((1 - weight).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    smooth = cv2.GaussianBlur(colours * weight[..., None], (0, 0), 2) / np.maximum(cv2.GaussianBlur(weight, (0, 0), 2), 1e-4)[..., None]
    table = np.zeros((int(nearest.max()) + 1, 3), np.float32)
    table[nearest[known]] = smooth[known]
    return np.where(known[..., None], colours, table[nearest]).astype(np.float32)


def _guided(colours: Plane, guess: Plane) -> Plane:
    """The guess made to follow the edges of the picture's brightness."""
    import cv2
    import numpy as np

    guide = colours.mean(2)
    size = (2 * GUIDE_RADIUS + 1, 2 * GUIDE_RADIUS + 1)

    def mean(plane: Plane) -> Plane:
        found: Plane = cv2.blur(plane, size)
        return found

    middle, level = mean(guide), mean(guess)
    slope = (mean(guide * guess) - middle * level) / (mean(guide * guide) - middle**2 + GUIDE_EPS)
    made: Plane = np.clip(mean(slope) * guide + mean(level - slope * middle), 0, 1)
    return made


def with_band(matte: Mask, trimap: Mask) -> Mask:
    """The matte inside the band, the trimap outside it."""
    import numpy as np

    return np.where(trimap == UNSURE, matte, trimap).astype(np.uint8)

"""Where the subject is: sure inside, sure outside, and a band between them that the matte decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.imaging.cutout.border import Border, band

if TYPE_CHECKING:
    import numpy as np

    Mask = np.ndarray[Any, np.dtype[Any]]
    Plane = np.ndarray[Any, np.dtype[Any]]

OUTSIDE, UNSURE, INSIDE = 0, 128, 255
WORKED_AT_PX = 480  # the longer side at which GrabCut looks: its time grows faster than the pixels
COLOURS = 6  # of a textured background
CUT_ROUNDS = 5
LEAST_HOLE = 0.002  # of the picture: smaller ones are eyes and highlights
ENCLOSED = "The subject encloses areas in the background's colour; they were kept as part of it. Turn `holes` on to take them away."


@dataclass(frozen=True)
class Subject:
    """``trimap``: uint8 [H, W] of OUTSIDE, UNSURE, INSIDE; ``method`` in words; ``doubts``: why the result may be wrong."""

    trimap: Mask
    method: str
    doubts: tuple[str, ...] = ()


def keyed(lab: Plane, border: Border, holes: bool) -> Subject:
    """For a smooth background: what differs from its course is subject; the background is what hangs together with the frame.

    Args:
        holes: background colour that the subject encloses is background too.
    """
    import cv2
    import numpy as np

    away = np.linalg.norm(lab - border.course, axis=2).astype(np.float32)
    near = max(3.0, 3.0 * border.spread)
    like = (away < near).astype(np.uint8)
    reached = like if holes else _connected_to_frame(like)
    differs = ((away > 2.5 * near) | ((away > near) & (reached == 0))).astype(np.uint8)
    body = cv2.morphologyEx(differs, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    body = _without_specks(body)
    inside = body.copy()
    if not holes:
        inside = _filled(inside)
    trimap = _trimap(inside, softness(away, inside, _wide(lab)), _wide(lab))
    trimap[_beside(differs, body) & (trimap == OUTSIDE)] = UNSURE  # lines that are too thin to be surely inside
    kept = (like > 0) & (reached == 0) & (inside > 0)
    enclosed = () if holes or _largest(kept) < LEAST_HOLE * kept.size else (ENCLOSED,)
    return Subject(trimap, "keyed on the border's colour", (*enclosed, *_doubts(inside, border)))


def cut(rgb: Any, lab: Plane, border: Border) -> Subject:
    """For a textured background: GrabCut (Rother, Kolmogorov, Blake 2004), started from colours that the border does not have."""
    import cv2
    import numpy as np

    height, width = lab.shape[:2]
    factor = min(1.0, WORKED_AT_PX / max(height, width))
    size = (max(8, round(width * factor)), max(8, round(height * factor)))
    small = cv2.cvtColor(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2BGR)
    small_lab = cv2.resize(lab, size, interpolation=cv2.INTER_AREA)
    mask = _guess(small_lab)
    start = mask.copy()
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.setRNGSeed(1)  # GrabCut seeds its clusters by chance
    if (mask & 1).any() and not (mask & 1).all():
        cv2.grabCut(small, mask, (0, 0, 1, 1), models[0], models[1], CUT_ROUNDS, cv2.GC_INIT_WITH_MASK)
    inside = _without_specks((mask & 1).astype(np.uint8))
    large = cv2.resize(inside * 255, (width, height), interpolation=cv2.INTER_LINEAR)
    body = (large > 127).astype(np.uint8)
    doubts = ["The background is textured, so colours alone had to tell it from the subject; look at the edges."]
    moved = float(((start & 1) != (mask & 1)).mean())
    if moved > 0.25:
        doubts.append("Subject and background have like colours.")
    wide = max(_wide(lab), round(2 / factor))
    return Subject(_trimap(body, wide, wide), "GrabCut on the border's colours", (*doubts, *_doubts(body, border)))


def _guess(lab: Plane) -> Mask:
    """GrabCut's start: the frame is background; what lies far from the frame's colours, and not at the very edge, probably subject."""
    import cv2
    import numpy as np

    height, width = lab.shape[:2]
    edge = band(height, width)
    samples = np.ascontiguousarray(lab[edge], np.float32)
    ends = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 20, 0.5)
    cv2.setRNGSeed(1)
    _, _, centres = cv2.kmeans(samples, min(COLOURS, len(samples)), None, ends, 2, cv2.KMEANS_PP_CENTERS)  # type: ignore[call-overload]
    away = np.min([np.linalg.norm(lab - centre, axis=2) for centre in centres], axis=0).astype(np.float32)
    away = cv2.GaussianBlur(away, (0, 0), 2)
    y, x = np.mgrid[0:height, 0:width]
    central = np.minimum(1, 2.2 * (1 - np.maximum(abs(x / width * 2 - 1), abs(y / height * 2 - 1))))
    score = away * (0.4 + 0.6 * central)
    usual = float(np.quantile(score[edge], 0.9))
    mask = np.where(score > max(8.0, 1.3 * usual), cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    mask[edge] = cv2.GC_BGD
    return mask


def from_matte(matte: Mask) -> Mask:
    """The trimap of a matte that a model made."""
    import numpy as np

    return np.where(matte >= 250, INSIDE, np.where(matte <= 5, OUTSIDE, UNSURE)).astype(np.uint8)


def _largest(area: Any) -> int:
    """Pixels of the largest connected piece."""
    import cv2
    import numpy as np

    count, _, facts, _ = cv2.connectedComponentsWithStats(area.astype(np.uint8), connectivity=4)
    return int(facts[1:, cv2.CC_STAT_AREA].max()) if count > 1 else 0


def _beside(differs: Mask, body: Mask) -> Any:
    """Around what differs and is connected to the body, however thin."""
    import cv2
    import numpy as np

    _, labels = cv2.connectedComponents(np.maximum(differs, body), connectivity=8)
    belongs = np.isin(labels, np.setdiff1d(np.unique(labels[body > 0]), [0])).astype(np.uint8)
    return cv2.dilate(belongs, np.ones((3, 3), np.uint8)) > 0


def softness(away: Plane, body: Mask, least: int) -> int:
    """How wide the subject's soft edge is, px: where the pixels of the body, from its rim inwards, stop growing unlike the background.

    A blurred subject begins to differ from its background long before it hides it.

    Args:
        away: how far each pixel is from the background's colour. least: the answer for a sharp edge.
    """
    import cv2
    import numpy as np

    most = max(least + 1, round(max(body.shape) / 25))
    depth = cv2.distanceTransform(body, cv2.DIST_L2, 5)
    rings = [away[(depth > d - 1) & (depth <= d)] for d in range(1, most + 1)]
    course = [float(np.median(ring)) if ring.size else np.nan for ring in rings]
    known = [value for value in course[most // 2 :] if value == value]
    if not known:
        return least
    full = 0.95 * float(np.median(known))
    return next((max(least, d) for d, value in enumerate(course, 1) if value >= full), most)


def _trimap(body: Mask, inwards: int, outwards: int) -> Mask:
    """Sure is what lies so many px within the body, or outside it."""
    import cv2
    import numpy as np

    def within(area: Mask, wide: int) -> Any:
        round_ = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * wide + 1, 2 * wide + 1))
        return cv2.erode(area, round_, borderType=cv2.BORDER_REPLICATE) > 0

    trimap = np.full(body.shape, UNSURE, np.uint8)
    trimap[within(body, inwards)], trimap[within((body == 0).astype(np.uint8), outwards)] = INSIDE, OUTSIDE
    return trimap


def _wide(lab: Plane) -> int:
    """Half of the unsure band, px."""
    return max(2, round(int(max(lab.shape[:2])) / 400))


def _connected_to_frame(like: Mask) -> Mask:
    import cv2
    import numpy as np

    height, width = like.shape
    around = np.ones((height + 2, width + 2), np.uint8)
    around[1:-1, 1:-1] = like
    _, labels = cv2.connectedComponents(around, connectivity=4)
    reached: Mask = (labels == labels[0, 0])[1:-1, 1:-1].astype(np.uint8) & like
    return reached


def _without_specks(body: Mask) -> Mask:
    """Without pieces smaller than a hundredth of the largest, or 12 px."""
    import cv2
    import numpy as np

    count, labels, facts, _ = cv2.connectedComponentsWithStats(body, connectivity=8)
    if count < 2:
        return body
    sizes = facts[:, cv2.CC_STAT_AREA].copy()
    sizes[0] = 0
    kept: Mask = (sizes >= max(12, sizes.max() / 100))[labels].astype(np.uint8)
    return kept


def _filled(body: Mask) -> Mask:
    """With the holes that do not reach the frame."""
    import numpy as np

    return (1 - _connected_to_frame((body == 0).astype(np.uint8))).astype(np.uint8)


def _doubts(body: Mask, border: Border) -> tuple[str, ...]:
    """What speaks against the result whatever the method."""
    import numpy as np

    said = []
    share = float(body.mean())
    if share < 0.005:
        said.append("Nothing stands out from the background.")
    elif share > 0.97:
        said.append("Almost everything was taken for the subject.")
    if float(np.mean(body[band(*body.shape)])) > 0.25:
        said.append("The subject reaches far along the frame, where the background is read from.")
    return tuple(said)

"""Where the subject of a picture is: told apart from what lies along the picture's edge, or by the picture's own transparency."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.imaging.cutout.border import read_border
from app.imaging.cutout.subject import INSIDE, keyed

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image

    Pixels = np.ndarray[Any, np.dtype[np.uint8]]
    Mask = np.ndarray[Any, np.dtype[np.bool_]]
    Floats = np.ndarray[Any, np.dtype[np.float32]]

LONG_SIDE_PX = 128
_EDGE = 0.05  # of the long side: the ring that shows what the background looks like
_GROUNDS = 5  # colours of a background
_RARE = 0.06  # of the ring: a rarer colour of it is the subject's, cut off by the edge
_LEAST, _MOST = 0.02, 0.92  # of the picture; outside, nothing was told apart
_OWN_ALPHA = 0.98  # a picture is cut out when less than this part of it is opaque
_EVEN_SPREAD, _EVEN_SHARE = 2.5, 0.9  # an edge so even is that of a sheet: what differs from it is the subject
_PAD = 0.06  # of the box, around a crop
_ROUNDS = 3
_HOLES = 0.08  # of the subject: larger ones are gaps, between an arm and the body


@dataclass(frozen=True)
class Subject:
    """A small picture with its subject.

    Attributes:
        rgb: (h, w, 3) uint8, at most `LONG_SIDE_PX` wide and high.
        mask: (h, w), True where the subject is.
        sure: False when nothing stood out, and the middle of the picture is taken instead.
    """

    rgb: Pixels
    mask: Mask
    sure: bool

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of the subject, 0 to 1 of the picture."""
        import numpy as np

        rows, columns = np.flatnonzero(self.mask.any(axis=1)), np.flatnonzero(self.mask.any(axis=0))
        height, width = self.mask.shape
        return columns[0] / width, rows[0] / height, (columns[-1] + 1) / width, (rows[-1] + 1) / height


def find_subject(image: Image) -> Subject:
    """The subject of a picture of any mode and size: by its transparency, before an even ground, or by `told_apart`."""
    import numpy as np

    small, alpha = shrunk(image, LONG_SIDE_PX)
    rgb = np.asarray(small, dtype=np.uint8)
    if alpha is not None:
        mask: Mask = np.asarray(alpha) > 127
        if _LEAST / 4 <= mask.mean() <= _OWN_ALPHA:
            return Subject(rgb, mask, True)
    for mask in (before_even_ground(rgb), told_apart(rgb)):
        if _LEAST <= float(mask.mean()) <= _MOST:
            return Subject(rgb, mask, True)
    return Subject(rgb, _middle(rgb.shape[0], rgb.shape[1]), False)


def before_even_ground(rgb: Pixels) -> Mask:
    """What differs from an edge of one even colour or course of colour; nothing where the edge is not so."""
    import cv2
    import numpy as np

    lab = cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    border = read_border(lab)
    if border.spread > _EVEN_SPREAD or border.share < _EVEN_SHARE:
        return np.zeros(rgb.shape[:2], dtype=np.bool_)
    inside = (keyed(lab, border, holes=False).trimap == INSIDE).astype(np.uint8)
    return np.asarray(cv2.dilate(inside, np.ones((5, 5), dtype=np.uint8)), dtype=np.bool_)  # with its edge, which the trimap leaves out


def told_apart(rgb: Pixels) -> Mask:
    """What differs from the edge of the picture, refined by GrabCut.

    Colours of the edge (k-means in Lab) are the background; what is far from all of them and near the middle is where GrabCut (Rother,
    Kolmogorov, Blake, "GrabCut", SIGGRAPH 2004) starts. The lower edge is left out: figures stand on it or are cut by it.
    """
    import cv2
    import numpy as np

    far = _far_from_edge(rgb)
    height, width = far.shape
    start = far * (0.35 + 0.65 * central(height, width))
    level = max(6.0, float(np.percentile(start, 60)), _otsu(start))
    marks = np.full(far.shape, cv2.GC_PR_BGD, dtype=np.uint8)
    marks[start > level] = cv2.GC_PR_FGD
    marks[ring(height, width) & (far < 12)] = cv2.GC_BGD
    if not (marks == cv2.GC_PR_FGD).any() or not (marks != cv2.GC_PR_FGD).any():
        return np.zeros(far.shape, dtype=np.bool_)
    cv2.setRNGSeed(1)  # the same picture gives the same mask
    bgr: Any = rgb[:, :, ::-1].copy()
    cv2.grabCut(bgr, marks, None, np.zeros((1, 65)), np.zeros((1, 65)), _ROUNDS, cv2.GC_INIT_WITH_MASK)  # type: ignore[call-overload]
    return whole((marks == cv2.GC_FGD) | (marks == cv2.GC_PR_FGD))


def whole(mask: Mask) -> Mask:
    """The largest, most central piece with those that are not much smaller; specks are dropped and small holes are filled."""
    import cv2
    import numpy as np

    opened = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3)))
    count, labels, _, _ = cv2.connectedComponentsWithStats(opened, connectivity=8)
    if count < 2:
        return mask
    centre = central(mask.shape[0], mask.shape[1])
    weights = [float(centre[labels == label].sum()) for label in range(1, count)]
    kept = np.isin(labels, [label for label, weight in enumerate(weights, 1) if weight >= 0.15 * max(weights)])
    _, outside = cv2.connectedComponents(np.pad(~kept, 1, constant_values=True).astype(np.uint8), connectivity=4)
    holes = ((outside != outside[0, 0])[1:-1, 1:-1]) & ~kept
    return np.asarray(kept | holes if holes.sum() <= _HOLES * kept.sum() else kept, dtype=np.bool_)


def crops(image: Image) -> list[Image]:
    """What may show the character: the picture; its subject; the subject's upper half, where the face is. RGB."""
    found = find_subject(image)
    plain = shrunk(image, None)[0]
    if not found.sure:
        return [plain]
    left, top, right, bottom = found.box
    tall = bottom - top
    boxes = [(left, top, right, bottom)]
    if tall * plain.height > 0.8 * (right - left) * plain.width:
        boxes.append((left, top, right, top + 0.5 * tall))
    return [plain, *(plain.crop(_padded(box, plain.width, plain.height)) for box in boxes)]


def shrunk(image: Image, side_px: int | None) -> tuple[Image, Image | None]:
    """RGB on grey, and the transparency where there is any; at most ``side_px`` wide and high, at least 4 px."""
    from PIL import Image as Pictures

    clear = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    factor = 1.0 if side_px is None else min(1.0, side_px / max(image.size))
    size = (max(4, round(image.width * factor)), max(4, round(image.height * factor)))
    layer = image.convert("RGBA" if clear else "RGB")
    layer = layer if layer.size == size else layer.resize(size, Pictures.Resampling.BOX)
    if not clear:
        return layer, None
    ground = Pictures.new("RGBA", layer.size, (128, 128, 128, 255))
    return Pictures.alpha_composite(ground, layer).convert("RGB"), layer.getchannel("A")


def ring(height: int, width: int) -> Mask:
    """Left, top and right edge."""
    import numpy as np

    edge = max(1, round(_EDGE * max(height, width)))
    found = np.zeros((height, width), dtype=np.bool_)
    found[:edge] = True
    found[:, :edge] = True
    found[:, -edge:] = True
    return found


def central(height: int, width: int) -> Floats:
    """(h, w): 1 in the middle, falling to the sides, and less so upwards and downwards."""
    import numpy as np

    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    across, along = (x + 0.5) / width - 0.5, (y + 0.5) / height - 0.5
    found: Floats = np.exp(-(across**2) / 0.10 - along**2 / 0.30).astype(np.float32)
    return found


def _padded(box: tuple[float, float, float, float], width: int, height: int) -> tuple[int, int, int, int]:
    left, top, right, bottom = box[0] * width, box[1] * height, box[2] * width, box[3] * height
    pad = _PAD * max(right - left, bottom - top)
    return (
        max(0, int(left - pad)), max(0, int(top - pad)),
        min(width, int(right + pad + 1)), min(height, int(bottom + pad + 1)),
    )  # fmt: skip


def _far_from_edge(rgb: Pixels) -> Floats:
    """(h, w): CIE76 distance of every pixel from the nearest colour of the edge."""
    import cv2
    import numpy as np

    soft: Any = cv2.GaussianBlur(rgb, (3, 3), 0)
    lab: Floats = cv2.cvtColor(soft.astype(np.float32) / 255, cv2.COLOR_RGB2LAB).astype(np.float32)
    lab[:, :, 0] *= np.float32(0.7)  # shadows of the background are still background
    edge = np.ascontiguousarray(lab[ring(lab.shape[0], lab.shape[1])])
    count = min(_GROUNDS, len(edge))
    cv2.setRNGSeed(1)
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 12, 0.5)
    _, labels, centres = cv2.kmeans(edge, count, None, criteria, 1, cv2.KMEANS_PP_CENTERS)  # type: ignore[call-overload]
    shares = np.bincount(labels.ravel(), minlength=count) / len(edge)
    common = centres[shares >= _RARE]
    apart = ((lab[:, :, None, :] - common[None, None]) ** 2).sum(axis=3)
    nearest: Floats = np.sqrt(apart).min(axis=2).astype(np.float32)
    return nearest


def _middle(height: int, width: int) -> Mask:
    import numpy as np

    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    found: Mask = ((x + 0.5) / width - 0.5) ** 2 / 0.3**2 + ((y + 0.5) / height - 0.5) ** 2 / 0.45**2 <= 1
    return found


def _otsu(values: Floats) -> float:
    """The level that splits the values best (Otsu 1979)."""
    import cv2
    import numpy as np

    most = float(values.max()) or 1.0
    level, _ = cv2.threshold((values / most * 255).astype(np.uint8), 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    return float(level) * most / 255

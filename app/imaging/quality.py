"""Faults of a single picture that can be measured without knowing what it shows: blur, light, emptiness, noise; drawn art included."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image

    Plane = np.ndarray[Any, np.dtype[np.float32]]

LONG_SIDE_PX = 640  # larger pictures are measured at this size, so that a limit means the same for all
TILE_PX = 16
LEAST_STEP = 12.0  # levels that an edge must rise by to count
WIDEST_EDGE = 0.004  # of the longer side
WIDEST_EDGE_PX = (1.7, 2.5)  # ... within these limits: small pictures are soft by nature, large ones are looked at closely
DARKEST, BRIGHTEST = 40.0, 222.0  # levels of the mean
LEAST_CONTRAST = 28.0  # levels between the darkest and the brightest twentieth
MOST_CLIPPED = 0.06
FEWEST_EDGES = 0.01  # of the tiles
LEAST_TIES = 0.45  # between neighbouring pixels: pure noise has none
MOST_GRAIN = 9.0
_BLACK, _WHITE = 3, 252
_SOFT = 40.0  # levels: a clipped area that ends in a lower step was light that ran over, not paper
_SMALLEST_PART = 0.002


@dataclass(frozen=True)
class Figures:
    """What was measured.

    Attributes:
        edge_px: how wide the sharpest edges are, standard deviations of their blur, at 640 px; 0 where there are none.
        edges: part of the picture (tiles of 16 px) in which there is an edge.
        brightness: mean luma, 0 to 255, without flat paper.
        contrast: levels between the darkest and the brightest twentieth.
        shadows_clipped, highlights_clipped: part of the picture in which light or shadow has no drawing left.
        grain: standard deviation of noise, in levels.
        ties: correlation of neighbouring pixels, 1 for smooth pictures, 0 for noise.
        side_px: the longer side at which it was measured.
    """

    edge_px: float
    edges: float
    brightness: float
    contrast: float
    shadows_clipped: float
    highlights_clipped: float
    grain: float
    ties: float
    side_px: int

    @property
    def widest_edge_px(self) -> float:
        """Wider edges are called blurred."""
        least, most = WIDEST_EDGE_PX
        return min(most, max(least, WIDEST_EDGE * self.side_px))


@dataclass(frozen=True)
class Fault:
    """``kind``: sharpness, exposure or emptiness; ``reason``: one sentence with the figure and the limit."""

    kind: str
    reason: str


def measure(image: Image) -> Figures:
    """Of a picture of any mode and size; what is transparent counts as grey."""
    import numpy as np

    rgb = _pixels(image)
    luma = (rgb @ np.array([0.299, 0.587, 0.114], dtype=np.float32)).astype(np.float32)
    middle = np.sort(rgb, axis=2)[:, :, 1]  # two of three channels: one alone is full in many a pure colour
    step, edge_px = edges_of(luma)
    paper = _paper(luma)
    seen = luma[~paper] if (~paper).mean() > 0.02 else luma.ravel()
    low, high = np.percentile(luma, [5, 95])
    return Figures(
        edge_px=round(edge_px, 2), edges=round(step, 4), brightness=round(float(seen.mean()), 1),
        contrast=round(float(high - low), 1), shadows_clipped=round(clipped(luma, dark=True), 4),
        highlights_clipped=round(clipped(middle, dark=False), 4), grain=round(grain_of(luma), 2), ties=round(ties_of(luma), 3),
        side_px=max(luma.shape),
    )  # fmt: skip


def faults_of(figures: Figures) -> list[Fault]:
    """What is wrong, the gravest first; an empty picture is not said to be blurred as well."""
    empty = _emptiness(figures)
    return empty if empty else [*_sharpness(figures), *_exposure(figures)]


def edges_of(luma: Plane) -> tuple[float, float]:
    """(Part of the tiles with an edge, width of the sharpest edges in px).

    An edge of height h that was blurred by a Gaussian of s px has at most the slope h / (s sqrt(2 pi)), so s follows from both. Flat areas
    have no edges and say nothing, which is why this serves drawn art where the variance of a Laplacian does not. The sharpest tenth
    of the tiles counts: a soft background is no fault.
    """
    import cv2
    import numpy as np

    soft = cv2.GaussianBlur(luma, (3, 3), 0)  # noise is no edge
    along, across = np.abs(np.diff(soft, axis=1))[:-1], np.abs(np.diff(soft, axis=0))[:, :-1]
    slope = np.maximum(along, across)
    kernel = np.ones((13, 13), np.uint8)
    rise = (cv2.dilate(soft, kernel) - cv2.erode(soft, kernel))[:-1, :-1]
    height, width = (size // TILE_PX * TILE_PX for size in slope.shape)
    if not height or not width:
        return 0.0, 0.0
    share = np.where(rise >= LEAST_STEP, slope / np.maximum(rise, 1), 0)[:height, :width]
    best = share.reshape(height // TILE_PX, TILE_PX, width // TILE_PX, TILE_PX).max(axis=(1, 3))
    there = best[best > 0]
    if not len(there):
        return 0.0, 0.0
    sharpest = float(np.percentile(there, 90))
    wide = 1.0 / (max(sharpest, 1e-3) * float(np.sqrt(2 * np.pi)))
    return len(there) / best.size, wide


def clipped(luma: Plane, dark: bool) -> float:
    """Part of the picture that is pure black or white and goes over softly into its surroundings.

    Paper and ink of drawn art end in a hard step, and are no fault.
    """
    import cv2
    import numpy as np

    level = 255 - luma if dark else luma
    full = (level >= (255 - _BLACK if dark else _WHITE)).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(full, connectivity=4)
    total = 0.0
    for part in range(1, count):
        if stats[part, cv2.CC_STAT_AREA] < _SMALLEST_PART * full.size:
            continue
        area = (labels == part).astype(np.uint8)
        around = (cv2.dilate(area, np.ones((7, 7), np.uint8)) > 0) & (cv2.dilate(area, np.ones((3, 3), np.uint8)) == 0)
        if around.any():
            total += float(stats[part, cv2.CC_STAT_AREA]) * float((level[around] > 255 - _SOFT).mean())
    return total / full.size


def grain_of(luma: Plane) -> float:
    """Standard deviation of noise: Immerkaer's mask (CVIU 64, 1996) with the median in place of the mean, which edges do not lift."""
    import cv2
    import numpy as np

    mask = np.array([1, -2, 1], dtype=np.float32)
    return float(np.median(np.abs(cv2.sepFilter2D(luma, cv2.CV_32F, mask, mask)))) * 1.4826 / 6


def ties_of(luma: Plane) -> float:
    """Correlation of pixels with their right and lower neighbours; 1 for one flat tone."""
    import numpy as np

    middle = luma - luma.mean()
    spread = float((middle**2).mean())
    if spread < 0.5:
        return 1.0
    return float((np.mean(middle[:, 1:] * middle[:, :-1]) + np.mean(middle[1:] * middle[:-1])) / 2 / spread)


def _emptiness(figures: Figures) -> list[Fault]:
    if figures.ties < LEAST_TIES:
        return [Fault("emptiness", f"Noise: neighbouring pixels agree by {figures.ties:.2f}, and a picture has at least {LEAST_TIES:.2f}.")]
    if figures.edges < FEWEST_EDGES:
        return [Fault("emptiness", f"Empty: edges in {figures.edges:.1%} of the picture, at least {FEWEST_EDGES:.0%} are wanted.")]
    return []


def _sharpness(figures: Figures) -> list[Fault]:
    most = figures.widest_edge_px
    if figures.edge_px > most:
        return [Fault("sharpness", f"Blurred: the sharpest edges are {figures.edge_px:.1f} px wide, at most {most:.1f} px are wanted.")]
    if figures.grain > MOST_GRAIN:
        return [Fault("sharpness", f"Grainy: noise of {figures.grain:.1f} levels, at most {MOST_GRAIN:.0f} are wanted.")]
    return []


def _exposure(figures: Figures) -> list[Fault]:
    found = []
    if figures.brightness < DARKEST:
        found.append(f"Dark: the mean is {figures.brightness:.0f} of 255, at least {DARKEST:.0f} is wanted.")
    if figures.brightness > BRIGHTEST:
        found.append(f"Bright: the mean is {figures.brightness:.0f} of 255, at most {BRIGHTEST:.0f} is wanted.")
    if figures.contrast < LEAST_CONTRAST:
        found.append(f"Pale: {figures.contrast:.0f} levels lie between dark and light, at least {LEAST_CONTRAST:.0f} are wanted.")
    if figures.shadows_clipped > MOST_CLIPPED:
        found.append(f"Shadows without drawing: {figures.shadows_clipped:.0%} of the picture, at most {MOST_CLIPPED:.0%} is wanted.")
    if figures.highlights_clipped > MOST_CLIPPED:
        found.append(f"Blown-out light: {figures.highlights_clipped:.0%} of the picture, at most {MOST_CLIPPED:.0%} is wanted.")
    return [Fault("exposure", sentence) for sentence in found]


def _pixels(image: Image) -> Plane:
    """(h, w, 3) float32, 0 to 255, at most `LONG_SIDE_PX` wide and high; at least 4 px."""
    import numpy as np
    from PIL import Image as Images

    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layer = image.convert("RGBA")
        image = Images.alpha_composite(Images.new("RGBA", layer.size, (128, 128, 128, 255)), layer)
    plain = image.convert("RGB")
    factor = min(1.0, LONG_SIDE_PX / max(plain.size))
    size = (max(4, round(plain.width * factor)), max(4, round(plain.height * factor)))
    return np.asarray(plain if size == plain.size else plain.resize(size, Images.Resampling.BOX), dtype=np.float32)


def _paper(luma: Plane) -> Any:
    """(h, w) bool: pure white or black that reaches the border, as the ground of drawn art does."""
    import cv2
    import numpy as np

    found = np.zeros(luma.shape, dtype=bool)
    for full in (luma >= _WHITE, luma <= _BLACK):
        _, labels = cv2.connectedComponents(full.astype(np.uint8), connectivity=4)
        border = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
        found |= np.isin(labels, border[border > 0])
    return found

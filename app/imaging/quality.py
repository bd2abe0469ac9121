"""Faults of a single picture that can be measured without knowing what it shows: blur, light, emptiness, noise; drawn art included."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image

    Plane = np.ndarray[Any, np.dtype[np.float32]]

LONG_SIDE_PX = 640  # larger pictures are measured at this size, so that a limit means the same for all
TILE_PX = 16
LEAST_STEP, STRONG_STEP = 12.0, 40.0  # levels that an edge must rise by to count, and to count for its direction
WAY_FREEDOM = 1.5  # how much wider edges of one direction may be than those of all
WIDEST_EDGE = 0.004  # of the longer side
WIDEST_EDGE_PX = (1.7, 2.5)  # ... within these limits: small pictures are soft by nature, large ones are looked at closely
DARKEST, BRIGHTEST = 40.0, 230.0  # levels of the mean
LEAST_LIGHT = 90.0  # levels that the brightest hundredth reaches
LEAST_CONTRAST = 28.0  # levels between the darkest and the brightest twentieth
MOST_SHADOWS, MOST_HIGHLIGHTS = 0.20, 0.035
FEWEST_EDGES = 0.01  # of the tiles
LEAST_TIES = 0.45  # between neighbouring pixels: pure noise has none
MOST_GRAIN = 9.0
_BLACK, _WHITE = 3, 252
_SOFT = 40.0  # levels: a clipped area that ends in a lower step was light that ran over, not paper
_SMALLEST_PART = 0.002
_WINDOW_PX = 13  # in which an edge rises
_LEAST_BEND = 2.5  # levels from the mean around: an even course of tone is no edge
_FEW_TILES = 6
_SLOPE = ((-0.5, 0.0, 0.5), (0.0, 1.0, 0.0))


@dataclass(frozen=True)
class Figures:
    """What was measured.

    Attributes:
        edge_px: how wide the sharpest edges are, standard deviations of their blur, at 640 px; 0 where there are none.
        edges: part of the picture (tiles of 16 px) in which there is an edge.
        brightness: mean luma, 0 to 255, without flat paper.
        contrast: levels between the darkest and the brightest twentieth.
        brightest: level that the brightest hundredth reaches.
        shadows_clipped, highlights_clipped: part of the picture in which light or shadow has no drawing left.
        grain: standard deviation of noise, in levels.
        ties: correlation of neighbouring pixels, 1 for smooth pictures, 0 for noise.
        side_px: the longer side at which it was measured.
    """

    edge_px: float
    edges: float
    brightness: float
    contrast: float
    brightest: float
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
    low, high, brightest = np.percentile(luma, [5, 95, 99])
    return Figures(
        edge_px=round(edge_px, 2), edges=round(step, 4), brightness=round(float(seen.mean()), 1),
        contrast=round(float(high - low), 1), brightest=round(float(brightest), 1), shadows_clipped=round(clipped(luma, dark=True), 4),
        highlights_clipped=round(clipped(middle, dark=False), 4), grain=round(grain_of(luma), 2), ties=round(ties_of(luma), 3),
        side_px=max(luma.shape),
    )  # fmt: skip


def faults_of(figures: Figures) -> list[Fault]:
    """What is wrong, the gravest first; an empty picture is not said to be blurred as well."""
    empty = _emptiness(figures)
    return empty if empty else [*_sharpness(figures), *_exposure(figures)]


def edges_of(luma: Plane) -> tuple[float, float]:
    """(Part of the tiles with an edge, width of the sharpest edges in px).

    An edge of height h that was blurred by a Gaussian of s px has at most the slope h / (s sqrt(2 pi)), so s follows from both, and with it
    the pixel's own width: sqrt(s * s + 1). Flat areas
    have no edges and say nothing, which is why this serves drawn art where the variance of a Laplacian does not. The sharpest tenth
    of the tiles counts: a soft background is no fault. Strong edges of each of four directions count by themselves: motion
    leaves those along its way sharp.
    """
    import cv2
    import numpy as np

    if min(luma.shape) < TILE_PX:
        return 0.0, 0.0
    soft = cv2.GaussianBlur(luma, (3, 3), 0)  # noise is no edge
    across, along = (cv2.sepFilter2D(soft, cv2.CV_32F, np.array(kx), np.array(ky)) for kx, ky in (_SLOPE, _SLOPE[::-1]))
    slope = np.hypot(across, along)
    window = np.ones((_WINDOW_PX, _WINDOW_PX), np.uint8)
    rise = cv2.dilate(soft, window) - cv2.erode(soft, window)
    bent = np.abs(soft - cv2.blur(soft, (_WINDOW_PX, _WINDOW_PX))) >= _LEAST_BEND
    share = np.where((rise >= LEAST_STEP) & bent & _inner(luma), slope / np.maximum(rise, 1), 0)
    tiles = _tiles(share)
    there = tiles[tiles > 0]
    if not len(there):
        return 0.0, 0.0
    widest = _width(there)
    direction = np.floor((np.arctan2(along, across) % np.pi) / np.pi * 4 + 0.5).astype(int) % 4
    for way in range(4):
        own = _tiles(np.where((direction == way) & (rise >= STRONG_STEP), share, 0))
        own = own[own > 0]
        if len(own) >= max(_FEW_TILES, 0.05 * tiles.size):
            widest = max(widest, _width(own) / WAY_FREEDOM)
    return len(there) / tiles.size, widest


def _inner(luma: Plane) -> Any:
    """bool (h, w): all but a rim, where the mean around is not of what is around."""
    import numpy as np

    rim = min(_WINDOW_PX // 2, min(luma.shape) // 4)
    inner = np.zeros(luma.shape, dtype=bool)
    inner[rim : luma.shape[0] - rim, rim : luma.shape[1] - rim] = True
    return inner


def _tiles(share: Plane) -> Plane:
    """The greatest value of each tile, (n,); what does not fill a tile is left out."""
    height, width = (size // TILE_PX * TILE_PX for size in share.shape)
    found: Plane = share[:height, :width].reshape(height // TILE_PX, TILE_PX, width // TILE_PX, TILE_PX).max(axis=(1, 3)).ravel()
    return found


def _width(shares: Plane) -> float:
    """px, of the sharpest tenth."""
    import numpy as np

    return 1.0 / (max(float(np.percentile(shares, 90)), 1e-3) * math.sqrt(2 * math.pi))


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
    elif figures.brightest < LEAST_LIGHT:
        found.append(f"Dark: its brightest parts reach {figures.brightest:.0f} of 255, at least {LEAST_LIGHT:.0f} is wanted.")
    if figures.brightness > BRIGHTEST:
        found.append(f"Bright: the mean is {figures.brightness:.0f} of 255, at most {BRIGHTEST:.0f} is wanted.")
    if figures.contrast < LEAST_CONTRAST:
        found.append(f"Pale: {figures.contrast:.0f} levels lie between dark and light, at least {LEAST_CONTRAST:.0f} are wanted.")
    if figures.shadows_clipped > MOST_SHADOWS:
        found.append(f"Shadows without drawing: {figures.shadows_clipped:.0%} of the picture, at most {MOST_SHADOWS:.0%} is wanted.")
    if figures.highlights_clipped > MOST_HIGHLIGHTS:
        found.append(f"Blown-out light: {figures.highlights_clipped:.0%} of the picture, at most {MOST_HIGHLIGHTS:.1%} is wanted.")
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

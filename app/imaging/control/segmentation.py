"""Regions of like colour, each in a colour of its own. They are regions and not objects: no model has named them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.imaging.control.base import Drawn, Material

if TYPE_CHECKING:
    from app.imaging.control.base import Pixels

ENGINE = "regions of like colour (mean shift), built in"
NOTE = "These are regions of colour and not objects; a ControlNet that learned the colours of named things reads them loosely."
WORKED_AT_PX = 640
GOLDEN = 0.6180339887


def draw(material: Material) -> Drawn:
    """uint8 RGB [H, W, 3]."""
    import cv2
    import numpy as np

    height, width = material.rgb.shape[:2]
    factor = min(1.0, WORKED_AT_PX / max(height, width))
    small = cv2.resize(material.rgb, (max(1, round(width * factor)), max(1, round(height * factor))), interpolation=cv2.INTER_AREA)
    labels = regions(small, material.settings.detail)
    coloured = palette(int(labels.max()) + 1)[labels]
    large = cv2.resize(coloured, (width, height), interpolation=cv2.INTER_NEAREST)
    return Drawn(np.ascontiguousarray(large), f"{ENGINE}: {len(np.unique(labels))} regions", (NOTE,))


def regions(rgb: Pixels, detail: float) -> Pixels:
    """int32 [H, W], 0 and up from the largest region: mean shift (Comaniciu, Meer 2002), like neighbours joined, small ones given away."""
    import cv2
    import numpy as np

    reach = 34.0 - 22.0 * detail  # how far apart two colours of one region may be
    lab = cv2.cvtColor(rgb, cv2.COLOR_RGB2Lab)
    flat = cv2.pyrMeanShiftFiltering(lab, 8, reach, maxLevel=1)
    found = _joined(flat, reach * 0.4)
    least = max(4, int(rgb.shape[0] * rgb.shape[1] * (0.012 - 0.010 * detail)))
    sizes = np.bincount(found.ravel())
    keep = sizes >= least
    if not keep.any():
        keep[sizes.argmax()] = True
    marked = np.where(keep[found], found, -1)
    return _ranked(_given_away(marked))


def palette(count: int) -> Pixels:
    """``count`` colours that lie well apart, uint8 [count, 3]; the same number always has the same colour."""
    import cv2
    import numpy as np

    number = np.arange(max(1, count))
    hue = (number * GOLDEN) % 1 * 180
    saturation = np.array([200, 130, 240])[number % 3]
    value = np.array([210, 250, 150, 180])[number % 4]
    hsv = np.stack([hue, saturation, value], 1).astype(np.uint8)[None]
    made: Pixels = cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)[0]
    return made


def _joined(flat: Pixels, step: float) -> Pixels:
    """Connected areas within which no two neighbours differ by more than ``step``: int32 [H, W]."""
    import cv2
    import numpy as np

    height, width = flat.shape[:2]
    found = np.full((height, width), -1, np.int32)
    mask = np.zeros((height + 2, width + 2), np.uint8)
    spread = (step,) * 3
    number = 0
    for y in range(height):
        for x in np.flatnonzero(mask[y + 1, 1:-1] == 0):
            if mask[y + 1, x + 1]:
                continue
            _, _, _, box = cv2.floodFill(flat, mask, (int(x), y), 0, spread, spread, 4 | (2 << 8) | cv2.FLOODFILL_MASK_ONLY)
            left, top, wide, high = box
            new = mask[top + 1 : top + high + 1, left + 1 : left + wide + 1]
            found[top : top + high, left : left + wide][new == 2] = number
            new[new == 2] = 1
            number += 1
    return found


def _given_away(marked: Pixels) -> Pixels:
    """Pixels without a region (-1) get the one of the nearest pixel that has one."""
    import cv2
    import numpy as np

    free = (marked < 0).astype(np.uint8)
    if not free.any():
        return marked
    _, nearest = cv2.distanceTransformWithLabels(free, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    table = np.zeros(int(nearest.max()) + 1, marked.dtype)
    table[nearest[free == 0]] = marked[free == 0]
    return np.where(free == 1, table[nearest], marked)


def _ranked(labels: Pixels) -> Pixels:
    """Numbered from 0 by size."""
    import numpy as np

    numbers, inverse, counts = np.unique(labels, return_inverse=True, return_counts=True)
    rank = np.empty(len(numbers), np.int32)
    rank[np.argsort(-counts, kind="stable")] = np.arange(len(numbers))
    return rank[inverse].reshape(labels.shape)

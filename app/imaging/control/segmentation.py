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
SHADE = 2.5  # of 255: a border weaker than this is a shade that goes on


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
    """int32 [H, W], 0 and up from the largest region.

    Mean shift (Comaniciu, Meer 2002) flattens texture; patches of one colour are joined to like neighbours, the likest first; what is
    still small is given away.
    """
    import cv2
    import numpy as np

    reach = 34.0 - 22.0 * detail  # how far apart two colours of one region may be
    lab = cv2.cvtColor(rgb, cv2.COLOR_RGB2Lab)
    flat = cv2.pyrMeanShiftFiltering(lab, 8, reach, maxLevel=1)
    found = joined(_patches(flat, reach * 0.3), flat, reach)
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


def joined(patches: Pixels, flat: Pixels, reach: float) -> Pixels:
    """Patches become regions, in the order of a minimum spanning tree (after Felzenszwalb, Huttenlocher 2004).

    Two are joined across a border that is hardly one (a shade that goes on), or when their mean colours lie within ``reach`` and the
    border is weaker than that; the means are those of the regions as they have grown, so that likeness does not creep on.
    """
    import numpy as np

    count = int(patches.max()) + 1
    sizes = np.bincount(patches.ravel(), minlength=count).astype(float)
    colours = flat.reshape(-1, 3).astype(float)
    means = np.stack([np.bincount(patches.ravel(), colours[:, channel], count) for channel in range(3)], 1) / sizes[:, None]
    parent = list(range(count))

    def root(number: int) -> int:
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    for one, two, contrast in _borders(patches, flat):
        a, b = root(one), root(two)
        if a == b:
            continue
        apart = float(np.abs(means[a] - means[b]).max())
        if (contrast < SHADE and apart < 3 * reach) or (apart < reach and contrast < 0.6 * reach):
            parent[b] = a
            means[a] = (means[a] * sizes[a] + means[b] * sizes[b]) / (sizes[a] + sizes[b])
            sizes[a] += sizes[b]
    return np.array([root(number) for number in range(count)], np.int32)[patches]


def _borders(patches: Pixels, flat: Pixels) -> list[tuple[int, int, float]]:
    """(patch, patch, mean contrast across the pixels of their border), the weakest first."""
    import numpy as np

    pairs, steps = [], []
    values = flat.astype(np.int32)
    for first, second in (((slice(None), slice(0, -1)), (slice(None), slice(1, None))), ((slice(0, -1),), (slice(1, None),))):
        one, two = patches[first], patches[second]
        differs = one != two
        pairs.append(np.stack([np.minimum(one, two)[differs], np.maximum(one, two)[differs]], 1))
        steps.append(np.abs(values[first] - values[second]).max(2)[differs])
    found, inverse, counts = np.unique(np.concatenate(pairs), axis=0, return_inverse=True, return_counts=True)
    contrast = np.bincount(inverse.ravel(), np.concatenate(steps), len(found)) / counts
    order = np.argsort(contrast, kind="stable")
    return [(int(found[k, 0]), int(found[k, 1]), float(contrast[k])) for k in order]


def _patches(flat: Pixels, step: float) -> Pixels:
    """Connected areas of a colour within ``step`` of one of its pixels: int32 [H, W]."""
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
            _, _, _, box = cv2.floodFill(
                flat, mask, (int(x), y), 0, spread, spread, 4 | (2 << 8) | cv2.FLOODFILL_MASK_ONLY | cv2.FLOODFILL_FIXED_RANGE
            )
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

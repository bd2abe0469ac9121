"""Which pictures are the same picture again, also mirrored, scaled, compressed or a little brighter: by perceptual hashes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image

    Plane = np.ndarray[Any, np.dtype[np.float64]]

BITS = 64
MOST_DCT, MOST_DIFFERENCE = 8, 9  # bits in which two hashes of one picture may differ
MOST_TINT = 6.0  # CIE a*b*: the same drawing in other colours is another picture
_DCT_SIDE, _KEPT = 32, 8
_CLEARLY = 2.0  # levels
_TINT_SIDE = 4


@dataclass(frozen=True)
class Print:
    """What a picture is recognised by.

    Attributes:
        dct, difference: 64-bit hashes (pHash: low frequencies against their median; dHash: neighbours against each other).
        tints: a* and b* of a coarse grid, 32 numbers.
    """

    dct: int
    difference: int
    tints: tuple[float, ...]


@dataclass(frozen=True)
class Prints:
    """A picture and its mirror image."""

    plain: Print
    mirrored: Print


@dataclass(frozen=True)
class Twin:
    """``index``: the earlier picture; ``bits``: in how many of 64 bits of the pHash they differ."""

    index: int
    mirrored: bool
    bits: int


def prints_of(image: Image) -> Prints:
    """Of a picture of any mode and size."""
    from PIL import ImageOps

    plain = _opaque(image)
    return Prints(_print(plain), _print(ImageOps.mirror(plain)))


def twin_of(prints: Prints, earlier: Sequence[Prints]) -> Twin | None:
    """The earlier picture it repeats most closely; None where it repeats none."""
    found = [
        Twin(index, mirrored, hamming(one.dct, prints.plain.dct))
        for index, other in enumerate(earlier)
        for mirrored, one in ((False, other.plain), (True, other.mirrored))
        if same(prints.plain, one)
    ]
    return min(found, key=lambda twin: (twin.bits, twin.mirrored, twin.index), default=None)


def same(one: Print, other: Print) -> bool:
    """Whether two prints are of one picture."""
    if hamming(one.dct, other.dct) > MOST_DCT or hamming(one.difference, other.difference) > MOST_DIFFERENCE:
        return False
    return sum(abs(a - b) for a, b in zip(one.tints, other.tints, strict=True)) / len(one.tints) <= MOST_TINT


def hamming(one: int, other: int) -> int:
    """In how many bits two numbers differ."""
    return (one ^ other).bit_count()


def dct_hash(luma: Plane) -> int:
    """pHash (Zauner, "Implementation and benchmarking of perceptual image hash functions", 2010) of 32 x 32 luma; its mean is left out."""
    import cv2
    import numpy as np

    low = cv2.dct(luma.astype(np.float64))[:_KEPT, :_KEPT].ravel()
    low[0] = 0.0
    return _bits(low > np.median(low) + 1e-6 * np.abs(low).max())


def difference_hash(luma: Plane) -> int:
    """dHash of 8 x 9 luma: whether each pixel is clearly brighter than its left neighbour; on flat ground noise would decide otherwise."""
    return _bits((luma[:, 1:] > luma[:, :-1] + _CLEARLY).ravel())


def _print(image: Image) -> Print:
    import cv2
    import numpy as np
    from PIL import Image as Images

    grey = image.convert("L")
    large = np.asarray(grey.resize((_DCT_SIDE, _DCT_SIDE), Images.Resampling.BOX), dtype=np.float64)
    small = np.asarray(grey.resize((_KEPT + 1, _KEPT), Images.Resampling.BOX), dtype=np.float64)
    tiny = np.asarray(image.resize((_TINT_SIDE, _TINT_SIDE), Images.Resampling.BOX), dtype=np.float32) / 255
    lab = cv2.cvtColor(tiny, cv2.COLOR_RGB2LAB)
    return Print(dct_hash(large), difference_hash(small), tuple(float(v) for v in lab[:, :, 1:].ravel()))


def _opaque(image: Image) -> Image:
    from PIL import Image as Images

    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layer = image.convert("RGBA")
        return Images.alpha_composite(Images.new("RGBA", layer.size, (128, 128, 128, 255)), layer).convert("RGB")
    return image.convert("RGB")


def _bits(flags: Any) -> int:
    return int("".join("1" if flag else "0" for flag in flags), 2)

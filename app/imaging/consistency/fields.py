"""A picture as some eighty fields of one colour each: what the built-in descriptor sees of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.imaging.consistency.subject import Subject, find_subject, ring

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image

    Floats = np.ndarray[Any, np.dtype[np.float32]]

COUNT = 80
PLACE_WEIGHT = 60.0  # the long side counts as much as this difference of colour (CIE76)
LIGHTNESS_WEIGHT = 0.7
_ROUNDS = 8


@dataclass(frozen=True)
class Fields:
    """n fields.

    Attributes:
        labels: (h, w) int, the field of every pixel of ``subject.rgb``.
        colours: (n, 3) CIE L*a*b* (D65).
        x, y: (n,) their middles, 0 to 1 of width and height.
        areas: (n,) parts of the picture; their sum is 1.
        edge: (n,) parts of the ring along the picture's left, upper and right edge; their sum is 1.
        within: (n,) which part of each lies in the subject that stands out by itself, 0 to 1.
        subject: the small picture and that subject.
    """

    labels: Any
    colours: Floats
    x: Floats
    y: Floats
    areas: Floats
    edge: Floats
    within: Floats
    subject: Subject


def fields_of(image: Image) -> Fields:
    """k-means over colour and place, as superpixels are made (SLIC: Achanta et al., TPAMI 34, 2012), without its grid."""
    import cv2
    import numpy as np

    subject = find_subject(image)
    height, width = subject.mask.shape
    lab = cv2.cvtColor(subject.rgb.astype(np.float32) / 255, cv2.COLOR_RGB2LAB).reshape(-1, 3)
    y, x = (axis.ravel().astype(np.float32) for axis in np.mgrid[0:height, 0:width])
    scale = PLACE_WEIGHT / max(height, width)
    joint = np.column_stack([lab[:, 0] * LIGHTNESS_WEIGHT, lab[:, 1:], x * scale, y * scale]).astype(np.float32)
    count = min(COUNT, len(joint))
    cv2.setRNGSeed(1)  # the same picture gives the same fields
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, _ROUNDS, 0.5)
    _, found, _ = cv2.kmeans(joint, count, None, criteria, 1, cv2.KMEANS_PP_CENTERS)  # type: ignore[call-overload]
    _, labels = np.unique(found.ravel(), return_inverse=True)
    sizes = np.bincount(labels).astype(np.float32)

    def mean(values: Any) -> Any:
        return (np.bincount(labels, weights=values) / sizes).astype(np.float32)

    along = np.bincount(labels, weights=ring(height, width).ravel()).astype(np.float32)
    return Fields(
        labels=labels.reshape(height, width), colours=np.column_stack([mean(lab[:, channel]) for channel in range(3)]),
        x=mean((x + 0.5) / width), y=mean((y + 0.5) / height), areas=sizes / sizes.sum(), edge=along / along.sum(),
        within=mean(subject.mask.ravel()), subject=subject,
    )  # fmt: skip

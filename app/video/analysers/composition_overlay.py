"""Thirds, power points and the subject's box drawn on a keyframe."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from app.video.analysers.composition import SURE, Composition, ShotComposition, SubjectBox
from app.video.analysers.subjects import SubjectTrack, box_at

if TYPE_CHECKING:
    import numpy as np

    Image = np.ndarray[Any, np.dtype[np.uint8]]

_LINE = (255, 255, 255)
_SHADE = (20, 20, 20)
_POINT = (108, 196, 232)
_BOX = (52, 84, 226)
_LINE_STRENGTH = 0.55


def at_frame(composition: ShotComposition, track: SubjectTrack | None, frame: int) -> Composition:
    """The shot's composition with the subject's box where the track has it at ``frame``; as it is without a track."""
    box = None if track is None else box_at(track, frame)
    if box is None:
        return composition
    x, y, w, h, confidence, source = box
    subject = SubjectBox(
        x=x, y=y, w=w, h=h, centre_x=min(1.0, x + w / 2), centre_y=min(1.0, y + h / 2), confidence=confidence, source=source
    )
    return composition.model_copy(update={"subject": subject if confidence >= SURE else None})


def overlay(image: Image, composition: Composition) -> Image:
    """A copy of a (H, W, 3) uint8 BGR picture of any size, with what `composition` says drawn on it."""
    import cv2

    drawn = image.copy()
    height, width = image.shape[:2]
    thick = max(1, round(min(height, width) / 360))
    for third in (1, 2):
        _line(drawn, (width * third // 3, 0), (width * third // 3, height - 1), thick)
        _line(drawn, (0, height * third // 3), (width - 1, height * third // 3), thick)
    result = cast("Image", cv2.addWeighted(drawn, _LINE_STRENGTH, image, 1 - _LINE_STRENGTH, 0))
    radius = max(3, round(min(height, width) / 60))
    for x in (width // 3, width * 2 // 3):
        for y in (height // 3, height * 2 // 3):
            cv2.circle(result, (x, y), radius, _SHADE, thick + 2, cv2.LINE_AA)
            cv2.circle(result, (x, y), radius, _POINT, thick, cv2.LINE_AA)
    if composition.subject is not None:
        _draw_box(result, composition.subject, thick + 1)
    return result


def _line(image: Image, start: tuple[int, int], end: tuple[int, int], thick: int) -> None:
    """White with a dark rim: visible on every picture."""
    import cv2

    cv2.line(image, start, end, _SHADE, thick + 2, cv2.LINE_AA)
    cv2.line(image, start, end, _LINE, thick, cv2.LINE_AA)


def _draw_box(image: Image, box: SubjectBox, thick: int) -> None:
    import cv2

    height, width = image.shape[:2]
    corner = (round(box.x * (width - 1)), round(box.y * (height - 1)))
    opposite = (round(min(1.0, box.x + box.w) * (width - 1)), round(min(1.0, box.y + box.h) * (height - 1)))
    cv2.rectangle(image, corner, opposite, _SHADE, thick + 2, cv2.LINE_AA)
    cv2.rectangle(image, corner, opposite, _BOX, thick, cv2.LINE_AA)
    centre = (round(box.centre_x * (width - 1)), round(box.centre_y * (height - 1)))
    cv2.drawMarker(image, centre, _SHADE, cv2.MARKER_CROSS, thick * 9, thick + 2, cv2.LINE_AA)
    cv2.drawMarker(image, centre, _BOX, cv2.MARKER_CROSS, thick * 9, thick, cv2.LINE_AA)

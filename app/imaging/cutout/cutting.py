"""One picture's subject without its background; the port that other capabilities use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.imaging.cutout.border import read_border
from app.imaging.cutout.matte import own_colours, soft_alpha
from app.imaging.cutout.subject import Subject, cut, from_matte, keyed
from app.imaging.opening import has_alpha

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image

    Plane = np.ndarray[Any, np.dtype[Any]]

COLOURED = 12.0  # Lab units from grey: eyes and teeth are white, and rarely green


@dataclass(frozen=True)
class Cut:
    """A picture with its background taken away: RGBA, what did it in words, why it may be wrong (empty: no doubt was found)."""

    image: Image
    engine: str
    doubts: tuple[str, ...] = ()


def cut_out(image: Image, *, holes: bool | None = None, matte: Image | None = None, engine: str = "") -> Cut:
    """Takes the background away.

    A picture that is transparent already keeps its transparency; nothing is guessed then.

    Args:
        holes: background colour that the subject encloses goes too; None: where the background is coloured, since on white, grey and
            black the enclosed may be an eye or a shirt.
        matte: what a model says is subject (mode L, of the picture's size); ``engine`` names it. Its soft edge is kept, and the
            background's colour is taken out of it.
    """
    import numpy as np
    from PIL import Image as Images

    if has_alpha(image):
        return Cut(image.copy(), "its own transparency")
    colours = np.asarray(image.convert("RGB"), np.float32) / 255
    if matte is None:
        alpha, own, words, doubts = _built_in(colours, holes)
    else:
        given = np.asarray(matte.convert("L"))
        _, front, back = soft_alpha(colours, from_matte(given))
        alpha = given.astype(np.float32) / 255
        own, words, doubts = own_colours(colours, alpha, front, back), engine, _empty(alpha)
    pixels = np.dstack([own, alpha])
    return Cut(Images.fromarray((np.clip(pixels, 0, 1) * 255 + 0.5).astype(np.uint8)), words, doubts)


def find_subject(colours: Plane, holes: bool | None) -> tuple[Subject, Plane | None]:
    """The subject, and the background's colours RGB 0..1 where they are known everywhere."""
    import cv2
    import numpy as np

    lab = cv2.cvtColor(colours, cv2.COLOR_RGB2Lab)
    border = read_border(lab)
    if border.smooth:
        if holes is None:
            holes = float(np.linalg.norm(np.median(border.course[..., 1:], axis=(0, 1)))) > COLOURED
        course = cv2.cvtColor(border.course, cv2.COLOR_Lab2RGB)
        return keyed(lab, border, holes), np.clip(course, 0, 1)
    return cut((colours * 255 + 0.5).astype(np.uint8), lab, border), None


def _built_in(colours: Plane, holes: bool | None) -> tuple[Plane, Plane, str, tuple[str, ...]]:
    subject, course = find_subject(colours, holes)
    alpha, front, back = soft_alpha(colours, subject.trimap, course)
    return alpha, own_colours(colours, alpha, front, back), f"{subject.method}, built in", subject.doubts


def _empty(alpha: Plane) -> tuple[str, ...]:
    return ("The model found no subject.",) if float(alpha.mean()) < 0.002 else ()


def bounds(image: Image, margin_px: int) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of what can be seen, with a margin, within the picture; the whole picture where nothing can."""
    found = image.getchannel("A").point(lambda value: 255 if value > 8 else 0).getbbox()
    if found is None:
        return (0, 0, image.width, image.height)
    left, top, right, bottom = found
    return max(0, left - margin_px), max(0, top - margin_px), min(image.width, right + margin_px), min(image.height, bottom + margin_px)

"""What a picture is made upon: the one to start from, carried on beyond its edges, the mask, the sizes; and putting back what must stay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.imaging.requests import LARGEST_SIDE, SMALLEST_SIDE, STEP_PX, Outpaint, Picture

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image

    Plane = np.ndarray[Any, np.dtype[np.float32]]

Size = tuple[int, int]
Box = tuple[int, int, int, int]
LEAST_AROUND, LEAST_AROUND_PX = 0.25, 32  # of the white's own sides, and px: what the engine sees around it


@dataclass(frozen=True)
class Canvas:
    """What an engine gets and what comes of it.

    Attributes:
        full: size of the result, px; with a mask that of the picture itself.
        work: size at which the engine makes it, px; multiples of 8.
        picture: RGB of the size ``full``; None: from nothing.
        mask: mode L of the size ``full``; white is made anew. None: everything.
        box: left, top, right, bottom of the part that the engine sees; None: the whole.
    """

    full: Size
    work: Size
    picture: Image | None = None
    mask: Image | None = None
    box: Box | None = None

    @property
    def seen(self) -> Size:
        """Size of the part that the engine sees, before it is scaled to ``work``."""
        return self.full if self.box is None else (self.box[2] - self.box[0], self.box[3] - self.box[1])

    def for_engine(self) -> tuple[Image | None, Image | None]:
        """Picture and mask at the working size; wherever the mask has any white, the engine makes the whole point anew."""
        from PIL import Image as Images

        if self.picture is None:
            return None, None
        picture = _scaled(self.picture.crop(self.box) if self.box else self.picture, self.work)
        if self.mask is None:
            return picture, None
        mask = (self.mask.crop(self.box) if self.box else self.mask).point(lambda value: 255 if value else 0)
        return picture, mask if mask.size == self.work else mask.resize(self.work, Images.Resampling.BOX).point(lambda v: 255 if v else 0)

    def finished(self, made: Image, blur_px: int) -> Image:
        """The result at its full size; what the mask leaves black is the picture's own, bit by bit."""
        whole = _scaled(made, self.seen)
        if self.picture is None or self.mask is None:
            return whole
        from PIL import Image as Images

        if self.box is not None:
            part, whole = whole, self.picture.copy()
            whole.paste(part, self.box)
        return Images.composite(whole, self.picture, feathered(self.mask, blur_px))


def lay_out(request: Picture, image: Image | None, mask: Image | None, most_pixels: int) -> Canvas:
    """The canvas of a request whose pictures are opened.

    Args:
        image: RGB, upright. mask: mode L, of its shape.
        most_pixels: how many the model was made for.
    """
    if image is None:
        size = (request.width or 1024, request.height or 1024)
        return Canvas(size, size)
    if request.outpaint.wanted:
        image, mask = _carried_on(image, mask, request.outpaint)
    if request.width or request.height:
        size = _asked(request.width, request.height, image.size)
        return Canvas(size, size, _scaled(image, size, crop=True), None if mask is None else _scaled(mask, size, crop=True))
    work = fitted(image.size, most_pixels)
    if mask is None:
        return Canvas(work, work, _scaled(image, work), None)
    mask = mask if mask.size == image.size else _scaled(mask, image.size)
    box = None if request.controls else _around(mask, most_pixels)
    return Canvas(image.size, work if box is None else fitted((box[2] - box[0], box[3] - box[1]), most_pixels), image, mask, box)


def _around(mask: Image, most_pixels: int) -> Box | None:
    """What the engine should see of a picture that is larger than it can make: the white and what lies around it; None: the whole."""
    if mask.width * mask.height <= most_pixels:
        return None
    found = mask.getbbox()
    if found is None:
        return None
    left, top, right, bottom = found
    # As much around it as the model can show at the picture's own size, and never too little to see what belongs there.
    free = max(0.0, (most_pixels / ((right - left) * (bottom - top))) ** 0.5 - 1) / 2
    wide = max(LEAST_AROUND_PX, round((right - left) * max(LEAST_AROUND, free)))
    high = max(LEAST_AROUND_PX, round((bottom - top) * max(LEAST_AROUND, free)))
    box = (max(0, left - wide), max(0, top - high), min(mask.width, right + wide), min(mask.height, bottom + high))
    return None if box == (0, 0, *mask.size) else box


def fitted(size: Size, most_pixels: int) -> Size:
    """The nearest size an engine can make: multiples of 8, no more pixels than it was made for, of about the same shape."""
    scale = min(1.0, (most_pixels / (size[0] * size[1])) ** 0.5, LARGEST_SIDE / max(size))
    scale = max(scale, SMALLEST_SIDE / min(size))
    return _multiple(size[0] * scale), _multiple(size[1] * scale)


def feathered(mask: Image, blur_px: int) -> Image:
    """The mask with a soft edge that lies wholly within its white: what is black stays exactly black.

    The softness follows the distance to the nearest black point (Felzenszwalb and Huttenlocher 2012, as in OpenCV), and is narrower
    where the white is.
    """
    import cv2
    import numpy as np
    from PIL import Image as Images

    values = np.asarray(mask, np.float32) / 255
    if blur_px <= 0 or not (values == 0).any() or not (values > 0).any():
        return mask
    distance = cv2.distanceTransform((values > 0).astype(np.uint8), cv2.DIST_L2, 5)
    width = min(float(blur_px), max(1.0, float(distance.max()) - 1.0))
    ramp = np.clip(distance / width, 0, 1)
    soft = values * ramp * ramp * (3 - 2 * ramp)
    return Images.fromarray(np.clip(soft * 255 + 0.5, 0, 255).astype(np.uint8))


def _carried_on(image: Image, mask: Image | None, beyond: Outpaint) -> tuple[Image, Image]:
    """The picture on a larger canvas; what is beyond its edge is a blurred reflection of it, for the model to begin with."""
    import cv2
    import numpy as np
    from PIL import Image as Images

    pixels = np.asarray(image)
    edges = (beyond.top, beyond.bottom, beyond.left, beyond.right)
    larger = cv2.copyMakeBorder(pixels, *edges, cv2.BORDER_REFLECT)
    soft = cv2.GaussianBlur(larger, (0, 0), max(4.0, min(larger.shape[:2]) / 32))
    inner = (slice(beyond.top, beyond.top + pixels.shape[0]), slice(beyond.left, beyond.left + pixels.shape[1]))
    soft[inner] = pixels
    white = np.full(larger.shape[:2], 255, np.uint8)
    white[inner] = 0 if mask is None else np.asarray(_scaled(mask, image.size))
    return Images.fromarray(soft), Images.fromarray(white)


def _asked(width: int | None, height: int | None, size: Size) -> Size:
    """Both sides; the one that is left out follows the picture's shape."""
    if width and height:
        return width, height
    if width:
        return width, min(LARGEST_SIDE, _multiple(width * size[1] / size[0]))
    assert height is not None
    return min(LARGEST_SIDE, _multiple(height * size[0] / size[1])), height


def _multiple(length: float) -> int:
    return max(SMALLEST_SIDE, round(length / STEP_PX) * STEP_PX)


def _scaled(image: Image, size: Size, crop: bool = False) -> Image:
    """At another size; with ``crop``, evenly cut to its shape first."""
    from PIL import Image as Images

    if image.size == size:
        return image
    if crop:
        from PIL import ImageOps

        return ImageOps.fit(image, size, Images.Resampling.LANCZOS if image.mode == "RGB" else Images.Resampling.BILINEAR)
    return image.resize(size, Images.Resampling.LANCZOS if image.mode == "RGB" else Images.Resampling.BILINEAR)

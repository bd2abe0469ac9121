"""Changing the size of pictures: Lanczos with correct transparency, sharpening without halos, denoising. Decisions on light stand here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image

    Plane = np.ndarray[Any, np.dtype[Any]]
    Pixels = np.ndarray[Any, np.dtype[Any]]


def resized(image: Image, width: int, height: int) -> Image:
    """The picture at another size, RGB or RGBA as it was.

    Lanczos with three lobes. Colours are weighted by their opacity, so that what is transparent does not shine through at edges.
    Shrinking averages light, so it is done in linear light; enlarging is done on the values as they are, since the ringing of a
    sharp filter is far more visible beside dark edges when it is made in linear light. What it rings beyond the pixels around is
    cut off: flat colours of a drawing stay flat beside their outlines.
    """
    import numpy as np
    from PIL import Image as Images

    if image.size == (width, height):
        return image.copy()
    shrinks = width * height < image.width * image.height
    pixels = np.asarray(image, np.float32) / 255
    colours, alpha = pixels[..., :3], pixels[..., 3] if image.mode == "RGBA" else None
    if shrinks:
        colours = to_linear(colours)
    if alpha is None:
        made = _planes(colours, width, height)
        return Images.fromarray(_bytes(to_srgb(made) if shrinks else made))
    covered = _plane(alpha, width, height)  # may overshoot, as the colours it weighs do: held to its range only afterwards
    clear = covered < 1 / 512
    made = np.clip(_planes(colours * alpha[..., None], width, height) / np.where(clear, 1, covered)[..., None], 0, 1)
    made = to_srgb(made) if shrinks else made
    if clear.any():  # what cannot be seen keeps a colour all the same, for whoever takes the transparency away
        hidden = _planes(pixels[..., :3], width, height)
        made[clear] = hidden[clear]
    return Images.fromarray(np.dstack([_bytes(made), _bytes(covered)]))


def covering(image: Image, width: int, height: int) -> Image:
    """The picture scaled to cover width x height and cropped evenly to it."""
    factor = max(width / image.width, height / image.height)
    larger = resized(image, max(width, round(image.width * factor)), max(height, round(image.height * factor)))
    left, top = (larger.width - width) // 2, (larger.height - height) // 2
    return larger.crop((left, top, left + width, top + height))


def sharpened(image: Image, amount: float, radius_px: float) -> Image:
    """Unsharp mask on brightness, with what it adds held within the brightness around, so that edges get no halos.

    Args:
        amount: 0 leaves the picture as it is, 1 is strong. radius_px: how wide the softness is that is to be taken away.
    """
    import cv2
    import numpy as np
    from PIL import Image as Images

    if amount <= 0:
        return image.copy()
    pixels = np.asarray(image)
    colours = pixels[..., :3].astype(np.float32)
    luma = colours @ np.array([0.299, 0.587, 0.114], np.float32)
    blurred = cv2.GaussianBlur(luma, (0, 0), max(0.4, radius_px))
    wanted = luma + 1.5 * amount * (luma - blurred)
    size = 2 * max(1, round(radius_px)) + 1
    around = np.ones((size, size), np.uint8)
    wanted = np.clip(wanted, cv2.erode(luma, around), cv2.dilate(luma, around))
    made = np.clip(colours + (wanted - luma)[..., None] + 0.5, 0, 255).astype(np.uint8)
    return Images.fromarray(np.dstack([made, pixels[..., 3]]) if image.mode == "RGBA" else made)


def denoised(image: Image, amount: float) -> Image:
    """Non-local means (Buades, Coll, Morel 2005); ``amount`` 0 leaves the picture as it is, 1 is strong. Transparency stays."""
    import cv2
    import numpy as np
    from PIL import Image as Images

    if amount <= 0:
        return image.copy()
    pixels = np.asarray(image)
    made = cv2.fastNlMeansDenoisingColored(np.ascontiguousarray(pixels[..., :3]), None, 10 * amount, 10 * amount, 5, 15)
    return Images.fromarray(np.dstack([made, pixels[..., 3]]) if image.mode == "RGBA" else made)


def to_linear(values: Plane) -> Plane:
    """sRGB values 0..1 to linear light (IEC 61966-2-1)."""
    import numpy as np

    return np.where(values <= 0.04045, values / 12.92, ((np.maximum(values, 0) + 0.055) / 1.055) ** 2.4).astype(np.float32)


def to_srgb(values: Plane) -> Plane:
    """The reverse of `to_linear`."""
    import numpy as np

    held = np.clip(values, 0, 1)
    return np.where(held <= 0.0031308, held * 12.92, 1.055 * held ** (1 / 2.4) - 0.055).astype(np.float32)


def _plane(values: Plane, width: int, height: int) -> Plane:
    import cv2
    import numpy as np
    from PIL import Image as Images

    whole = np.ascontiguousarray(values)
    made: Plane = np.asarray(Images.fromarray(whole).resize((width, height), Images.Resampling.LANCZOS), np.float32)
    if width * height <= values.size:
        return made
    around = np.ones((3, 3), np.uint8)
    least, most = (
        cv2.resize(reach(whole, around), (width, height), interpolation=cv2.INTER_NEAREST_EXACT) for reach in (cv2.erode, cv2.dilate)
    )
    return np.clip(made, least, most)


def _planes(values: Plane, width: int, height: int) -> Plane:
    import numpy as np

    return np.dstack([_plane(values[..., channel], width, height) for channel in range(values.shape[2])])


def _bytes(values: Plane) -> Pixels:
    import numpy as np

    return (np.clip(values, 0, 1) * 255 + 0.5).astype(np.uint8)

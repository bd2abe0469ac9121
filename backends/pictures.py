"""Pictures of a conversation: from base64 or a path to RGB, no larger than the model reads."""

from __future__ import annotations

import base64
import binascii
import io
from pathlib import Path
from typing import TYPE_CHECKING

from backends.chat import ChatCall, ImagePart
from configs.errors import BadInput, BadMedia

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_PIXELS = 100_000_000  # larger ones are refused before they are unpacked
KINDS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")


def pictures_of(call: ChatCall, max_pixels: int | None = None) -> list[Image]:
    """All pictures in their order, upright, RGB; larger ones are scaled down to ``max_pixels``.

    Raises:
        BadMedia: one is no picture, damaged or larger than 100 megapixels; the sentence says which.
    """
    parts = [part for message in call.messages for part in message.parts if isinstance(part, ImagePart)]
    return [_open(part, f"Picture {number} of the conversation", max_pixels) for number, part in enumerate(parts, 1)]


def bytes_of(part: ImagePart, who: str) -> bytes:
    """The file a part holds or names."""
    if (part.base64 is None) == (part.path is None):
        raise BadInput(f"{who} has {'neither base64 nor path' if part.path is None else 'both base64 and path'}.", "Give one of them.")
    if part.path is not None:
        try:
            return Path(part.path).read_bytes()
        except OSError as error:
            raise BadMedia(f"{who} cannot be read from {part.path}: {error.strerror or error}.", "Check the path.") from None
    try:
        return base64.b64decode(part.base64 or "", validate=True)
    except binascii.Error:
        raise BadMedia(f"{who} is not valid base64.", "Send the bytes of a PNG, JPEG or WebP file as base64.") from None


def _open(part: ImagePart, who: str, max_pixels: int | None) -> Image:
    from PIL import Image, ImageOps

    data = bytes_of(part, who)
    try:
        with Image.open(io.BytesIO(data), formats=KINDS) as opened:
            width, height = opened.size
            if width * height > MOST_PIXELS:
                raise BadMedia(f"{who} has {width}x{height} pixels, more than 100 megapixels.", "Scale it down.")
            upright = ImageOps.exif_transpose(opened)
            clear = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
            picture = _on_white(upright) if clear else upright.convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise BadMedia(f"{who} is no picture that can be read.", "Send a whole PNG, JPEG or WebP file.") from None
    if max_pixels and picture.width * picture.height > max_pixels:
        scale = (max_pixels / (picture.width * picture.height)) ** 0.5
        picture = picture.resize((max(1, int(picture.width * scale)), max(1, int(picture.height * scale))), Image.Resampling.LANCZOS)
    return picture


def _on_white(picture: Image) -> Image:
    from PIL import Image

    layer = picture.convert("RGBA")
    ground = Image.new("RGBA", layer.size, "white")
    return Image.alpha_composite(ground, layer).convert("RGB")

"""Pictures from files: upright, sRGB, eight bits, RGB or RGBA; and what their makers wrote into them."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from configs.errors import BadMedia

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.PngImagePlugin import PngInfo

# Text of a PNG in which programs keep the settings of a generated picture.
SETTINGS_TEXTS = ("parameters", "prompt", "workflow", "invokeai_metadata", "invokeai_graph", "sd-metadata", "Dream", "animation-ai-studio")
LARGEST_TEXT = 4 << 20


def open_picture(path: Path) -> Image:
    """The picture as it is to be seen: turned by its EXIF, in sRGB; mode RGBA where it has transparency, else RGB.

    Raises:
        BadMedia: it cannot be read.
    """
    from PIL import Image, ImageOps

    try:
        with Image.open(path) as opened:
            opened.load()
            upright = ImageOps.exif_transpose(opened)
            return _in_srgb(_eight_bits(upright), opened.info.get("icc_profile"))
    except Exception as error:  # each format's plugin raises what it likes about a damaged file
        raise BadMedia(f"{path.name!r} is not a picture that can be read, or it is damaged.", "Give a PNG, JPEG or WebP.") from error


def has_alpha(image: Image) -> bool:
    """Whether any pixel lets the background through."""
    return image.mode == "RGBA" and image.getchannel("A").getextrema() != (255, 255)


def settings_texts(path: Path) -> dict[str, str]:
    """The texts in which a program left the settings of a picture, by their names; empty where there are none."""
    from PIL import Image

    try:
        with Image.open(path) as opened:
            opened.load()  # texts may stand behind the pixels
            found = getattr(opened, "text", {}) or {}
    except Exception:  # what cannot be read has no texts
        return {}
    return {name: str(found[name]) for name in SETTINGS_TEXTS if name in found and len(str(found[name])) <= LARGEST_TEXT}


def png_texts(texts: Mapping[str, str]) -> PngInfo:
    """The same for ``Image.save(..., pnginfo=...)``; tEXt where Latin-1 will do, as other programs expect, else iTXt."""
    from PIL.PngImagePlugin import PngInfo

    made = PngInfo()
    for name, text in texts.items():
        made.add_text(name, text)
    return made


def _eight_bits(image: Image) -> Image:
    if image.mode in ("RGB", "RGBA"):
        return image
    if image.mode in ("I;16", "I;16B", "I;16L", "I;16N", "I", "F"):
        import numpy as np
        from PIL import Image as Images

        plane = np.asarray(image, np.float64)
        largest = 65535.0 if plane.max(initial=0) > 255 else 255.0
        return Images.fromarray(np.clip(plane / largest * 255 + 0.5, 0, 255).astype(np.uint8)).convert("RGB")
    alpha = "transparency" in image.info or image.mode in ("LA", "PA", "La", "RGBa")
    return image.convert("RGBA" if alpha else "RGB")


def _in_srgb(image: Image, profile: bytes | None) -> Image:
    """A picture with another colour profile is converted; a profile that is damaged or of other channels is passed over."""
    if not profile:
        return image
    from PIL import ImageCms

    with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError):
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "srgb" in ImageCms.getProfileDescription(source).lower():
            return image
        turned = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=image.mode)
        return turned if turned is not None else image
    return image

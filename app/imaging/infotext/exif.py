"""A picture's settings for JPEG and WebP: A1111's text as EXIF's UserComment, where that program looks for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.imaging.infotext.wording import infotext

_EXIF_IFD, _USER_COMMENT = 0x8769, 0x9286
_ROOM = 60_000  # bytes: an EXIF block of a JPEG ends at 64 KiB


def with_settings(picture: Mapping[str, Any]) -> bytes:
    """An EXIF block that says how a picture was made; see `saving.save_png` for ``picture``. Too long a text is cut at its end."""
    from PIL import Image

    exif = Image.Exif()
    text = infotext(picture).encode("utf-16-be", "replace")
    exif.get_ifd(_EXIF_IFD)[_USER_COMMENT] = b"UNICODE\0" + text[:_ROOM]
    return exif.tobytes()

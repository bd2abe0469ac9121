"""Pixels of decoded frames: scaled, turned, and seen as arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import numpy as np
    from av.video.frame import VideoFrame

    Image = np.ndarray[Any, np.dtype[np.uint8]]


def plane_of(plane: Any) -> Image:
    """The plane's pixels without the padding at the end of its lines, as a view that keeps the frame alive."""
    import numpy as np

    lines = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
    return cast("Image", lines[: plane.height, : plane.width])


def turn(image: Image, rotation_deg: int) -> Image:
    """Turns an image clockwise by a quarter, half or three quarters."""
    import cv2

    turns = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
    return cast("Image", cv2.rotate(image, turns[rotation_deg])) if rotation_deg in turns else image


def scaled(raw: VideoFrame, **options: Any) -> VideoFrame:
    """``VideoFrame.reformat`` on one thread: on small work, starting threads costs more than they save."""
    return raw.reformat(threads=1, **options)

"""Small pictures of a source for measuring, and what is measured in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from app.editing.facts import SourceFacts

if TYPE_CHECKING:
    import numpy as np

    Small = np.ndarray[Any, np.dtype[np.uint8]]

WIDE = 160
_BT709 = ((0.2126, 0.7152, 0.0722), (-0.1146, -0.3854, 0.5), (0.5, -0.4542, -0.0458))
_LEAST_SPREAD = 1.0  # levels; a flat plane has no spread to bring to another


def small_pictures(source: SourceFacts, seconds: Sequence[float]) -> list[Small]:
    """(height, width, 3) pictures, red first, near the given seconds from the first frame; at least one.

    Raises:
        BadMedia: the file has gone, or holds no picture that can be decoded.
    """
    from app.video.probe import open_container
    from configs.errors import BadMedia

    found: list[Small] = []
    with open_container(source.path) as container:
        stream = container.streams.video[0] if source.kind == "image" else container.streams[source.stream_index]
        for at in sorted(seconds):
            frame = _frame_at(container, stream, source, at)
            if frame is not None:
                high = max(2, round(frame.height * WIDE / frame.width))
                found.append(frame.to_ndarray(format="rgb24", width=WIDE, height=high))
    if not found:
        raise BadMedia(f"{source.name} holds no picture that can be decoded.", "Choose another source.")
    return found


def _frame_at(container: Any, stream: Any, source: SourceFacts, at: float) -> Any:
    """The first decoded frame that is shown at or after a moment, or the last one."""
    import av

    target = at + source.starts_s
    if source.kind != "image":
        container.seek(int(target * 1_000_000), backward=True)
    frame = None
    try:
        for frame in container.decode(stream):
            if source.kind == "image" or frame.time is None or frame.time >= target - 0.5 / float(source.rate):
                return frame
    except av.error.FFmpegError:
        return frame
    return frame


def mean_and_spread(pictures: Sequence[Small]) -> list[tuple[float, float]]:
    """Mean and standard deviation of luma and the two colour differences (BT.709, limited range), levels."""
    import numpy as np

    pixels = np.concatenate([picture.reshape(-1, 3) for picture in pictures]).astype(np.float64)
    planes = pixels @ np.asarray(_BT709).T
    planes = planes * (219 / 255, 224 / 255, 224 / 255) + (16, 128, 128)
    return [(float(mean), max(float(spread), _LEAST_SPREAD)) for mean, spread in zip(planes.mean(axis=0), planes.std(axis=0), strict=True)]

"""Whether frames hold two fields of different moments, and which field comes first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    import numpy as np
    from av.video.frame import VideoFrame

    Luma = np.ndarray[Any, np.dtype[np.uint8]]

LOPSIDED_ABOVE = 1.15
WATCH_EVERY, WATCH_COLUMNS = 96, 240  # frames, pixels
_MOVED_LEVELS = 10
_LEAST_MOVING = 0.002
_FEW = 0.3


class Interlacing(BaseModel):
    """What a look at full-size frames said."""

    model_config = ConfigDict(extra="forbid")

    interlaced: bool | None = Field(description="None when nothing moved, so that it cannot be told.")
    field_order: Literal["top first", "bottom first"] | None = None
    interlaced_share: float | None = Field(default=None, ge=0, le=1, description="Share of the moving frames that are combed.")
    looked_at: int = Field(ge=0, description="Frames that have a neighbour on both sides.")
    moving: int = Field(ge=0, description="Those in which enough moved.")


def looks_interlaced(frames: Sequence[Luma]) -> Interlacing:
    """Looks at three or more neighbouring frames, full-size (H, W) uint8 luma that was never scaled.

    The test is that of ffmpeg's idet filter: the lines of one field, laid between those of the other, fit the neighbouring
    frame on one side better than the other when the fields are of different moments, and equally well when they are of one.
    Only places that moved are looked at. Film pulled down to video has two combed frames of five, hence the low share.
    """
    return judge([lean(*three) for three in zip(frames[:-2], frames[1:-1], frames[2:], strict=True)])


def judge(leans: Sequence[float | None]) -> Interlacing:
    """From what `lean` said of several frames. A real field order does not change from frame to frame."""
    told = [value for value in leans if value is not None]
    if not told:
        return Interlacing(interlaced=None, looked_at=len(leans), moving=0)
    top = sum(value > LOPSIDED_ABOVE for value in told)
    bottom = sum(value < 1 / LOPSIDED_ABOVE for value in told)
    share = max(top, bottom) / len(told)
    interlaced = share >= _FEW and max(top, bottom) > 3 * min(top, bottom)
    order: Literal["top first", "bottom first"] = "top first" if top > bottom else "bottom first"
    return Interlacing(
        interlaced=interlaced, field_order=order if interlaced else None,
        interlaced_share=round(share, 3), looked_at=len(leans), moving=len(told),
    )  # fmt: skip


class FieldWatch:
    """Looks at three neighbouring full-size frames in every 96 of the one pass, at the middle 240 columns only.

    What it finds depends on those three alone, so that it is the same however the film was cut into segments.
    """

    def __init__(self) -> None:
        self.leans: dict[int, float | None] = {}
        self._held: list[Luma] = []

    def look(self, index: int, raw: VideoFrame) -> None:
        """Takes every decoded frame in order; ``leans`` holds the verdict under the number of the third."""
        phase = index % WATCH_EVERY
        if phase >= 3 or not _has_plain_luma(raw):
            return
        if phase != len(self._held):
            self._held = []  # started in the middle of three
            if phase:
                return
        self._held.append(_middle_columns(raw))
        if len(self._held) == 3:
            self.leans[index] = lean(*self._held)
            self._held = []


def _has_plain_luma(raw: VideoFrame) -> bool:
    """Eight bits of luma in a plane of its own."""
    return raw.format.name.startswith(("yuv4", "yuvj4", "yuva4", "nv", "gray")) and raw.format.components[0].bits == 8


def _middle_columns(raw: VideoFrame) -> Luma:
    import numpy as np

    plane: Any = raw.planes[0]
    lines: Luma = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[: plane.height]
    left = max(0, (plane.width - WATCH_COLUMNS) // 2)
    return lines[:, left : min(plane.width, left + WATCH_COLUMNS)].copy()


def lean(before: Luma, frame: Luma, after: Luma) -> float | None:
    """Misfit with the top field first by misfit with the bottom field first; about 1 when progressive, None when little moves."""
    import numpy as np

    if not before.shape == frame.shape == after.shape or frame.shape[0] < 8:
        return None
    past, now, future = (picture.astype(np.int16) for picture in (before, frame, after))
    moved = (np.abs(now - past) > _MOVED_LEVELS) | (np.abs(future - now) > _MOVED_LEVELS)
    moved = moved[1:-1]
    if moved.mean() < _LEAST_MOVING:
        return None
    around = now[:-2] + now[2:]
    earlier = np.where(moved, np.abs(around - 2 * past[1:-1]), 0).sum(axis=1, dtype=np.int64)
    later = np.where(moved, np.abs(around - 2 * future[1:-1]), 0).sum(axis=1, dtype=np.int64)
    # row 0 here is line 1 of the picture, which is of the bottom field
    top = earlier[1::2].sum() + later[0::2].sum()
    bottom = earlier[0::2].sum() + later[1::2].sum()
    return float(top + 1) / float(bottom + 1)

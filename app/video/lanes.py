"""What the timeline draws under the shots: at most 1200 values a lane, made from the curves and the analysis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    import numpy as np

    from app.video.curves import Curves
    from app.video.document import VideoAnalysis

    Values = np.ndarray[Any, np.dtype[Any]]

BINS = 1200
_PAN_FULL = 60.0  # % of the frame width per second that fills the lane
_MOTION_FULL = 12.0  # levels of change per frame
_QUIETEST_LUFS, _LOUDEST_LUFS = -50.0, -5.0


class Lane(BaseModel):
    """One lane. ``values`` run from frame 0 to the last in equal steps, 0 to 1."""

    model_config = ConfigDict(extra="forbid")

    name: str
    kind: Literal["heat", "level", "spans"]
    hint: str = Field(description="What the lane shows, in words.")
    values: list[float] = []
    spans: list[tuple[float, float]] = Field(default=[], description="For lanes of spans: from and to, in frames.")


class Lanes(BaseModel):
    """Everything the timeline draws under the shots."""

    model_config = ConfigDict(extra="forbid")

    frame_count: int
    lanes: list[Lane]


def make_lanes(analysis: VideoAnalysis, curves: Curves) -> Lanes:
    """Pure: the lanes of an analysis; sound lanes only where there is sound."""
    import numpy as np

    count = analysis.frame_count
    fps = analysis.media.info.video.fps
    speed = fps * np.sqrt(curves["cam_dx"] ** 2 + curves["cam_dy"] ** 2 + (curves["cam_zoom"] / 2) ** 2)
    heat = 1.0 - np.asarray(analysis.coherence.heat)
    motion = curves["d1"].copy()
    motion[[scene.start_frame for scene in analysis.scenes]] = 0.0  # a cut is no motion
    lanes = [
        Lane(
            name="Camera",
            kind="level",
            hint="Speed of the camera, square root, full at 60 % of the width per second",
            values=_root(speed / _PAN_FULL),
        ),
        Lane(name="Coherence", kind="heat", hint="Where the picture does not hold together", values=_binned(heat)),
        Lane(
            name="Motion",
            kind="level",
            hint="Change from frame to frame, square root, full at 12 levels",
            values=_root(motion / _MOTION_FULL),
        ),
    ]
    if analysis.sound is not None:
        lanes += _sound_lanes(analysis)
    return Lanes(frame_count=count, lanes=lanes)


def _sound_lanes(analysis: VideoAnalysis) -> list[Lane]:
    import numpy as np

    assert analysis.sound is not None
    fps, count = analysis.media.info.video.fps, analysis.frame_count
    loud = analysis.sound.loudness
    times = loud.momentary_start_s + loud.momentary_step_s * np.arange(len(loud.momentary_lufs))
    grid = (np.arange(min(BINS, count)) + 0.5) * analysis.duration_s / min(BINS, count)
    level = np.interp(grid, times, loud.momentary_lufs, left=-120.0, right=-120.0) if len(times) else np.zeros(len(grid)) - 120.0
    share = (level - _QUIETEST_LUFS) / (_LOUDEST_LUFS - _QUIETEST_LUFS)
    speech = [(round(span.start_s * fps, 2), round(span.end_s * fps, 2)) for span in analysis.sound.speech.spans]
    return [
        Lane(name="Loudness", kind="level", hint="Momentary loudness, -50 to -5 LUFS", values=_rounded(share)),
        *([Lane(name="Speech", kind="spans", hint="Where somebody seems to speak (built-in estimate)", spans=speech)] if speech else []),
    ]


def _binned(values: Values) -> list[float]:
    """At most `BINS` values, each the greatest of its stretch of frames."""
    import numpy as np

    if len(values) == 0:
        return []
    edges = np.linspace(0, len(values), min(BINS, len(values)) + 1).astype(int)
    return _rounded(np.maximum.reduceat(values, edges[:-1]))


def _root(values: Values) -> list[float]:
    """Square roots, so that slow movement can be seen beside fast."""
    import numpy as np

    return _binned(np.sqrt(np.maximum(np.nan_to_num(values), 0.0)))


def _rounded(values: Values) -> list[float]:
    import numpy as np

    return [round(v, 3) for v in np.clip(np.nan_to_num(values), 0.0, 1.0).tolist()]

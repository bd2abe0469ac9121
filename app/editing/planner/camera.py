"""The camera move of an analysed shot as an operation, so that another shot or a still can make it again."""

from __future__ import annotations

from app.editing.operations.moves import CameraMove
from app.video.document import VideoAnalysis
from app.video.export_camera import path
from configs.errors import BadInput

MOST_VALUES = 20_000
_PERCENT, _SCALE = (-400.0, 400.0), (10.0, 1000.0)


def camera_move(
    analysis: VideoAnalysis, shot: int, *, smooth: bool = True, strength: float = 1.0, seconds: float | None = None
) -> CameraMove:
    """The move of shot number ``shot`` (from 0) in the terms of `camera.csv`, a value for every step of its curve.

    Args:
        smooth: without the camera's shake; False: with it.
        strength: how much of it, 1 is as it was.
        seconds: the length that the move is to take; left out: as long as it took.

    Raises:
        BadInput: there is no such shot, or its camera does not move.
    """
    shots = analysis.camera.shots
    if not 0 <= shot < len(shots):
        raise BadInput(f"There is no shot {shot + 1}: the clip has {len(shots)}.", f"Name one from 1 to {len(shots)}.")
    found = shots[shot]
    if found.curve is None:
        moving = [str(number) for number, other in enumerate(shots, 1) if other.curve is not None]
        remedy = f"The camera moves in shot {', '.join(moving[:12])}." if moving else "The camera moves in no shot of this clip."
        raise BadInput(f"The camera does not move in shot {shot + 1}.", remedy)
    curve, fps = found.curve, analysis.media.info.video.fps
    parts = (
        (curve.smooth_right_percent_per_s, curve.smooth_down_percent_per_s, curve.smooth_zoom_percent_per_s, curve.smooth_roll_deg_per_s)
        if smooth
        else (curve.right_percent_per_s, curve.down_percent_per_s, curve.zoom_percent_per_s, curve.roll_deg_per_s)
    )
    import numpy as np

    count = min(len(parts[0]), MOST_VALUES - 1)
    frames = np.full(count, curve.step_frames)
    frames[-1] = max(1, found.end_frame - 1 - curve.start_frame - curve.step_frames * (count - 1)) if count else 1
    columns = path([part[:count] for part in parts], np.minimum(frames, curve.step_frames) / fps)
    step = curve.step_frames / fps
    if seconds is not None:
        step = max(1e-3, seconds / max(1, count))
    right, down, scale, turn = columns
    return CameraMove(
        step_s=round(min(step, 10.0), 6), x_percent=_within(right, _PERCENT), y_percent=_within(down, _PERCENT),
        scale_percent=_within(scale, _SCALE), rotation_deg=_within(turn, _PERCENT), strength=strength,
    )  # fmt: skip


def _within(values: list[float], limits: tuple[float, float]) -> tuple[float, ...]:
    return tuple(round(min(max(value, limits[0]), limits[1]), 4) for value in values)

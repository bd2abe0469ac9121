"""The camera's path as CSV (RFC 4180), frame by frame, in the terms of an editor's transform: position, scale, rotation."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from app.video.analysers.camera_moves import Motion
from app.video.clock import FilmClock
from app.video.curves import Curves, Shot
from app.video.document import VideoAnalysis

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

PATH = ("x_percent", "y_percent", "scale_percent", "rotation_deg")
SPEED = ("right_percent_per_s", "down_percent_per_s", "zoom_percent_per_s", "roll_deg_per_s")
COLUMNS = ("frame", "time_s", "timecode", "shot", *PATH, *(f"smooth_{name}" for name in PATH), *SPEED)


def has_moves(analysis: VideoAnalysis) -> bool:
    """Whether the camera moves in any shot."""
    return any(shot.curve is not None for shot in analysis.camera.shots)


def camera_csv(analysis: VideoAnalysis, curves: Curves) -> Iterator[str]:
    """Pieces of text: a heading, then a row for every frame of every shot in which the camera moves.

    ``x_percent`` and ``y_percent`` (right and down, % of the frame width), ``scale_percent`` and ``rotation_deg`` (clockwise)
    are the transform about the middle of the picture that takes the shot's first picture to this frame; put on a still or on
    another clip, it makes the move again, and its inverse takes the move out. ``smooth_`` is the same without shake. The
    speeds are the camera's own, from the frame before to this one, and 0 in a shot's first frame.
    """
    clock = FilmClock.of(analysis.media.info.video)
    yield _lines([COLUMNS])
    for number, found in enumerate(analysis.camera.shots, start=1):
        if found.curve is None:
            continue
        shot = Shot(found.start_frame, found.end_frame)
        motion, seconds = Motion.of(curves, shot), steps_s(curves, shot)
        columns = [*path(motion.parts, seconds), *path(motion.smooth_parts, seconds), *([0.0, *part.tolist()] for part in motion.parts)]
        rows = []
        for place, frame in enumerate(range(shot.start, shot.end)):
            time_s = float(curves.times_s[frame])
            numbers = (f"{column[place]:.5g}" for column in columns)
            rows.append((frame, f"{time_s:.6f}", clock.timecode(frame, time_s), number, *numbers))
        yield _lines(rows)


def path(velocities: Any, seconds: Array) -> tuple[list[float], ...]:
    """From the camera's velocity (right, down, zoom, roll; a value per step) to `PATH` in every frame of the shot."""
    import numpy as np

    right, down, zoom, roll = (np.asarray(part, np.float64) * seconds for part in velocities)
    steps = np.exp(zoom / 100 - 1j * np.radians(roll))  # the picture turns against the camera
    whole = np.concatenate([[1.0 + 0j], np.cumprod(steps)])
    moved = [0j]
    for step, shift in zip(steps.tolist(), (right + 1j * down).tolist(), strict=True):
        moved.append(step * moved[-1] - shift)
    place = np.asarray(moved)
    turned = np.concatenate([[0.0], -np.cumsum(roll)])
    return place.real.tolist(), place.imag.tolist(), (100 * np.abs(whole)).tolist(), turned.tolist()


def steps_s(curves: Curves, shot: Shot) -> Array:
    """How long each step of the shot takes, as `Motion` reckons it, seconds."""
    import numpy as np

    return np.clip(np.diff(curves.times_s[shot.start : shot.end]), 0.25 / curves.fps, 4.0 / curves.fps)


def _lines(rows: Any) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()

"""What the camera does: pan, tilt, zoom, roll, how steadily, and the curve by which the move can be made again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.video.analysers.base import Analyser, Findings
from app.video.analysers.camera_moves import Motion, Run, runs, steadiness
from app.video.analysers.camera_tracking import REFRESH_EVERY, Tracker
from app.video.curves import Curves, Shot, round_all

if TYPE_CHECKING:
    from app.video.frame import Frame

Kind = Literal["static", "pan_left", "pan_right", "tilt_up", "tilt_down", "zoom_in", "zoom_out", "roll_cw", "roll_ccw", "complex"]
Style = Literal["static", "smooth", "dynamic", "handheld"]

SHARED = "camera"  # where other analysers find the frame's `CameraMotion`: after this one in the table, frame.shared[SHARED]
LABELS: dict[str, str] = {
    "static": "static",
    "pan_left": "pan left",
    "pan_right": "pan right",
    "tilt_up": "tilt up",
    "tilt_down": "tilt down",
    "zoom_in": "zoom/dolly in",
    "zoom_out": "zoom/dolly out",
    "roll_cw": "roll clockwise",
    "roll_ccw": "roll counter-clockwise",
    "complex": "complex move",
}
_CURVE_HZ = 8.0
_CURVE_POINTS = 8000  # in the whole film; longer films have coarser curves, the per-frame table is always complete


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CameraMove(_Model):
    """A stretch of a shot in which the camera does one thing. Speeds are means over it and carry the camera's direction."""

    kind: Kind
    label: str = Field(description="In words. Two pictures cannot tell a zoom from a dolly, so it says zoom/dolly.")
    start_frame: int = Field(ge=0)
    end_frame: int = Field(ge=1, description="First frame behind the stretch.")
    start_s: float = Field(ge=0)
    end_s: float = Field(ge=0)
    speed_percent_per_s: float = Field(ge=0, description="Speed at the middle of the picture, in % of the frame width per second.")
    right_percent_per_s: float = Field(description="To the right; negative to the left; % of the frame width per second.")
    down_percent_per_s: float = Field(description="Downwards; negative upwards; % of the frame width per second.")
    zoom_percent_per_s: float = Field(description="Growth of the picture, natural logarithm times 100, per second.")
    roll_deg_per_s: float = Field(description="Clockwise turn of the camera, degrees per second.")


class CameraCurve(_Model):
    """The camera's velocity, each value a mean over ``step_frames`` frames, so that adding up gives the exact path.

    The camera turns and magnifies about the middle of the picture, after having moved. To make the move again, move the
    picture the other way by ``right`` and ``down``, magnify it by ``zoom`` and turn it counter-clockwise by ``roll``.
    """

    start_frame: int = Field(ge=0, description="The first value is the motion from this frame to ``step_frames`` later.")
    step_frames: int = Field(ge=1)
    right_percent_per_s: list[float]
    down_percent_per_s: list[float]
    zoom_percent_per_s: list[float]
    roll_deg_per_s: list[float]
    smooth_right_percent_per_s: list[float]
    smooth_down_percent_per_s: list[float]
    smooth_zoom_percent_per_s: list[float]
    smooth_roll_deg_per_s: list[float]


class ShotCamera(_Model):
    """The camera in one shot."""

    start_frame: int = Field(ge=0)
    end_frame: int = Field(ge=1)
    kind: Kind = Field(description="What it does for most of the shot.")
    label: str
    style: Style = Field(description="static: does not move; smooth: moves evenly; dynamic: fast or changing; handheld: shakes all along.")
    smoothness: float = Field(ge=0, le=1, description="1 / (1 + shake / (1 + mean speed)), both in % of the frame width per second.")
    shake_percent_per_s: float = Field(ge=0, description="RMS of the velocity faster than about 0.6 Hz, % of the frame width per second.")
    mean_speed_percent_per_s: float = Field(ge=0)
    peak_speed_percent_per_s: float = Field(ge=0)
    foreground_motion: float = Field(ge=0, le=1, description="Share of the followed points that move on their own.")
    followed: float = Field(ge=0, le=1, description="Share of the frames whose motion could be measured.")
    moves: list[CameraMove]
    curve: CameraCurve | None = Field(default=None, description="None for a shot in which the camera does not move.")


class FilmCamera(_Model):
    """The camera in the film: the share of time of each kind of move and style, and every shot."""

    kinds: dict[str, float]
    styles: dict[str, float]
    shots: list[ShotCamera]


class CameraMeasure:
    """Per frame: the camera's motion since the frame before, and how far to believe it; see `camera_tracking.Tracker`.

    ``cam_dx`` (right) and ``cam_dy`` (down): % of the frame width; ``cam_zoom``: natural logarithm of the magnification,
    times 100; ``cam_roll``: degrees clockwise; ``cam_inliers``: share of the followed points that agree, 0 where nothing
    was found (first frame, cut), and then the motion is 0; ``cam_residual``: mean absolute luma difference that is left
    at half size when the frame before is moved along, levels.
    """

    columns: tuple[str, ...] = ("cam_dx", "cam_dy", "cam_zoom", "cam_roll", "cam_inliers", "cam_residual")
    memory = REFRESH_EVERY

    def __init__(self) -> None:
        self._tracker = Tracker()

    def measure(self, frame: Frame) -> Sequence[float]:
        """Six numbers; the motion itself is left in ``frame.shared["camera"]`` for others."""
        motion = self._tracker.step(frame)
        frame.shared[SHARED] = motion
        height, width = frame.y.shape
        went = motion.of_centre(width, height)
        percent = -100.0 / width
        return (
            went.real * percent,
            went.imag * percent,
            motion.zoom * 100.0,
            -motion.turned_deg,
            motion.inliers if motion.found else 0.0,
            motion.residual,
        )


def decide(findings: Findings) -> FilmCamera:
    """Every shot's moves and style, from the stored motion alone."""
    curves = findings.curves
    step = max(1, round(curves.fps / _CURVE_HZ), -(-len(curves) // _CURVE_POINTS))
    shots = [_shot(curves, shot, step) for shot in findings.shots]
    kinds: dict[str, float] = {}
    styles: dict[str, float] = {}
    for shot in shots:
        styles[shot.style] = styles.get(shot.style, 0) + shot.end_frame - shot.start_frame
        for move in shot.moves:
            kinds[move.kind] = kinds.get(move.kind, 0) + move.end_frame - move.start_frame
    return FilmCamera(kinds=_shares(kinds), styles=_shares(styles), shots=shots)


def _shares(frames: dict[str, float]) -> dict[str, float]:
    total = sum(frames.values())
    return {name: round(count / total, 4) for name, count in sorted(frames.items(), key=lambda item: (-item[1], item[0]))}


def _shot(curves: Curves, shot: Shot, step: int) -> ShotCamera:
    motion = Motion.of(curves, shot)
    steady = steadiness(motion)
    found = runs(motion, steady)
    moves = [_move(curves, shot, motion, run) for run in found]
    longest = max({m.kind for m in moves}, key=lambda kind: (sum(m.end_frame - m.start_frame for m in moves if m.kind == kind), kind))
    still = steady.style == "static"
    return ShotCamera(
        start_frame=shot.start,
        end_frame=shot.end,
        kind=longest,
        label=LABELS[longest],
        style=steady.style,
        smoothness=round(1.0 / (1.0 + steady.shake / (1.0 + steady.mean_speed)), 4),
        shake_percent_per_s=round(steady.shake, 3),
        mean_speed_percent_per_s=round(steady.mean_speed, 3),
        peak_speed_percent_per_s=round(steady.peak_speed, 3),
        foreground_motion=round(motion.foreground, 4),
        followed=round(motion.followed, 4),
        moves=moves,
        curve=None if still or len(motion) == 0 else _curve(motion, shot, step),
    )


def _move(curves: Curves, shot: Shot, motion: Motion, run: Run) -> CameraMove:
    import numpy as np

    start, end = shot.start + run.start, shot.start + run.end
    times = curves.times_s
    end_s = float(times[end]) if end < len(times) else float(times[-1]) + 1.0 / curves.fps
    steps = slice(max(0, run.start - 1), max(1, run.end - 1))
    right, down, zoom, roll = (float(np.mean(part[steps])) if len(part) else 0.0 for part in motion.parts)
    return CameraMove(
        kind=run.kind,
        label=LABELS[run.kind],
        start_frame=start,
        end_frame=end,
        start_s=round(float(times[start]), 4),
        end_s=round(end_s, 4),
        speed_percent_per_s=round(float(np.hypot(right, down)), 3),
        right_percent_per_s=round(right, 3),
        down_percent_per_s=round(down, 3),
        zoom_percent_per_s=round(zoom, 3),
        roll_deg_per_s=round(roll, 3),
    )


def _curve(motion: Motion, shot: Shot, step: int) -> CameraCurve:
    import numpy as np

    def thin(part: object) -> list[float]:
        values = np.asarray(part, dtype=np.float64)
        starts = np.arange(0, len(values), step)
        counts = np.diff(np.append(starts, len(values)))
        return round_all((np.add.reduceat(values, starts) / counts).tolist(), 3)

    raw = [thin(part) for part in motion.parts]
    smooth = [thin(part) for part in motion.smooth_parts]
    return CameraCurve(
        start_frame=shot.start,
        step_frames=step,
        right_percent_per_s=raw[0],
        down_percent_per_s=raw[1],
        zoom_percent_per_s=raw[2],
        roll_deg_per_s=raw[3],
        smooth_right_percent_per_s=smooth[0],
        smooth_down_percent_per_s=smooth[1],
        smooth_zoom_percent_per_s=smooth[2],
        smooth_roll_deg_per_s=smooth[3],
    )


ANALYSER = Analyser(name="camera", result=FilmCamera, decide=decide, measure=CameraMeasure)

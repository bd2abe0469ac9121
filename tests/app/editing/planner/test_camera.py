"""A measured camera move made into an operation: its path is that of camera.csv."""

from __future__ import annotations

import pytest

from app.editing.planner.camera import camera_move
from app.video.analysers.camera import CameraCurve, FilmCamera, ShotCamera
from app.video.document import VideoAnalysis
from configs.errors import BadInput
from tests.app.editing.planner.analyses import analysis


def curve(right: float, zoom: float, count: int = 8, step: int = 3) -> CameraCurve:
    parts = {"right": right, "down": 0.0, "zoom": zoom}
    names = {f"{prefix}{name}_percent_per_s": [value] * count for name, value in parts.items() for prefix in ("", "smooth_")}
    return CameraCurve(start_frame=0, step_frames=step, roll_deg_per_s=[0.0] * count, smooth_roll_deg_per_s=[0.0] * count, **names)


def moving(found: CameraCurve | None) -> VideoAnalysis:
    made = analysis()
    shot = ShotCamera(
        start_frame=0, end_frame=25, kind="pan_right", label="pan right", style="smooth", smoothness=1, shake_percent_per_s=0,
        mean_speed_percent_per_s=10, peak_speed_percent_per_s=10, foreground_motion=0, followed=1, moves=[], curve=found,
    )  # fmt: skip
    return made.model_copy(update={"camera": FilmCamera(kinds={}, styles={}, shots=[shot])})


def test_a_pan_to_the_right_moves_the_picture_to_the_left() -> None:
    move = camera_move(moving(curve(right=10.0, zoom=0.0)), 0)
    assert move.x_percent[0] == 0
    assert move.x_percent[-1] == pytest.approx(-10 * 24 / 25, abs=0.3)
    assert all(after < before for before, after in zip(move.x_percent, move.x_percent[1:], strict=False))
    assert move.step_s == pytest.approx(3 / 25)
    assert set(move.scale_percent) == {100.0}


def test_a_zoom_grows_and_may_be_spread_over_another_time() -> None:
    move = camera_move(moving(curve(right=0.0, zoom=20.0)), 0, seconds=4.0, strength=0.5)
    assert move.scale_percent[-1] > 118
    assert move.step_s == pytest.approx(4.0 / 8)
    assert move.strength == 0.5


@pytest.mark.parametrize("shot", [-1, 1, 40])
def test_a_shot_that_is_not_there_is_named(shot: int) -> None:
    with pytest.raises(BadInput, match=f"no shot {shot + 1}"):
        camera_move(moving(curve(1.0, 0.0)), shot)


def test_a_camera_that_stands_has_no_move() -> None:
    with pytest.raises(BadInput, match="does not move"):
        camera_move(moving(None), 0)

"""The camera's path does what it says: put on the first picture of a shot, it makes the last."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from app.video.analysers import camera
from app.video.curves import Curves, Shot
from app.video.export_camera import COLUMNS, PATH, camera_csv, has_moves, path, steps_s
from tests.app.video.analysers.moving import cartoon, findings
from tests.benchmarks import motion_truth as truth
from tests.benchmarks.motion_truth import Move


class Told:
    """As much of an analysis as the writer reads."""

    def __init__(self, found: Any) -> None:
        self.camera = camera.decide(found)
        self.media = type("Media", (), {"info": found.info})


def rows_of(pictures: list[Any], shots: list[Shot] | None = None) -> list[dict[str, str]]:
    found = findings(pictures, shots)
    return list(csv.DictReader("".join(camera_csv(Told(found), found.curves)).splitlines()))  # type: ignore[arg-type]


def transformed(picture: Any, row: dict[str, str], prefix: str = "") -> Any:
    """The recipe of the docs: scale and turn about the middle, then move."""
    height, width = picture.shape
    x, y, scale, turn = (float(row[prefix + name]) for name in PATH)
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), -turn, scale / 100)
    matrix[:, 2] += (x * width / 100, y * width / 100)
    return cv2.warpAffine(picture, matrix, (width, height), flags=cv2.INTER_LINEAR)


@pytest.mark.parametrize(
    "move",
    [
        Move(right=2.0),
        Move(right=-1.2, down=0.8),
        Move(zoom=0.006),
        Move(roll_deg=0.4),
        Move(right=1.0, down=-0.5, zoom=0.004, roll_deg=-0.3),
    ],
)
def test_the_path_makes_the_move_again(move: Move) -> None:
    pictures = [truth.view(cartoon(), place) for place in truth.steady_path(move, 25)]
    rows = rows_of(pictures)
    assert [int(row["frame"]) for row in rows] == list(range(25))
    again = transformed(pictures[0], rows[24])
    inside = (slice(45, 135), slice(80, 240))
    assert np.abs(again[inside].astype(int) - pictures[24][inside]).mean() < 4
    assert np.abs(pictures[0][inside].astype(int) - pictures[24][inside]).mean() > 8
    smooth = transformed(pictures[0], rows[24], "smooth_")
    assert np.abs(smooth[inside].astype(int) - pictures[24][inside]).mean() < 6


def test_units_are_percent_of_the_width_and_degrees() -> None:
    pan = rows_of([truth.view(cartoon(), place) for place in truth.steady_path(Move(right=1.6), 13)])
    assert float(pan[0]["x_percent"]) == 0
    assert float(pan[12]["x_percent"]) == pytest.approx(-12 * 1.6 / 3.2, rel=0.02)  # the picture goes left when the camera goes right
    assert float(pan[5]["right_percent_per_s"]) == pytest.approx(24 * 1.6 / 3.2, rel=0.05)
    zoom = rows_of([truth.view(cartoon(), place) for place in truth.steady_path(Move(zoom=0.01), 13)])
    assert float(zoom[12]["scale_percent"]) == pytest.approx(100 * np.exp(0.12), rel=0.01)
    roll = rows_of([truth.view(cartoon(), place) for place in truth.steady_path(Move(roll_deg=0.5), 13)])
    assert float(roll[12]["rotation_deg"]) == pytest.approx(-6, rel=0.03)


def test_without_shake_the_way_is_the_same_and_steadier() -> None:
    rng = np.random.default_rng(2)
    shaky = truth.handheld_path(rng, 48, 2.0, Move(right=1.0))
    rows = rows_of([truth.view(cartoon(), place) for place in shaky])
    raw, smooth = (np.array([float(row[name]) for row in rows]) for name in ("x_percent", "smooth_x_percent"))
    assert np.abs(np.diff(smooth, 2)).mean() < 0.5 * np.abs(np.diff(raw, 2)).mean()
    assert smooth[-1] == pytest.approx(raw[-1], abs=3)


def test_shots_without_a_move_have_no_rows_and_each_shot_begins_anew() -> None:
    still = [truth.view(cartoon(), Move())] * 20
    moving = [truth.view(cartoon(), place) for place in truth.steady_path(Move(right=2.0), 20)]
    shots = [Shot(0, 20), Shot(20, 40)]
    rows = rows_of([*still, *moving], shots)
    assert {row["shot"] for row in rows} == {"2"}
    assert (rows[0]["frame"], float(rows[0]["x_percent"]), float(rows[0]["scale_percent"])) == ("20", 0, 100)
    assert has_moves(Told(findings([*still, *moving], shots)))  # type: ignore[arg-type]
    assert not has_moves(Told(findings(still)))  # type: ignore[arg-type]


def test_steps_last_as_long_as_their_frames() -> None:
    times = np.array([0.0, 0.04, 0.08, 5.0, 5.04])
    assert steps_s(Curves(25.0, times), Shot(0, 5)).tolist() == pytest.approx([0.04, 0.04, 0.16, 0.04])
    x, _, scale, turn = path(([10.0, 10.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]), np.array([0.1, 0.1]))
    assert (x, scale, turn) == ([0.0, -1.0, -2.0], [100.0] * 3, [0.0, -0.0, -0.0])


def test_a_moving_film_leaves_the_file(clips: Callable[..., Path], analyse: Callable[..., Any]) -> None:
    graph = "mandelbrot=s=640x360:r=24:start_scale=1:end_scale=1:end_pts=1,loop=48:1,crop=160:90:x=n*4:y=60,trim=duration=2[out0]"
    analysis, studio = analyse(clips("pan.mp4", "-pix_fmt", "yuv420p", graph=graph))
    heading, *rows = studio.read("camera.csv").splitlines()
    assert heading.split(",") == list(COLUMNS)
    assert len(rows) == sum(s.end_frame - s.start_frame for s in analysis.camera.shots if s.curve is not None) > 0

"""The camera analyser from pictures to result."""

from __future__ import annotations

import numpy as np
import pytest

from app.video.analysers.camera import ANALYSER, LABELS, CameraMeasure, FilmCamera, decide
from app.video.analysers.camera_tracking import CameraMotion
from app.video.curves import Shot
from tests.app.video.analysers.moving import Move, curves_of, film, findings, found_in, rows_of
from tests.benchmarks import motion_truth as truth


@pytest.mark.parametrize(("kind", "move"), [truth.MOVES[i] for i in (0, 2, 7, 10, 11, 13, 14)])
def test_a_move_is_named_and_measured(kind: str, move: Move) -> None:
    shot = decide(findings(film(move, 14))).shots[0]
    assert [m.kind for m in shot.moves] == [kind]
    assert shot.label == LABELS[kind]
    found = shot.moves[0]
    assert found.right_percent_per_s == pytest.approx(move.right / 3.2 * 24, abs=0.4 + abs(move.right) * 0.1)
    assert found.zoom_percent_per_s == pytest.approx(move.zoom * 2400, abs=0.2)
    assert found.roll_deg_per_s == pytest.approx(move.roll_deg * 24, abs=0.2)
    assert shot.style == ("static" if kind == "static" else "smooth")
    assert (shot.curve is None) == (kind == "static")


def test_a_zoom_says_that_it_may_be_a_dolly() -> None:
    assert LABELS["zoom_in"] == "zoom/dolly in"
    assert LABELS["zoom_out"] == "zoom/dolly out"


def test_a_shaking_camera_is_handheld() -> None:
    path = truth.handheld_path(np.random.default_rng(1), 36, 1.5)
    still = truth.city(np.random.default_rng(1))
    assert decide(findings([truth.view(still, place) for place in path])).shots[0].style == "handheld"


def test_the_curve_adds_up_to_the_path() -> None:
    speeds = np.concatenate([[0.0], np.linspace(0, 1, 50)])
    shot = decide(found_in(curves_of(cam_dx=speeds, cam_zoom=speeds / 2))).shots[0]
    curve = shot.curve
    assert curve is not None
    assert curve.step_frames == 3
    lengths = np.array([3] * 16 + [2]) / 24
    assert float(np.dot(curve.right_percent_per_s, lengths)) == pytest.approx(25.0, abs=0.05)
    assert float(np.dot(curve.zoom_percent_per_s, lengths)) == pytest.approx(12.5, abs=0.05)
    assert len(curve.smooth_right_percent_per_s) == len(curve.right_percent_per_s) == 17


def test_shots_are_told_apart_and_a_cut_is_no_move() -> None:
    speeds = np.concatenate([np.full(30, 0.5), np.full(30, -0.5)])
    inliers = np.ones(60)
    inliers[[0, 30]] = 0
    speeds[[0, 30]] = 0
    result = decide(found_in(curves_of(cam_dx=speeds, cam_inliers=inliers), [Shot(0, 30), Shot(30, 60)]))
    assert [shot.kind for shot in result.shots] == ["pan_right", "pan_left"]
    assert result.shots[1].moves[0].start_frame == 30
    assert result.shots[1].moves[0].end_s == pytest.approx(2.5)
    assert result.kinds == {"pan_left": 0.5, "pan_right": 0.5}
    assert result.styles == {"smooth": 1.0}


def test_foreground_motion_is_the_share_of_points_that_do_not_follow() -> None:
    inliers = np.full(30, 0.8)
    assert decide(found_in(curves_of(cam_dx=np.full(30, 0.4), cam_inliers=inliers))).shots[0].foreground_motion == pytest.approx(0.2)


def test_a_shot_of_one_frame_is_static() -> None:
    shot = decide(found_in(curves_of(cam_dx=[0.0]))).shots[0]
    assert (shot.style, shot.kind, shot.followed) == ("static", "static", 0.0)


def test_no_shots_give_an_empty_result() -> None:
    result = decide(found_in(curves_of(cam_dx=[0.0]), []))
    assert (result.kinds, result.styles, result.shots) == ({}, {}, [])


def test_numbers_forget_where_the_measure_was_started() -> None:
    pictures = film(Move(right=1.1, zoom=0.004), 34)
    whole = rows_of(pictures)
    for first in (17, 24, 30):
        start = first - max(CameraMeasure.memory, 14)
        assert rows_of(pictures, start)[first - start :] == whole[first:]


def test_the_same_pictures_give_the_same_numbers() -> None:
    assert rows_of(film(Move(right=1.1), 6)) == rows_of(film(Move(right=1.1), 6))


def test_others_find_the_motion_in_the_frame() -> None:
    frames = list(truth.frames(film(Move(right=2.0), 2)))
    measure = CameraMeasure()
    rows = [measure.measure(frame) for frame in frames]
    shared = frames[1].shared["camera"]
    assert isinstance(shared, CameraMotion)
    assert rows[1][0] == pytest.approx(2.0 / 3.2, abs=0.02)
    assert len(rows[0]) == len(measure.columns)
    assert rows[0][4] == 0.0


def test_the_row_of_the_table() -> None:
    assert (ANALYSER.name, ANALYSER.result, ANALYSER.sampler) == ("camera", FilmCamera, None)

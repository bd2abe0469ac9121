"""Pip and the paper."""

from __future__ import annotations

import numpy as np
import pytest

from app.video.sample_art import (
    PAPER,
    RED_PENCIL,
    WHITE,
    Pose,
    arc,
    body,
    draw_pip,
    fill,
    line,
    oval,
    paper,
    pegs,
    shadow,
    turned,
)


def blank() -> np.ndarray:
    return np.full((400, 400, 3), 255, np.uint8)


def area(points: np.ndarray) -> float:
    x, y = points[:, 0], points[:, 1]
    return float(abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))) / 2)


@pytest.mark.parametrize("stretch", [0.7, 1.0, 1.3])
def test_pip_keeps_its_volume_when_squashed(stretch: float) -> None:
    """A solid that is k times as tall is k**-0.5 times as wide in both directions; its outline's area goes with k**0.5."""
    rest, squashed = area(body(Pose(0, 0))), area(body(Pose(0, 0, stretch=stretch)))
    assert squashed / rest == pytest.approx(stretch**0.5, rel=0.01)


def test_pip_stands_on_its_point() -> None:
    outline = body(Pose(200, 300, size=80))
    assert outline[:, 1].max() == pytest.approx(300, abs=6)
    assert outline[:, 0].mean() == pytest.approx(200, abs=2)


def test_the_line_boils_a_little() -> None:
    difference = np.abs(body(Pose(0, 0), 0) - body(Pose(0, 0), 1)).max()
    assert 0.2 < difference < 5


@pytest.mark.parametrize("pose", [Pose(200, 300), Pose(200, 300, eyes=0.0), Pose(200, 300, arms=40.0, smile=0.95, feet=False, lean=180)])
def test_pip_is_drawn_where_it_is(pose: Pose) -> None:
    image = blank()
    draw_pip(image, pose)
    red = (image == RED_PENCIL).all(axis=2)
    assert red.sum() > 5000
    assert not (image[:40] != 255).any()


def test_pip_may_be_outside_the_picture() -> None:
    for place in ((-500, -500), (200, 9000), (399, 399), (0, 0)):
        draw_pip(blank(), Pose(*place))


def test_open_eyes_have_white_in_them() -> None:
    shut, wide = blank() - 60, blank() - 60
    draw_pip(shut, Pose(200, 300, eyes=0.0))
    draw_pip(wide, Pose(200, 300, eyes=1.0))
    assert (wide == WHITE).all(axis=2).sum() > (shut == WHITE).all(axis=2).sum() + 200


def test_poses_are_changed_by_copying() -> None:
    pose = Pose(1, 2)
    assert pose.moved(x=5).x == 5
    assert pose.x == 1


def test_paper_has_a_fine_even_grain() -> None:
    sheet = paper(PAPER, 300, 200)
    assert sheet.shape == (200, 300, 3)
    assert sheet.reshape(-1, 3).mean(axis=0) == pytest.approx(PAPER, abs=1)
    assert 0.5 < sheet.std(axis=(0, 1)).mean() < 4
    assert np.array_equal(sheet, paper(PAPER, 300, 200))


def test_pegs_are_in_the_middle_of_the_lower_edge() -> None:
    sheet = np.full((720, 1280, 3), 255, np.uint8)
    pegs(sheet)
    rows, columns = np.nonzero((sheet != 255).any(axis=2))
    assert rows.min() > 640
    assert columns.mean() == pytest.approx(640, abs=1)


def test_curves() -> None:
    assert turned(np.array([[1.0, 0.0]]), 90) == pytest.approx(np.array([[0.0, 1.0]]))
    assert np.hypot(*(oval(5, 5, 3, 3) - 5).T) == pytest.approx(3)
    assert arc(0, 0, 2, 0, 90)[[0, -1]] == pytest.approx(np.array([[2, 0], [0, 2]]), abs=1e-9)


def test_strokes_and_fills_leave_the_rest_alone() -> None:
    image = blank()
    fill(image, oval(100, 100, 20, 20), (0, 0, 0))
    line(image, np.array([[200.0, 200.0], [250.0, 200.0]]), (0, 0, 0), 4)
    assert (image[100, 100] == 0).all()
    assert (image[200, 225] == 0).all()
    assert (image[300:] == 255).all()


def test_a_shadow_shrinks_with_height() -> None:
    near, far = blank(), blank()
    shadow(near, 200, 300, 80, 0, (0, 0, 0))
    shadow(far, 200, 300, 80, 300, (0, 0, 0))
    assert (far == 0).sum() < (near == 0).sum() / 2

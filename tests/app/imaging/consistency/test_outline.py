"""Edge directions, windows and their match, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from app.imaging.consistency.outline import (
    COVER_WEIGHT,
    DIRECTIONS,
    EDGE_WEIGHT,
    FARTHEST,
    FREE_SHIFT,
    REFERENCE_TALL,
    SEEN_TALL,
    SHIFT_COST,
    Outline,
    edge_directions,
    mismatch,
    outline_of,
    window,
)
from app.imaging.consistency.subject import Subject


def test_an_upright_edge_has_the_direction_across() -> None:
    lab = np.zeros((9, 9, 3), np.float32)
    lab[:, 5:, 1] = 8
    found = edge_directions(lab)
    assert found.shape == (9, 9, DIRECTIONS)
    assert found[4, 4] == pytest.approx([8, 0, 0, 0, 0, 0])  # Sobel of a step of 8 is 32, a quarter of it
    assert found[4, 1].sum() == 0


def test_a_level_edge_lies_half_way_round() -> None:
    lab = np.zeros((9, 9, 3), np.float32)
    lab[5:, :, 0] = 8
    assert edge_directions(lab)[4, 4] == pytest.approx([0, 0, 0, 8, 0, 0], abs=1e-4)  # 90 of 180 degrees: the fourth of six


def test_a_direction_between_two_is_shared() -> None:
    y, x = np.mgrid[0:9, 0:9].astype(np.float32)
    angle = np.deg2rad(45)  # between the second (30) and the third (60)
    lab = np.dstack([(x * np.cos(angle) + y * np.sin(angle)) * 4] * 3).astype(np.float32)
    shares = edge_directions(lab)[4, 4]
    assert shares[1] == pytest.approx(shares[2], rel=1e-3)
    assert shares[[0, 3, 4, 5]] == pytest.approx([0] * 4, abs=1e-4)


def test_a_window_holds_coverage_and_normalised_quarters() -> None:
    cover, edges = np.full((4, 4), 0.5, np.float32), np.zeros((4, 4, DIRECTIONS), np.float32)
    edges[:2, :2, 2] = 1000  # far above what is faint: strength 1 after normalising
    found = window(cover, edges)
    assert found[:16] == pytest.approx([0.5 * COVER_WEIGHT] * 16)
    assert found[16 + 2] == pytest.approx(EDGE_WEIGHT, rel=1e-3)
    assert np.count_nonzero(found[16:]) == 1


def outline(*rows: tuple[list[float], float]) -> Outline:
    made = np.zeros((len(rows), 40), np.float32)
    for number, (values, _) in enumerate(rows):
        made[number, : len(values)] = values
    return Outline(made, np.ones(len(rows), np.float32), np.array([height for _, height in rows], np.float32))


def test_the_mismatch_is_the_mean_of_the_best_both_ways() -> None:
    seen, reference = outline(([0, 0], 0.5)), outline(([3, 4], 0.5), ([0, 1], 0.5))
    assert mismatch(seen, reference) == pytest.approx(1 + (5 + 1) / 2, abs=1e-4)
    assert mismatch(reference, reference) == pytest.approx(0, abs=1e-3)


def test_what_sits_elsewhere_costs() -> None:
    low, high = outline(([0], 0.9)), outline(([0], 0.4))
    assert mismatch(low, high) == pytest.approx(2 * SHIFT_COST * (0.5 - FREE_SHIFT), abs=1e-4)
    assert mismatch(low, outline(([0], 0.85))) == pytest.approx(0, abs=1e-4)


def test_without_windows_it_is_as_far_as_can_be() -> None:
    assert mismatch(None, outline(([0], 0.5))) == FARTHEST
    assert mismatch(outline(([1000], 0.5)), outline(([0], 0.5))) == FARTHEST


def disc(left: int, side: int) -> Subject:
    y, x = np.mgrid[0:64, 0:64]
    inside = (x - left - side / 2) ** 2 + (y - 32) ** 2 < (side / 2) ** 2
    return Subject(np.where(inside[..., None], (220, 40, 40), (240, 240, 240)).astype(np.uint8), inside, True)


def test_place_and_size_do_not_matter_but_shape_does() -> None:
    reference = outline_of(disc(2, 50), REFERENCE_TALL)
    moved = mismatch(outline_of(disc(30, 26), SEEN_TALL), reference)
    square = disc(30, 26)
    box = np.zeros((64, 64), bool)
    box[19:45, 30:56] = True
    rgb = np.where(box[..., None], (220, 40, 40), (240, 240, 240)).astype(np.uint8)
    other = mismatch(outline_of(Subject(rgb, box, square.sure), SEEN_TALL), reference)
    assert moved < other

"""The arithmetic of camera moves."""

from __future__ import annotations

import math

import pytest

from app.editing.operations.camera import LARGEST, SMALLEST, Move, enlargement, moves_of, quads

STILL = ([0.0], [0.0], [100.0], [0.0])


def test_nothing_moves_nothing() -> None:
    assert moves_of(STILL, 1.0, range(3), 2.0) == [Move()] * 3
    assert enlargement([Move()] * 3, 160, 90) == 1
    assert quads([Move()], 160, 90, 1.0)[0] == pytest.approx((0, 0, 160, 0, 0, 90, 160, 90))


def test_values_lie_on_lines_between_the_steps_and_the_last_is_held() -> None:
    moves = moves_of(([0.0, 10.0], [0.0, -4.0], [100.0, 120.0], [0.0, 90.0]), 4.0, range(7), 1.0)
    assert [move.right for move in moves] == pytest.approx([0, 0.025, 0.05, 0.075, 0.1, 0.1, 0.1])
    assert moves[2].down == pytest.approx(-0.02)
    assert moves[2].scale == pytest.approx(1.1)
    assert moves[6].turn == pytest.approx(math.pi / 2)


def test_strength_works_on_all_of_it_and_is_kept_within_reason() -> None:
    (half,) = moves_of(([10.0], [0.0], [400.0], [40.0]), 1.0, [0], 0.5)
    assert (half.right, half.scale, half.turn) == pytest.approx((0.05, 2.0, math.radians(20)))
    (huge,) = moves_of(([0.0], [0.0], [1000.0], [0.0]), 1.0, [0], 4.0)
    (tiny,) = moves_of(([0.0], [0.0], [10.0], [0.0]), 1.0, [0], 4.0)
    assert (huge.scale, tiny.scale) == (LARGEST, SMALLEST)


def test_how_much_must_be_enlarged() -> None:
    assert enlargement([Move(right=0.1)], 100, 100) == pytest.approx(50 / 40)
    assert enlargement([Move(scale=0.5)], 100, 60) == pytest.approx(2)
    assert enlargement([Move(scale=2)], 100, 60) == 1
    assert enlargement([Move(turn=math.pi / 2)], 200, 100) == pytest.approx(2)
    assert enlargement([Move(right=0.5)], 100, 60) == math.inf
    assert enlargement([Move(right=-0.02), Move(down=0.03)], 160, 90) == pytest.approx(45 / (45 - 4.8))


@pytest.mark.parametrize("move", [Move(0.03, -0.02, 1.05, 0.06), Move(-0.05, 0.01, 0.9, -0.1), Move(0.0, 0.04, 1.0, 0.3)])
def test_enlarged_so_far_nothing_outside_is_seen(move: Move) -> None:
    larger = enlargement([move], 160, 90)
    (quad,) = quads([move], 160, 90, larger)
    assert min(quad[::2]) >= -1
    assert max(quad[::2]) <= 161
    assert min(quad[1::2]) >= -1
    assert max(quad[1::2]) <= 91

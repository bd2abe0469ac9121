"""A camera move as a transform of the picture, frame by frame: scale and turn about the middle, then move."""

from __future__ import annotations

import cmath
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.editing.operations.views import Quad

SMALLEST, LARGEST = 0.02, 50.0


@dataclass(frozen=True)
class Move:
    """``right`` and ``down`` in shares of the width; ``turn`` clockwise, radians."""

    right: float = 0.0
    down: float = 0.0
    scale: float = 1.0
    turn: float = 0.0


def moves_of(columns: Sequence[Sequence[float]], step: float, frames: Iterable[int], strength: float) -> list[Move]:
    """``columns``: right and down in % of the width, scale in %, turn in degrees, a value every ``step`` frames, the last one held."""
    found = []
    last = len(columns[0]) - 1
    for frame in frames:
        index = min(int(frame / step), last)
        part = min(frame / step - index, 1.0) if index < last else 0.0
        right, down, scale, turn = (column[index] + part * (column[min(index + 1, last)] - column[index]) for column in columns)
        scaled = min(max((scale / 100) ** strength, SMALLEST), LARGEST)
        found.append(Move(right * strength / 100, down * strength / 100, scaled, math.radians(turn * strength)))
    return found


def enlargement(moves: Sequence[Move], width: int, height: int) -> float:
    """How much the moved pictures must be enlarged about the middle so that none shows a border; inf where it cannot be done."""
    half = complex(width / 2, height / 2)
    needed = 1.0
    for move in moves:
        back = cmath.rect(1 / move.scale, -move.turn)
        shift = back * complex(move.right, move.down) * width
        reach = [back * corner for corner in (half, half.conjugate())]
        for room, away, far in (
            (half.real, abs(shift.real), max(abs(corner.real) for corner in reach)),
            (half.imag, abs(shift.imag), max(abs(corner.imag) for corner in reach)),
        ):
            needed = max(needed, far / (room - away) if away < room else math.inf)
    return needed


def quads(moves: Sequence[Move], width: int, height: int, larger: float) -> list[Quad]:
    """Where the corners of each frame come from, for `app.editing.operations.views.warp`."""
    middle = complex((width - 1) / 2, (height - 1) / 2)
    corners = (0j, complex(width, 0), complex(0, height), complex(width, height))
    found = []
    for move in moves:
        back, shift = cmath.rect(1 / move.scale, -move.turn), complex(move.right, move.down) * width
        points = [middle + back * ((corner - middle) / larger - shift) for corner in corners]
        found.append(_quad(points))
    return found


def _quad(points: Sequence[complex]) -> Quad:
    (a, b), (c, d), (e, f), (g, h) = ((point.real, point.imag) for point in points)
    return (a, b, c, d, e, f, g, h)

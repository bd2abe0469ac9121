"""How a change gets from nothing to all: the four easings."""

from __future__ import annotations

from collections.abc import Callable

from app.editing.operations.base import Easing

_SHAPES: dict[Easing, Callable[[float], float]] = {
    "linear": lambda u: u,
    "ease_in": lambda u: u * u,
    "ease_out": lambda u: u * (2 - u),
    "ease_in_out": lambda u: u * u * (3 - 2 * u),
}


def eased(share: float, easing: Easing) -> float:
    """How much of a change has happened when ``share`` of its time has passed; both 0 to 1, held outside."""
    return _SHAPES[easing](min(max(share, 0.0), 1.0))

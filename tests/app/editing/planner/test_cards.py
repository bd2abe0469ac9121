"""Title cards: what only fades is one, what moves or merely stands is none."""

from __future__ import annotations

import numpy as np

from app.editing.planner.cards import is_card, plainer
from app.video.curves import Curves
from tests.app.editing.planner.footages import shot


def table(far: float, bent: float, rest: float = 0.8) -> Curves:
    """100 frames of which 30 change."""
    d8, m8 = np.full(100, rest, dtype=np.float32), np.full(100, 0.27, dtype=np.float32)
    d8[40:70], m8[40:70] = far, bent
    return Curves(25.0, np.arange(100) / 25, {"d8": d8, "m8": m8})


def test_a_still_shot_that_fades_is_a_card() -> None:
    assert is_card(table(2.4, 0.12), 0, 100)


def test_what_moves_or_merely_stands_is_none() -> None:
    assert not is_card(table(3.5, 0.5), 0, 100)
    assert not is_card(table(0.6, 0.25), 0, 100)
    assert not is_card(table(2.4, 0.12, rest=4.0), 0, 100)
    assert not is_card(None, 0, 100)
    assert not is_card(table(2.4, 0.12), 0, 20)


def test_a_card_has_no_subject() -> None:
    one = plainer(shot(0, 0.0, 4.0))
    assert not any(box.stands_out for _, box in one.track)
    assert one.picture < 0.5

"""Composing: parts in their order, the strongest moments where they belong, no jump cuts that look like faults."""

from __future__ import annotations

from itertools import pairwise

import pytest

from app.editing.planner.composing import compose, fill
from app.editing.planner.cutting import Cutting
from app.editing.planner.film import cutting
from app.editing.planner.footage import Footage
from app.editing.planner.rows import film_frames, seconds_of
from app.editing.planner.styles import read_styles
from app.editing.planner.wishes import Wishes
from tests.app.editing.planner.footages import LIVELY_S, footage, material, shot


def table(film: Footage, style: str = "dramatic", seed: int = 0, pace: float = 1.0) -> Cutting:
    return cutting(material(film), Wishes(seed=seed, pace=pace), read_styles()[style], [])


@pytest.mark.parametrize("style", ["dramatic", "chaotic", "wholesome", "trailer", "highlights"])
def test_parts_come_in_their_order_and_about_as_long_as_they_should(style: str) -> None:
    cut = table(footage(), style)
    rows = compose(cut, 24.0)
    order = [part.name for part in cut.style.parts]
    places = [order.index(row.part) for row in rows]
    assert places == sorted(places)
    assert seconds_of(rows) == pytest.approx(24.0, rel=0.35)


def test_the_liveliest_moment_is_kept_for_the_climax() -> None:
    for seed in range(5):
        rows = compose(table(footage(), "dramatic", seed), 24.0)
        fate = [row for row in rows if row.part == "fate"]
        assert any(row.first / 25 < LIVELY_S[1] and row.end / 25 > LIVELY_S[0] for row in fate)


def test_a_film_too_short_for_all_parts_keeps_the_strongest() -> None:
    rows = compose(table(footage(), "dramatic"), 5.0)
    assert "fate" in {row.part for row in rows}
    assert len({row.part for row in rows}) < 4
    assert len({(row.part, row.gesture) for row in compose(table(footage(), "dramatic"), 1.5)}) == 1


def test_a_quicker_pace_has_more_rows() -> None:
    calm, quick = (len(compose(table(footage(), "highlights", pace=pace), 18.0)) for pace in (0.7, 1.7))
    assert quick > calm


def test_two_pieces_of_one_shot_in_a_row_differ_in_size() -> None:
    film = footage(cuts=(), seconds=24.0)
    rows = compose(table(film, "highlights", 2), 16.0)
    for before, after in pairwise(rows):
        if after.gesture == "plain" and not after.overlap and before.first < after.first < before.end + 150:
            assert any(one.op == "zoom" for one in after.operations)


def test_transitions_stand_where_the_style_has_them() -> None:
    rows = compose(table(footage(), "wholesome"), 20.0)
    assert sum(row.overlap > 0 for row in rows) >= len(rows) - 2
    assert all(row.overlap < row.frames for row in rows)


def test_what_is_missing_is_filled_up_before_the_climax() -> None:
    cut = table(footage(), "dramatic")
    rows = compose(cut, 12.0)
    fill(cut, rows, film_frames(rows) + 100)
    assert film_frames(rows) >= 12 * 25 - 60
    assert rows[-1].part == "aftermath"


def test_a_clip_without_a_shot_to_show_gives_nothing() -> None:
    assert compose(table(footage(shots=()), "highlights"), 5.0) == []


def test_stretches_without_a_subject_are_not_frozen() -> None:
    empty = footage(shots=(shot(0, 0.0, 24.0, track=(), still_subject=None),))
    for seed in range(4):
        gestures = {row.gesture for row in compose(table(empty, "dramatic", seed), 20.0)}
        assert gestures.isdisjoint({"freeze", "triple"})

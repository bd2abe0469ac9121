"""The cutting table: edges that settle, peaks that are worth it, words that keep off the subject."""

from __future__ import annotations

import pytest

from app.editing.planner.cutting import HIGH_Y, Cutting
from app.editing.planner.film import cutting
from app.editing.planner.footage import Box, Footage, Hit
from app.editing.planner.scoring import Stretch
from app.editing.planner.styles import read_styles
from app.editing.planner.wishes import Wishes
from tests.app.editing.planner.footages import footage, material, shot


def table(film: Footage, style: str = "dramatic", **wishes: object) -> Cutting:
    return cutting(material(film), Wishes(aspect="source", **wishes), read_styles()[style], [])  # type: ignore[arg-type]


def test_an_edge_moves_out_of_speech() -> None:
    cut = table(footage(speech=((9.5, 12.0),), hits=()))
    settled = cut.settle(Stretch(2, 9.7, 12.2))
    assert settled.start_s <= 9.55
    assert settled.end_s >= 11.95


def test_an_edge_near_a_cut_goes_to_it() -> None:
    settled = table(footage(hits=())).settle(Stretch(2, 9.15, 14.85))
    assert (settled.start_s, settled.end_s) == (9.0, 15.0)


def test_a_piece_begins_with_an_attack_of_the_sound() -> None:
    settled = table(footage(hits=(Hit(11.2, 0.9, "sound"),))).settle(Stretch(2, 11.4, 13.5))
    assert settled.start_s == pytest.approx(11.2, abs=0.061)


def test_a_row_stays_in_its_shot_and_says_how_far_it_may_go() -> None:
    cut = table(footage())
    row = cut.row(Stretch(1, 3.0, 9.5), 3.0, 9.5, cut.style.parts[0], "plain")
    assert (row.first, row.end, row.most_end) == (100, 225, 225)
    assert row.first < row.least_end < row.end
    assert cut.used.share(4.0, 9.0) == 1.0


def test_the_peak_is_a_hit_in_sight_or_the_liveliest_moment() -> None:
    cut = table(footage())
    assert cut.peak(11.0, 13.0) == Hit(12.1, 1.0, "sound")
    assert cut.peak(16.0, 17.8, "action").at_s == 17.0
    assert cut.peak(20.0, 22.0).kind == "action"


def test_it_is_worth_stopping_where_the_subject_is_in_full_movement() -> None:
    walker = tuple((at, Box(0.5, 0.5, 0.3, 0.3, 0.9 if 16.2 < at < 17.2 else 0.1)) for at in (15.0, 16.0, 16.5, 17.0, 17.3, 18.0))
    film = footage(shots=(shot(0, 0.0, 24.0, track=walker),), hits=(Hit(20.0, 1.0, "sound"),))
    assert 16.2 <= table(film).sight(14.0, 22.0).at_s <= 17.3


def test_a_zoom_stays_wide_enough_for_the_subject() -> None:
    large = footage(shots=(shot(0, 0.0, 24.0, track=((1.0, Box(0.5, 0.5, 0.6, 0.6, 0.9)),)),))
    cut = table(large)
    assert all(cut.zoom(1.0, 0.5, (1.2, 3.0), 1.0).scale <= 1.51 for _ in range(10))


@pytest.mark.parametrize(
    ("style", "box", "height"),
    [
        ("caption", Box(0.5, 0.85, 0.2, 0.2, 0.9), HIGH_Y),
        ("caption", Box(0.5, 0.3, 0.2, 0.2, 0.9), None),
        ("caption", Box(0.5, 0.5, 0.3, 0.95, 0.9), None),
        ("title", Box(0.5, 0.45, 0.3, 0.3, 0.9), 0.83),
        ("title", Box(0.5, 0.66, 0.3, 0.5, 0.9), 0.18),
        ("title", Box(0.5, 0.1, 0.1, 0.1, 0.9), None),
        ("meme_top", Box(0.5, 0.1, 0.1, 0.1, 0.9), None),
    ],
)
def test_words_keep_off_the_subject(style: str, box: Box, height: float | None) -> None:
    cut = table(footage(shots=(shot(0, 0.0, 24.0, track=((1.0, box),)),)))
    assert cut.words("hello", Stretch(0, 0.0, 3.0), 0.0, 2.0, style).y == height


def test_nothing_is_said_or_heard_that_is_not_wanted() -> None:
    cut = table(footage(), captions=False, effects=False)
    assert cut.caption("freeze", Stretch(0, 0.0, 3.0), 0.0, 5.0) == []
    assert cut.effect(("boom",), 0.0) == []
    assert table(footage(), "highlights").shake(0.0) == []

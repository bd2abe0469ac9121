"""Every gesture in every style: rows that can be rendered, with the effect their name promises and a reason."""

from __future__ import annotations

import pytest

from app.editing.check import compile_plan
from app.editing.operations.time import Freeze, Ramp, Reverse, Speed
from app.editing.plan import EditPlan, PlanSource
from app.editing.planner.cutting import Cutting
from app.editing.planner.film import CLIP, cutting
from app.editing.planner.fitting import tidy
from app.editing.planner.footage import Footage
from app.editing.planner.gestures import GESTURES
from app.editing.planner.rows import Row
from app.editing.planner.scoring import Stretch, parts_of
from app.editing.planner.styles import read_styles
from app.editing.planner.wishes import Wishes
from tests.app.editing.planner.footages import facts, footage, material, silent

STYLES = ("dramatic", "chaotic", "wholesome", "trailer")


def table(film: Footage, style: str, seed: int = 0) -> Cutting:
    return cutting(material(film), Wishes(seed=seed, aspect="source"), read_styles()[style], [])


def made(name: str, style: str = "dramatic", seconds: float = 3.0, film: Footage | None = None, seed: int = 0) -> list[Row]:
    film = film or footage()
    cut = table(film, style, seed)
    share = GESTURES[name].source_share  # type: ignore[index]
    start = 15.2
    end = min(start + max(0.3, seconds * share), 18.0)
    stretch = Stretch(3, start, end, 1.0, parts_of(film, film.shots[3], start, end))
    return GESTURES[name].make(cut, stretch, seconds, read_styles()[style].parts[0])  # type: ignore[index]


def kinds(rows: list[Row]) -> set[str]:
    return {one.op for row in rows for one in row.operations}


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", list(GESTURES))
@pytest.mark.parametrize("seconds", [0.8, 2.5])
def test_its_rows_can_be_rendered_and_say_why(name: str, style: str, seconds: float) -> None:
    for film in (footage(), silent()):
        rows = made(name, style, seconds, film)
        assert rows
        for row in rows:
            tidy(row)
            assert row.reason
            assert row.least_end <= row.end
        segments = tuple(row.segment(number) for number, row in enumerate(rows, 1))
        plan = EditPlan(sources=(PlanSource(id=CLIP, media="a-0000000000000000"),), segments=segments)
        assert compile_plan(plan, {CLIP: facts(film)}).frames > 0


def test_a_ramp_speeds_up_and_then_goes_slowly() -> None:
    rows = made("ramp")
    assert any(isinstance(one, Ramp) for one in rows[0].operations)
    assert next(one for one in rows[1].operations if isinstance(one, Speed)).factor < 0.5
    assert rows[0].end == rows[1].first


def test_a_freeze_holds_closes_in_and_speaks() -> None:
    (row,) = made("freeze")
    assert {"freeze", "zoom", "text", "sound_effect"} <= kinds([row])
    frozen = next(one for one in row.operations if isinstance(one, Freeze))
    zoom = next(one for one in row.operations if one.op == "zoom")
    assert zoom.at_s == pytest.approx(frozen.at_s, abs=0.05)
    assert "frozen" in row.reason


def test_a_replay_shows_the_same_again_slower() -> None:
    first, again = made("replay", seconds=4.0)
    assert first.first <= again.first < first.end
    assert next(one for one in again.operations if isinstance(one, Speed)).factor < 0.6


def test_a_triple_comes_closer_each_time() -> None:
    rows = made("triple")
    scales = [next((one.scale for one in row.operations if one.op == "zoom"), 1.0) for row in rows]
    assert len({(row.first, row.end) for row in rows}) == 1
    assert scales == sorted(scales)
    assert scales[0] == 1.0 < scales[2]


def test_a_rewind_goes_back() -> None:
    forth, back, again = made("rewind", "chaotic", 4.0)
    assert any(isinstance(one, Reverse) for one in back.operations)
    assert (forth.first, forth.end) == (back.first, back.end)
    assert again.seconds > 0


def test_a_stutter_repeats_a_bit() -> None:
    rows = made("stutter", "chaotic", 1.4)
    assert len({row.first for row in rows[:-1]}) == 1
    assert rows[0].seconds < 0.25


def test_a_rush_is_quick() -> None:
    (row,) = made("rush", "chaotic", 1.0)
    assert next(one for one in row.operations if isinstance(one, Speed)).factor > 1.2


def test_a_card_is_black_silent_and_speaks() -> None:
    (row,) = made("card", "trailer")
    assert {"grade", "volume", "text"} <= kinds([row])
    assert row.kept


def test_moves_go_to_from_and_past_the_subject() -> None:
    (push,), (pull,), (glide,) = made("push"), made("pull"), made("glide")
    views = [next(one for one in row.operations if one.op == "pan_zoom") for row in (push, pull, glide)]
    assert views[0].end.scale > views[0].start.scale
    assert views[1].end.scale < views[1].start.scale
    assert views[2].end.scale == views[2].start.scale


def test_the_dramatic_beginning_is_slow() -> None:
    (row,) = made("push", "dramatic", 4.5)
    assert next(one for one in row.operations if isinstance(one, Speed)).factor < 0.8
    assert "x" in row.reason


def test_needs_are_looked_at() -> None:
    assert GESTURES["freeze"].suits({"subject": 0.9})
    assert not GESTURES["freeze"].suits({"subject": 0.1})
    assert GESTURES["plain"].suits({})

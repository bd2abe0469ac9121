"""Captions: those that fit the moment, each once, none that cannot be read in time."""

from __future__ import annotations

from random import Random

from app.editing.planner.lines import Lines, reading_s, traits
from app.editing.planner.scoring import Stretch
from app.editing.planner.styles import Line
from tests.app.editing.planner.footages import box, footage, shot, silent


def lines(*given: Line, seed: int = 0) -> Lines:
    return Lines({"end": given}, Random(seed))


def test_longer_texts_take_longer_to_read() -> None:
    assert reading_s("No.") == 0.9
    assert reading_s("It began like any other second.") > 1.7
    assert reading_s("No.", 0.5) == 0.45


def test_a_line_is_said_once() -> None:
    one = lines(Line(text="A"), Line(text="B"))
    assert {one.pick("end", frozenset(), 5), one.pick("end", frozenset(), 5)} == {"A", "B"}
    assert one.pick("end", frozenset(), 5) is None


def test_a_line_must_fit_the_moment_and_the_time() -> None:
    assert lines(Line(text="LOUD", when=("loud",))).pick("end", frozenset({"quiet"}), 5) is None
    assert lines(Line(text="LOUD", when=("loud",))).pick("end", frozenset({"loud", "close"}), 5) == "LOUD"
    assert lines(Line(text="far too long to be read at once")).pick("end", frozenset(), 1.0) is None
    assert lines(Line(text="A")).pick("elsewhere", frozenset(), 5) is None


def test_lines_made_for_the_moment_come_first_more_often_than_not() -> None:
    made = [lines(Line(text="any"), Line(text="loud", when=("loud",)), seed=seed).pick("end", frozenset({"loud"}), 5) for seed in range(40)]
    assert made.count("loud") > made.count("any") > 0


def test_traits_of_a_moment() -> None:
    loud = Stretch(0, 0.0, 1.0, 1.0, {"sound": 0.9, "action": 0.9, "subject": 0.8, "speech": 0.9})
    assert {"loud", "fast", "subject", "speech", "sound"} <= traits(footage(), loud)
    calm = Stretch(0, 0.0, 1.0, 1.0, {"sound": 0.1, "action": 0.1, "subject": 0.0})
    dark = silent(shots=(shot(0, 0.0, 24.0, brightness=20.0, size="extreme wide shot"),))
    assert {"quiet", "still", "empty", "dark", "wide", "silent"} <= traits(dark, calm)
    near = footage(shots=(shot(0, 0.0, 24.0, brightness=220.0, size="close-up"),))
    assert {"bright", "close"} <= traits(near, calm)


def test_a_side_is_named_only_where_the_subject_keeps_to_it() -> None:
    for x, side in ((0.2, "left"), (0.8, "right"), (0.5, "")):
        film = footage(cuts=(), shots=(shot(0, 0.0, 24.0, track=((1.0, box(x)), (20.0, box(x)))),))
        assert traits(film, Stretch(0, 2.0, 6.0)) & {"left", "right"} == {side} - {""}
    assert not traits(footage(cuts=()), Stretch(0, 0.0, 24.0)) & {"left", "right"}

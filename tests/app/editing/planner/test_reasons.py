"""Reasons: a sentence with the figures that decided."""

from __future__ import annotations

import pytest

from app.editing.planner.reasons import because, percent, time_words
from app.editing.planner.scoring import Stretch, parts_of
from tests.app.editing.planner.footages import footage, silent


def test_the_figures_that_decided_are_said() -> None:
    film = footage()
    stretch = Stretch(2, 12.0, 13.0, 1.0, parts_of(film, film.shots[2], 12.0, 13.0))
    said = because(film, stretch, {"sound": 1.0, "picture": 0.5}, "punch to 1.5x")
    assert said == "Shot 3, 0:12.0 to 0:13.0: sound up to -9.1 LUFS, picture 80 % good, punch to 1.5x."


def test_a_silent_clip_is_not_said_to_be_loud() -> None:
    film = silent()
    stretch = Stretch(0, 1.0, 2.0, 1.0, {"sound": 1.0, "calm": 0.9, "wide": 1.0, "action": 0.5, "speech": 0.5, "subject": 0.4, "hit": 1.0})
    for name in stretch.parts:
        assert "LUFS" not in because(film, stretch, {name: 1.0}, "done")
    assert "calm" in because(film, stretch, {"calm": 1.0}, "done")
    assert "medium shot" in because(film, stretch, {"wide": 1.0}, "done")


@pytest.mark.parametrize(("seconds", "words"), [(0.0, "0:00.0"), (9.96, "0:10.0"), (62.44, "1:02.4"), (3600.0, "60:00.0")])
def test_times_in_words(seconds: float, words: str) -> None:
    assert time_words(seconds) == words


def test_percent() -> None:
    assert percent(0.917) == "92 %"

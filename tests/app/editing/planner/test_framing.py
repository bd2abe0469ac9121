"""The film's shape against the clip's, and where on the canvas the subject is."""

from __future__ import annotations

from fractions import Fraction

import pytest

from app.editing.planner.footage import Box
from app.editing.planner.framing import Framing
from app.editing.planner.rows import Row
from tests.app.editing.planner.footages import box, footage, shot


def with_subject(box: Box) -> Framing:
    film = footage(shots=(shot(0, 0.0, 24.0, track=((1.0, box),)),))
    return Framing(film)


@pytest.mark.parametrize(
    ("aspect", "kept"), [(None, (1, 1)), ("16:9", (1, 1)), ("9:16", (0.3164, 1)), ("1:1", (0.5625, 1)), ("21:9", (1, 0.7619))]
)
def test_how_much_of_the_clip_is_kept(aspect: str | None, kept: tuple[float, float]) -> None:
    framing = Framing(footage(), aspect)  # type: ignore[arg-type]
    assert framing.kept == pytest.approx(kept, abs=1e-3)
    assert framing.cuts == (kept != (1, 1))


def test_the_subject_is_aimed_at_and_stays_whole() -> None:
    aim = with_subject(Box(0.3, 0.4, 0.3, 0.3, 0.9)).aim(1.0)
    assert (aim.x, aim.y) == (0.3, 0.4)
    assert aim.closest * 0.3 <= 0.91
    assert aim.found
    assert "30 %, 40 %" in aim.words


def test_a_large_subject_is_hardly_closed_in_on() -> None:
    assert with_subject(Box(0.5, 0.5, 0.7, 0.7, 0.9)).aim(1.0).closest < 1.3


def test_without_a_subject_the_middle_is_aimed_at() -> None:
    aim = with_subject(Box(0.3, 0.4, 0.3, 0.3, 0.1)).aim(1.0)
    assert not aim.found
    assert "no clear subject" in aim.words


def test_in_another_shape_the_window_has_followed_the_subject() -> None:
    film = footage(shots=(shot(0, 0.0, 24.0, track=((1.0, Box(0.2, 0.5, 0.1, 0.1, 0.9)),)),))
    assert Framing(film, "9:16").aim(1.0).x == pytest.approx(0.5, abs=0.01)
    edge = footage(shots=(shot(0, 0.0, 24.0, track=((1.0, Box(0.05, 0.5, 0.1, 0.1, 0.9)),)),))
    assert Framing(edge, "9:16").aim(1.0).x < 0.3


def test_bands_that_the_subject_covers() -> None:
    framing = with_subject(Box(0.5, 0.85, 0.2, 0.2, 0.9))
    assert framing.covered(1.0, 0.75, 0.95) == pytest.approx(1.0)
    assert framing.covered(1.0, 0.0, 0.2) == 0.0


def test_a_reframe_only_where_the_shapes_differ() -> None:
    row = Row(source="clip", first=0, end=50, rate=Fraction(25))
    assert Framing(footage()).reframe(row) is None
    assert Framing(footage(), "16:9").reframe(row) is None
    made = Framing(footage(), "9:16").reframe(row)
    assert made is not None
    assert made.aspect == "9:16"
    assert made.path


def test_what_is_not_quite_sure_is_not_closed_in_on_tightly() -> None:
    def closest(confidence: float) -> float:
        one = box(0.5, size=0.3, confidence=confidence)
        return Framing(footage(cuts=(), shots=(shot(0, 0.0, 24.0, track=((1.0, one), (20.0, one))),))).aim(5.0).closest

    assert closest(0.67) <= 1.25
    assert closest(0.9) > 1.5

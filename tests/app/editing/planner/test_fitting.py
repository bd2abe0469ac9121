"""Fitting a film to a number of frames: trimming, lengthening, dropping, holding, and tidying what was shortened."""

from __future__ import annotations

from fractions import Fraction

import pytest

from app.editing.operations import AnyOperation
from app.editing.operations.joins import Transition
from app.editing.operations.moves import Zoom
from app.editing.operations.sounds import SoundEffect
from app.editing.operations.time import Freeze, Speed
from app.editing.operations.words import Text
from app.editing.planner.fitting import fit, tidy, unjoin
from app.editing.planner.rows import Row, film_frames

RATE = Fraction(25)


def row(
    first: int, end: int, *operations: AnyOperation, score: float = 0.5, gesture: str = "plain", kept: bool = False, most: int = 0
) -> Row:
    return Row(
        source="clip", first=first, end=end, rate=RATE, operations=list(operations), score=score, gesture=gesture, kept=kept,
        least_end=first + (end - first) * 3 // 5, most_end=most or end + 25,
    )  # fmt: skip


@pytest.mark.parametrize("frames", [100, 110, 137, 150, 160, 190])
def test_the_film_gets_the_frames_it_should_have(frames: int) -> None:
    rows = [row(0, 50), row(100, 150), row(200, 250)]
    assert fit(rows, frames) == 0
    assert film_frames(rows) == frames


def test_rows_stay_within_their_limits() -> None:
    rows = [row(0, 50, most=55), row(100, 150, most=150)]
    fit(rows, 130)
    assert rows[0].end <= 55
    assert any(isinstance(one, Freeze) for one in rows[-1].operations)


def test_the_weakest_goes_first_and_what_is_kept_stays() -> None:
    rows = [row(0, 50, score=0.1, kept=True), row(100, 150, score=0.2), row(200, 250, score=0.9)]
    fit(rows, 70)
    assert [one.first for one in rows] == [0, 200]


def test_a_freeze_takes_up_the_rest() -> None:
    rows = [row(0, 50, most=50), row(100, 150, Freeze(at_s=1.9, duration_s=1.0), gesture="hold", most=150)]
    assert fit(rows, 140) == 0
    assert next(one for one in rows[1].operations if isinstance(one, Freeze)).duration_s == pytest.approx(1.6)


def test_the_first_row_has_nothing_to_come_from() -> None:
    first = row(0, 50, Transition(duration_s=0.5))
    unjoin(first)
    assert first.overlap == 0


def test_transitions_never_take_more_than_there_is() -> None:
    rows = [row(0, 50), row(100, 112, Transition(duration_s=0.4)), row(200, 205, Transition(duration_s=0.2))]
    fit(rows, 57)
    for one in rows:
        assert one.overlap < one.frames


def test_odd_speeds_are_met_to_a_frame() -> None:
    rows = [row(0, 70, Speed(factor=0.37)), row(100, 180, Speed(factor=1.7)), row(200, 230)]
    assert abs(fit(rows, 260)) <= 1


def test_what_outlasts_a_row_ends_with_it_or_goes() -> None:
    one = row(0, 25, Text(text="a", at_s=0.2, duration_s=5.0), Text(text="late", at_s=0.9), Zoom(at_s=0.5, duration_s=2.0),
              SoundEffect(name="boom", at_s=3.0), Freeze(at_s=0.96, duration_s=0.2))  # fmt: skip
    one.end = 24
    tidy(one)
    texts = [op for op in one.operations if isinstance(op, Text)]
    assert [(op.text, op.at_s + (op.duration_s or 0)) for op in texts] == [("a", pytest.approx(one.seconds))]
    assert all(not isinstance(op, SoundEffect) for op in one.operations)
    assert next(op for op in one.operations if isinstance(op, Freeze)).at_s <= 23 / 25
    assert next(op for op in one.operations if isinstance(op, Zoom)).duration_s == pytest.approx(one.seconds - 0.5)


def test_words_keep_out_of_transitions() -> None:
    one = row(0, 75, Transition(duration_s=0.4), Text(text="a", at_s=0.1, duration_s=2.8))
    tidy(one, overlap=10)
    text = next(op for op in one.operations if isinstance(op, Text))
    assert text.at_s == pytest.approx(0.4)
    assert text.at_s + (text.duration_s or 0) == pytest.approx(2.6)


def test_the_last_words_go_with_the_end() -> None:
    one = row(0, 50, Text(text="bye", at_s=3.0, duration_s=1.0), gesture="hold")
    tidy(one)
    text = next(op for op in one.operations if isinstance(op, Text))
    assert text.at_s == pytest.approx(0.9)

"""Black, frozen and flash frames, speed and sync: what is planned, and what the source has, is no fault."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from app.editing.judge import parts_time
from app.editing.judge.evidence import Evidence
from app.editing.judge.sync import Lag, Synced
from app.editing.judge.trace import COLUMNS
from app.video.analysers.scenes import TransitionFound
from tests.app.editing.judge.bench_film import Seen
from tests.app.editing.judge.damages import Damaged

Hurt = Callable[[str], tuple[Damaged, Seen]]


def darkened(evidence: Evidence, first: int, end: int, *, fade: int = 0) -> Evidence:
    """Black from ``first`` to ``end``, with a fade of so many frames on either side."""
    columns = evidence.trace.columns.copy()
    dark, luma = COLUMNS.index("dark"), COLUMNS.index("luma")
    columns[first:end, dark], columns[first:end, luma] = 1.0, 3.0
    for step in range(1, fade + 1):
        columns[[first - step, end + step - 1], luma] *= step / (fade + 1)
    return replace(evidence, trace=replace(evidence.trace, columns=columns))


def planned(evidence: Evidence, flag: str, first: int, end: int) -> Evidence:
    assert evidence.expected is not None
    marks = evidence.expected.flags[flag].copy()
    marks[first:end] = True
    return replace(evidence, expected=replace(evidence.expected, flags={**evidence.expected.flags, flag: marks}))


def test_black_frames(evidence: Evidence, alone: Evidence) -> None:
    for one in (evidence, alone):
        assert parts_time.black(one).part.score == 1.0
        found = parts_time.black(darkened(one, 50, 53))
        assert found.part.value == 3
        assert [(i.code, i.at_s, i.end_s) for i in found.issues] == [("black", 2.083, 2.208)]
        more = parts_time.black(darkened(darkened(one, 50, 53), 90, 96))
        assert more.part.score is not None
        assert found.part.score is not None
        assert more.part.score < found.part.score < 0.8


def test_a_planned_fade_is_not_black(evidence: Evidence) -> None:
    assert parts_time.black(planned(darkened(evidence, 50, 60), "dark", 49, 61)).part.score == 1.0


def test_a_fade_that_can_be_seen_is_not_black(alone: Evidence) -> None:
    assert parts_time.black(darkened(alone, 50, 60, fade=8)).part.score == 1.0


def test_black_of_the_source_is_its_own(evidence: Evidence) -> None:
    dark = darkened(evidence, 50, 60)
    columns = evidence.sources[0].columns.copy()
    columns[evidence.frame[50:60], COLUMNS.index("dark")] = 1.0
    source = replace(evidence.sources[0], columns=columns)
    assert parts_time.black(replace(dark, sources=(source,))).part.score == 1.0


def test_a_picture_that_stands(evidence: Evidence, hurt: Hurt, judged_with: Callable[..., Evidence]) -> None:
    assert parts_time.frozen(evidence).part.score == 1.0
    found = judged_with(*hurt("frozen"))
    judged = parts_time.frozen(found)
    assert judged.part.score is not None
    assert judged.part.score < 0.7
    assert judged.issues[0].code == "frozen"
    assert parts_time.frozen(planned(found, "still", 0, len(found.trace))).part.score == 1.0


def test_flashes(evidence: Evidence) -> None:
    flash = TransitionFound(kind="flash", start_frame=40, end_frame=42, strength=0.9)
    items = [*evidence.film.transitions.items, flash]
    film = evidence.film.model_copy(update={"transitions": evidence.film.transitions.model_copy(update={"items": items})})
    with_flash = replace(evidence, film=film)
    assert parts_time.flash(evidence).part.score == 1.0
    found = parts_time.flash(with_flash)
    assert found.part.value == 1
    assert [one.code for one in found.issues] == ["flash"]
    assert parts_time.flash(planned(with_flash, "bright", 38, 44)).part.score == 1.0


def test_speed(evidence: Evidence, hurt: Hurt, judged_with: Callable[..., Evidence]) -> None:
    right = parts_time.speed(evidence)
    assert right.part.score == 1.0
    wrong = parts_time.speed(judged_with(*hurt("wrong_speed")))
    assert wrong.part.score is not None
    assert wrong.part.score < 0.8
    factor = float(hurt("wrong_speed")[0].how[1:])
    rates = [one.value for one in wrong.issues if one.value is not None]
    assert np.median(rates) == pytest.approx(factor, rel=0.08)


def test_nothing_that_moves_tells_no_speed(evidence: Evidence) -> None:
    still = tuple(replace(window, tells_rate=False) for window in evidence.windows)
    assert parts_time.speed(replace(evidence, windows=still)).part.score is None


@pytest.mark.parametrize(("late_s", "score"), [(0.0, 1.0), (0.04, 1.0), (-0.12, 0.79), (0.4, 0.0)])
def test_sync_by_its_lag(evidence: Evidence, late_s: float, score: float) -> None:
    found = parts_time.sync(replace(evidence, synced=Synced(Lag(late_s, 0.8))))
    assert found.part.score == pytest.approx(score, abs=0.01)
    assert bool(found.issues) == (abs(late_s) > 0.045)
    if late_s:
        assert ("late" if late_s > 0 else "early") in found.part.why


def test_one_stretch_that_is_apart_is_told(evidence: Evidence) -> None:
    found = parts_time.sync(replace(evidence, synced=Synced(Lag(0.0, 0.8), (Lag(0.2, 0.7, 2.0, 4.0),))))
    assert found.part.score is not None
    assert found.part.score < 1
    assert [(one.at_s, one.end_s) for one in found.issues] == [(2.0, 4.0)]


def test_why_sync_is_not_known(evidence: Evidence, alone: Evidence) -> None:
    assert "Without the clip" in parts_time.sync(alone).part.why
    assert "not heard" in parts_time.sync(replace(evidence, synced=Synced(None))).part.why
    assert "its own speed" in parts_time.sync(replace(evidence, runs=())).part.why
    silent = replace(evidence.trace, sound=evidence.trace.sound[:0])
    assert "no sound" in parts_time.sync(replace(evidence, trace=silent)).part.why

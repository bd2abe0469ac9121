"""Gathering: pictures are found in their source, by plan and without."""

from __future__ import annotations

import numpy as np
import pytest

from app.editing.judge.evidence import Asked, Evidence, falling, gather, issue, known, unknown
from app.editing.judge.expected import Expected
from app.editing.judge.trace import Trace
from tests.app.editing.judge.bench_film import Seen


def test_the_film_is_found_where_it_was_cut_from(original: Seen, source: Trace, plan: Expected) -> None:
    found = gather(original.analysis, original.trace, Asked(), [source])
    seen = found.source >= 0
    assert seen.mean() > 0.85
    assert np.abs(found.frame[seen] - plan.frame[seen]).max() <= 2
    assert found.expected is None
    assert not found.flag("dark").any()


def test_with_the_plan_the_planned_frames_are_believed(evidence: Evidence, plan: Expected) -> None:
    assert (evidence.frame == plan.frame).all()
    assert evidence.comparable.all()
    assert not any(window.off_rate for window in evidence.windows)


def test_its_sound_is_in_place(evidence: Evidence) -> None:
    assert evidence.synced is not None
    assert evidence.synced.whole is not None
    assert abs(evidence.synced.whole.seconds) < 0.02


def test_columns_of_the_source_stand_beside_the_films(evidence: Evidence) -> None:
    assert np.abs(evidence.in_source("luma") - evidence.trace["luma"]).max() < 4


def test_alone_nothing_is_known(alone: Evidence) -> None:
    assert alone.windows == ()
    assert not alone.comparable.any()
    assert alone.synced is None


def test_scales() -> None:
    assert [falling(value, 1.0, 3.0) for value in (0.5, 1.0, 2.0, 3.0, 9.0)] == [1, 1, 0.5, 0, 0]
    assert falling(0.9, 1.0, 0.8) == pytest.approx(0.5)


def test_parts_and_issues_are_rounded_and_kept_within_their_limits() -> None:
    part = known(1.7, 0.123456, "s", "", "").part
    assert (part.score, part.value) == (1.0, 0.1235)
    assert unknown("no").part.score is None
    one = issue("black", "error", "m", "s", (-0.1, 0.12345))
    assert (one.at_s, one.end_s) == (0.0, 0.123)

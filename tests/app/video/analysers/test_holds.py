"""Exposure of shots from pictures to result."""

from __future__ import annotations

import numpy as np
import pytest

from app.video.analysers.holds import ANALYSER, FilmHolds, HoldMeasure, decide
from app.video.curves import Shot
from tests.app.video.analysers.moving import Move, curves_of, findings, found_in, walk
from tests.benchmarks import motion_truth as truth


@pytest.mark.parametrize(("period", "name"), [(0, "still"), (1, "ones"), (2, "twos"), (3, "threes"), (4, "fours")])
def test_a_small_figure_on_a_still_background_compressed(period: int, name: str) -> None:
    shot = decide(findings(truth.encoded(walk(period)))).shots[0]
    assert (shot.exposure, shot.camera) == (name, "still")
    assert shot.new_pictures == (1 if period == 0 else -(-40 // period))


@pytest.mark.parametrize("period", [1, 2, 3])
def test_a_cycle_before_a_pan_on_ones(period: int) -> None:
    shot = decide(findings(walk(period, 48, Move(right=1.3)))).shots[0]
    assert (shot.picture, shot.camera) == ("ones", "ones")
    assert shot.exposure == {1: "ones", 2: "twos", 3: "threes"}[period]
    assert shot.subject == ("still" if period == 1 else shot.exposure)


def test_noise_does_not_turn_a_still_shot_into_motion() -> None:
    rng = np.random.default_rng(0)
    assert decide(findings([truth.noisy(p, rng, 3.0) for p in walk(0)])).shots[0].exposure == "still"


def test_shots_are_judged_apart_and_long_holds_listed() -> None:
    most = np.zeros(60)
    most[1:20] = 9.0
    most[31:60:2] = 9.0
    result = decide(found_in(curves_of(hold_most=most), [Shot(0, 30), Shot(30, 60)]))
    assert [shot.exposure for shot in result.shots] == ["ones", "twos"]
    assert [(h.start_frame, h.end_frame, h.frames) for h in result.shots[0].holds] == [(19, 30, 11)]
    assert result.exposures == {"ones": 0.5, "twos": 0.5}
    assert result.repeated_share == pytest.approx((10 + 14) / 60, abs=1e-4)


def test_the_change_at_a_cut_belongs_to_no_shot() -> None:
    most = np.zeros(40)
    most[20] = 90.0
    result = decide(found_in(curves_of(hold_most=most), [Shot(0, 20), Shot(20, 40)]))
    assert [shot.exposure for shot in result.shots] == ["still", "still"]


def test_a_shot_of_one_frame_is_still() -> None:
    shot = decide(found_in(curves_of(hold_most=[0.0]))).shots[0]
    assert (shot.exposure, shot.new_pictures, shot.repeated_share, shot.holds) == ("still", 1, 0.0, [])


def test_the_measure_starts_with_nothing_and_sees_an_exact_repeat() -> None:
    measure = HoldMeasure()
    one = walk(1)[0]
    rows = [measure.measure(frame) for frame in truth.frames([one, one.copy(), walk(1)[3]])]
    assert tuple(rows[0]) == tuple(rows[1]) == (0.0, 0.0, 0.0)
    assert rows[2][0] > 5 > rows[2][1]


def test_the_row_of_the_table() -> None:
    assert (ANALYSER.name, ANALYSER.result) == ("holds", FilmHolds)

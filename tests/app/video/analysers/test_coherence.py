"""The coherence analyser from pictures to result."""

from __future__ import annotations

import numpy as np
import pytest

from app.video.analysers.coherence import ANALYSER, HEAT_VALUES, FilmCoherence, coherence_curve, decide
from app.video.curves import Shot
from tests.app.video.analysers.moving import Move, curves_of, film, findings, found_in, walk
from tests.benchmarks import motion_truth as truth

PAN = Move(right=1.6)


def test_injected_flicker_is_found_also_during_a_pan() -> None:
    signs = np.random.default_rng(0).choice([-3, 3], 40)
    for pan in (None, PAN):
        plain = walk(1, 40, pan)
        lit = [np.clip(p.astype(int) + s, 0, 255).astype(np.uint8) for p, s in zip(plain, signs, strict=True)]
        clean, bad = (decide(findings(pictures)).shots[0] for pictures in (plain, lit))
        assert clean.flicker_levels < 0.6
        assert not clean.flickers
        assert bad.flicker_levels > 1.5
        assert bad.flickers
        assert bad.score < clean.score


def test_a_freeze_and_a_jump_are_found_where_they_are() -> None:
    pictures = list(film(PAN, 56))
    frozen = decide(findings([*pictures[:20], *[pictures[19]] * 6, *pictures[26:48]])).shots[0]
    assert [(s.start_frame, s.end_frame) for s in frozen.frozen] == [(19, 26)]
    jumped = decide(findings(pictures[:20] + pictures[26:54])).shots[0]
    assert jumped.jumps == [20]
    clean = decide(findings(pictures[:48])).shots[0]
    assert (clean.jumps, clean.frozen, clean.repeated, clean.flickers) == ([], [], [], [])
    assert clean.score > max(frozen.score, jumped.score)


def test_a_foreign_frame_is_the_worst_moment() -> None:
    pictures = list(film(PAN, 48))
    pictures[30] = truth.view(truth.city(np.random.default_rng(8)), Move())
    result = decide(findings(pictures))
    assert result.worst[0].frame in (30, 31)
    assert result.worst[0].coherence < 0.5
    assert result.worst[0].time_s == pytest.approx(result.worst[0].frame / 24, abs=1e-3)
    assert min(result.heat) == pytest.approx(result.worst[0].coherence, abs=1e-3)


def test_a_cut_is_left_out() -> None:
    pictures = [*film(Move(), 24), *[truth.view(truth.city(np.random.default_rng(8)), Move())] * 24]
    whole, cut = decide(findings(pictures)), decide(findings(pictures, [Shot(0, 24), Shot(24, 48)]))
    assert whole.shots[0].jumps == [24]
    assert [shot.jumps for shot in cut.shots] == [[], []]
    assert cut.score > 0.99
    assert cut.worst == []


def test_a_perfectly_still_shot_has_perfect_figures() -> None:
    shot = decide(findings([film(Move(), 2)[0]] * 12)).shots[0]
    assert (shot.score, shot.ssim, shot.hsv_stability) == (1.0, 1.0, 1.0)
    assert (shot.temporal_flickering, shot.temporal_flickering_steadied, shot.motion_smoothness) == (1.0, 1.0, 1.0)


def test_temporal_flickering_is_the_mean_difference_of_frames() -> None:
    curves = curves_of(coh_change=[0, 5.1, 5.1, 5.1], coh_rest=[0, 2.55, 2.55, 2.55], coh_middle=[0, 0, 2.55, 2.55])
    shot = decide(found_in(curves)).shots[0]
    assert shot.temporal_flickering == pytest.approx(0.98)
    assert shot.temporal_flickering_steadied == pytest.approx(0.99)
    assert shot.motion_smoothness == pytest.approx(0.99)


def test_colour_that_wanders_is_less_stable() -> None:
    steady, wild = (decide(found_in(curves_of(coh_u=u))).shots[0].hsv_stability for u in (np.zeros(30), np.arange(30) % 2 * 12.0))
    assert steady == 1.0
    assert wild == pytest.approx(0.6, abs=0.01)


def test_long_films_have_a_bounded_heat_map_that_keeps_the_worst() -> None:
    rest = np.zeros(9000)
    rest[5000] = 60.0
    result = decide(found_in(curves_of(coh_rest=rest)))
    assert result.heat_step_frames == 5
    assert len(result.heat) <= HEAT_VALUES
    assert int(np.argmin(result.heat)) == 1000


def test_the_curve_has_a_value_for_every_frame() -> None:
    curves = curves_of(coh_rest=np.zeros(40))
    assert coherence_curve(found_in(curves, [Shot(0, 1), Shot(1, 40)])).tolist() == [1.0] * 40
    assert coherence_curve(found_in(curves, [])).size == 0


def test_worst_moments_lie_apart() -> None:
    rest = np.zeros(200)
    rest[[50, 52, 120]] = (60.0, 50.0, 40.0)
    worst = decide(found_in(curves_of(coh_rest=rest))).worst
    assert [m.frame for m in worst][:2] == [50, 120]


def test_the_row_of_the_table() -> None:
    assert (ANALYSER.name, ANALYSER.result) == ("coherence", FilmCoherence)

"""How a take is scored, from an analysis alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.video.analysers.coherence import FlickerSpan, ShotCoherence, Span
from app.video.document import VideoAnalysis
from app.video.rank_models import TakeParts
from app.video.rank_score import QUIET, WORST_SHARE, cuts_s, extra_cuts, faults, fewest_cuts, in_words, level_runs, neighbours, score


@pytest.fixture
def analysis(clips: Callable[..., Path], analyse: Callable[..., Any]) -> VideoAnalysis:
    """Four scenes of a second; the last one moves."""
    return analyse(clips("four.mp4"))[0]  # type: ignore[no-any-return]


def edited(analysis: VideoAnalysis, **coherence: Any) -> VideoAnalysis:
    return analysis.model_copy(update={"coherence": analysis.coherence.model_copy(update=coherence)})


def test_a_clean_take_has_the_coherence_of_its_film(analysis: VideoAnalysis) -> None:
    found = score(edited(analysis, score=0.9, worst=[]), cuts_s(analysis))
    assert found.parts.mean_coherence == 0.9
    assert found.score == pytest.approx(0.9 * (1 - WORST_SHARE + WORST_SHARE * found.worst.coherence), abs=1e-4)


def test_the_worst_frame_takes_its_share(analysis: VideoAnalysis) -> None:
    moment = {"frame": 80, "time_s": 3.3333, "coherence": 0.2, "why": "the motion jumps"}
    film = type(analysis.coherence).model_validate({**analysis.coherence.model_dump(), "score": 0.8, "worst": [moment]})
    found = score(analysis.model_copy(update={"coherence": film}), cuts_s(analysis))
    assert found.score == pytest.approx(0.8 * (0.85 + 0.15 * 0.2), abs=1e-4)
    assert (found.worst.frame, found.worst.timecode, found.worst.why) == (80, "00:00:03:08", "the motion jumps")


def test_extra_cuts_count_as_lost_frames(analysis: VideoAnalysis) -> None:
    found = score(edited(analysis, score=1.0), [])
    assert found.parts.extra_cuts == len(analysis.scenes) - 1 == 3
    assert found.parts.mean_coherence == pytest.approx(1 - 3 / analysis.frame_count, abs=1e-4)
    assert found.worst.frame == analysis.scenes[1].start_frame
    assert extra_cuts(analysis, [s + 0.2 for s in cuts_s(analysis)]) == []
    assert extra_cuts(analysis, cuts_s(analysis)[1:]) == [analysis.scenes[1].start_frame]


def test_the_fewest_cuts_are_the_shots_own(analysis: VideoAnalysis) -> None:
    one = analysis.model_copy(update={"scenes": analysis.scenes[:2]})
    assert fewest_cuts([analysis, one]) == cuts_s(one)
    assert fewest_cuts([]) == []


def test_where_nothing_stands_out_a_frame_of_the_middle_is_shown(analysis: VideoAnalysis) -> None:
    shots = [shot.model_copy(update={"worst_coherence": 1.0}) for shot in analysis.coherence.shots]
    worst = score(edited(analysis, worst=[], shots=shots), cuts_s(analysis)).worst
    assert (worst.why, worst.frame) == (QUIET, analysis.frame_count // 2)


def a_shot(analysis: VideoAnalysis, **more: Any) -> ShotCoherence:
    return analysis.coherence.shots[0].model_copy(update={"flickers": [], "repeated": [], "frozen": [], **more})


def test_words_tell_the_size_of_the_fault(analysis: VideoAnalysis) -> None:
    flicker = FlickerSpan(start_frame=2, end_frame=20, start_s=0, amplitude_levels=3.24, frequency_hz=12.0)
    assert in_words("the light flickers", 5, a_shot(analysis, flickers=[flicker])) == "the light flickers, ±3.2 levels at 12 Hz"
    irregular = flicker.model_copy(update={"frequency_hz": None})
    assert in_words("the light flickers", 5, a_shot(analysis, flickers=[irregular], flicker_hz=None)) == "the light flickers, ±3.2 levels"
    still = Span(start_frame=4, end_frame=6, start_s=0)
    assert in_words("frames are repeated", 5, a_shot(analysis, repeated=[still])) == "1 frame is repeated"
    longer = still.model_copy(update={"end_frame": 7})
    assert in_words("frames are repeated", 5, a_shot(analysis, repeated=[longer])) == "2 frames are repeated"
    swings = a_shot(analysis, colour_swing_levels=9.94)
    assert in_words("the colour swings", 5, swings) == "the colour swings, ±9.9 levels"
    assert (
        in_words("the picture freezes", 5, a_shot(analysis, frozen=[Span(start_frame=0, end_frame=10, start_s=0)]))
        == "the picture freezes, 9 frames"
    )
    assert in_words("the colour jumps", 5, a_shot(analysis)) == "the colour jumps"


def test_neighbours_stay_inside() -> None:
    assert neighbours(0, 10) == [0, 1]
    assert neighbours(5, 10) == [4, 5, 6]
    assert neighbours(9, 10) == [8, 9]
    assert neighbours(0, 1) == [0]


def parts(**more: Any) -> TakeParts:
    plain: dict[str, Any] = dict.fromkeys(TakeParts.model_fields, 0) | {"motion_smoothness": 0.996, "ssim": 0.9, "mean_coherence": 0.9}
    return TakeParts(**{**plain, **more})


def test_faults_in_words() -> None:
    assert faults(parts()) == []
    assert faults(parts(jumps=1, frozen_frames=2, repeated_frames=1, extra_cuts=2)) == [
        "2 extra cuts",
        "1 jump",
        "2 frozen frames",
        "1 repeated frame",
    ]
    assert faults(parts(flicker_share=0.5, flicker_levels=2.34, motion_smoothness=0.98)) == ["flicker ±2.3"]
    assert faults(parts(colour_swing_levels=9.94)) == ["colour swings ±9.9"]
    assert faults(parts(motion_smoothness=0.984)) == ["grain or shimmer throughout, 4.1 levels"]


@pytest.mark.parametrize(
    ("scores", "runs"),
    [
        ([], []),
        ([0.9], [(0, 1)]),
        ([0.9, 0.898, 0.8979], [(0, 2), (2, 3)]),
        ([0.9, 0.899, 0.898, 0.897], [(0, 3), (3, 4)]),
        ([0.5, 0.5, 0.5], [(0, 3)]),
    ],
)
def test_level_scores_are_found_from_the_best_on(scores: list[float], runs: list[tuple[int, int]]) -> None:
    assert level_runs(scores, 0.002) == runs

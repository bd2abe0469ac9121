"""Plans become timelines, or are refused with everything that is wrong with them."""

from __future__ import annotations

import random
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest

from app.editing.check import compile_plan, problems_of
from app.editing.problems import BadPlan, Problem
from app.editing.reading import keys_of, read_plan
from tests.app.editing.mutations import WAYS, mutants, scrambled
from tests.app.editing.random_plans import random_plan, synthetic_facts
from tests.app.editing.short_plans import NTSC, clip, facts, faults_of, plan_of, row, shown, still, timeline_of

FACTS = synthetic_facts()


def transition(duration_s: float = 0.4) -> dict[str, Any]:
    return {"op": "transition", "duration_s": duration_s}


def refused(data: Any) -> list[Problem]:
    with pytest.raises(BadPlan) as caught:
        compile_plan(read_plan(data), FACTS)
    return list(caught.value.problems)


def there(path: str, data: Any) -> bool:
    """Whether a path leads to something, or to a key that is missing from an object."""
    keys = keys_of(path)
    for number, key in enumerate(keys):
        if not (isinstance(data, Mapping) and key in data) and not (isinstance(data, list) and isinstance(key, int) and key < len(data)):
            return isinstance(data, Mapping) and number == len(keys) - 1
        data = data[key]
    return True


def test_rows_follow_each_other() -> None:
    timeline = timeline_of(row(1, 2), row(0, 1), row(9.96, 10))
    assert [(clip.begins, clip.frames, clip.first, clip.end) for clip in timeline.clips] == [
        (0, 25, 25, 50),
        (25, 25, 0, 25),
        (50, 1, 249, 250),
    ]
    assert (timeline.frames, timeline.rate, timeline.seconds) == (51, 25, 2.04)
    assert [clip.path for clip in timeline.clips] == ["$.segments[0]", "$.segments[1]", "$.segments[2]"]


def test_rows_that_are_not_approved_are_left_out_and_paths_still_count_them() -> None:
    timeline = timeline_of(row(0, 1, approved=False), row(1, 2), row(5, 99, approved=False))
    assert [clip.path for clip in timeline.clips] == ["$.segments[1]"]


def test_a_film_of_one_frame() -> None:
    timeline = timeline_of(row(2, 2.04))
    assert timeline.frames == 1
    assert shown(timeline) == [50]


def test_odd_rates_are_exact() -> None:
    sources = facts(clip("a", rate=NTSC, frames=300))
    timeline = timeline_of(row(0, 10.01), sources=sources)
    assert (timeline.rate, timeline.frames) == (NTSC, 300)
    slower = timeline_of(row(0, 10.01), sources=sources, output={"fps": 23.976})
    assert (slower.rate, slower.frames) == (Fraction(24000, 1001), 240)


def test_a_transition_lays_clips_over_each_other() -> None:
    timeline = timeline_of(row(0, 1), row(4, 5, transition()), row(6, 7, transition(0.6)))
    assert [(clip.begins, clip.overlap) for clip in timeline.clips] == [(0, 0), (15, 10), (25, 15)]
    assert timeline.frames == 50
    assert timeline.clips[1].transition is not None


def test_transitions_may_use_a_clip_up_but_not_twice() -> None:
    assert faults_of(row(0, 1), row(1, 2, transition(0.4)), row(2, 3, transition(0.6))) == []
    (problem,) = faults_of(row(0, 1), row(1, 2, transition(0.4)), row(2, 3, transition(0.64)))
    assert (problem.code, problem.path) == ("transition_too_long", "$.segments[2].operations[0].duration_s")
    assert problem.fits == 0.6


def test_a_transition_before_which_nothing_comes_has_no_effect_and_is_noted() -> None:
    timeline = timeline_of(row(0, 1, approved=False), row(1, 2, transition()))
    assert (timeline.clips[0].overlap, timeline.clips[0].transition, timeline.frames) == (0, None, 25)
    assert "'s2'" in timeline.notes[0]


def test_speed_shortens_the_room_for_transitions() -> None:
    (problem,) = faults_of(row(0, 1, {"op": "speed", "factor": 4}), row(1, 2, transition()))
    assert problem.code == "transition_too_long"


def test_stills_and_clips_mix() -> None:
    sources = facts(clip(), still())
    timeline = timeline_of(row(0, 1), row(0, 2.5, source="still"), sources=sources)
    assert [(clip.frames, clip.first, clip.end) for clip in timeline.clips] == [(25, 0, 25), (63, 0, 1)]
    assert set(shown(timeline, 1)) == {0}


def test_everything_wrong_is_told_at_once_in_the_order_of_the_plan() -> None:
    problems = faults_of(
        row(3, 2), row(0, 99), row(0, 1, {"op": "zoom", "at_s": 5}), row(0, 1, source="x"),
        film=[{"op": "zoom"}, {"op": "music", "source": "a", "start_s": 30}], output={"alpha": True},
    )  # fmt: skip
    assert [(problem.code, problem.path) for problem in problems] == [
        ("cut_reversed", "$.segments[0].end_s"), ("cut_outside", "$.segments[1].end_s"),
        ("begins_after_end", "$.segments[2].operations[0].at_s"),
        ("unknown_source", "$.segments[3].source"), ("wrong_scope", "$.film[0]"), ("begins_after_source", "$.film[1].start_s"),
        ("no_alpha_in_format", "$.output.format"),
    ]  # fmt: skip


def test_nothing_counts_as_beyond_the_end_of_a_film_whose_length_is_not_known() -> None:
    text = {"op": "text", "text": "x", "at_s": 1.5}
    assert [problem.code for problem in faults_of(row(0, 1), row(3, 2), film=[text])] == ["cut_reversed"]
    assert [problem.code for problem in faults_of(row(0, 1), film=[text])] == ["begins_after_end"]
    assert [problem.code for problem in faults_of(film=[text])] == ["nothing_to_render"]


def test_the_longest_film() -> None:
    sources = facts(clip(), still())
    assert faults_of(row(0, 24 * 3600, source="still"), sources=sources) == []
    (problem,) = faults_of(row(0, 24 * 3600, source="still"), row(0, 1), sources=sources)
    assert (problem.code, problem.path) == ("film_too_long", "$.segments")


@pytest.mark.parametrize("rows", [[], [row(0, 1, approved=False)]])
def test_nothing_to_render(rows: list[dict[str, Any]]) -> None:
    assert [problem.code for problem in faults_of(*rows)] == ["nothing_to_render"]


def test_a_plan_without_its_files() -> None:
    assert [problem.code for problem in problems_of(plan_of(row(0, 1)), {})] == ["missing_source"]


@pytest.mark.parametrize("seed", range(150))
def test_random_plans_have_no_problems(seed: int) -> None:
    plan = random_plan(seed, FACTS, {"lut": "l", "subtitles": "s"}, ("mp4", "mov", "webm", "gif"))
    assert problems_of(plan, FACTS) == []


@pytest.mark.parametrize("seed", range(6))
def test_broken_plans_are_refused_with_a_code_and_a_place(seed: int) -> None:
    """More than a hundred ways for each of six plans."""
    plan = random_plan(seed, FACTS)
    for mutant in mutants(random.Random(seed), plan, FACTS):
        problems = refused(mutant.data)
        assert mutant.codes & {problem.code for problem in problems}, mutant.way
        for problem in problems:
            assert there(problem.path, mutant.data), (mutant.way, problem)
            assert problem.message.endswith("."), problem
            assert problem.remedy.endswith("."), problem


def test_there_are_enough_ways() -> None:
    assert 6 * len(WAYS) >= 500


def test_scrambled_plans_never_fail_in_another_way() -> None:
    plans = [random_plan(seed, FACTS) for seed in range(20)]
    refusals: list[tuple[BadPlan, Any]] = []
    for seed in range(600):
        data = scrambled(random.Random(seed), plans[seed % len(plans)])
        try:
            compile_plan(read_plan(data), FACTS)
        except BadPlan as error:
            refusals.append((error, data))
    assert len(refusals) >= 400
    assert all(there(problem.path, data) for error, data in refusals for problem in error.problems)

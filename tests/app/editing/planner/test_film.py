"""Whole plans: they can be rendered, are as long as asked, differ by seed and by nothing else, and say why."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest

from app.editing.check import compile_plan
from app.editing.operations.time import Freeze
from app.editing.planner.beats import Bed
from app.editing.planner.film import CLIP, MUSIC, Material, length_of, plan_film
from app.editing.planner.footage import Footage
from app.editing.planner.styles import read_styles
from app.editing.planner.wishes import Wishes
from tests.app.editing.planner.footages import RATE, facts, footage, material, planned, shot, silent

STYLES = list(read_styles())
PARODY = ("dramatic", "chaotic", "wholesome")


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("seed", range(4))
def test_a_plan_can_be_rendered_and_has_the_length_asked_for(style: str, seed: int) -> None:
    plan, timeline = planned(footage(), style, 15.0, seed=seed)
    assert plan.duration_s == 15.0
    assert abs(timeline.frames - 15 * RATE) <= 1
    assert plan.style == style
    assert plan.planner == "built in"
    assert plan.notes == ()


@pytest.mark.parametrize("style", STYLES)
def test_every_row_says_why_with_a_figure(style: str) -> None:
    plan, _ = planned(footage(), style)
    assert all(segment.reason.endswith(".") or "read" in segment.reason for segment in plan.segments)
    assert all(any(sign.isdigit() for sign in segment.reason) for segment in plan.segments)


@pytest.mark.parametrize("style", STYLES)
def test_the_same_seed_plans_the_same_film_and_another_another(style: str) -> None:
    one, again, other = (planned(footage(), style, seed=seed)[0] for seed in (3, 3, 4))
    assert one == again
    assert one.segments != other.segments


@pytest.mark.parametrize("style", PARODY)
def test_a_silent_clip_gets_a_film(style: str) -> None:
    _, timeline = planned(silent(), style, 12.0)
    assert abs(timeline.frames - 12 * RATE) <= 1


@pytest.mark.parametrize("style", STYLES)
def test_a_clip_of_one_shot_gets_a_film(style: str) -> None:
    _, timeline = planned(footage(cuts=(), seconds=20.0), style, 10.0)
    assert abs(timeline.frames - 10 * RATE) <= 1


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("frames", [1, 2, 9])
def test_a_clip_of_a_few_frames_stands_and_says_so(style: str, frames: int) -> None:
    plan, timeline = planned(footage(cuts=(), seconds=frames / 25, hits=()), style, 3.0)
    assert abs(timeline.frames - 3 * RATE) <= 1
    assert any(isinstance(one, Freeze) for one in plan.segments[0].operations)
    assert any(f"{frames} frame" in note for note in plan.notes)


@pytest.mark.parametrize("style", STYLES)
def test_two_seconds_asked_for_thirty_give_a_shorter_film_and_a_reason(style: str) -> None:
    plan, timeline = planned(footage(cuts=(), seconds=2.0, hits=()), style, 30.0)
    assert 1.5 <= timeline.seconds <= 10
    assert any("30 s were asked for" in note and "2.0 s" in note for note in plan.notes)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("seconds", [1.0, 3.0, 6.0])
def test_short_films_are_possible(style: str, seconds: float) -> None:
    _, timeline = planned(footage(), style, seconds)
    assert abs(timeline.seconds - seconds) <= 0.5


def test_a_clip_of_an_hour_is_planned_in_time_and_from_all_of_it() -> None:
    hour = footage(cuts=tuple(float(at) for at in range(6, 3600, 6)), seconds=3600.0)
    plan, timeline = planned(hour, "highlights", 60.0)
    assert abs(timeline.frames - 60 * RATE) <= 1
    assert max(segment.start_s for segment in plan.segments) > 1800


def test_highlights_keep_the_order_of_the_clip_and_show_the_loudest_and_the_liveliest() -> None:
    plan, _ = planned(footage(), "highlights", 12.0)
    spans = [(segment.start_s, segment.end_s) for segment in plan.segments]
    assert any(start <= 12.6 <= end for start, end in spans)
    assert any(start <= 17.0 <= end for start, end in spans)


def test_speech_is_not_cut_where_there_is_a_pause_nearby() -> None:
    spoken = ((5.0, 7.9), (8.2, 8.8), (9.3, 11.6), (12.0, 14.6), (18.4, 20.2), (20.6, 23.0))
    broken = whole = 0
    for seed in range(6):
        plan, _ = planned(footage(speech=spoken), "highlights", 12.0, seed=seed)
        for segment in plan.segments:
            for edge in (segment.start_s, segment.end_s):
                inside = any(start + 0.1 < edge < end - 0.1 for start, end in spoken)
                broken, whole = broken + inside, whole + (not inside)
    assert broken <= 0.45 * (broken + whole)


def test_the_film_has_the_shape_that_was_asked_for_and_follows_the_subject() -> None:
    plan, timeline = planned(footage(), "highlights", 8.0, aspect="9:16")
    assert plan.output.aspect == "9:16"
    assert timeline.width < timeline.height
    reframes = [one for segment in plan.segments for one in segment.operations if one.op == "reframe"]
    assert len(reframes) == len(plan.segments)
    assert any(len(one.path) > 1 for one in reframes)
    assert planned(footage(), "highlights", 8.0, aspect="source")[0].output.aspect == "source"


def test_dramatic_is_wide_unless_the_clip_is_upright() -> None:
    assert planned(footage(), "dramatic")[0].output.aspect == "21:9"
    assert planned(footage(width=720, height=1280), "dramatic")[0].output.aspect == "source"


def test_an_unknown_style_is_planned_as_highlights_with_a_note() -> None:
    plan, _ = planned(footage(), "noir", 8.0)
    assert plan.style == "highlights"
    assert "noir" in plan.notes[0]


def test_captions_and_effects_are_left_out_when_they_are_not_wanted() -> None:
    plan, _ = planned(footage(), "chaotic", 15.0, captions=False, effects=False)
    operations = {one.op for segment in plan.segments for one in segment.operations}
    assert operations.isdisjoint({"text", "sound_effect"})
    loud, _ = planned(footage(), "chaotic", 15.0)
    assert {"text", "sound_effect", "zoom"} <= {one.op for segment in loud.segments for one in segment.operations}


def test_no_caption_is_said_twice_and_all_can_be_read() -> None:
    for style in PARODY:
        plan, timeline = planned(footage(), style, 30.0)
        texts = [one for segment in plan.segments for one in segment.operations if one.op == "text"]
        assert texts
        assert len({one.text for one in texts}) == len(texts)
        for clip in timeline.clips:
            for one in clip.segment.operations:
                if one.op == "text":
                    assert one.duration_s >= 0.55
                    assert one.at_s + one.duration_s <= float(clip.frames / timeline.rate) + 0.35


def test_cuts_fall_on_the_beats_of_the_music() -> None:
    film = footage()
    beats = tuple(0.31 + 0.6 * number for number in range(100))
    music = Bed(MUSIC, 0.31, beats, 60.0, 100.0)
    plan = plan_film(material(film, music="a-1111111111111111", music_bed=music), Wishes(style="beat", duration_s=12.0), read_styles())
    timeline = compile_plan(plan, {CLIP: facts(film), MUSIC: facts(film, MUSIC)})
    grid = [beat - 0.31 for beat in beats]
    for clip in timeline.clips[1:]:
        at = float(clip.begins / timeline.rate)
        assert min(abs(at - beat) for beat in grid) <= 0.021
    assert abs(timeline.frames - 12 * RATE) <= 1
    bed = next(one for one in plan.film if one.op == "music")
    assert bed.source == MUSIC


def test_without_music_the_clips_own_sound_runs_through_and_gives_the_beat() -> None:
    plan, timeline = planned(footage(), "beat", 12.0)
    assert next(one for one in plan.film if one.op == "music").source == CLIP
    assert all(any(one.op == "volume" and one.mute for one in segment.operations) for segment in plan.segments)
    start = next(one for one in plan.film if one.op == "music").start_s
    for clip in timeline.clips[1:]:
        at = float(clip.begins / timeline.rate) + start
        assert abs(at - 0.5 * round(at / 0.5)) <= 0.021
    quiet, _ = planned(silent(), "beat", 12.0)
    assert any("120 beats" in note for note in quiet.notes)


@pytest.mark.parametrize(("asked", "expected"), [(None, 14.4), (10.0, 10.0), (60.0, 24.0)])
def test_the_length_is_bounded_by_what_the_clip_has(asked: float | None, expected: float) -> None:
    notes: list[str] = []
    found = length_of(material(footage()), read_styles()["highlights"], Wishes(duration_s=asked), notes)
    assert found == pytest.approx(expected, abs=0.05)
    assert bool(notes) == (asked == 60.0)


def test_a_title_from_the_goal_stands_on_the_trailers_card() -> None:
    plan, _ = planned(footage(), "trailer", 24.0, title="The Long Walk")
    assert plan.title == "The Long Walk"
    assert any(one.op == "text" and one.text == "The Long Walk" for segment in plan.segments for one in segment.operations)


def test_odd_rates_are_met_to_the_frame() -> None:
    rate: Callable[[], Fraction] = lambda: Fraction(30000, 1001)  # noqa: E731
    film: Footage = footage(fps=30000 / 1001)
    made = Material(film, "a-0000000000000000", rate(), round(24 * rate()))
    plan = plan_film(made, Wishes(style="dramatic", duration_s=15.0), read_styles())
    from dataclasses import replace

    timeline = compile_plan(plan, {CLIP: replace(facts(film), rate=rate(), frame_count=round(24 * rate()))})
    assert abs(timeline.frames - round(15 * rate())) <= 1


def test_shots_that_are_dark_at_their_ends_are_shown_without_them() -> None:
    film = footage(cuts=(), seconds=24.0, shots=(shot(0, 0.0, 24.0, start_s=6.0, end_s=20.0),))
    plan, _ = planned(film, "highlights", 8.0)
    assert min(segment.start_s for segment in plan.segments) >= 5.9
    assert max(segment.end_s for segment in plan.segments) <= 20.05


@pytest.mark.parametrize(("asked", "seconds"), [(None, 4.0), (5.0, 5.0), (9.0, 9.0)])
def test_a_single_picture_stands_for_as_long_as_is_asked(asked: float | None, seconds: float) -> None:
    plan, timeline = planned(footage(cuts=(), seconds=1 / 25, hits=()), "dramatic", asked)
    assert abs(timeline.seconds - seconds) <= 1 / 25
    assert not any("asked for" in note for note in plan.notes)

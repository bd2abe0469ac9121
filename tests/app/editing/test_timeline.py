"""The timeline as everything downstream reads it."""

from __future__ import annotations

import pytest

from app.editing.operations.base import Stage
from tests.app.editing.random_plans import random_plan, synthetic_facts
from tests.app.editing.short_plans import compile_plan, row, shown, timeline_of

TRANSITION = {"op": "transition", "duration_s": 0.2}


def test_frames_beyond_a_clip_are_no_frames() -> None:
    clip = timeline_of(row(0, 1)).clips[0]
    with pytest.raises(IndexError):
        clip.source_frame(clip.frames)


def test_planned_frames_are_one_for_every_frame_of_the_film() -> None:
    timeline = timeline_of(row(0, 1), row(4, 5, TRANSITION), row(6, 6.04))
    assert timeline.frames == 25 + 25 - 5 + 1
    planned = timeline.planned_frames()
    assert planned == [("a", n) for n in [*range(20), *range(100, 125), 150]]


def test_operations_stand_in_the_order_of_their_stages() -> None:
    rows = (
        {"op": "grade"},
        {"op": "zoom"},
        {"op": "denoise"},
        {"op": "speed", "factor": 2},
        {"op": "crop", "x": 0, "y": 0, "w": 1, "h": 1},
    )
    timeline = timeline_of(row(0, 1, *rows))
    staged = timeline.staged(timeline.clips[0])
    assert [operation.op for operation, _ in staged] == ["denoise", "speed", "crop", "zoom", "grade"]
    assert [operation.STAGE for operation, _ in staged] == [Stage.SOURCE, Stage.TIME, Stage.SHAPE, Stage.FRAME, Stage.COLOUR]
    assert [place.path[-3:] for _, place in staged] == ["[2]", "[3]", "[4]", "[1]", "[0]"]


def test_places_know_where_they_are() -> None:
    timeline = timeline_of(row(0, 1), row(4, 6, {"op": "zoom"}), film=[{"op": "loudness"}])
    place = timeline.place(timeline.clips[1], 0)
    assert (place.path, place.scope, place.frames, place.first_frame) == ("$.segments[1].operations[0]", "segment", 50, 25)
    assert (place.source_start, place.source_end, place.seconds, place.begins_s) == (100, 150, 2.0, 1.0)
    assert place.frame(0.5) == 13
    film = timeline.film_place(0)
    assert (film.path, film.scope, film.frames, film.source) == ("$.film[0]", "film", 75, None)


@pytest.mark.parametrize("seed", range(60))
def test_every_timeline_adds_up(seed: int) -> None:
    facts = synthetic_facts()
    timeline = compile_plan(random_plan(seed, facts), facts)
    end = 0
    for number, clip in enumerate(timeline.clips):
        assert sum(stretch.frames for stretch in clip.stretches) == clip.frames >= 1
        assert clip.begins == end - clip.overlap
        assert (clip.transition is None) == (clip.overlap == 0)
        assert all(clip.first <= frame < clip.end for frame in shown(timeline, number))
        end = clip.begins + clip.frames
    assert end == timeline.frames == len(timeline.planned_frames())
    assert timeline.width % 2 == timeline.height % 2 == 0

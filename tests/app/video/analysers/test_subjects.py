"""The subject's track: planted subjects that move or stand are followed, and the stored candidates alone decide."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from app.video.analysers import camera, composition, subjects
from app.video.analysers.base import Findings
from app.video.analysers.subjects import ANALYSER, FilmSubjects, SubjectTrack, box_at, decide
from app.video.curves import Shot
from app.video.table import Table
from tests.benchmarks import motion_truth
from tests.benchmarks.accuracy_motion import info
from tests.benchmarks.accuracy_subjects import COUNT, FPS, WITHIN, Film, crossing, misses, standing


@lru_cache(maxsize=1)
def stills() -> Any:
    return motion_truth.made_stills()[:2]


def findings(film: Film, shots: list[Shot]) -> Findings:
    table = Table([composition.ANALYSER, camera.ANALYSER, subjects.ANALYSER], FPS)
    for frame in film.frames:
        table.take(frame, frame.index)
    return Findings(table.curves(), table.samples(), shots, info(len(film.frames)))


def test_a_moving_subject_before_a_panned_background_is_followed() -> None:
    off = [distance for seed in range(6) for distance in misses(crossing(stills(), seed))]
    assert len(off) >= 6 * 3
    assert np.mean([distance <= WITHIN for distance in off]) >= 0.95


def test_a_still_subject_that_stands_out_is_followed() -> None:
    off = [distance for seed in range(12) for distance in misses(standing(seed))]
    assert len(off) == 12 * 4
    assert np.mean([distance <= WITHIN for distance in off]) >= 0.95


def test_the_track_says_what_speaks_for_it() -> None:
    moving = decide(findings(crossing(stills(), 1), [Shot(0, COUNT)]))
    assert set(moving.shots[0].source) <= {"motion", "both"}
    still = decide(findings(standing(1), [Shot(0, COUNT)]))
    assert still.sources == {"saliency": 1.0}
    assert FilmSubjects.model_validate_json(moving.model_dump_json()) == moving


def test_lists_are_of_one_length_and_boxes_lie_in_the_picture() -> None:
    shot = decide(findings(crossing(stills(), 2), [Shot(0, COUNT)])).shots[0]
    lists = (shot.frames, shot.x, shot.y, shot.w, shot.h, shot.confidence, shot.source)
    assert {len(values) for values in lists} == {len(shot.frames)}
    assert all(frame % 12 == 0 for frame in shot.frames)
    for x, y, w, h in zip(shot.x, shot.y, shot.w, shot.h, strict=True):
        assert 0 <= x < x + w <= 1.001
        assert 0 <= y < y + h <= 1.001


def test_every_shot_has_its_own_track_and_a_short_one_has_none() -> None:
    result = decide(findings(standing(3), [Shot(0, 20), Shot(20, 23), Shot(23, COUNT)]))
    assert [(s.start_frame, s.end_frame) for s in result.shots] == [(0, 20), (20, 23), (23, COUNT)]
    assert [s.frames for s in result.shots] == [[0, 12], [], [24, 36]]
    assert decide(findings(standing(3), [])).sources == {}


def test_between_samples_the_subject_goes_straight() -> None:
    track = SubjectTrack(start_frame=0, end_frame=30, frames=[0, 12], x=[0.1, 0.3], y=[0.2, 0.2], w=[0.2, 0.4], h=[0.5, 0.5],
                         confidence=[0.4, 0.8], source=["saliency", "motion"])  # fmt: skip
    assert box_at(track, 6) == (pytest.approx(0.2), 0.2, pytest.approx(0.3), 0.5, pytest.approx(0.6), "saliency")
    assert box_at(track, 29) == (0.3, 0.2, 0.4, 0.5, 0.8, "motion")
    empty = SubjectTrack(start_frame=0, end_frame=3, frames=[], x=[], y=[], w=[], h=[], confidence=[], source=[])
    assert box_at(empty, 1) is None


def test_a_plain_panned_background_has_no_subject_that_moves() -> None:
    pictures = [motion_truth.view(stills()[0][1], place) for place in motion_truth.steady_path(motion_truth.Move(right=2.3), 25)]
    table = Table([camera.ANALYSER, subjects.ANALYSER], FPS)
    for frame in motion_truth.frames(pictures):
        table.take(frame, frame.index)
    assert table.samples()["mover_confidence"].max() < 0.2


def test_started_early_enough_the_numbers_are_the_same() -> None:
    film = crossing(stills(), 0)
    whole = findings(film, []).samples
    late = Table([camera.ANALYSER, subjects.ANALYSER], FPS)
    for frame in film.frames[36 - late.memory : 36]:
        frame.shared.clear()
        late.warm_up(frame)
    film.frames[36].shared.clear()
    late.take(film.frames[36], 36)
    columns = subjects.MoverSampler.columns
    assert [float(late._samples[1 + place]) for place in range(len(columns))] == pytest.approx([whole[name][-1] for name in columns])


def test_its_row_in_the_table() -> None:
    assert ANALYSER.name == "subjects"
    assert ANALYSER.measure is not None
    assert ANALYSER.measure().columns == ()

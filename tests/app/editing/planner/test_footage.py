"""Questions to footage: curves, subjects, shots, hits, speech."""

from __future__ import annotations

import pytest

from app.editing.planner.footage import Box, Curve, Hit, between
from tests.app.editing.planner.footages import box, footage, shot


def test_means_and_peaks_of_a_curve() -> None:
    curve = Curve((0.0, 0.0, 1.0, 0.5, 0.0))
    assert curve.mean(0.0, 0.5) == pytest.approx(0.3)
    assert curve.mean(0.2, 0.4) == pytest.approx(0.75)
    assert curve.highest(0.0, 0.5) == (pytest.approx(0.25), 1.0)
    assert curve.highest(0.3, 0.5)[1] == 0.5


def test_a_curve_holds_beyond_its_ends_and_may_be_empty() -> None:
    assert Curve((0.2, 0.8)).mean(5.0, 6.0) == 0.8
    assert Curve(()).mean(0, 1) == 0
    assert Curve(()).highest(3.0, 4.0) == (3.0, 0.0)


def test_the_subject_goes_straight_between_two_samples() -> None:
    track = ((1.0, box(0.2)), (2.0, box(0.6)))
    assert between(track, 1.5).x == pytest.approx(0.4)  # type: ignore[union-attr]
    assert between(track, 0.0).x == 0.2  # type: ignore[union-attr]
    assert between(track, 9.0).x == 0.6  # type: ignore[union-attr]
    assert between((), 1.0) is None


def test_what_is_unsure_or_fills_the_picture_is_no_subject() -> None:
    assert footage(shots=(shot(0, 0.0, 24.0, track=((1.0, box(confidence=0.2)),)),)).subject_at(1.0) is None
    assert footage(shots=(shot(0, 0.0, 24.0, track=((1.0, box(size=0.95)),)),)).subject_at(1.0) is None
    assert footage(shots=(shot(0, 0.0, 24.0, track=((1.0, box()),)),)).subject_at(1.0) is not None


def test_the_shots_own_subject_serves_where_none_is_followed() -> None:
    film = footage(shots=(shot(0, 0.0, 24.0, track=(), still_subject=box(0.7)),))
    assert film.subject_at(3.0) == box(0.7)
    assert film.subject_over(3.0, 4.0) == pytest.approx(0.8)


def test_a_tiny_or_still_subject_weighs_less() -> None:
    assert box().weight == 0.8
    assert Box(0.5, 0.5, 0.05, 0.05, 0.8).weight < 0.3
    assert Box(0.5, 0.5, 0.3, 0.3, 0.8, moving=0.0).weight == 0.4


def test_faces_are_at_the_top_of_what_is_tall() -> None:
    assert Box(0.5, 0.6, 0.3, 0.8, 1.0).face_y < 0.45
    assert box().face_y == box().y


def test_shots_and_frames() -> None:
    film = footage()
    assert [film.shot_at(at).index for at in (0.0, 3.99, 4.0, 23.0, 99.0)] == [0, 0, 1, 4, 4]
    assert film.on_frame(1.01) == 1.0
    assert film.on_frame(99.0) == 24.0
    assert film.usable_s == 24.0
    assert film.aspect == pytest.approx(16 / 9)


def test_hits_beats_and_speech_of_a_stretch() -> None:
    film = footage(speech=((2.0, 3.0), (5.0, 6.0)))
    assert film.hits_in(12.0, 13.0) == [Hit(12.1, 1.0, "sound")]
    assert film.beats_in(1.0, 2.1) == [1.0, 1.5, 2.0]
    assert film.speech_in(2.5, 5.5) == 1.0

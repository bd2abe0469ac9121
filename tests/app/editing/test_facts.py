"""Frames and times of a source."""

from __future__ import annotations

from fractions import Fraction

import pytest

from app.editing.facts import exact, nearest
from tests.app.editing.short_plans import NTSC, clip, sound, still


@pytest.mark.parametrize(
    ("written", "meant"), [(1.02, Fraction(51, 50)), (0.1, Fraction(1, 10)), (3, Fraction(3)), (1e-7, Fraction(1, 10**7))]
)
def test_a_number_means_what_was_written(written: float, meant: Fraction) -> None:
    assert exact(written) == meant


@pytest.mark.parametrize(
    ("value", "whole"), [("1/2", 1), ("3/2", 2), ("5/2", 3), ("-1/2", 0), ("-3/2", -1), ("249/100", 2), ("0", 0), ("7", 7)]
)
def test_halves_go_up(value: str, whole: int) -> None:
    assert nearest(Fraction(value)) == whole


def test_a_time_means_the_frame_that_begins_nearest() -> None:
    source = clip()
    assert [source.frame_at(seconds) for seconds in (0, 0.019, 0.02, 0.04, 9.99, 10, 10.1)] == [0, 0, 1, 1, 250, 250, 253]


def test_every_frame_of_an_odd_rate_is_found_by_its_rounded_time() -> None:
    source = clip(frames=3000, rate=NTSC)
    assert all(source.frame_at(round(source.time_of(frame), 3)) == frame for frame in range(3000))


def test_frames_are_exact_after_hours() -> None:
    source = clip(frames=30 * 3600 * 5, rate=NTSC)
    last = source.frame_count - 1
    assert source.frame_at(round(source.time_of(last), 6)) == last


def test_what_can_be_seen_and_heard() -> None:
    seen = [(one.has_picture, one.has_sound) for one in (clip(), clip(audio_tracks=0), still(), sound())]
    assert seen == [(True, True), (True, False), (True, False), (False, True)]

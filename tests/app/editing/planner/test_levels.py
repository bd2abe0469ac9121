"""Quiet rows come up, loud ones and silence stay, and nobody's own volume is touched."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from app.editing.operations.sounds import Volume
from app.editing.planner.footage import Curve
from app.editing.planner.levels import BELOW_DB, MOST_DB, lift_quiet
from app.editing.planner.rows import Row
from tests.app.editing.planner.footages import curve, footage

LEVELS = {(0.0, 2.0): -36.0, (2.0, 4.0): -70.0, (4.0, 6.0): -21.0}


def row(start_s: int, end_s: int, *operations: Volume) -> Row:
    return Row("clip", start_s * 25, end_s * 25, Fraction(25), list(operations))


def gains(rows: list[Row]) -> list[float | None]:
    return [next((one.gain_db for one in each.operations if isinstance(one, Volume)), None) for each in rows]


def test_what_is_far_below_the_rest_is_lifted() -> None:
    clip = replace(footage(), lufs=curve(24.0, LEVELS, rest=-16.0))
    rows = [row(0, 2), row(2, 4), row(4, 6), row(8, 12), row(12, 16), row(16, 20)]
    lift_quiet(rows, clip, "clip")
    assert gains(rows) == [min(MOST_DB, -16 - BELOW_DB + 36), None, None, None, None, None]


def test_a_volume_of_its_own_is_kept_and_other_sources_are_left_alone() -> None:
    clip = replace(footage(), lufs=curve(24.0, LEVELS, rest=-16.0))
    rows = [row(0, 2, Volume(mute=True)), row(8, 12), row(12, 16), Row("other", 0, 50, Fraction(25), [])]
    lift_quiet(rows, clip, "clip")
    assert gains(rows) == [0.0, None, None, None]


def test_without_sound_nothing_happens() -> None:
    rows = [row(0, 2)]
    lift_quiet(rows, replace(footage(), lufs=Curve(())), "clip")
    assert gains(rows) == [None]

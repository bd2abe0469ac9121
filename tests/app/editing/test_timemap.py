"""Which source frame is shown when."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from app.editing.operations import OPERATIONS
from app.editing.operations.base import Operation
from app.editing.timeline import Stretch
from app.editing.timemap import RAMP_GRID, RAMP_PIECES, backwards, frames_before, frames_of, held, stretches_of
from tests.app.editing.short_plans import NTSC, clip, facts, row, shown, timeline_of

R25 = Fraction(25)


def operation(op: str, **fields: Any) -> Operation:
    return OPERATIONS[op].model_validate({"op": op, **fields})


def frames(length: int, *operations: Operation, source_rate: Fraction = R25, rate: Fraction = R25) -> list[int]:
    """The source frames shown, in order."""
    found = []
    for stretch in stretches_of(length, source_rate, rate, operations):
        found += [int((stretch.start + number * stretch.step) // 1) for number in range(stretch.frames)]
    return found


def test_nothing_done_is_every_frame_once() -> None:
    assert stretches_of(7, R25, R25, ()) == (Stretch(Fraction(0), Fraction(1), 7),)
    assert frames(7) == [0, 1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("factor", "expected"),
    [
        (2, [0, 2, 4, 6, 8]), (0.5, [n // 2 for n in range(20)]), (3, [0, 3, 6]), (4, [0, 4, 8]), (50, [0]), (1.5, [0, 1, 3, 4, 6, 7, 9]),
    ],
)  # fmt: skip
def test_speed(factor: float, expected: list[int]) -> None:
    assert frames(10, operation("speed", factor=factor)) == expected


def test_the_slowest_speed() -> None:
    assert frames(1, operation("speed", factor=0.05)) == [0] * 20


@pytest.mark.parametrize(
    ("source_rate", "rate", "expected"),
    [
        (Fraction(50), R25, [0, 2, 4, 6, 8]),
        (R25, Fraction(50), [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9]),
        (Fraction(30), Fraction(24), [0, 1, 2, 3, 5, 6, 7, 8]),
        (Fraction(24), Fraction(30), [0, 0, 1, 2, 3, 4, 4, 5, 6, 7, 8, 8, 9]),
    ],
)
def test_other_rates_keep_the_time(source_rate: Fraction, rate: Fraction, expected: list[int]) -> None:
    assert frames(10, source_rate=source_rate, rate=rate) == expected


def test_an_hour_at_another_rate_stays_within_one_frame_of_its_time() -> None:
    length = 3600 * 30
    (stretch,) = stretches_of(length, NTSC, R25, ())
    assert stretch.step == Fraction(30000, 1001) / 25
    for number in (0, 1, 12_345, stretch.frames - 1):
        at = int((stretch.start + number * stretch.step) // 1)
        assert 0 <= Fraction(number) / 25 - at / NTSC < 1 / NTSC
    assert abs(Fraction(stretch.frames) / 25 - length / NTSC) <= Fraction(1, 50)


@pytest.mark.parametrize(("factor", "length"), [(1, 9), (2, 9), (0.37, 9), (7, 100)])
def test_backwards_is_the_same_frames_from_the_end(factor: float, length: int) -> None:
    speed = operation("speed", factor=factor)
    assert frames(length, speed, operation("reverse")) == frames(length, speed)[::-1]


def test_backwards_twice_is_forwards() -> None:
    stretch = Stretch(Fraction(3, 7), Fraction(5, 3), 11)
    assert backwards(backwards(stretch)) == stretch


@pytest.mark.parametrize("easing", ["linear", "ease_in", "ease_out", "ease_in_out"])
@pytest.mark.parametrize(("slow", "fast"), [(1, 4), (4, 1), (0.05, 50), (50, 0.05), (1, 1), (0.5, 2)])
@pytest.mark.parametrize("length", [1, 2, 17, 250, 5000])
def test_a_ramp_covers_its_segment(easing: str, slow: float, fast: float, length: int) -> None:
    ramp = operation("ramp", from_factor=slow, to_factor=fast, easing=easing)
    made = stretches_of(length, R25, R25, [ramp])
    assert 1 <= len(made) <= RAMP_PIECES
    assert all(RAMP_GRID % stretch.step.denominator == 0 and RAMP_GRID % stretch.start.denominator == 0 for stretch in made)
    found = frames(length, ramp)
    assert found == sorted(found)
    assert found[0] == 0
    assert found[-1] < length
    assert made[-1].start + made[-1].frames * made[-1].step <= length
    assert length - (made[-1].start + made[-1].frames * made[-1].step) <= Fraction(made[-1].frames, RAMP_GRID)


def test_a_ramp_gets_faster_and_lasts_as_long_as_its_mean_speed_says() -> None:
    made = stretches_of(500, R25, R25, [operation("ramp", from_factor=1, to_factor=4, easing="linear")])
    steps = [stretch.step for stretch in made]
    assert steps == sorted(steps)
    assert 1 < steps[0] < Fraction(5, 4)
    assert Fraction(15, 4) < steps[-1] < 4
    assert frames_of(made) == 200


def test_a_linear_ramp_is_where_its_integral_says() -> None:
    found = frames(500, operation("ramp", from_factor=1, to_factor=4, easing="linear"))
    for number in range(0, 200, 10):
        u = number / 200
        assert abs(found[number] - 500 * (u + 1.5 * u * u) / 2.5) < 2


def test_easing_in_stays_slow_for_longer() -> None:
    slow_at_first = frames(300, operation("ramp", from_factor=1, to_factor=3, easing="ease_in"))
    quick_at_first = frames(300, operation("ramp", from_factor=1, to_factor=3, easing="ease_out"))
    assert len(slow_at_first) > len(quick_at_first)
    assert slow_at_first[40] < quick_at_first[40]


def test_a_freeze_holds_its_frame_and_goes_on() -> None:
    assert frames(5, operation("freeze", at_s=0.08, duration_s=0.12)) == [0, 1, 2, 2, 2, 2, 3, 4]


def test_a_freeze_at_the_end_holds_the_last_frame() -> None:
    assert frames(5, operation("freeze", at_s=0.2, duration_s=0.08)) == [0, 1, 2, 3, 4, 4, 4]


def test_a_freeze_holds_a_frame_that_speed_would_pass_by() -> None:
    found = frames(10, operation("speed", factor=2), operation("freeze", at_s=0.12, duration_s=0.08))
    assert found == [0, 2, 3, 3, 4, 6, 8]


def test_several_freezes_add_up() -> None:
    twice = [operation("freeze", at_s=0.04, duration_s=0.04), operation("freeze", at_s=0.04, duration_s=0.04)]
    assert frames(3, *twice, operation("freeze", at_s=0, duration_s=0.04)) == [0, 0, 1, 1, 1, 2]


def test_a_freeze_within_a_ramp_and_backwards() -> None:
    ramp = operation("ramp", from_factor=1, to_factor=3)
    freeze = operation("freeze", at_s=1.0, duration_s=0.4)
    forwards = frames(100, ramp, freeze)
    assert forwards.count(25) >= 10
    assert len(forwards) == len(frames(100, ramp)) + 10
    assert frames(100, operation("reverse"), freeze, ramp) == forwards[::-1]


def test_a_still_is_held() -> None:
    assert held(12) == (Stretch(Fraction(0), Fraction(0), 12),)
    assert frames_of(held(0)) == 1


def test_how_many_frames_come_before_one() -> None:
    stretch = Stretch(Fraction(1), Fraction(3, 2), 6)  # 1 2 4 5 7 8
    assert [frames_before(stretch, frame) for frame in (0, 1, 2, 3, 4, 8, 9, 99)] == [0, 0, 1, 2, 2, 5, 6, 6]
    assert frames_before(Stretch(Fraction(2), Fraction(0), 5), 3) == 5


def test_a_clip_shows_the_frames_of_its_part() -> None:
    timeline = timeline_of(row(2, 2.4, {"op": "speed", "factor": 2}))
    assert shown(timeline) == [50, 52, 54, 56, 58]


def test_an_uneven_source_is_mapped_by_time() -> None:
    sources = facts(clip("a", frames=300, rate=30, vfr=True))
    timeline = timeline_of(row(1, 2), sources=sources, output={"fps": 15})
    assert shown(timeline) == list(range(30, 60, 2))

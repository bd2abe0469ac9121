"""Frame rates read from time stamps."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.video.rates import even_rate, settle_rate, spacing_of

MS = Fraction(1, 1000)
TICKS = Fraction(1, 90_000)


def stamps(count: int, rate: Fraction, time_base: Fraction, start: int = 0) -> list[int]:
    return [start + round(n / rate / time_base) for n in range(count)]


@pytest.mark.parametrize("rate", [Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(60), Fraction(24000, 1001), Fraction(12)])
@pytest.mark.parametrize("time_base", [MS, TICKS, Fraction(1, 12_800)])
def test_even_stamps_give_the_declared_rate_even_when_rounded_to_milliseconds(rate: Fraction, time_base: Fraction) -> None:
    assert even_rate(stamps(500, rate, time_base), time_base, [rate]) == rate


def test_a_wrong_declaration_is_passed_over() -> None:
    assert even_rate(stamps(200, Fraction(24), TICKS), TICKS, [Fraction(1000), Fraction(30)]) == 24


def test_an_undeclared_rate_is_found() -> None:
    assert even_rate(stamps(200, Fraction(25), MS), MS, []) == 25
    assert even_rate(stamps(200, Fraction(17, 2), TICKS), TICKS, []) == Fraction(17, 2)


def test_uneven_stamps_have_no_even_rate() -> None:
    uneven = stamps(48, Fraction(24), TICKS) + stamps(48, Fraction(8), TICKS, start=180_000)
    assert even_rate(uneven, TICKS, [Fraction(24)]) is None


def test_one_frame_keeps_the_declared_rate() -> None:
    assert even_rate([0], TICKS, [Fraction(25)]) == 25
    assert even_rate([0], TICKS, []) is None


def test_spacing_of_a_plain_track() -> None:
    times = stamps(96, Fraction(24), TICKS, start=900)
    spacing = spacing_of(times, times[::24], [3750] * 96, TICKS, [Fraction(24)], None)
    assert spacing.frame_count == 96
    assert not spacing.estimated
    assert spacing.duration_s == pytest.approx(4.0)
    assert spacing.first_s == pytest.approx(0.01)
    assert spacing.keyframe_interval_s == pytest.approx(1.0)
    assert settle_rate(spacing) == (24, False)


def test_order_and_duplicates_do_not_matter() -> None:
    times = stamps(24, Fraction(24), TICKS)
    shuffled = [*times[12:], *times[:12], times[3]]
    assert spacing_of(shuffled, [0], [0] * 25, TICKS, [Fraction(24)], None).frame_count == 24


def test_what_was_not_counted_is_estimated_from_the_declared_length() -> None:
    times = stamps(240, Fraction(24), TICKS)
    spacing = spacing_of(times, [0], [3750] * 240, TICKS, [Fraction(24)], 7200.0)
    assert spacing.estimated
    assert spacing.frame_count == 172_800
    assert spacing.duration_s == 7200.0


def test_uneven_tracks_keep_a_nominal_rate() -> None:
    uneven = stamps(48, Fraction(24), TICKS) + stamps(48, Fraction(8), TICKS, start=180_000)
    rate, vfr = settle_rate(spacing_of(uneven, [0], [3750] * 96, TICKS, [Fraction(24)], None))
    assert (rate, vfr) == (24, True)


def test_the_last_frame_of_an_uneven_track_lasts_as_long_as_the_file_says() -> None:
    uneven = [0, 3750, 90_000]
    assert spacing_of(uneven, [0], [3750, 86_250, 45_000], TICKS, [Fraction(24)], None).duration_s == pytest.approx(1.5)


def test_no_stamps_at_all_are_one_frame() -> None:
    spacing = spacing_of([], [], [], TICKS, [], None)
    assert spacing.frame_count == 1
    assert spacing.duration_s > 0


def test_senseless_rates_are_not_trusted() -> None:
    spacing = spacing_of([0], [0], [0], TICKS, [Fraction(90_000), Fraction(1, 1000)], None)
    assert settle_rate(spacing)[0] == 25


@given(st.lists(st.integers(-(2**40), 2**40), min_size=0, max_size=60), st.sampled_from([MS, TICKS]))
def test_any_stamps_give_positive_figures(times: list[int], time_base: Fraction) -> None:
    spacing = spacing_of(times, times[:1], [0] * len(times), time_base, [Fraction(24)], None)
    rate, _ = settle_rate(spacing)
    assert rate > 0
    assert spacing.duration_s > 0
    assert spacing.average_fps > 0
    assert spacing.keyframe_interval_s >= 0

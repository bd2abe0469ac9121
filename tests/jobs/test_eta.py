"""The estimate follows the bar, and admits when it knows nothing."""

from __future__ import annotations

import pytest

from jobs.eta import Pace, advance, eta_s


def run(readings: list[tuple[float, float]]) -> Pace:
    pace = Pace(0.0, 0.0)
    for at, fraction in readings:
        pace = advance(pace, at, fraction)
    return pace


def test_a_steady_bar_gives_the_time_left() -> None:
    pace = run([(n, n / 100) for n in range(1, 41)])
    assert eta_s(pace, 0.0, 40.0) == pytest.approx(60, abs=0.1)


def test_nothing_is_said_at_first() -> None:
    assert eta_s(Pace(0.0, 0.0), 0.0, 5.0) is None
    assert eta_s(run([(0.5, 0.5)]), 0.0, 0.6) is None


def test_crowded_and_backward_readings_change_nothing() -> None:
    pace = run([(1.0, 0.1)])
    assert advance(pace, 1.1, 0.2) == pace
    assert advance(pace, 3.0, 0.05) == pace


def test_a_change_of_speed_is_followed() -> None:
    fast = run([(n, n / 10) for n in range(1, 6)])
    slow = run([(n, n / 10) for n in range(1, 6)] + [(5 + 2 * n, 0.5 + n / 50) for n in range(1, 11)])
    assert eta_s(fast, 0.0, 5.0) == pytest.approx(5, abs=0.1)
    estimate = eta_s(slow, 0.0, 25.0)
    assert estimate is not None
    assert estimate == pytest.approx(30, rel=0.25)


def test_time_passes_between_readings() -> None:
    pace = run([(n, n / 100) for n in range(1, 41)])
    assert eta_s(pace, 0.0, 50.0) == pytest.approx(50, abs=0.1)

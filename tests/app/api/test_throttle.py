"""Failed logins cost growing time, per peer, within bounds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.api.throttle import FORGET_S, FREE_TRIES, LONGEST_S, MAX_PEERS, LoginThrottle, delay_s


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def failing(times: int) -> tuple[LoginThrottle, Clock]:
    clock = Clock()
    throttle = LoginThrottle(clock)
    for _ in range(times):
        throttle.failed("peer")
    return throttle, clock


def test_a_few_slips_cost_nothing() -> None:
    throttle, _ = failing(FREE_TRIES - 1)
    assert throttle.wait_s("peer") == 0


def test_then_the_wait_doubles_up_to_a_minute() -> None:
    waits = [failing(FREE_TRIES + n)[0].wait_s("peer") for n in range(9)]
    assert waits == [1, 2, 4, 8, 16, 32, LONGEST_S, LONGEST_S, LONGEST_S]


def test_time_passes() -> None:
    throttle, clock = failing(FREE_TRIES + 2)
    clock.now += 3
    assert throttle.wait_s("peer") == 1
    clock.now += 1
    assert throttle.wait_s("peer") == 0


def test_peers_do_not_wait_for_one_another() -> None:
    throttle, _ = failing(20)
    assert throttle.wait_s("someone else") == 0


def test_success_forgets() -> None:
    throttle, _ = failing(20)
    throttle.succeeded("peer")
    assert throttle.wait_s("peer") == 0
    throttle.failed("peer")
    assert throttle.wait_s("peer") == 0


def test_a_quarter_of_an_hour_forgets() -> None:
    throttle, clock = failing(20)
    clock.now += FORGET_S + 1
    assert throttle.wait_s("peer") == 0
    throttle.failed("peer")
    assert throttle.wait_s("peer") == 0


def test_remembers_a_bounded_number_of_peers() -> None:
    throttle, _ = failing(20)
    for number in range(MAX_PEERS):
        throttle.failed(f"other {number}")
    assert throttle.wait_s("peer") == 0, "the one that failed longest ago is forgotten first"


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_more_failures_never_wait_less(one: int, other: int) -> None:
    few, many = sorted((one, other))
    assert 0 <= delay_s(few) <= delay_s(many) <= LONGEST_S

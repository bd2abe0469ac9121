"""Tables in ffmpeg's own words, worked out here as ffmpeg would."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.editing.render.expressions import lookup, member


def worth(expression: str, variable: str, value: int) -> int:
    """The value of an expression of ffmpeg for one value of its variable."""
    words = {
        "if_": lambda test, yes, no: yes if test else no, "lt": lambda a, b: a < b, "gt": lambda a, b: a > b, "mod": math.fmod,
        "floor": math.floor, "pow": lambda a, b: math.pow(a, b) if 0 <= b < 64 else 1.0,  # else it is a branch that is not taken
        variable: float(value),
    }  # fmt: skip
    found = eval(expression.replace("if(", "if_("), {"__builtins__": {}}, words)  # noqa: S307
    return int(found)


@settings(deadline=None, max_examples=40)
@given(st.sets(st.integers(0, 400), min_size=1))
def test_membership_is_exact(kept: set[int]) -> None:
    expression = member(sorted(kept))
    assert [number for number in range(410) if worth(expression, "n", number)] == sorted(kept)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(1, 70), min_size=1, max_size=80))
def test_values_are_exact(steps: list[int]) -> None:
    values = [sum(steps[:count]) for count in range(len(steps))]
    expression = lookup(values)
    assert [worth(expression, "N", number) for number in range(len(values))] == values


@pytest.mark.parametrize("factor", ["3/10", "7/10", "17/10", "333/1000"])
def test_steady_slow_motion_is_short_and_exact(factor: str) -> None:
    step = Fraction(factor)
    values = [-(-Fraction(number) // step) for number in range(3000)]
    expression = lookup([int(value) for value in values])
    assert len(expression) < 60 * 3000
    assert worth(expression, "N", 2999) == values[-1]


def test_everything_is_written_as_nothing_much() -> None:
    assert len(member(range(10_000))) < 120
    assert lookup(range(10_000)) == "0+(N-0)*1"

"""How a change gets from nothing to all."""

from itertools import pairwise
from typing import get_args

import pytest

from app.editing.operations.base import Easing
from app.editing.operations.easing import eased


@pytest.mark.parametrize("easing", get_args(Easing))
def test_all_begin_at_nothing_end_at_all_and_never_go_back(easing: Easing) -> None:
    values = [eased(step / 50, easing) for step in range(51)]
    assert (values[0], values[-1]) == (0, 1)
    assert all(after >= before for before, after in pairwise(values))
    assert (eased(-3, easing), eased(7, easing)) == (0, 1)


def test_where_they_are_slow() -> None:
    assert eased(0.1, "ease_in") < 0.1 < eased(0.1, "ease_out")
    assert eased(0.1, "ease_in_out") < 0.1
    assert eased(0.9, "ease_in_out") > 0.9
    assert eased(0.3, "linear") == 0.3

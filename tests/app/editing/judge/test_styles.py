"""What makes a style is read from the planner's styles."""

from __future__ import annotations

import pytest

from app.editing.judge.styles import OPERATIONS, makeup
from app.editing.operations import OPERATIONS as KNOWN
from app.editing.planner.styles import read_styles


@pytest.mark.parametrize("name", read_styles())
def test_every_style_has_a_makeup(name: str) -> None:
    found = makeup(name)
    assert found is not None
    assert 0.2 < found.shot_s < 10
    assert all(often >= 0 for often in found.per_minute.values())


def test_chaos_is_quicker_than_drama() -> None:
    chaotic, dramatic = makeup("chaotic"), makeup(" Dramatic ")
    assert chaotic is not None
    assert dramatic is not None
    assert chaotic.shot_s < dramatic.shot_s
    assert chaotic.per_minute["changes of speed"] > 5


def test_no_such_style() -> None:
    assert makeup("baroque") is None
    assert makeup(None) is None


def test_means_are_operations_that_exist() -> None:
    assert {name for names in OPERATIONS.values() for name in names} <= KNOWN.keys()

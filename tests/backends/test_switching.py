"""Many switches of real torch models leave the process no larger."""

from __future__ import annotations

import pytest

pytest.importorskip("torch")

from tests.backends.switching import MIB, switch


@pytest.mark.slow
def test_five_hundred_switches_leave_no_memory_behind() -> None:
    assert switch(500) <= 200 * MIB

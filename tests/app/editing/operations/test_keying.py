"""The arithmetic of a chroma key."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from app.editing.operations.keying import differences, matrix_of


@pytest.mark.parametrize("grey", ["#000000", "#808080", "#ffffff"])
@pytest.mark.parametrize("matrix", ["bt601", "bt709"])
def test_grey_has_no_colour(grey: str, matrix: str) -> None:
    assert differences(grey, matrix) == pytest.approx((0, 0), abs=0.01)


def test_blue_and_red_lie_at_the_ends() -> None:
    for matrix in ("bt601", "bt709"):
        assert differences("#0000ff", matrix)[0] == pytest.approx(112)
        assert differences("#ff0000", matrix)[1] == pytest.approx(112)
    assert differences("#00ff00", "bt709") == pytest.approx((-86.3, -101.7), abs=0.1)


def test_the_matrix_is_what_the_file_says_or_what_players_assume(studio: Any) -> None:
    small, large = np.zeros((2, 90, 160, 3), np.uint8), np.zeros((2, 720, 16, 3), np.uint8)
    assert matrix_of(studio.place(small)) == "bt601"
    assert matrix_of(studio.place(large)) == "bt709"
    source = studio.add("said", small)
    for said, matrix in (("bt709", "bt709"), ("smpte170m", "bt601"), ("bt470bg", "bt601")):
        told = type(source)(**{**source.__dict__, "colour": (None, None, said, None)})
        assert matrix_of(studio.place(small, source=told)) == matrix

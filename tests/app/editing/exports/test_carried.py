"""THE table: every operation in every format."""

from __future__ import annotations

import pytest

from app.editing.exports.carried import CARRIED, FORMATS
from app.editing.operations import OPERATIONS


def test_every_operation_stands_in_the_table_with_every_format() -> None:
    assert set(CARRIED) == set(OPERATIONS)
    assert {name: set(row) for name, row in CARRIED.items()} == {name: set(FORMATS) for name in OPERATIONS}


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("name", OPERATIONS)
def test_what_is_not_kept_has_a_reason_and_a_way_out(name: str, format: str) -> None:
    way = CARRIED[name][format]  # type: ignore[index]
    if way.fate in ("approximated", "lost"):
        assert way.why.endswith(".")
        assert way.instead.endswith(".")
    else:
        assert (way.why, way.instead) == ("", "")


def test_cuts_and_constant_speeds_go_everywhere() -> None:
    for name in ("speed", "reverse", "freeze", "transition"):
        assert {CARRIED[name][format].fate for format in ("otio", "edl", "fcpxml", "premiere", "kdenlive", "csv")} == {"kept"}

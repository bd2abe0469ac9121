"""The per-frame table as a value."""

from __future__ import annotations

import numpy as np

from app.video.curves import Curves, round_all


def curves() -> Curves:
    columns = {"a": np.arange(5, dtype=np.float32), "b": np.full(5, 0.5, dtype=np.float32)}
    return Curves(24.0, np.arange(5) / 24.0, columns)


def test_packing_loses_nothing() -> None:
    one = curves()
    again = Curves.unpack(one.pack())
    assert again.fps == 24.0
    assert np.array_equal(again.times_s, one.times_s)
    assert {name: column.tolist() for name, column in again.columns.items()} == {name: c.tolist() for name, c in one.columns.items()}


def test_a_part_is_a_view() -> None:
    whole = curves()
    part = whole.part(1, 3)
    assert (len(whole), len(part)) == (5, 2)
    assert part["a"].tolist() == [1.0, 2.0]
    assert np.shares_memory(part["a"], whole["a"])


def test_rounding_gives_plain_floats() -> None:
    assert round_all(np.float32([0.123456, 2]), 2) == [0.12, 2.0]

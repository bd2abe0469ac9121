"""Ids are unique, ordered by time and safe in names."""

from __future__ import annotations

import re

from storage.ids import new_id


def test_ids_are_unique_and_safe() -> None:
    ids = {new_id("j-") for _ in range(5000)}
    assert len(ids) == 5000
    assert all(re.fullmatch(r"j-[0-9a-hjkmnp-tv-z]{16}", i) for i in ids)


def test_later_ids_sort_later() -> None:
    assert new_id("a-", 1_000_000_000.0) < new_id("a-", 1_000_000_000.002) < new_id("a-", 2_000_000_000.0) < new_id("a-", 4_000_000_000.0)

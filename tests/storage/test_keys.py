"""Keys in the store."""

from __future__ import annotations

import pytest

from configs.errors import Conflict
from storage import keys
from storage.database import Database


def test_a_key_is_kept_by_its_hash_and_forgotten(database: Database) -> None:
    made = keys.add(database, "blender", "ab12")
    assert keys.all_keys(database) == (made,)
    assert keys.hashes(database) == {"ab12"}
    assert keys.remove(database, made.id)
    assert not keys.remove(database, made.id)
    assert keys.hashes(database) == frozenset()


def test_names_are_unique(database: Database) -> None:
    keys.add(database, "blender", "ab12")
    with pytest.raises(Conflict, match="blender"):
        keys.add(database, "blender", "cd34")

"""API keys: shown once, checked by hash, revoked at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.models.keys import PREFIX, ApiKeys
from configs.errors import BadInput, NotFound
from storage.database import Database


@pytest.fixture
def keys(tmp_path: Path) -> Iterator[ApiKeys]:
    database = Database(f"sqlite:///{tmp_path / 'studio.db'}")
    database.open()
    yield ApiKeys(database)
    database.close()


def test_a_key_works_until_it_is_revoked(keys: ApiKeys) -> None:
    made, text = keys.create(" blender ")
    assert made.name == "blender"
    assert text.startswith(PREFIX)
    assert keys.is_valid(text)
    assert not keys.is_valid(text + "x")
    assert not keys.is_valid("sk-other")
    keys.revoke(made.id)
    assert not keys.is_valid(text)
    assert keys.all() == ()


def test_a_key_made_later_is_known(keys: ApiKeys) -> None:
    assert not keys.is_valid(PREFIX + "x")
    _, text = keys.create("a")
    assert keys.is_valid(text)


@pytest.mark.parametrize("name", ["", "   ", "x" * 81])
def test_a_key_needs_a_name(keys: ApiKeys, name: str) -> None:
    with pytest.raises(BadInput, match="characters"):
        keys.create(name)


def test_a_key_that_is_not_there_is_named(keys: ApiKeys) -> None:
    with pytest.raises(NotFound, match="k-nothing"):
        keys.revoke("k-nothing")

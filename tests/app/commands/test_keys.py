"""`keys`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Cli = Callable[..., Any]
pytestmark = pytest.mark.usefixtures("small_table")


def test_a_key_is_made_listed_and_revoked(cli: Cli) -> None:
    made = cli("keys", "create", "blender")
    assert made.out.strip().startswith("sk-studio-")
    assert "not be shown again" in made.err
    listed = cli("keys", "list", "--json").document["items"]
    assert [key["name"] for key in listed] == ["blender"]
    assert made.out.strip() not in cli("keys", "list").out
    assert cli("keys", "revoke", listed[0]["id"], "--json").document == {"revoked": listed[0]["id"]}
    assert cli("keys", "list", "--json").document["items"] == []


def test_what_is_wrong_is_said(cli: Cli) -> None:
    assert cli("keys", "create", "blender", "--json").document["key"].startswith("sk-studio-")
    again = cli("keys", "create", "blender")
    assert (again.code, "'blender'" in again.err) == (2, True)
    assert cli("keys", "create", " ").code == 2
    gone = cli("keys", "revoke", "k-none")
    assert (gone.code, "k-none" in gone.err) == (2, True)

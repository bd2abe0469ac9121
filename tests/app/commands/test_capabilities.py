"""`list`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.capabilities import CAPABILITIES

Cli = Callable[..., Any]


def test_a_line_per_capability(cli: Cli) -> None:
    said = cli("list")
    assert said.code == 0
    for row in CAPABILITIES:
        assert f"{row.name} " in said.out
        assert row.title in said.out


def test_as_json(cli: Cli) -> None:
    assert [row["name"] for row in cli("list", "--json").document] == [row.name for row in CAPABILITIES]
    both = cli("list", "--json", "--schemas").document
    assert len(both["capabilities"]) == len(both["tools"]["openai"]) == len(both["tools"]["mcp"]) == len(CAPABILITIES)

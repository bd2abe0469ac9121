"""Tool schemas, for the whole table."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from pydantic import BaseModel, Field

from app import toolschema
from app.capabilities import CAPABILITIES
from app.capability import Capability, capability
from configs.errors import NotFound
from jobs.context import JobContext


class Point(BaseModel):
    """A point."""

    x: float
    title: str = ""


class Tree(BaseModel):
    """A tree."""

    children: list[Tree] = []


class Ask(BaseModel):
    """Asks."""

    centre: Point = Field(description="Where.")
    more: list[Point] = []
    tree: Tree = Tree()
    title: str = "a field that is called like a keyword"


class Answer(BaseModel):
    """Answers."""

    centre: Point


@capability("test.nested.ask", lane="cpu", title="Ask")
def ask(request: Ask, job: JobContext) -> Answer:
    """Asks about points."""
    return Answer(centre=request.centre)


ROWS: list[Capability[Any, Any]] = [*CAPABILITIES, ask]
by_name = pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])


@by_name
def test_the_openai_shape(row: Capability[Any, Any]) -> None:
    tool = toolschema.openai_tool(row)
    assert tool["type"] == "function"
    assert re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", tool["function"]["name"])
    assert tool["function"]["description"] == row.summary
    assert tool["function"]["parameters"]["type"] == "object"
    json.dumps(tool)


@by_name
def test_the_mcp_shape(row: Capability[Any, Any]) -> None:
    tool = toolschema.mcp_tool(row)
    assert set(tool) == {"name", "title", "description", "inputSchema", "outputSchema"}
    assert tool["inputSchema"]["type"] == tool["outputSchema"]["type"] == "object"
    json.dumps(tool)


@by_name
def test_the_parameters_stand_by_themselves(row: Capability[Any, Any]) -> None:
    found = toolschema.parameters(row)
    assert "$ref" not in json.dumps(found)
    assert "$defs" not in json.dumps(found)
    assert found["additionalProperties"] is False
    assert set(found["properties"]) == set(row.request.model_fields)
    assert set(found.get("required", ())) == {name for name, field in row.request.model_fields.items() if field.is_required()}


@by_name
def test_every_field_of_the_table_is_explained(row: Capability[Any, Any]) -> None:
    if row is not ask:
        assert all(field.get("description") for field in toolschema.parameters(row)["properties"].values())


def test_nested_types_are_written_out_and_keep_what_was_said_of_them() -> None:
    found = toolschema.parameters(ask)["properties"]
    assert found["centre"]["description"] == "Where."
    assert set(found["centre"]["properties"]) == {"x", "title"}
    assert found["more"]["items"]["properties"]["x"] == {"type": "number"}
    assert found["title"]["type"] == "string"
    assert found["tree"]["properties"]["children"]["items"] == {"type": "object"}


def test_names_lead_back() -> None:
    rows = {row.name: row for row in ROWS}
    for name in rows:
        assert toolschema.capability_of_tool(rows, toolschema.tool_name(name)) == name
    with pytest.raises(NotFound, match="no tool 'nonsense'") as caught:
        toolschema.capability_of_tool(rows, "nonsense")
    assert "video_analyze" in caught.value.remedy


def test_both_shapes_of_every_row_in_order() -> None:
    found = toolschema.tools({row.name: row for row in ROWS})
    names = [toolschema.tool_name(row.name) for row in ROWS]
    assert [tool["function"]["name"] for tool in found["openai"]] == names
    assert [tool["name"] for tool in found["mcp"]] == names

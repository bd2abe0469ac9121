"""How an agent sees the capabilities: OpenAI function tools and MCP tools, generated from the table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.capability import Capability
from configs.errors import NotFound


def tool_name(capability: str) -> str:
    """``video.analyze`` -> ``video_analyze``: function names may hold no dot."""
    return capability.replace(".", "_")


def capability_of_tool(capabilities: Mapping[str, Capability[Any, Any]], tool: str) -> str:
    """The reverse of `tool_name`.

    Raises:
        NotFound: no capability has this tool name.
    """
    for name in capabilities:
        if tool_name(name) == tool:
            return name
    raise NotFound(f"There is no tool {tool!r}.", f"Tools: {', '.join(sorted(map(tool_name, capabilities)))}.")


def parameters(capability: Capability[Any, Any]) -> dict[str, Any]:
    """JSON schema of the request, self-contained: references resolved, titles dropped."""
    schema = capability.request.model_json_schema()
    definitions = schema.pop("$defs", {})
    inlined: dict[str, Any] = _inline(schema, definitions, ())
    inlined["additionalProperties"] = False
    inlined.setdefault("properties", {})
    inlined.pop("description", None)
    return inlined


def openai_tool(capability: Capability[Any, Any]) -> dict[str, Any]:
    """``{"type": "function", "function": {name, description, parameters}}``."""
    function = {"name": tool_name(capability.name), "description": capability.summary, "parameters": parameters(capability)}
    return {"type": "function", "function": function}


def mcp_tool(capability: Capability[Any, Any]) -> dict[str, Any]:
    """``{name, title, description, inputSchema, outputSchema}`` as in the Model Context Protocol."""
    return {
        "name": tool_name(capability.name),
        "title": capability.title,
        "description": capability.summary,
        "inputSchema": parameters(capability),
        "outputSchema": capability.result.model_json_schema(mode="serialization"),
    }


def tools(capabilities: Mapping[str, Capability[Any, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Both shapes of every capability, in the order of the table."""
    rows = list(capabilities.values())
    return {"openai": [openai_tool(row) for row in rows], "mcp": [mcp_tool(row) for row in rows]}


def _inline(node: Any, definitions: Mapping[str, Any], seen: tuple[str, ...]) -> Any:
    if isinstance(node, list):
        return [_inline(item, definitions, seen) for item in node]
    if not isinstance(node, dict):
        return node
    reference = node.get("$ref", "")
    if reference.startswith("#/$defs/"):
        name = reference.removeprefix("#/$defs/")
        if name in seen:  # a recursive type stays open at its second level
            return {"type": "object"}
        rest = {key: value for key, value in node.items() if key != "$ref"}
        return {**_inline(definitions[name], definitions, (*seen, name)), **_inline(rest, definitions, seen)}
    return {
        key: {name: _inline(sub, definitions, seen) for name, sub in value.items()}
        if key == "properties"
        else _inline(value, definitions, seen)
        for key, value in node.items()
        if not (key == "title" and isinstance(value, str)) and key != "discriminator"  # which names definitions that are written out
    }

"""Tool calls and thoughts in a model's text, told apart from the answer while it is written.

Formats: `<tool_call>{"name", "arguments"}</tool_call>` (Hermes, Qwen 2.5 and 3), the same tags around
`<function=name><parameter=key>value</parameter></function>` (Qwen coder models, Qwen 3.5), and an answer that is nothing but such a JSON
object or a list of them (Llama and others).
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backends.chat import Tool, ToolCall
from backends.detokenise import held_back

CALL, CALL_END = "<tool_call>", "</tool_call>"
THOUGHT, THOUGHT_END = "<think>", "</think>"
_FUNCTION = re.compile(r"<function=([^>\s]+)\s*>(.*?)(?:</function>|\Z)", re.DOTALL)
_PARAMETER = re.compile(r"<parameter=([^>\s]+)\s*>\n?(.*?)\n?</parameter>", re.DOTALL)
_FENCE = re.compile(r"\A```(?:json)?\s*(.*?)\s*```\Z", re.DOTALL)


@dataclass(frozen=True)
class Heard:
    """What a stretch of text turned out to be."""

    text: str = ""
    reasoning: str = ""
    calls: tuple[ToolCall, ...] = ()


@dataclass
class ToolText:
    """Sorts streamed text into answer, thoughts and tool calls.

    Attributes:
        tools: what the model may call; with none, calls are not looked for.
        mode: "text", "call" or "thought": where the stream is now; a prompt that ends inside a tag begins there.
    """

    tools: Sequence[Tool] = ()
    mode: str = "text"
    _held: str = ""
    _said: bool = False  # some answer is out already, so the whole cannot be one JSON call
    _whole: bool = False  # the answer began like JSON and is kept back until its end
    _blank: bool = False  # a tag has ended: the white space after it is layout

    def push(self, text: str) -> Heard:
        """What is certain by now."""
        self._held += text
        heard = Heard()
        while True:
            more, again = self._step()
            heard = Heard(heard.text + more.text, heard.reasoning + more.reasoning, heard.calls + more.calls)
            if not again:
                return heard

    def finish(self) -> Heard:
        """The rest, at the end of the answer."""
        rest, self._held = self._held, ""
        if self.mode == "thought":
            return Heard(reasoning=rest)
        if self.mode == "call":
            calls = parse_calls(rest, self.tools)
            return Heard(calls=calls) if calls else Heard(text=CALL + rest)
        if self._whole:
            calls = parse_calls(rest, self.tools)
            if calls and all(call.name in {tool.name for tool in self.tools} for call in calls):
                return Heard(calls=calls)
        return Heard(text=rest)

    def _step(self) -> tuple[Heard, bool]:
        """One move; True when there may be more to find in what is held."""
        if self.mode == "thought":
            return self._inside(THOUGHT_END)
        if self.mode == "call":
            return self._inside(CALL_END)
        if self._blank:
            self._held = self._held.lstrip()
            self._blank = not self._held
        marks = (CALL, THOUGHT) if self.tools else (THOUGHT,)
        found = [(at, mark) for mark in marks if (at := self._held.find(mark)) >= 0]
        if found:
            at, mark = min(found)
            before, self._held = self._held[:at], self._held[at + len(mark) :]
            self.mode, self._whole = ("call" if mark == CALL else "thought"), False
            return Heard(text=self._say(before, before_tag=True)), True
        if self._whole or (self.tools and not self._said and self._held.lstrip()[:1] in ("{", "[", "`")):
            self._whole = True
            return Heard(), False
        keep = held_back(self._held, marks)
        if self.tools and not self._said and not self._held.strip():
            keep = len(self._held)
        out, self._held = self._held[: len(self._held) - keep], self._held[len(self._held) - keep :]
        return Heard(text=self._say(out)), False

    def _inside(self, end: str) -> tuple[Heard, bool]:
        at = self._held.find(end)
        if at < 0:
            if self.mode == "call":
                return Heard(), False
            keep = held_back(self._held, (end,))
            out, self._held = self._held[: len(self._held) - keep], self._held[len(self._held) - keep :]
            return Heard(reasoning=out), False
        body, self._held = self._held[:at], self._held[at + len(end) :]
        mode, self.mode = self.mode, "text"
        if mode == "thought":
            self._blank = True
            return Heard(reasoning=body), True
        calls = parse_calls(body, self.tools)
        if calls:
            self._blank = True
            return Heard(calls=calls), True
        return Heard(text=self._say(CALL + body + CALL_END)), True

    def _say(self, text: str, before_tag: bool = False) -> str:
        if before_tag and not text.strip():
            return ""
        self._said = self._said or bool(text.strip())
        return text


def parse_calls(body: str, tools: Sequence[Tool]) -> tuple[ToolCall, ...]:
    """The calls that a text is; () when it is something else."""
    text = body.strip()
    fenced = _FENCE.match(text)
    text = fenced[1] if fenced else text
    if "<function=" in text:
        schemas = {tool.name: tool.parameters for tool in tools}
        return tuple(_tagged(name, inside, schemas.get(name, {})) for name, inside in _FUNCTION.findall(text))
    try:
        value = json.loads(text)
    except ValueError:
        return ()
    found = [_call(item) for item in (value if isinstance(value, list) else [value])]
    return tuple(call for call in found if call) if found and all(found) else ()


def new_id() -> str:
    """A name for one call, as the messages that answer it repeat."""
    return f"call_{secrets.token_hex(12)}"


def _call(value: Any) -> ToolCall | None:
    if isinstance(value, dict) and isinstance(value.get("function"), dict):
        value = value["function"]
    if not isinstance(value, dict) or not isinstance(value.get("name"), str):
        return None
    given = value.get("arguments", value.get("parameters"))
    if given is None and set(value) - {"name"}:
        return None
    arguments = given if isinstance(given, str) else json.dumps(given or {}, ensure_ascii=False)
    return ToolCall(id=new_id(), name=value["name"], arguments=arguments)


def _tagged(name: str, inside: str, schema: Mapping[str, Any]) -> ToolCall:
    properties = schema.get("properties") or {}
    arguments: dict[str, Any] = {}
    for key, text in _PARAMETER.findall(inside):
        kind = (properties.get(key) or {}).get("type")
        try:
            arguments[key] = text if kind == "string" else json.loads(text)
        except ValueError:
            arguments[key] = text
    return ToolCall(id=new_id(), name=name, arguments=json.dumps(arguments, ensure_ascii=False))

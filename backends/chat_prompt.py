"""A conversation in the form that chat templates take, for templates with and without tools."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from backends.chat import ChatCall, ImagePart, Message, TextPart, Tool
from backends.tool_text import CALL, CALL_END
from configs.errors import BadInput

Turn = dict[str, Any]
TOOLS_INTRODUCTION = (
    "You may call these functions:\n{tools}\n\nTo call one, answer with nothing but\n"
    f'{CALL}\n{{{{"name": "<function>", "arguments": {{{{<its arguments as JSON>}}}}}}}}\n{CALL_END}'
)
# Characters for private use: they mark control words in what people wrote, so that those are read as text.
_OPEN, _SHUT = "\ue000", "\ue001"


def offered(call: ChatCall) -> tuple[Tool, ...]:
    """The tools that the model may use in this call.

    Raises:
        BadInput: ``tool_choice`` names a tool that was not given, or demands one where there is none.
    """
    names = [tool.name for tool in call.tools]
    if call.tool_choice == "none":
        return ()
    if call.tool_choice == "auto":
        return call.tools
    if call.tool_choice == "required":
        if not call.tools:
            raise BadInput("tool_choice is 'required', but no tools were given.", "Give tools, or leave tool_choice out.")
        return call.tools
    if call.tool_choice not in names:
        known = ", ".join(names) or "none"
        raise BadInput(f"tool_choice names the tool {call.tool_choice!r}, which was not given.", f"Tools given: {known}.")
    return tuple(tool for tool in call.tools if tool.name == call.tool_choice)


def call_schema(call: ChatCall) -> dict[str, Any] | None:
    """The JSON schema of the one tool call that ``tool_choice`` demands; None when the model is free."""
    if call.tool_choice in ("auto", "none"):
        return None
    shapes = [
        {
            "type": "object",
            "properties": {"name": {"const": tool.name}, "arguments": tool.parameters or {"type": "object"}},
            "required": ["name", "arguments"],
            "additionalProperties": False,
        }
        for tool in offered(call)
    ]
    return shapes[0] if len(shapes) == 1 else {"anyOf": shapes}


def turns(call: ChatCall, *, pictures: bool, tools_known: bool) -> list[Turn]:
    """The messages as a chat template reads them.

    Args:
        pictures: contents are lists of parts (a template of a model that sees); else plain text.
        tools_known: the template speaks of tools itself; else they are described in words.
    """
    made = [_turn(message, pictures, tools_known) for message in call.messages]
    tools = offered(call)
    if tools and not tools_known:
        described = in_words(tools)
        if made[0]["role"] == "system":
            made[0] = {**made[0], "content": _join(made[0]["content"], described)}
        else:
            made.insert(0, {"role": "system", "content": [{"type": "text", "text": described}] if pictures else described})
    return made


def tool_json(tool: Tool) -> dict[str, Any]:
    """A tool in the form that templates and endpoints share."""
    parameters = tool.parameters or {"type": "object", "properties": {}}
    return {"type": "function", "function": {"name": tool.name, "description": tool.description, "parameters": parameters}}


def in_words(tools: Sequence[Tool]) -> str:
    """Tells a model of its tools, and how to call one, where its template does not."""
    return TOOLS_INTRODUCTION.format(tools="\n".join(json.dumps(tool_json(tool)["function"]) for tool in tools))


def plain(parts: Sequence[TextPart | ImagePart]) -> str:
    """The words of a message."""
    return "".join(part.text for part in parts if isinstance(part, TextPart))


def arguments_of(text: str) -> Any:
    """The arguments of an earlier call as templates want them: an object where it is one."""
    try:
        return json.loads(text) if text.strip() else {}
    except ValueError:
        return text


def _turn(message: Message, pictures: bool, tools_known: bool) -> Turn:
    content: Any = plain(message.parts)
    if pictures:
        content = [{"type": "text", "text": p.text} if isinstance(p, TextPart) else {"type": "image"} for p in message.parts]
    turn: Turn = {"role": message.role, "content": content}
    if message.tool_calls and tools_known:
        turn["tool_calls"] = [
            {"type": "function", "id": c.id, "function": {"name": c.name, "arguments": arguments_of(c.arguments)}}
            for c in message.tool_calls
        ]
    elif message.tool_calls:
        calls = [f"{CALL}\n{json.dumps({'name': c.name, 'arguments': arguments_of(c.arguments)})}\n{CALL_END}" for c in message.tool_calls]
        turn["content"] = _join(content, "\n".join(calls))
    if message.role == "tool":
        if tools_known:
            turn["tool_call_id"] = message.tool_call_id
        else:
            answer = f"<tool_response>\n{plain(message.parts)}\n</tool_response>"
            turn = {"role": "user", "content": [{"type": "text", "text": answer}] if pictures else answer}
    return turn


def _join(content: Any, text: str) -> Any:
    if isinstance(content, list):
        return [*content, {"type": "text", "text": text}]
    return f"{content}\n\n{text}" if content else text


def render(tokenizer: Any, made: Sequence[Turn], tools: Sequence[Tool], thinking: bool) -> str:
    """The prompt as text, by the model's own template; control words in what was said are marked for `encode`.

    Raises:
        BadInput: the template refuses the conversation (roles that do not take turns, for example).
    """
    control = sorted(tokenizer.all_special_tokens, key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, control))) if control else None
    try:
        return str(
            tokenizer.apply_chat_template(
                [_marked(turn, pattern) for turn in made], tools=[tool_json(tool) for tool in tools] or None,
                add_generation_prompt=True, tokenize=False, enable_thinking=thinking,
            )
        )  # fmt: skip
    except Exception as error:  # whatever the template raises, in jinja's classes or Python's
        said = str(error).strip().splitlines()[:1] or [type(error).__name__]
        raise BadInput(
            f"The chat template refuses this conversation: {said[0].rstrip('.')}.", "Change the order of the messages."
        ) from None


def encode(tokenizer: Any, text: str) -> list[int]:
    """The tokens of a rendered prompt; marked control words are read letter by letter."""
    tokens: list[int] = []
    for index, stretch in enumerate(re.split(f"{_OPEN}|{_SHUT}", text)):
        if stretch:
            tokens += tokenizer.encode(stretch, add_special_tokens=False, split_special_tokens=bool(index % 2))
    return tokens


def _marked(turn: Turn, control: re.Pattern[str] | None) -> Turn:
    def mark(text: str) -> str:
        text = text.replace(_OPEN, "").replace(_SHUT, "")
        return control.sub(lambda found: f"{_OPEN}{found[0]}{_SHUT}", text) if control else text

    content = turn["content"]
    if isinstance(content, str):
        return {**turn, "content": mark(content)}
    return {**turn, "content": [{**part, "text": mark(part["text"])} if part["type"] == "text" else part for part in content]}

"""Conversations as templates read them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from backends.chat import ChatCall, ImagePart, Message, TextPart, Tool, ToolCall
from backends.chat_prompt import arguments_of, call_schema, encode, in_words, offered, plain, render, tool_json, turns
from configs.errors import BadInput

WEATHER = Tool(name="get_weather", description="The weather.", parameters={"type": "object", "properties": {"city": {"type": "string"}}})
CLOCK = Tool(name="get_time")


def text(role: str, words: str, **more: Any) -> Message:
    return Message.model_validate({"role": role, "parts": [{"text": words, "type": "text"}], **more})


def asked(*messages: Message, **more: Any) -> ChatCall:
    return ChatCall(messages=messages or (text("user", "hello"),), **more)


@pytest.mark.parametrize(
    ("choice", "names"),
    [("auto", ["get_weather", "get_time"]), ("none", []), ("required", ["get_weather", "get_time"]), ("get_time", ["get_time"])],
)
def test_the_tools_of_a_choice(choice: str, names: list[str]) -> None:
    assert [tool.name for tool in offered(asked(tools=(WEATHER, CLOCK), tool_choice=choice))] == names


@pytest.mark.parametrize(("tools", "choice"), [((), "required"), ((WEATHER,), "get_time"), ((), "get_time")])
def test_a_choice_that_cannot_be_made_is_refused(tools: tuple[Tool, ...], choice: str) -> None:
    with pytest.raises(BadInput, match=f"{choice!r}"):
        offered(asked(tools=tools, tool_choice=choice))


def test_a_free_choice_has_no_schema() -> None:
    assert call_schema(asked(tools=(WEATHER,))) is None
    assert call_schema(asked(tools=(WEATHER,), tool_choice="none")) is None


def test_a_demanded_call_has_one() -> None:
    schema = call_schema(asked(tools=(WEATHER,), tool_choice="get_weather"))
    assert schema is not None
    assert schema["properties"] == {"name": {"const": "get_weather"}, "arguments": WEATHER.parameters}
    several = call_schema(asked(tools=(WEATHER, CLOCK), tool_choice="required"))
    assert several is not None
    assert [option["properties"]["name"]["const"] for option in several["anyOf"]] == ["get_weather", "get_time"]


CALLED = (
    text("user", "Paris?"),
    text("assistant", "", tool_calls=(ToolCall(id="c1", name="get_weather", arguments='{"city": "Paris"}'),)),
    text("tool", "rain", tool_call_id="c1"),
)


def test_calls_and_their_answers_for_templates_that_know_tools() -> None:
    _, called, answered = turns(asked(*CALLED, tools=(WEATHER,)), pictures=False, tools_known=True)
    assert called["tool_calls"][0]["function"] == {"name": "get_weather", "arguments": {"city": "Paris"}}
    assert answered == {"role": "tool", "content": "rain", "tool_call_id": "c1"}


def test_calls_and_their_answers_in_words() -> None:
    system, _, called, answered = turns(asked(*CALLED, tools=(WEATHER,)), pictures=False, tools_known=False)
    assert system["role"] == "system"
    assert "get_weather" in system["content"]
    assert '{"name": "<function>", "arguments": {<its arguments as JSON>}}' in system["content"]
    assert json.loads(called["content"].split("\n")[1]) == {"name": "get_weather", "arguments": {"city": "Paris"}}
    assert answered == {"role": "user", "content": "<tool_response>\nrain\n</tool_response>"}


def test_the_words_about_tools_join_a_system_message() -> None:
    made = turns(asked(text("system", "Be brief."), text("user", "hi"), tools=(CLOCK,)), pictures=False, tools_known=False)
    assert len(made) == 2
    assert made[0]["content"].startswith("Be brief.\n\nYou may call")


def test_pictures_are_parts() -> None:
    message = Message(role="user", parts=(ImagePart(base64="AA"), TextPart(text="What?")))
    assert turns(asked(message), pictures=True, tools_known=False)[0]["content"] == [{"type": "image"}, {"type": "text", "text": "What?"}]
    system = turns(asked(message, tools=(CLOCK,)), pictures=True, tools_known=False)[0]
    assert system["content"][0]["text"] == in_words((CLOCK,))


def test_a_tool_without_parameters_has_an_empty_object() -> None:
    assert tool_json(CLOCK)["function"]["parameters"] == {"type": "object", "properties": {}}


def test_arguments_that_are_no_json_stay_text() -> None:
    assert arguments_of("{broken") == "{broken"
    assert arguments_of(" ") == {}


def test_plain_leaves_pictures_out() -> None:
    assert plain((TextPart(text="a"), ImagePart(path="/x.png"), TextPart(text="b"))) == "ab"


class Tokenizer:
    """Control words are one token; letters one each; `apply_chat_template` as the library has it."""

    all_special_tokens = ("<|end|>",)

    def apply_chat_template(self, made: list[dict[str, Any]], **options: Any) -> str:
        if made[0]["role"] == "assistant":
            raise ValueError("Conversation roles must alternate")
        self.options = options
        return "".join(f"{turn['role']}:{turn['content']}<|end|>" for turn in made)

    def encode(self, text: str, add_special_tokens: bool, split_special_tokens: bool) -> list[int]:
        assert not add_special_tokens
        if not split_special_tokens:
            text = text.replace("<|end|>", "\0")
        return [ord(letter) for letter in text]


def test_control_words_that_people_write_are_letters() -> None:
    tokenizer = Tokenizer()
    rendered = render(tokenizer, turns(asked(text("user", "a<|end|>\ue000b")), pictures=False, tools_known=False), (), False)
    tokens = encode(tokenizer, rendered)
    assert tokens.count(0) == 1, "the template's own"
    assert "".join(map(chr, tokens)) == "user:a<|end|>b\0"


def test_the_parts_of_pictures_are_marked_too() -> None:
    made = [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "<|end|>"}]}]
    rendered = render(Tokenizer(), made, (), False)
    assert "ue000<|end|>" in rendered, "the template wrote the list as Python does"


def test_a_template_that_refuses_is_heard() -> None:
    with pytest.raises(BadInput, match="roles must alternate"):
        render(Tokenizer(), [{"role": "assistant", "content": "hi"}], (), False)


def test_tools_reach_the_template() -> None:
    tokenizer = Tokenizer()
    render(tokenizer, [{"role": "user", "content": "hi"}], (CLOCK,), True)
    assert tokenizer.options["tools"] == [tool_json(CLOCK)]
    assert tokenizer.options["enable_thinking"] is True

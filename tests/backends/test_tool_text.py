"""Tool calls and thoughts in streamed text."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backends.chat import Tool, ToolCall
from backends.tool_text import Heard, ToolText, new_id, parse_calls

WEATHER = Tool(name="get_weather", parameters={"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer"}}})
HERMES = '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Paris"}}\n</tool_call>'
TAGGED = (
    "<tool_call>\n<function=get_weather>\n<parameter=city>\n12\n</parameter>\n<parameter=days>\n3\n</parameter>\n</function>\n</tool_call>"
)


def heard(text: str, tools: Sequence[Tool] = (WEATHER,), size: int = 3, mode: str = "text") -> Heard:
    """The whole of a text that comes a few letters at a time."""
    sorter = ToolText(tools, mode)
    parts = [sorter.push(text[start : start + size]) for start in range(0, len(text), size)] + [sorter.finish()]
    return Heard("".join(p.text for p in parts), "".join(p.reasoning for p in parts), tuple(c for p in parts for c in p.calls))


def said(calls: Sequence[ToolCall]) -> list[tuple[str, object]]:
    return [(call.name, json.loads(call.arguments)) for call in calls]


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_a_call_is_taken_out_of_the_text(size: int) -> None:
    found = heard(f"Let me look.\n{HERMES}", size=size)
    assert found.text.strip() == "Let me look."
    assert said(found.calls) == [("get_weather", {"city": "Paris"})]


def test_several_calls() -> None:
    found = heard(f"{HERMES}\n{HERMES}")
    assert said(found.calls) == [("get_weather", {"city": "Paris"})] * 2
    assert found.text == ""
    assert found.calls[0].id != found.calls[1].id


def test_values_in_tags_get_the_type_of_the_schema() -> None:
    assert said(heard(TAGGED).calls) == [("get_weather", {"city": "12", "days": 3})]


def test_a_call_without_its_end_still_counts() -> None:
    assert said(heard(HERMES.removesuffix("\n</tool_call>")).calls) == [("get_weather", {"city": "Paris"})]


@pytest.mark.parametrize(
    "text", ["<tool_call>{broken</tool_call> and on", "<tool_call>[]</tool_call>", '<tool_call>{"city": 1}</tool_call>']
)
def test_what_is_no_call_stays_text(text: str) -> None:
    assert heard(text) == Heard(text)


def test_without_tools_the_tags_are_text() -> None:
    assert heard(HERMES, tools=()) == Heard(HERMES)


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "get_weather", "arguments": {"city": "Paris"}}',
        ' \n{"name": "get_weather", "parameters": {"city": "Paris"}}',
        '[{"name": "get_weather", "arguments": {"city": "Paris"}}]',
        '```json\n{"name": "get_weather", "arguments": {"city": "Paris"}}\n```',
        '{"type": "function", "function": {"name": "get_weather", "arguments": "{\\"city\\": \\"Paris\\"}"}}',
    ],
)
def test_an_answer_that_is_nothing_but_a_call(text: str) -> None:
    found = heard(text)
    assert said(found.calls) == [("get_weather", {"city": "Paris"})]
    assert found.text == ""


@pytest.mark.parametrize("text", ['{"name": "Ada", "age": 36}', '{"name": "other_tool", "arguments": {}}', "[1, 2]", "`code`", "{"])
def test_other_json_is_an_answer(text: str) -> None:
    assert heard(text) == Heard(text)


def test_json_after_words_is_an_answer() -> None:
    text = 'Call it with {"name": "get_weather", "arguments": {}}'
    assert heard(text) == Heard(text)


def test_thoughts_are_set_apart() -> None:
    found = heard(f"<think>\nParis, then.\n</think>\n\n{HERMES}")
    assert found.reasoning == "\nParis, then.\n"
    assert found.text == ""
    assert len(found.calls) == 1


def test_a_prompt_may_have_begun_the_thought() -> None:
    found = heard("so</think>yes", mode="thought", tools=())
    assert (found.reasoning, found.text) == ("so", "yes")


def test_an_unfinished_thought_is_no_answer() -> None:
    assert heard("<think>hm </thi") == Heard(reasoning="hm </thi")


def test_text_comes_at_once_while_no_tag_begins() -> None:
    sorter = ToolText((WEATHER,))
    assert sorter.push("Hello").text == "Hello"
    assert sorter.push(" <").text == " "
    assert sorter.push("b>").text == "<b>"


@given(st.text(alphabet="ab <>{}[]", max_size=40), st.integers(1, 5))
def test_no_letter_is_lost_or_doubled(text: str, size: int) -> None:
    assert heard(text, size=size).text == text


def test_arguments_may_be_missing() -> None:
    assert said(parse_calls('{"name": "ping"}', ())) == [("ping", {})]


def test_names_of_calls_differ() -> None:
    assert new_id() != new_id()
    assert new_id().startswith("call_")

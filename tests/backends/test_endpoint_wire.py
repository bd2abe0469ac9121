"""What is asked of endpoints and how their answers are read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from backends.chat import ChatCall, ImagePart, Message, TextPart, Tool, ToolCall
from backends.endpoint_wire import Abilities, Reading, abilities, ask, refusal, said
from configs.endpoints import Endpoint, EndpointModel
from configs.errors import BadInput, NotFound, Refused, StudioError, Unavailable

PING = Tool(name="ping", parameters={"type": "object", "properties": {"host": {"type": "string"}}})
PICTURE = ImagePart(base64="iVBORw0KGgo=")  # the first bytes of a PNG
ALL = Abilities()


def call(words: str = "hi", *parts: Any, **more: Any) -> ChatCall:
    return ChatCall(messages=(Message(role="user", parts=(TextPart(text=words), *parts)),), **more)


def body(made: ChatCall, able: Abilities = ALL) -> dict[str, Any]:
    return ask(made, "Tiny", "tiny:1b", able).body


def endpoint(**more: Any) -> Endpoint:
    return Endpoint.model_validate({"name": "here", "url": "http://127.0.0.1:1/v1", "models": [{"name": "tiny"}], **more})


@pytest.mark.parametrize(
    ("kind", "more", "able"),
    [
        ("openai", {}, Abilities(images=False)),
        ("ollama", {}, Abilities(tool_choice=False, images=False)),
        ("ollama", {"tool_choice": True}, Abilities(images=False)),
        ("llamacpp", {"tools": False, "images": True}, Abilities(tools=False)),
    ],
)
def test_abilities_follow_from_the_kind_unless_they_are_said(kind: str, more: dict[str, bool], able: Abilities) -> None:
    assert abilities(endpoint(kind=kind, **more), EndpointModel(name="tiny")) == able


def test_a_model_that_sees_takes_pictures() -> None:
    assert abilities(endpoint(), EndpointModel(name="tiny", task="vision-chat")).images


def test_a_plain_call_says_no_more_than_it_must() -> None:
    assert body(call(temperature=0.5)) == {
        "model": "tiny:1b", "stream": True, "stream_options": {"include_usage": True}, "temperature": 0.5,
        "messages": [{"role": "user", "content": "hi"}],
    }  # fmt: skip


def test_every_setting_is_passed_on() -> None:
    made = body(call(top_p=0.9, max_tokens=5, seed=3, stop=("\n",), json_schema={"type": "object"}, tools=(PING,)))
    assert (made["top_p"], made["max_tokens"], made["seed"], made["stop"]) == (0.9, 5, 3, ["\n"])
    assert made["response_format"]["json_schema"]["schema"] == {"type": "object"}
    assert made["tools"][0]["function"]["name"] == "ping"
    assert made["tool_choice"] == "auto"


def test_any_object_is_the_json_mode() -> None:
    assert body(call(json_schema={}))["response_format"] == {"type": "json_object"}


def test_pictures_travel_as_data() -> None:
    content = body(call("What?", PICTURE))["messages"][0]["content"]
    assert content[1] == {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}


def test_calls_and_answers_of_tools_travel() -> None:
    messages = (
        Message(role="user", parts=(TextPart(text="hi"),)),
        Message(role="assistant", tool_calls=(ToolCall(id="c1", name="ping", arguments="{}"),)),
        Message(role="tool", parts=(TextPart(text="pong"),), tool_call_id="c1"),
    )
    _, asked, answered = body(ChatCall(messages=messages))["messages"]
    assert asked["tool_calls"] == [{"id": "c1", "type": "function", "function": {"name": "ping", "arguments": "{}"}}]
    assert answered == {"role": "tool", "content": "pong", "tool_call_id": "c1"}


@pytest.mark.parametrize(("choice", "sent"), [("required", "required"), ("ping", {"type": "function", "function": {"name": "ping"}})])
def test_a_demanded_tool(choice: str, sent: Any) -> None:
    assert body(call(tools=(PING,), tool_choice=choice))["tool_choice"] == sent


def test_tools_that_may_not_be_used_are_not_sent() -> None:
    assert "tools" not in body(call(tools=(PING,), tool_choice="none"))


def test_a_schema_stands_in_for_tool_choice() -> None:
    asked = ask(call(tools=(PING,), tool_choice="required"), "Tiny", "tiny", Abilities(tool_choice=False))
    assert asked.forced
    assert "tools" not in asked.body
    assert asked.body["response_format"]["json_schema"]["schema"]["properties"]["name"] == {"const": "ping"}
    assert "ping" in asked.body["messages"][0]["content"]


@pytest.mark.parametrize(
    ("made", "able", "said"),
    [
        (call("x", PICTURE), Abilities(images=False), "does not see"),
        (call(tools=(PING,)), Abilities(tools=False), "cannot call tools"),
        (call(json_schema={}), Abilities(json_schema=False), "JSON schema"),
        (call(tools=(PING,), tool_choice="ping"), Abilities(tool_choice=False, json_schema=False), "cannot be made to call"),
    ],
)
def test_what_an_endpoint_cannot_do_is_said_before(made: ChatCall, able: Abilities, said: str) -> None:
    with pytest.raises(BadInput, match=f"Tiny .*{said}"):
        ask(made, "Tiny", "tiny", able)


def event(delta: dict[str, Any], finish: str | None = None, **more: Any) -> str:
    return json.dumps({"choices": [{"delta": delta, "finish_reason": finish}], **more})


def test_text_thoughts_and_usage_are_read() -> None:
    reading = Reading()
    assert reading.event(event({"role": "assistant"})) is None
    assert not reading.begun
    thought = reading.event(event({"reasoning_content": "hm"}))
    assert thought is not None
    assert thought.reasoning == "hm"
    piece = reading.event(event({"content": "Hello"}))
    assert piece is not None
    assert piece.text == "Hello"
    assert reading.begun
    reading.event(event({}, "length"))
    reading.event(json.dumps({"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 4}}))
    reading.event("[DONE]")
    assert reading.over
    (last,) = reading.finish()
    assert last.finish_reason == "length"
    assert last.usage is not None
    assert (last.usage.prompt_tokens, last.usage.completion_tokens) == (3, 4)


def test_the_parts_of_calls_are_joined() -> None:
    reading = Reading()
    for delta in (
        {"tool_calls": [{"index": 0, "id": "a", "function": {"name": "ping", "arguments": ""}}]},
        {"tool_calls": [{"index": 1, "id": "b", "function": {"name": "ping", "arguments": "{}"}}]},
        {"tool_calls": [{"index": 0, "function": {"arguments": '{"host"'}}]},
        {"tool_calls": [{"index": 0, "function": {"arguments": ': "x"}'}}]},
    ):
        assert reading.event(event(delta)) is None
    reading.event(event({}, "stop"))
    calls, last = reading.finish()
    assert [(c.id, c.arguments) for c in calls.tool_calls] == [("a", '{"host": "x"}'), ("b", "{}")]
    assert last.finish_reason == "tool_calls"


def test_calls_without_numbers_ids_or_text_are_taken() -> None:
    """As Ollama sends them: arguments as an object."""
    reading = Reading()
    reading.event(event({"tool_calls": [{"function": {"name": "ping", "arguments": {"host": "x"}}}]}, "tool_calls"))
    calls, _ = reading.finish()
    assert calls.tool_calls[0].arguments == '{"host": "x"}'
    assert calls.tool_calls[0].id.startswith("call_")


def test_an_answer_in_one_piece_is_read_too() -> None:
    reading = Reading()
    piece = reading.event(
        json.dumps({"choices": [{"message": {"content": "Hello"}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 1}})
    )
    assert piece is not None
    assert piece.text == "Hello"
    assert reading.finish()[-1].finish_reason == "stop"


def test_a_demanded_call_is_made_of_the_text() -> None:
    reading = Reading(forced=True)
    assert reading.event(event({"content": '{"name": "ping", '})) is None
    assert reading.event(event({"content": '"arguments": {}}'}, "stop")) is None
    calls, last = reading.finish()
    assert calls.tool_calls[0].name == "ping"
    assert last.finish_reason == "tool_calls"


@pytest.mark.parametrize(
    ("data", "said"), [("{broken", "not JSON"), ("[]", "no object"), ('{"error": {"message": "boom\\n."}}', "broke off: boom")]
)
def test_nonsense_in_the_stream_is_one_sentence(data: str, said: str) -> None:
    with pytest.raises(StudioError, match=said):
        Reading().event(data)


def test_an_end_without_a_reason_is_no_end() -> None:
    reading = Reading()
    reading.event(event({"content": "Hel"}))
    with pytest.raises(Unavailable, match="middle of its answer"):
        reading.finish()


@pytest.mark.parametrize(
    ("status", "answer", "kind", "code"),
    [
        (401, {"error": {"message": "Incorrect API key provided."}}, Refused, "endpoint_key"),
        (404, {"error": "model 'x' not found"}, NotFound, "not_found"),
        (400, {"error": {"message": "too long", "code": "context_length_exceeded"}}, BadInput, "context_length_exceeded"),
        (400, {"message": "This model's maximum context length is 4096 tokens."}, BadInput, "context_length_exceeded"),
        (422, "bad", BadInput, "endpoint_refused"),
        (429, {}, Unavailable, "rate_limited"),
        (502, "<html>", Unavailable, "endpoint_failed"),
    ],
)
def test_every_refusal_is_one_sentence(status: int, answer: Any, kind: type[StudioError], code: str) -> None:
    error = refusal("Tiny", status, answer)
    assert type(error) is kind
    assert error.code == code
    assert error.message.endswith(".")
    assert not error.message.endswith("..")
    assert "\n" not in error.message


def test_the_servers_words_are_kept_short() -> None:
    assert said({"error": {"message": "a " * 500}}) == ("a " * 500)[:300]
    assert said(None) == "it gave no reason"

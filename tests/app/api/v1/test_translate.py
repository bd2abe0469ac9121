"""From OpenAI's forms to our own."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from app.api.v1 import translate
from app.api.v1.errors import FieldError
from app.api.v1.forms import ChatForm
from backends.chat import ChatCall, ImagePart, TextPart


def call_of(*messages: Any, **more: Any) -> ChatCall:
    form = ChatForm.model_validate({"model": "m", "messages": messages or [{"role": "user", "content": "hi"}], **more})
    return translate.to_call(form, lambda artifact_id: Path(f"/blobs/{artifact_id}"))


def picture(url: Any) -> Any:
    return {"role": "user", "content": [{"type": "image_url", "image_url": url}]}


def test_what_is_left_out_is_as_the_engine_would_have_it() -> None:
    assert call_of() == ChatCall(messages=call_of().messages)
    assert call_of(temperature=None, top_p=None, stop=None, tools=None, stream=None) == call_of()


def test_sampling_and_limits_are_taken_over() -> None:
    call = call_of(temperature=0, top_p=0.5, stop="END", seed=3, max_tokens=5)
    assert (call.temperature, call.top_p, call.stop, call.seed, call.max_tokens) == (0, 0.5, ("END",), 3, 5)
    assert call_of(max_tokens=5, max_completion_tokens=7).max_tokens == 7
    assert call_of(stop=["a", "", "b"]).stop == ("a", "b")


def test_a_conversation_with_tools_keeps_its_turns() -> None:
    called = {"id": "c1", "type": "function", "function": {"name": "look", "arguments": '{"a": 1}'}}
    call = call_of(
        {"role": "developer", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "Look."}]},
        {"role": "assistant", "content": None, "tool_calls": [called], "refusal": None},
        {"role": "tool", "tool_call_id": "c1", "content": "kite"},
    )
    assert [message.role for message in call.messages] == ["system", "user", "assistant", "tool"]
    assert call.messages[1].parts == (TextPart(text="Look."),)
    assert call.messages[2].tool_calls[0].arguments == '{"a": 1}'
    assert call.messages[3].tool_call_id == "c1"


@pytest.mark.parametrize(("choice", "taken"), [(None, "auto"), ("none", "none"), ("required", "required"), ({"type": "function", "function": {"name": "look"}}, "look")])  # fmt: skip  # noqa: E501
def test_the_choice_among_tools(choice: Any, taken: str) -> None:
    tools = [{"type": "function", "function": {"name": "look", "description": None, "parameters": None}}]
    call = call_of(tools=tools, tool_choice=choice)
    assert call.tool_choice == taken
    assert (call.tools[0].name, call.tools[0].description, call.tools[0].parameters) == ("look", "", {})


@pytest.mark.parametrize(
    ("wanted", "schema"),
    [
        ({"type": "text"}, None),
        ({"type": "json_object"}, {}),
        ({"type": "json_schema", "json_schema": {"name": "n", "schema": {"type": "array"}, "strict": True}}, {"type": "array"}),
    ],
)
def test_the_form_of_the_answer(wanted: Any, schema: Any) -> None:
    assert call_of(response_format=wanted).json_schema == schema


@pytest.mark.parametrize("url", ["data:image/png;base64,aGk=", "data:image/JPEG;base64,aGk="])
def test_pictures_as_data(url: str) -> None:
    for given in (url, {"url": url, "detail": "low"}):
        assert call_of(picture(given)).messages[0].parts == (ImagePart(base64="aGk="),)


def test_pictures_as_artifacts() -> None:
    assert call_of(picture({"url": "artifact:a-1"})).messages[0].parts == (ImagePart(path="/blobs/a-1"),)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://host/picture.png", "not a data URL"),
        ("file:///etc/passwd", "not a data URL"),
        ("data:text/html;base64,aGk=", "not a data URL"),
        ("data:image/png,raw", "not a data URL"),
        ("data:image/png;base64,a", "not valid base64"),
        ("data:image/png;base64,####", "not valid base64"),
        ("data:image/png;base64,", "0 bytes"),
    ],
)
def test_what_is_no_picture_is_refused(url: str, words: str) -> None:
    with pytest.raises(FieldError, match=words) as caught:
        call_of(picture({"url": url}))
    assert caught.value.param == "messages[0].content[0]"


def test_a_picture_has_a_largest_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translate, "PICTURE_LIMIT_BYTES", 4)
    largest = base64.b64encode(b"1234").decode()
    call_of(picture({"url": f"data:image/png;base64,{largest}"}))
    with pytest.raises(FieldError, match="5 bytes"):
        call_of(picture({"url": f"data:image/png;base64,{base64.b64encode(b'12345').decode()}"}))


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ({"role": "user", "content": [{"type": "input_audio"}]}, "input_audio"),
        ({"role": "user", "content": [{"type": "text"}]}, "without what belongs to it"),
        ({"role": "user", "content": [{"type": "image_url"}]}, "without what belongs to it"),
        ({"role": "tool", "content": "x"}, "tool_call_id"),
        ({"role": "user", "content": None}, "no content"),
    ],
)
def test_a_message_that_lacks_something_is_refused(message: Any, words: str) -> None:
    with pytest.raises(FieldError, match=words):
        call_of(message)

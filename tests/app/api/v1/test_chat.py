"""Chats through OpenAI's own client."""

from __future__ import annotations

import openai
import pytest
from openai import OpenAI

ASK = [{"role": "user", "content": "hello there"}]


def test_a_whole_answer(client: OpenAI) -> None:
    answer = client.chat.completions.create(model="parrot", messages=ASK)  # type: ignore[arg-type]
    assert "hello there" in (answer.choices[0].message.content or "")
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage is not None
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens > 0
    assert answer.model == "parrot"


def test_a_streamed_answer_ends_with_the_tokens_used(client: OpenAI) -> None:
    chunks = list(
        client.chat.completions.create(model="parrot", messages=ASK, stream=True, stream_options={"include_usage": True})  # type: ignore[arg-type]
    )
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert "hello there" in text
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
    assert chunks[-1].usage is not None
    assert chunks[0].choices[0].delta.role == "assistant"


def test_an_unknown_model_is_named(client: OpenAI) -> None:
    for stream in (False, True):
        with pytest.raises(openai.NotFoundError, match="nobody") as caught:
            client.chat.completions.create(model="nobody", messages=ASK, stream=stream)  # type: ignore[call-overload]
        assert caught.value.code == "model_not_found"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"messages": []}, "messages"),
        ({"temperature": 9}, "temperature"),
        ({"n": 2}, "n"),
        ({"tool_choice": "required"}, "no tools"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "http://x/y.png"}}]}]}, "data URL"),
        ({"messages": [{"role": "user", "content": [{"type": "input_audio"}]}]}, "input_audio"),
        ({"messages": [{"role": "tool", "content": "x"}]}, "tool_call_id"),
        ({"response_format": {"type": "json_schema"}}, "json_schema"),
    ],
)
def test_a_wrong_request_is_one_sentence(client: OpenAI, wrong: dict[str, object], words: str) -> None:
    with pytest.raises(openai.BadRequestError, match=words) as caught:
        client.post("/chat/completions", body={"model": "parrot", "messages": ASK, **wrong}, cast_to=object)
    assert caught.value.type == "invalid_request_error"
